/** Changes of a few bytes to small zips, most of them to the fields of their records. */

/** Bytes from a place on that are replaced by others, given in hexadecimal. */
export interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

export interface Change {
  /** Name of the zip that is changed. */
  readonly zip: string;
  readonly edits: readonly Edit[];
}

/** A zip after its edits, one behind the other. */
export function changed(zip: Uint8Array, edits: readonly Edit[]): Uint8Array {
  let bytes = Buffer.from(zip);
  for (const { at, remove, insert } of edits) {
    bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(insert, 'hex'), bytes.subarray(at + remove)]);
  }
  return bytes;
}

/** Values that mean something in one field or another. */
const telling = [0, 1, 2, 4, 6, 8, 9, 12, 14, 20, 0x2f, 0x5c, 0xff];

/** The same changes each time for the same zips. */
export function randomChanges(zips: ReadonlyMap<string, Uint8Array>, count: number, seed = 1): Change[] {
  let state = seed;
  const below = (end: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
  const names = [...zips.keys()];
  return Array.from({ length: count }, () => {
    const zip = names[below(names.length)]!;
    let bytes = Buffer.from(zips.get(zip)!);
    const edits: Edit[] = [];
    for (let left = 1 + below(2); left > 0; left--) {
      const edit = randomEdit(bytes, below);
      bytes = Buffer.from(changed(bytes, [edit]));
      edits.push(edit);
    }
    return { zip, edits };
  });
}

function randomEdit(bytes: Buffer, below: (end: number) => number): Edit {
  const records: number[] = [];
  for (let at = bytes.indexOf('PK'); at >= 0; at = bytes.indexOf('PK', at + 1)) records.push(at);
  const kind = below(10);
  if (kind < 6 && records.length > 0) {
    const at = records[below(records.length)]! + below(46);
    const before = bytes[at] ?? 0;
    const value = below(2) === 0 ? telling[below(telling.length)]! : before ^ (1 << below(8));
    return { at, remove: 1, insert: Buffer.of(value).toString('hex') };
  }
  const at = below(bytes.length + 1);
  if (kind === 6) return { at, remove: bytes.length, insert: '' };
  if (kind === 7) return { at, remove: 0, insert: Buffer.alloc(1 + below(8), below(256)).toString('hex') };
  if (kind === 8) return { at, remove: 1 + below(6), insert: '' };
  return { at, remove: 1, insert: Buffer.of(below(256)).toString('hex') };
}
