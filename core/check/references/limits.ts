/** Values that must not be above a number in another file: the marks of a question (ingestion-rules, section 10). */
import { findDataset } from '../../catalogue/catalogue.ts';
import type { DatasetSpec, RangeSpec, ReferenceSpec } from '../../catalogue/spec.ts';
import { idOfValues, type ValueKind } from '../identity/identity.ts';
import { describeAboveLimit } from '../findings/message.ts';
import { javaTrim } from '../cells/trim.ts';
import type { Masters } from '../identity/value-set.ts';
import type { ValueRule } from './value-rules.ts';

/** The reference by which a row finds the largest value of a range, and the column that holds it. */
export function limitReference(
  spec: DatasetSpec,
  range: RangeSpec,
): { readonly reference: ReferenceSpec; readonly column: string } | undefined {
  const [dataset, column] = range.maxFrom?.split('.') ?? [];
  const reference = spec.references.find((each) => each.dataset === dataset);
  return reference && column !== undefined ? { reference, column } : undefined;
}

/**
 * The rule that tells a value above its limit.
 *
 * @param cells 0-based cells of the referring columns, the limited one behind them
 * @param kinds what makes two values of each referring cell the same
 * @returns undefined when no range has its limit elsewhere, or the file that holds it is not there
 */
export function limitRule(
  spec: DatasetSpec,
  range: RangeSpec,
  masters: Masters,
  cells: readonly number[],
  kinds: readonly ValueKind[],
): ValueRule | undefined {
  const limit = limitReference(spec, range);
  const known = limit && masters.find(limit.reference.dataset, limit.reference.toColumns);
  if (!known) return undefined;
  const csv = findDataset(limit.reference.dataset)?.csv ?? limit.reference.dataset;
  const message = describeAboveLimit(range, csv, limit.column);
  return {
    cells,
    judge: (...values) => {
      const most = known.numberOf(idOfValues(values.slice(0, -1), kinds));
      const value = numberOf(values.at(-1)!);
      if (most === undefined || value === undefined || value <= most) return undefined;
      return { rule: 'cell/not-counted', severity: 'warning', effect: 'above-limit', message };
    },
  };
}

/** The limit that a text is; a text that is no plain number limits nothing. */
export function limitOf(text: string): number {
  return numberOf(text) ?? Infinity;
}

/** A decimal number as Java and the database read it; undefined for any other writing. */
function numberOf(text: string): number | undefined {
  const match = /^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[dDfF]?$/.exec(javaTrim(text));
  return match ? Number(match[1]) : undefined;
}
