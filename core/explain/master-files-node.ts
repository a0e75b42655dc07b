import { open, stat, type FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { CheckSettings } from '../check/settings.ts';
import { LF, QUOTE } from '../csv/dialect.ts';
import { MasterIndexBuilder, type MasterIndex, type RowPlace } from './master-index.ts';
import { rowAt, type RowAt } from './row-at.ts';

/** So many bytes are looked at in one go: whatever else waits has its turn between them. */
const STEP_BYTES = 1 << 16;
/** Larger files have no index. */
const MOST_BYTES = 2 ** 31;
/** So many indexes are kept, those that were asked for last. */
const MOST_INDEXES = 24;
/** Bytes that are read at once for rows that stand near each other. */
const WINDOW_BYTES = 1 << 16;
/** So much of them is looked at for a row, unless it goes on behind. */
const USUAL_ROW = 1 << 12;
/** A row with line breaks in its values may take so many lines. */
const ROW_LINES = 50;

const decoder = new TextDecoder();

/** A master file, looked up by the values of some of its columns. */
export interface Master {
  readonly path: string;
  readonly index: MasterIndex;
}

interface Kept {
  readonly stamp: string;
  readonly settings: CheckSettings;
  readonly master: Promise<Master | undefined>;
}

/** The master files of the disk, each with an index that is made once for a state of the file. */
export class MasterFiles {
  readonly #kept = new Map<string, Kept>();

  /**
   * The index of a file.
   *
   * @param columns that it is looked up by, named as in the dataset's main header
   * @returns undefined where there is no such file, or none that can be looked up
   */
  async find(
    path: string,
    spec: DatasetSpec,
    columns: readonly string[],
    settings: CheckSettings,
  ): Promise<Master | undefined> {
    const stamp = await stampOf(path);
    if (stamp === undefined) return undefined;
    const name = `${path}\n${columns.join('|')}`;
    const known = this.#kept.get(name);
    this.#kept.delete(name);
    const holds = known?.stamp === stamp && isDeepStrictEqual(known.settings, settings);
    const kept = holds ? known : { stamp, settings, master: build(path, spec, columns, settings) };
    this.#kept.set(name, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_INDEXES && oldest !== undefined) this.#kept.delete(oldest);
    return kept.master;
  }
}

/**
 * Rows of a master, read where the index says that they stand.
 *
 * @returns a row for each place; undefined for one that is not there any more
 */
export async function readRows(
  { path, index }: Master,
  places: readonly RowPlace[],
): Promise<(RowAt | undefined)[]> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch {
    return places.map(() => undefined);
  }
  try {
    const rows = new Map<RowPlace, RowAt | undefined>();
    let window: Uint8Array = new Uint8Array(0);
    let from = 0;
    for (const place of [...places].sort((a, b) => a.offset - b.offset)) {
      let at = place.offset - from;
      if (at < 0 || at + USUAL_ROW > window.length) {
        const wanted = new Uint8Array(WINDOW_BYTES);
        const { bytesRead } = await handle.read(wanted, 0, WINDOW_BYTES, place.offset);
        window = wanted.subarray(0, bytesRead);
        from = place.offset;
        at = 0;
      }
      const usual = window.subarray(at, at + USUAL_ROW);
      rows.set(place, rowIn(usual.includes(LF) ? usual : window.subarray(at), place, index));
    }
    return places.map((place) => rows.get(place));
  } catch {
    return places.map(() => undefined);
  } finally {
    await handle.close();
  }
}

/** @param bytes begin with the row */
function rowIn(bytes: Uint8Array, { line }: RowPlace, { table }: MasterIndex): RowAt | undefined {
  const end = bytes.indexOf(LF);
  const first = end < 0 ? bytes : bytes.subarray(0, end + 1);
  // Only a quote can take a row over the end of its line.
  const text = decoder.decode(first.includes(QUOTE) ? bytes : first).split(/\r\n|\r|\n/, ROW_LINES);
  const lines = {
    count: text.length,
    slice: (from: number, to: number) => text.slice(from - line, to - line),
  };
  return rowAt(lines, line, table.dialect, table.columns.length);
}

async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { size, mtimeMs, ctimeMs } = await stat(path);
    return size > MOST_BYTES ? undefined : `${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return undefined;
  }
}

async function build(
  path: string,
  spec: DatasetSpec,
  columns: readonly string[],
  settings: CheckSettings,
): Promise<Master | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const builder = new MasterIndexBuilder(spec, columns, settings);
    const buffer = new Uint8Array(STEP_BYTES);
    while (!builder.isOver) {
      const { bytesRead } = await handle.read(buffer, 0, STEP_BYTES);
      if (bytesRead === 0) break;
      builder.push(buffer.subarray(0, bytesRead));
      await setImmediate();
    }
    const index = builder.end();
    return index && { path, index };
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
