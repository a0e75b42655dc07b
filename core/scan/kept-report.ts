/** Reports as bytes, so that they can be kept. */
import { isAttendance } from '../check/findings/tally.ts';
import { ValueSet, type MasterValues } from '../check/identity/value-set.ts';
import type { Question } from '../cache/kept-answers.ts';
import type { CheckJob, JobReport } from './job.ts';
import { findDataset } from '../catalogue/catalogue.ts';

/** Findings without number (`--max 0`) are told, and told again by a new check. */
const MAX_TEXT = 4 << 20;
const NUMBER = Float64Array.BYTES_PER_ELEMENT;

/** What stands before the values' fingerprints. */
interface Head {
  readonly report: Omit<JobReport, 'values'>;
  readonly values: readonly KeptSet[];
}

interface KeptSet {
  readonly key: string;
  readonly size: number;
  readonly sum: number;
  /** True when each fingerprint has a number behind them all; NaN for none. */
  readonly numbered: boolean;
}

/**
 * The check of a file as a question: its name tells everything that the findings depend on, but the file's own bytes
 * and the program that checks them.
 *
 * @param masters undefined where references are not checked; they count by what they hold, not by their files
 */
export function checkQuestion(job: CheckJob, masters: MasterValues | undefined): Question<JobReport> {
  const { today, rules, countsDays, ...others } = job.settings;
  // Whatever a later version lets the user choose is part of the name, too.
  const spec = findDataset(job.dataset);
  const settings = Object.entries({
    ...others,
    ...(dependsOnToday(job.dataset) ? { today } : {}),
    ...(spec && isAttendance(spec) ? { countsDays } : {}),
  }).sort();
  const ruled = Object.entries(rules).sort();
  const surroundings = [job.dataset, job.entry ?? null, settings, ruled, masters?.stamp ?? null];
  return { name: `check ${JSON.stringify(surroundings)}`, encode, decode };
}

/**
 * True for datasets whose findings may change from one day to the next, though the file does not: months to come and
 * retention are asked of what happened, never of masters and UDISE (ingestion-rules, sections 5 and 9).
 */
export function dependsOnToday(dataset: string): boolean {
  return findDataset(dataset)?.category === 'transaction';
}

/** Length of the head in bytes, the head as JSON, blanks up to a multiple of eight, the fingerprints set by set. */
function encode({ values, ...report }: JobReport): Uint8Array | undefined {
  const sets = [...values].map(([key, set]) => ({ key, ...set.share() }));
  const kept = sets.map(({ key, size, sum, numbers }) => ({
    key,
    size,
    sum,
    numbered: numbers !== undefined,
  }));
  const head: Head = { report, values: kept };
  const text = new TextEncoder().encode(JSON.stringify(head));
  if (text.length > MAX_TEXT) return undefined;
  const from = Math.ceil((NUMBER + text.length) / NUMBER) * NUMBER;
  const count = kept.reduce((sum, { size, numbered }) => sum + size * (numbered ? 2 : 1), 0);
  const bytes = new Uint8Array(from + count * NUMBER);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, NUMBER);
  const all = new Float64Array(bytes.buffer, from);
  let at = 0;
  for (const { ids, numbers } of sets) {
    for (const id of ids) if (id !== 0) all[at++] = id;
    numbers?.forEach((number, place) => {
      if (ids[place] !== 0) all[at++] = number;
    });
  }
  return bytes;
}

function decode(bytes: Uint8Array): JobReport {
  // Numbers must begin at a multiple of their length.
  const aligned = bytes.byteOffset % NUMBER === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(aligned.buffer, aligned.byteOffset);
  const length = view.getUint32(0, true);
  const { report, values } = JSON.parse(
    new TextDecoder().decode(aligned.subarray(NUMBER, NUMBER + length)),
  ) as Head;
  let at = Math.ceil((NUMBER + length) / NUMBER) * NUMBER;
  const take = (count: number) => {
    const taken = new Float64Array(aligned.buffer, aligned.byteOffset + at, count);
    at += count * NUMBER;
    return taken;
  };
  const sets = values.map(({ key, size, sum, numbered }) => {
    const ids = take(size);
    const set = numbered ? numberedSet(ids, take(size)) : ValueSet.later(size, sum, () => ids);
    return [key, set] as const;
  });
  return { ...report, values: new Map(sets) };
}

function numberedSet(ids: Float64Array, numbers: Float64Array): ValueSet {
  const set = new ValueSet();
  ids.forEach((id, index) => {
    const number = numbers[index]!;
    set.addId(id, Number.isNaN(number) ? undefined : number);
  });
  return set;
}
