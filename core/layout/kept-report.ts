/** Reports as bytes, so that they can be kept. */
import type { FileReport } from '../check/file.ts';
import { ValueSet, type MasterValues } from '../check/value-set.ts';
import type { Question } from './kept-answers.ts';
import type { CheckJob } from './job.ts';
import { findDataset } from '../catalogue/catalogue.ts';

/** Findings without number (`--max 0`) are told, and told again by a new check. */
const MAX_TEXT = 4 << 20;
const NUMBER = Float64Array.BYTES_PER_ELEMENT;

/** What stands before the values' fingerprints. */
interface Head {
  readonly report: Omit<FileReport, 'values'>;
  readonly values: readonly { readonly key: string; readonly size: number; readonly sum: number }[];
}

/**
 * The check of a file as a question: its name tells everything that the findings depend on, but the file's own bytes
 * and the program that checks them.
 *
 * @param masters undefined where references are not checked; they count by what they hold, not by their files
 */
export function checkQuestion(job: CheckJob, masters: MasterValues | undefined): Question<FileReport> {
  const { today, rules, ...others } = job.settings;
  // Whatever a later version lets the user choose is part of the name, too.
  const settings = Object.entries({ ...others, ...(dependsOnToday(job.dataset) ? { today } : {}) }).sort();
  const ruled = Object.entries(rules).sort();
  const surroundings = [job.dataset, job.entry ?? '', settings, ruled, masters?.stamp ?? null];
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
function encode({ values, ...report }: FileReport): Uint8Array | undefined {
  const sets = [...values].map(([key, set]) => ({ key, ...set.share() }));
  const head: Head = { report, values: sets.map(({ key, size, sum }) => ({ key, size, sum })) };
  const text = new TextEncoder().encode(JSON.stringify(head));
  if (text.length > MAX_TEXT) return undefined;
  const from = Math.ceil((NUMBER + text.length) / NUMBER) * NUMBER;
  const count = sets.reduce((sum, { size }) => sum + size, 0);
  const bytes = new Uint8Array(from + count * NUMBER);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, NUMBER);
  const numbers = new Float64Array(bytes.buffer, from);
  let at = 0;
  for (const { ids } of sets) {
    for (const id of ids) if (id !== 0) numbers[at++] = id;
  }
  return bytes;
}

function decode(bytes: Uint8Array): FileReport {
  // Numbers must begin at a multiple of their length.
  const aligned = bytes.byteOffset % NUMBER === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(aligned.buffer, aligned.byteOffset);
  const length = view.getUint32(0, true);
  const { report, values } = JSON.parse(
    new TextDecoder().decode(aligned.subarray(NUMBER, NUMBER + length)),
  ) as Head;
  let at = Math.ceil((NUMBER + length) / NUMBER) * NUMBER;
  const sets = values.map(({ key, size, sum }) => {
    const ids = new Float64Array(aligned.buffer, aligned.byteOffset + at, size);
    at += size * NUMBER;
    return [key, ValueSet.later(size, sum, () => ids)] as const;
  });
  return { ...report, values: new Map(sets) };
}
