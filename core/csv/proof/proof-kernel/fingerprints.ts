/** Fingerprints of the rows that were proved: the same as those of `../../fingerprint.ts`. */
import {
  blockFrom,
  BOUNDS,
  byteAt,
  CELLS,
  INPUT,
  lowest,
  PRINTS,
  QUOTE,
  QUOTES,
  SPECS,
  TAKEN,
  UNQUOTED,
} from './memory';
import { beginNote, isAllAsBefore, isAsBefore, note, NOTED_SPECS } from './template';

const LOW_FACTOR: u32 = 0xcc9e2d51;
const HIGH_FACTOR: u32 = 0x9e3779b1;
const ZERO: u32 = 0x30;
const HIDDEN_DELIMITER: u32 = 0xff;
const BOUNDS_END: usize = BOUNDS + 4096 * 8;

// What a spec says: how many numbers it has, its seed, its flags, how many parts it has, and for each part its first and
// last cell and whether it is a number.
const WHOLE_ROW: u32 = 1;
const SKIPS_EMPTY: u32 = 2;
/** Made only of rows in which it is not that of the row before. */
const CHANGES_ONLY: u32 = 4;
const HEAD: usize = 16;
const PART: usize = 12;

// A state is both halves in one number: kept in locals while bytes are added.
function stateOf(low: u32, high: u32): u64 {
  return (<u64>low) | ((<u64>high) << 32);
}

/** Takes a word for each half; each half goes into the other one with the next two. */
function addWords(state: u64, first: u32, second: u32): u64 {
  const low = <u32>state;
  const high = <u32>(state >>> 32);
  const next = (low ^ first) * LOW_FACTOR;
  const other = (high + second) * HIGH_FACTOR;
  return stateOf(rotl<u32>(next, 15) + high, other ^ (other >>> 15) ^ low);
}

function add(state: u64, start: usize, end: usize): u64 {
  let sum = state ^ (<u64>(<u32>(end - start)));
  let at = start;
  for (; at + 8 <= end; at += 8) sum = addWords(sum, load<u32>(at, INPUT), load<u32>(at + 4, INPUT));
  const left = <u32>(end - at);
  if (left > 0 || start === end) {
    const bytes = load<u64>(at, INPUT) & lowest(left << 3);
    sum = addWords(sum, <u32>bytes, <u32>(bytes >>> 32));
  }
  return sum;
}

function finish(state: u64): u64 {
  let low = <u32>state;
  let high = <u32>(state >>> 32);
  low ^= high >>> 16;
  low = (low ^ (low >>> 16)) * 0x85ebca6b;
  low = (low ^ (low >>> 13)) * 0xc2b2ae35;
  low ^= low >>> 16;
  high ^= low;
  high = (high ^ (high >>> 16)) * 0x7feb352d;
  high = (high ^ (high >>> 15)) * 0x846ca68b;
  return stateOf(low, high ^ (high >>> 16));
}

/** True when a quote is among the bytes [start, end). */
function hasQuote(start: usize, end: usize): bool {
  let at = start;
  for (; end - at >= 64; at += 64) {
    if (blockFrom(QUOTES, at) !== 0) return true;
  }
  return (blockFrom(QUOTES, at) & lowest(end - at)) !== 0;
}

/**
 * Writes a row to `UNQUOTED` without its quotes, as `../../quotes.ts` does, and to `BOUNDS` where its cells start and end
 * then, as many as fit.
 *
 * @returns the byte after it
 */
function unquote(rowStart: usize, rowEnd: usize, delimiter: u32): usize {
  let at = rowStart;
  let out = UNQUOTED - INPUT;
  let cellStart = out;
  let inQuotes = false;
  let bound = BOUNDS;
  while (at < rowEnd) {
    let byte = byteAt(at++);
    if (byte === QUOTE) {
      if (inQuotes && at < rowEnd && byteAt(at) === QUOTE) at++;
      else {
        inQuotes = !inQuotes;
        continue;
      }
    } else if (byte === delimiter) {
      if (inQuotes) byte = HIDDEN_DELIMITER;
      else {
        if (bound < BOUNDS_END) {
          store<u32>(bound, <u32>cellStart);
          store<u32>(bound, <u32>out, 4);
          bound += 8;
        }
        cellStart = out + 1;
      }
    }
    store<u8>(out, <u8>byte, INPUT);
    out++;
  }
  if (bound < BOUNDS_END) {
    store<u32>(bound, <u32>cellStart);
    store<u32>(bound, <u32>out, 4);
  }
  return out;
}

/** True when every part of a spec stands in the first cells. */
function isWithin(parts: usize, end: usize, cells: usize): bool {
  for (let part = parts; part < end; part += PART) {
    if (<usize>load<u32>(part, 4) >= cells) return false;
  }
  return true;
}

/** True when a quote stands in the parts of a spec. @param moved how far the cells are from those in `CELLS` */
function areQuoted(parts: usize, end: usize, moved: usize): bool {
  for (let part = parts; part < end; part += PART) {
    const from = <usize>load<u32>(CELLS + ((<usize>load<u32>(part)) << 3)) + moved;
    const to = <usize>load<u32>(CELLS + ((<usize>load<u32>(part, 4)) << 3), 4) + moved;
    if (hasQuote(from, to)) return true;
  }
  return false;
}

