/** Fixes as edits of a text that an editor holds: lines and UTF-16 units in place of bytes. */
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { TextRange } from '../check/findings/text-range.ts';
import type { CheckSettings } from '../check/settings.ts';
import { decodeUtf8 } from '../csv/encoding.ts';
import type { RuleId } from '../finding.ts';
import type { FileChange } from './file-fix.ts';
import { mendText, onlyRules } from './file/mend.ts';
import type { ByteEdit } from './fix.ts';
import type { Lines } from './fixes-of.ts';

/** A range of the text is replaced. */
export interface TextEdit {
  readonly range: TextRange;
  readonly text: string;
}

/** What of a file is mended: everything that is certain where neither is named. */
export interface MendScope {
  /** Faults of this rule alone. */
  readonly rule?: RuleId | undefined;
  /** A change of the whole file that a person has chosen. */
  readonly change?: FileChange | undefined;
}

/**
 * Edits of lines as edits of the text that they stand in.
 *
 * @param edits in their order, none upon another
 */
export function textEdits({ bytes, line }: Lines, edits: readonly ByteEdit[]): TextEdit[] {
  return edits.map((edit) => {
    const from = behind(decodeUtf8(bytes, 0, edit.start), line, 0);
    const to = behind(decodeUtf8(bytes, edit.start, edit.end), from.line, from.column);
    return {
      range: { line: from.line, column: from.column, endLine: to.line, endColumn: to.column },
      text: decodeUtf8(edit.bytes, 0, edit.bytes.length),
    };
  });
}

/** The place behind a text that begins at a place. */
function behind(text: string, line: number, column: number): { line: number; column: number } {
  const lines = text.split(/\r\n|\r|\n/);
  const last = lines.at(-1)!.length;
  return lines.length === 1
    ? { line, column: column + last }
    : { line: line + lines.length - 1, column: last };
}

/** The edit that takes a whole line away. @param line 0-based */
export function lineRemoval(line: number): TextEdit {
  return { range: { line, column: 0, endLine: line + 1, endColumn: 0 }, text: '' };
}

/**
 * Mends a text as `check --fix` mends a file, as edits of the lines that change.
 *
 * @param bytes the text in UTF-8, without a byte order mark
 * @returns in the order of the lines
 */
export function mendingEdits(
  spec: DatasetSpec,
  settings: CheckSettings,
  bytes: Uint8Array,
  { rule, change }: MendScope,
): TextEdit[] {
  const edits: TextEdit[] = [];
  mendText(spec, rule ? onlyRules(settings, [rule]) : settings, bytes, {
    asked: new Set(change ? [change] : []),
    changed: (line, before, after) => {
      const was = decodeUtf8(before, 0, before.length);
      if (after) edits.push(lineEdit(line, was, decodeUtf8(after, 0, after.length)));
      else edits.push({ range: { ...span(line, was, 0, was.length), ...nextLine(line, was) }, text: '' });
    },
  });
  return edits;
}

/** The edit of a row that leaves what is the same at its ends. */
function lineEdit(line: number, was: string, is: string): TextEdit {
  const most = Math.min(was.length, is.length);
  let head = 0;
  while (head < most && was[head] === is[head]) head++;
  let tail = 0;
  while (tail < most - head && was.at(-1 - tail) === is.at(-1 - tail)) tail++;
  // Both halves of a sign go together.
  if (isLowSurrogate(was.charCodeAt(head)) || isLowSurrogate(is.charCodeAt(head))) head--;
  if (isLowSurrogate(was.charCodeAt(was.length - tail))) tail--;
  return { range: span(line, was, head, was.length - tail), text: is.slice(head, is.length - tail) };
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** The range of units [start, end) of a row that begins with a line. */
function span(line: number, row: string, start: number, end: number): TextRange {
  const from = behind(row.slice(0, start), line, 0);
  const to = behind(row.slice(start, end), from.line, from.column);
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

function nextLine(line: number, row: string): { endLine: number; endColumn: number } {
  return { endLine: behind(row, line, 0).line + 1, endColumn: 0 };
}
