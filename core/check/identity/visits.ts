/**
 * The location rows of CRC visits (ingestion-rules, sections 9 and 10): which rows count, which of several rows of one
 * inspection ingestion keeps, and which of those that it keeps share a primary key.
 */
import type { DatasetSpec } from '../../catalogue/spec.ts';
import { headText } from '../../csv/encoding.ts';
import { wholeNumber } from '../cells/processor.ts';
import { databaseTrim } from '../cells/trim.ts';
import type { VisitFate } from '../findings/message.ts';
import type { Release } from '../settings.ts';
import type { RowIdentity } from './identity.ts';
import { NumberList } from './number-list.ts';

/** The 0-based cells of a location row that the rules look at. */
export interface VisitCells {
  readonly inspection: number;
  readonly inSchool: number;
  readonly createdOn: number;
}

/**
 * Where the cells stand; undefined for other datasets, and when the file has not all of them.
 *
 * @param cellOf the 0-based cell of a column of the main header, -1 when the file has it not
 */
export function visitCells(spec: DatasetSpec, cellOf: (name: string) => number): VisitCells | undefined {
  if (spec.key.sameId !== 'keep-earliest-inspection') return undefined;
  const inspection = cellOf('InspectionId');
  const inSchool = cellOf('InSchoolLocation');
  const createdOn = cellOf('CreatedOn');
  return Math.min(inspection, inSchool, createdOn) < 0 ? undefined : { inspection, inSchool, createdOn };
}

/** True from the release on that keeps the earliest row of each inspection alone. */
export function keepsEarliest(release: Release): boolean {
  return release >= '3.3';
}

/** The row is in the school and has an inspection. */
const COUNTS = 0;

const NOT_IN_SCHOOL = 1;

const NO_INSPECTION = 2;

/** The filter of ingestion wants an inspection above 0, the count of visits only one that is not 0. */
const BELOW_ZERO = 3;

/** `InSchoolLocation` says neither: what is wrong with it is a finding of its own. */
const NO_PLACE = 4;

/** What is kept of location rows, in their order. */
export interface VisitRows {
  /** Ids of the rows’ fingerprints. */
  readonly rows: Float64Array;
  /** Ids of their keys. */
  readonly keys: Float64Array;
  /** Ids of their inspections. */
  readonly inspections: Float64Array;
  /** `CreatedOn` in microseconds; NaN where it is not written as a plain time stamp. */
  readonly times: Float64Array;
  /** One of the kinds above, and from bit 3 on the form in which `CreatedOn` is written. */
  readonly states: Uint8Array;
}

/** Takes location rows: 25 bytes a row besides the ids of row and key. */
export class VisitRecorder {
  readonly cells: VisitCells;
  readonly #inspections = new NumberList();
  readonly #times = new NumberList();
  readonly #states = new NumberList();

  constructor(cells: VisitCells) {
    this.cells = cells;
  }

  /** Takes a located row that the checks before have kept. */
  take(identity: RowIdentity, bytes: Uint8Array, view: DataView): void {
    const text = (cell: number) => headText(bytes, identity.starts[cell]!, identity.ends[cell]!);
    const { inspection, inSchool, createdOn } = this.cells;
    const { time, form } = timeOf(text(createdOn));
    this.#inspections.push(identity.values(bytes, view, [inspection], ['text']).id);
    this.#times.push(time);
    this.#states.push(kindOf(text(inspection), text(inSchool)) | (form << 3));
  }

