/** Bytes of a row that are no text: NUL, and signs of another encoding. */
import type { Row } from '../csv/row.ts';
import { deletion, type ByteEdit, type RowFault } from './fix.ts';

const encoder = new TextEncoder();
const windows = new TextDecoder('windows-1252');
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The signs that every Windows code page of a Latin, Greek or Cyrillic script has in the same place: the three dots,
 * quotes, the bullet, dashes, the no-break space. A letter may be another one in another code page.
 */
const SAME_EVERYWHERE = new Set([0x85, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0xa0]);
/** Windows-1252 has no sign for these. */
const NO_SIGN = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/**
 * What can be done about NUL bytes of a row, and about bytes that are not UTF-8.
 *
 * @param hasNul whether a NUL byte is part of a value
 */
export function* byteFaults(row: Row, hasNul: boolean): Generator<RowFault> {
  if (hasNul) {
    const rule = 'encoding/nul-byte';
    const edits = runsOfNul(row).map(([from, to]) => deletion(from, to));
    const title = edits.length === 1 ? 'Remove the NUL byte' : 'Remove the NUL bytes';
    yield { rule, cell: undefined, fixes: [{ rule, title, certain: true, edits }] };
  }
  if (row.wrongAt >= 0) yield otherEncoding(row);
}

function runsOfNul(row: Row): [number, number][] {
  const runs: [number, number][] = [];
  for (let at = row.start; at < row.end; at++) {
    if (row.bytes[at] !== 0) continue;
    const from = at;
    while (at < row.end && row.bytes[at] === 0) at++;
    runs.push([from, at]);
  }
  return runs;
}

function otherEncoding(row: Row): RowFault {
  const rule = 'encoding/invalid-utf8';
  const wrong = wrongBytes(row);
  if (wrong.some((at) => NO_SIGN.has(row.bytes[at]!)))
    return { rule, cell: undefined, fixes: [], reason: 'The encoding of the bytes is not known.' };
  const certain = wrong.every((at) => SAME_EVERYWHERE.has(row.bytes[at]!));
  const edits = wrong.map((at): ByteEdit => {
    const sign = windows.decode(row.bytes.subarray(at, at + 1));
    return { start: at, end: at + 1, bytes: encoder.encode(sign) };
  });
  const fix = { rule, title: 'Read the bytes as Windows-1252', certain, edits } as const;
  const reason =
    'The bytes look like Windows-1252, but letters of another code page cannot be told from it: export the file again as UTF-8.';
  return { rule, cell: undefined, fixes: [fix], ...(certain ? {} : { reason }) };
}

/** The bytes of a row that are no part of well-formed UTF-8. */
function wrongBytes(row: Row): number[] {
  const wrong: number[] = [];
  for (let at = row.start; at < row.end;) {
    const lead = row.bytes[at]!;
    const width = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0x80 || isSign(row.bytes.subarray(at, Math.min(at + width, row.end)))) at += width;
    else wrong.push(at++);
  }
  return wrong;
}

function isSign(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
