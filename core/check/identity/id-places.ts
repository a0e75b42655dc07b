/**
 * Where ids (`Fingerprint.id`) stand in a table of open addressing: its length is a power of two, and 0 is a free place,
 * so the id 0 counts as 1.
 */

/** The place that an id would like to have. @param mask the number of places less 1 */
export function homeOf(id: number, mask: number): number {
  return (id ^ (id / 0x100000000)) & mask;
}

/** The place of an id, or the free one where it would stand. */
export function placeOf(ids: Float64Array, id: number): number {
  const mask = ids.length - 1;
  let place = homeOf(id, mask);
  while (ids[place] !== 0 && ids[place] !== id) place = (place + 1) & mask;
  return place;
}