  /** Hands over what was taken since the last time. */
  taken(): Pick<VisitRows, 'inspections' | 'times' | 'states'> {
    return {
      inspections: this.#inspections.take(),
      times: this.#times.take(),
      states: new Uint8Array(this.#states.take()),
    };
  }
}

/** Spellings of true and false are those of PostgreSQL, which stores the value. */
function kindOf(inspection: string, inSchool: string): number {
  const number = wholeNumber(inspection);
  if (number === undefined || number < 0n) return BELOW_ZERO;
  if (number === 0n) return NO_INSPECTION;
  const word = databaseTrim(inSchool);
  if (/^(t|tr|tru|true|y|ye|yes|on|1)$/i.test(word)) return COUNTS;
  return /^(f|fa|fal|fals|false|n|no|of|off|0)$/i.test(word) ? NOT_IN_SCHOOL : NO_PLACE;
}

/**
 * The worth of a time stamp, and a number for the form that it is written in. In one form the order of the texts is the
 * order of the times, so it does not matter which of the two ingestion compares.
 */
function timeOf(text: string): { time: number; form: number } {
  const match = /^(\d{4}-\d{2}-\d{2})(?:([ T])(\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?$/.exec(text);
  if (!match) return { time: NaN, form: 0 };
  const [, day, between, minutes = '00:00', seconds, fraction = ''] = match;
  const milliseconds = Date.parse(`${day!}T${minutes}:${seconds ?? '00'}Z`);
  // No clock shows it: 45:92.
  if (Number.isNaN(milliseconds)) return { time: NaN, form: 0 };
  const time = milliseconds * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
  const clock = between === undefined ? 0 : seconds === undefined ? 1 : 2 + fraction.length;
  return { time, form: 1 + clock + (between === 'T' ? 16 : 0) };
}

/** How many rows, by their states, are not surely in a school and of an inspection. */
export function countOthers(states: Uint8Array): number {
  return states.reduce((count, state) => count + ((state & 7) === COUNTS ? 0 : 1), 0);
}

/** A row that there is something to tell of. */
export interface VisitVerdict {
  /** Its 0-based number among the rows. */
  readonly row: number;
  /**
   * Undefined when it is kept for certain and counts; `dropped-untold` for a row that is dropped because
   * `InSchoolLocation` says neither, which is a finding of its own.
   */
  readonly fate: VisitFate | 'dropped-untold' | undefined;
  /** The number of the row that `fate` comes from: -1 where there is none. */
  readonly because: number;
  /** The number of another row that is kept and has the same key: -1 where there is none. */
  readonly conflict: number;
}

/**
 * Looks at all location rows of a file. Exact repeats, which ingestion removes before, are passed over.
 *
 * @param keepEarliest false for releases that keep all rows of an inspection
 */
export function judgeVisits(rows: VisitRows, keepEarliest: boolean): VisitVerdict[] {
  const { states, times } = rows;
  const { length } = states;
  const kind = (row: number) => states[row]! & 7;
  const same = firstOfEach(rows.rows, () => true);
  const isRepeat = (row: number) => same[row] !== row;
  const inspections = firstOfEach(rows.inspections, (row) => !isRepeat(row) && kind(row) === COUNTS);
  const visits = new Visits(inspections, times, states);
  const cause = keepEarliest ? visits.firstRepeat : -1;

  const fates = new Array<VisitVerdict['fate']>(length).fill(undefined);
  for (let row = 0; row < length; row++) {
    if (isRepeat(row)) continue;
    if (kind(row) === COUNTS) fates[row] = cause < 0 ? undefined : visits.fateOf(row);
    else if (kind(row) === NOT_IN_SCHOOL) fates[row] = cause < 0 ? 'not-in-school' : 'dropped-not-in-school';
    else if (kind(row) === NO_INSPECTION) fates[row] = cause < 0 ? 'no-inspection' : 'dropped-no-inspection';
    else if (kind(row) === BELOW_ZERO && cause >= 0) fates[row] = 'dropped-no-inspection';
    else if (kind(row) === NO_PLACE && cause >= 0) fates[row] = 'dropped-untold';
  }
  // Only rows that are kept for certain can break the primary key.
  const isKept = (row: number) =>
    !isRepeat(row) && (cause < 0 || (kind(row) === COUNTS && fates[row] === undefined));
  const keys = firstOfEach(rows.keys, isKept);
  const second = secondOfEach(keys);
  const verdicts: VisitVerdict[] = [];
  for (let row = 0; row < length; row++) {
    const fate = fates[row];
    const first = keys[row]!;
    const conflict = first === row ? second[row]! : first;
    if (fate === undefined && conflict < 0) continue;
    const isDropped = fate === 'dropped-not-in-school' || fate === 'dropped-no-inspection';
    const because = isDropped ? cause : visits.otherOf(row);
    verdicts.push({ row, fate, because, conflict });
  }
  return verdicts;
}

/** The rows of each inspection, of which the first one stands for all. */
class Visits {
  readonly #first: Int32Array;
  readonly #times: Float64Array;
  /** By the first row: the second one, the earliest, and another one of the same time; -1 where there is none. */
  readonly #second: Int32Array;
  readonly #earliest: Int32Array;
  readonly #tied: Int32Array;
  /** By the first row: 1 when the time stamps are written in several forms, so that none is surely the earliest. */
  readonly #mixed: Uint8Array;
  /** The first row that has the inspection of an earlier one; -1 when none has. */
  readonly firstRepeat: number = -1;

  constructor(first: Int32Array, times: Float64Array, states: Uint8Array) {
    this.#first = first;
    this.#times = times;
    this.#second = secondOfEach(first);
    this.#earliest = first.slice();
    this.#tied = new Int32Array(first.length).fill(-1);
    this.#mixed = new Uint8Array(first.length);
    for (let row = 0; row < first.length; row++) {
      const group = first[row]!;
      if (group < 0) continue;
      const form = states[row]! >> 3;
      if (form === 0 || form !== states[group]! >> 3) this.#mixed[group] = 1;
      if (row === group) continue;
      if (this.firstRepeat < 0) this.firstRepeat = row;
      const earliest = this.#earliest[group]!;
      if (times[row]! < times[earliest]!) {
        this.#earliest[group] = row;
        this.#tied[group] = -1;
      } else if (times[row] === times[earliest]) this.#tied[group] = row;
    }
  }

  /** What becomes of a row that counts where only the earliest of each inspection is kept. */
  fateOf(row: number): VisitFate | undefined {
    const group = this.#first[row]!;
    if (this.#second[group]! < 0) return undefined;
    if (this.#mixed[group] === 1) return 'unclear';
    if (this.#times[row]! > this.#times[this.#earliest[group]!]!) return 'later';
    return this.#tied[group]! < 0 ? undefined : 'unclear';
  }

  /** The row that a finding on one that is not surely kept names. */
  otherOf(row: number): number {
    const group = this.#first[row]!;
    if (group < 0) return -1;
    if (this.#mixed[group] === 1) return row === group ? this.#second[group]! : group;
    const earliest = this.#earliest[group]!;
    return row === earliest ? this.#tied[group]! : earliest;
  }
}

/** For each row the first one with the same id: -1 for rows that are left out. */
function firstOfEach(ids: Float64Array, isIn: (row: number) => boolean): Int32Array {
  const first = new Int32Array(ids.length).fill(-1);
  let places = 16;
  while (places < ids.length * 2) places *= 2;
  /** Rows by their ids, plus 1; 0 is a free place. */
  const table = new Int32Array(places);
  for (let row = 0; row < ids.length; row++) {
    if (!isIn(row)) continue;
    const id = ids[row]!;
    let place = (id ^ (id / 0x100000000)) & (places - 1);
    while (table[place] !== 0 && ids[table[place]! - 1] !== id) place = (place + 1) & (places - 1);
    if (table[place] === 0) table[place] = row + 1;
    first[row] = table[place]! - 1;
  }
  return first;
}

/** By the first row of each group (`firstOfEach`) its second row; -1 where there is none. */
function secondOfEach(first: Int32Array): Int32Array {
  const second = new Int32Array(first.length).fill(-1);
  for (let row = 0; row < first.length; row++) {
    const group = first[row]!;
    if (group >= 0 && group !== row && second[group]! < 0) second[group] = row;
  }
  return second;
}
