/** One odd input by its number: every third is a zip. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findDataset } from '../../../core/catalogue/catalogue.ts';
import { CheckPool } from '../../../core/scan/threads/pool-node.ts';
import { Random } from '../csv/random.ts';
import { oddCsv, type OddCsv } from './odd-csv.ts';
import { oddZip } from './odd-zip.ts';
import { assertCsv, assertOnDisk, assertZip } from './properties.ts';

/** Of an input so many first bytes are printed. */
const SHOWN_BYTES = 2000;
/** Seeds that follow each other have no inputs in common. */
const NUMBERS = 1_000_003;

/**
 * Looks whether what must hold of every input holds of one.
 *
 * @param dataset the one whose file it is; any when undefined
 * @returns what to print where it does not
 */
export async function oddFailure(
  seed: number,
  number: number,
  dataset?: string,
): Promise<string | undefined> {
  const random = new Random(seed * NUMBERS + number);
  const odd = oddCsv(random, dataset === undefined ? undefined : findDataset(dataset));
  try {
    if (number % 3 === 0) await inFolder((folder) => assertOddFiles(random, odd, folder));
    else assertCsv(odd, random);
    return undefined;
  } catch (error) {
    return describe(seed, number, odd, error);
  }
}

/** Every file goes to other threads, and what can be split is split. */
const threads = { size: 3, withThis: true, threadBytes: 0, rangeBytes: 100 };
const program = fileURLToPath(new URL('../layout/pool-program.ts', import.meta.url));
let pool: CheckPool | undefined;

async function assertOddFiles(random: Random, odd: OddCsv, folder: string): Promise<void> {
  pool ??= new CheckPool(program, threads);
  await assertOnDisk(odd, path.join(folder, odd.spec.csv), pool.check);
  const { bytes } = oddCsv(random, odd.spec);
  await assertZip(oddZip(random, odd.spec.csv, odd.bytes, bytes), odd, folder);
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'odd-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function describe(seed: number, number: number, { spec, bytes, settings }: OddCsv, error: unknown): string {
  const shown = JSON.stringify(Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString('latin1'));
  const more = bytes.length > SHOWN_BYTES ? `, the first ${SHOWN_BYTES} bytes of ${bytes.length}` : '';
  return [
    `Odd input ${number} of seed ${seed}, of ${spec.id}${number % 3 === 0 ? ' in a zip' : ''}${more}:`,
    ...[
      shown,
      JSON.stringify(settings),
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    ],
  ].join('\n');
}
