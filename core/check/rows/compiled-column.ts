import type { ColumnSpec, DatasetSpec } from '../../catalogue/spec.ts';
import { compileCell, faultOfText, type CellCheck, type CellFault } from '../cells/cell.ts';
import type { CountedRun, RuledSeverity } from '../findings/collector.ts';
import { endOfDigits } from '../identity/identity.ts';
import { mapIsOff, type CheckSettings } from '../settings.ts';
import { shapeOf } from './shape.ts';

const PLUS = 0x2b;
const MINUS = 0x2d;

/** What is known of a column before any row, and of the last fault in it. */
export interface CompiledColumn {
  readonly spec: ColumnSpec;
  /** True when ingestion drops the row, or refuses the file, if the value is empty. */
  readonly required: boolean;
  readonly check: CellCheck;
  /** True where the word NULL, exactly so, is an empty value. */
  readonly nullIsEmpty: boolean;
  /** True where the null step takes NULL in any case for an empty value. */
  readonly anyNullIsEmpty: boolean;
  /** True where NULL is read as 0. */
  readonly nullIsZero: boolean;
  /** So many digits 0 to 9, and nothing else, are surely a good value: at least and at most; -1 where none are. */
  readonly minDigits: number;
  readonly maxDigits: number;
  /** The fault of every ASCII value that is no whole number, a sign before it aside; undefined where some have none. */
  readonly faultOfText: CellFault | undefined;
  /** True where the length alone says whether ASCII text without a blank at its ends is good. */
  readonly isText: boolean;
  /** The fault of the value before, and how it is told: the same is often wrong in many rows. */
  fault: CellFault | 'empty' | undefined;
  ruled: RuledSeverity | undefined;
  run: CountedRun | undefined;
  /** The same run if it is one of `faultOfText`. */
  textRun: CountedRun | undefined;
}

/** Prepares the check of a column's cells (ingestion-rules, sections 7 and 8). */
export function compileColumn(
  spec: ColumnSpec,
  dataset: DatasetSpec,
  settings: CheckSettings,
): CompiledColumn {
  const { reading, key } = dataset;
  const shape = shapeOf(spec, dataset);
  const { min, max } = shape?.kind === 'digits' ? shape : { min: 0, max: -1 };
  return {
    spec,
    required: spec.required && !(spec.optionalWithoutMap === true && mapIsOff(settings)),
    check: compileCell(spec, dataset, settings),
    faultOfText: faultOfText(spec, dataset),
    isText: shape?.kind === 'text',
    nullIsEmpty: reading.nullWord === 'empty',
    anyNullIsEmpty: reading.nullWordInKey && key.columns.includes(spec.name),
    nullIsZero: reading.nullWord === 'zero-day' && /^\d+$/.test(spec.name),
    minDigits: min,
    maxDigits: max,
    fault: undefined,
    ruled: undefined,
    run: undefined,
    textRun: undefined,
  };
}

/** True when every value of so many digits, and nothing else, is surely good. */
export function isGoodNumber({ minDigits, maxDigits }: CompiledColumn, digits: number): boolean {
  return digits <= maxDigits && digits >= minDigits;
}

/** True when the value of a plain cell [start, end) may be another than what stands there: blanks, the word NULL. */
export function mayBeOther(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  return length === 0 || length === 4 || bytes[start]! <= 0x20 || bytes[end - 1]! <= 0x20;
}

/** True when an ASCII value is no whole number, a sign before it aside. @param text the index behind its first digits */
export function isNoNumber(bytes: Uint8Array, start: number, end: number, text: number): boolean {
  return text < end && (text > start || (bytes[start] !== PLUS && bytes[start] !== MINUS));
}

/** True when the check says the same of the plain value [start, end) whichever digits stand in place of its own. */
export function mindsNoDigit(column: CompiledColumn, bytes: Uint8Array, start: number, end: number): boolean {
  const text = endOfDigits(bytes, start, end);
  if (text === end && isGoodNumber(column, end - start)) return true;
  if (mayBeOther(bytes, start, end)) return false;
  return column.isText || (column.faultOfText !== undefined && isNoNumber(bytes, start, end, text));
}