/** Notes the bytes of a spec's parts in the form of the row. */
function noteParts(spec: u32, parts: usize, end: usize): void {
  beginNote(spec);
  for (let part = parts; part < end; part += PART) {
    const from = load<u32>(CELLS + ((<usize>load<u32>(part)) << 3));
    const to = load<u32>(CELLS + ((<usize>load<u32>(part, 4)) << 3), 4);
    note(spec, <usize>from, <usize>to);
  }
}

/**
 * @param bounds where the cells start and end
 * @param moved how far they are from there
 * @returns the fingerprint of the parts of a spec; 0 when one of them is empty and there is none therefore
 */
function fingerprintOf(
  begun: u64,
  parts: usize,
  end: usize,
  bounds: usize,
  moved: usize,
  skipsEmpty: bool,
): u64 {
  let state = begun;
  for (let part = parts; part < end; part += PART) {
    let from = <usize>load<u32>(bounds + ((<usize>load<u32>(part)) << 3)) + moved;
    const to = <usize>load<u32>(bounds + ((<usize>load<u32>(part, 4)) << 3), 4) + moved;
    if (skipsEmpty && from === to) return 0;
    if (load<u32>(part, 8) !== 0) {
      while (from + 1 < to && byteAt(from) === ZERO) from++;
    }
    state = add(state, from, to);
  }
  return finish(state);
}

/** So many rows have a fingerprint at most. */
let room: usize = 0;
/** The byte after the row at hand without its quotes. */
let unquotedEnd: usize = 0;

/** From this kind on fingerprints are made only where the form of the row before shows another one. */
let firstNoted: u32 = 0;

/**
 * No row has a fingerprint yet.
 *
 * @param most rows that will have one at most
 * @param formed so many first cells are part of a form
 */
export function beginFingerprints(specs: u32, most: u32, formed: usize): void {
  room = <usize>most;
  firstNoted = 0;
  let at = SPECS;
  for (let spec: u32 = 0; spec < specs; spec++) {
    const end = at + <usize>load<u32>(at);
    if (!isNotable(spec, load<u32>(at, 8), at + HEAD, end, formed)) firstNoted = spec + 1;
    at = end;
    store<u32>((<usize>spec) << 4, 0, TAKEN);
  }
}

/** True when a form shows whether a fingerprint is that of the row before. */
function isNotable(spec: u32, flags: u32, parts: usize, end: usize, formed: usize): bool {
  return (flags & CHANGES_ONLY) !== 0 && spec < NOTED_SPECS && isWithin(parts, end, formed);
}

/**
 * Makes the fingerprints of a row. `CELLS` has its cells.
 *
 * @param row its number in the window
 * @param rowEnd the byte after its last cell
 * @param moved how far its cells are from those in `CELLS`
 * @param isLike true when it has the form of the row before
 * @param isForm true when those behind it may have its form
 * @param formed so many first cells are part of a form
 * @param delimiter 0 where quotes were not looked for
 */
export function fingerprintRow(
  specs: u32,
  row: u32,
  rowStart: usize,
  rowEnd: usize,
  moved: usize,
  isLike: bool,
  isForm: bool,
  formed: usize,
  delimiter: u32,
): void {
  const wanted = isLike && isAllAsBefore() ? firstNoted : specs;
  let isUnquoted = false;
  let at = SPECS;
  for (let spec: u32 = 0; spec < wanted; spec++) {
    const size = <usize>load<u32>(at);
    const flags = load<u32>(at, 8);
    const parts = at + HEAD;
    const end = at + size;
    const begun = load<u32>(at, 4);
    at = end;
    const changesOnly = (flags & CHANGES_ONLY) !== 0;
    if ((isLike || isForm) && isNotable(spec, flags, parts, end, formed)) {
      if (isForm) noteParts(spec, parts, end);
      else if (isAsBefore(spec)) continue;
    }
    const isWhole = (flags & WHOLE_ROW) !== 0;
    const isQuoted = delimiter !== 0 && (isWhole ? hasQuote(rowStart, rowEnd) : areQuoted(parts, end, moved));
    if (isQuoted && !isUnquoted) {
      unquotedEnd = unquote(rowStart, rowEnd, delimiter);
      isUnquoted = true;
    }
    const state = stateOf(begun ^ 0x2545f491, (begun * 0x27d4eb2f) ^ 0x165667b1);
    const skipsEmpty = (flags & SKIPS_EMPTY) !== 0;
    const fingerprint = isWhole
      ? finish(isQuoted ? add(state, UNQUOTED - INPUT, unquotedEnd) : add(state, rowStart, rowEnd))
      : isQuoted
        ? fingerprintOf(state, parts, end, BOUNDS, 0, skipsEmpty)
        : fingerprintOf(state, parts, end, CELLS, moved, skipsEmpty);
    const taken = TAKEN + ((<usize>spec) << 4);
    const count = <usize>load<u32>(taken);
    if (changesOnly) {
      if (count !== 0 && load<u64>(taken, 8) === fingerprint) continue;
      store<u64>(taken, fingerprint, 8);
    }
    const first = PRINTS + <usize>spec * room * 12;
    store<u32>(first + (count << 2), row);
    store<u64>(first + (room << 2) + (count << 3), fingerprint);
    store<u32>(taken, <u32>count + 1);
  }
}
