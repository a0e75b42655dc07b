/** What may be done about a finding: edits of bytes, and the words for them. Plain data. */
import type { RuleId } from '../finding.ts';

/** Bytes [start, end) are replaced; both are indexes into the bytes that the fix was asked for. */
export interface ByteEdit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** One way to mend one finding. */
export interface Fix {
  readonly rule: RuleId;
  /** What is done, for a menu: `Write 2026-01-05`. It may hold a value of the file: never for a log. */
  readonly title: string;
  /** True when there is no other reading of what stands there; false for a choice that a person makes. */
  readonly certain: boolean;
  /** In the order of the bytes, none upon another. */
  readonly edits: readonly ByteEdit[];
  /** 0-based editor line of another row that is removed, its line end with it; there are no edits then. */
  readonly removesLine?: number;
}

/** What can be done about a finding. */
export interface Mending {
  /** The likeliest first; none of them when the value is lost. */
  readonly fixes: readonly Fix[];
  /** Why there is no certain fix: a sentence without a value of the file. */
  readonly reason?: string;
}

/** A fault of a row, and what can be done about it. */
export interface RowFault extends Mending {
  readonly rule: RuleId;
  /** 0-based; undefined for a fault of the whole row. */
  readonly cell: number | undefined;
}

/** The bytes [start, end) with edits inside them made. @param edits in their order, none upon another */
export function applyEdits(
  bytes: Uint8Array,
  edits: readonly ByteEdit[],
  start = 0,
  end = bytes.length,
): Uint8Array {
  const added = edits.reduce((sum, edit) => sum + edit.bytes.length - (edit.end - edit.start), 0);
  const into = new Uint8Array(end - start + added);
  let from = start;
  let to = 0;
  for (const edit of edits) {
    into.set(bytes.subarray(from, edit.start), to);
    to += edit.start - from;
    into.set(edit.bytes, to);
    to += edit.bytes.length;
    from = edit.end;
  }
  into.set(bytes.subarray(from, end), to);
  return into;
}

/**
 * The edits that make bytes [start, end) into others: deletions alone where that is enough, so that a cursor or a
 * selection in what stays is left in peace; otherwise one edit of what differs.
 */
export function smallestEdits(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: Uint8Array,
): readonly ByteEdit[] {
  return deletions(bytes, start, end, wanted) ?? [oneEdit(bytes, start, end, wanted)];
}

const nothing = new Uint8Array(0);

/** An edit that takes bytes [start, end) away. */
export function deletion(start: number, end: number): ByteEdit {
  return { start, end, bytes: nothing };
}

/** @returns undefined when the wanted bytes are not what is left after deletions */
function deletions(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: Uint8Array,
): readonly ByteEdit[] | undefined {
  const edits: ByteEdit[] = [];
  let at = start;
  for (const byte of wanted) {
    const from = at;
    while (at < end && bytes[at] !== byte) at++;
    if (at === end) return undefined;
    if (at > from) edits.push(deletion(from, at));
    at++;
  }
  if (at < end) edits.push(deletion(at, end));
  return edits;
}

function oneEdit(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): ByteEdit {
  const most = Math.min(end - start, wanted.length);
  let same = 0;
  while (same < most && bytes[start + same] === wanted[same]) same++;
  let tail = 0;
  while (tail < most - same && bytes[end - 1 - tail] === wanted[wanted.length - 1 - tail]) tail++;
  return { start: start + same, end: end - tail, bytes: wanted.slice(same, wanted.length - tail) };
}
