import type { MasterIndex, RowPlace } from './master-index.ts';
import { keyOf, valuesOf } from './references.ts';

/** Rows of a master that are looked at for values that begin with others than those of the row. */
const MOST_ROWS = 20_000;

/** Values that a cell may take by a master, each with the first row that has it. */
export interface KnownKeys {
  readonly places: ReadonlyMap<string, RowPlace>;
  /** False where there are more. */
  readonly isWhole: boolean;
}

/**
 * The values that a master has for one cell of a reference.
 *
 * @param values what stands in the cells of the reference; empty for those not written yet
 * @param at which of them is wanted
 * @param typed how the value begins
 * @param most so many are given
 */
export function knownKeys(
  index: MasterIndex,
  values: readonly string[],
  at: number,
  typed: string,
  most: number,
): KnownKeys {
  const plain = values.map((value, i) =>
    value === '' || i === at ? '' : keyOf([value], index.kinds.slice(i, i + 1)),
  );
  const unknown = plain.findIndex((value, i) => i >= at || value === '');
  const known = plain.slice(0, unknown);
  const begin = unknown === at ? typed : '';
  const prefix = keyOf(
    [...known, begin],
    known.map(() => 'text'),
  );
  const places = new Map<string, RowPlace>();
  let seen = 0;
  for (const place of index.startingWith(prefix)) {
    if (++seen > MOST_ROWS) return { places, isWhole: false };
    const parts = valuesOf(place.key);
    const part = parts[at]!;
    if (!part.startsWith(typed) || places.has(part)) continue;
    if (plain.some((value, i) => value !== '' && value !== parts[i])) continue;
    if (places.size === most) return { places, isWhole: false };
    places.set(part, place);
  }
  return { places, isWhole: true };
}
