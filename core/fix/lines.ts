import { CR, LF } from '../csv/dialect.ts';
import type { Row } from '../csv/row.ts';
import type { RuleId } from '../finding.ts';
import { deletion, type Fix } from './fix.ts';

/** The byte behind the line end at `at`; `at` where there is none. @param to no byte from there on is read */
export function lineEndAfter(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return at;
  if (bytes[at] === LF) return at + 1;
  if (bytes[at] !== CR) return at;
  return at + 1 < to && bytes[at + 1] === LF ? at + 2 : at + 1;
}

/** A fix that takes a row away, its line end with it. */
export function removal(row: Row, to: number, rule: RuleId, title: string, certain: boolean): Fix {
  return { rule, title, certain, edits: [deletion(row.start, lineEndAfter(row.bytes, row.end, to))] };
}
