/**
 * The record of what was emitted: one line of JSON per acknowledgement or failure, beside the emission folder, because
 * everything inside might be uploaded by other tools.
 */
import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { EmissionError } from './error.ts';
import type { EmissionReason } from './error.ts';

interface Entry {
  /** ISO time of this computer. */
  readonly time: string;
  /** Path of the zip below the emission folder, with `/`. */
  readonly path: string;
  readonly dataset: string;
  /** Origin of the endpoint, such as `https://cqube.example.org`. */
  readonly endpoint: string;
  /** Size of the zip. */
  readonly bytes: number;
  /** ISO time of the zip's last change. */
  readonly mtime: string;
}

export interface AcknowledgedRecord extends Entry {
  readonly event: 'acknowledged';
  /** Hexadecimal, of the bytes that were sent. */
  readonly sha256: string;
  readonly key: string;
  readonly etag?: string;
  /** `list`: known from the bucket's listing, because the answer was lost. */
  readonly by: 'answer' | 'list';
}

export interface FailedRecord extends Entry {
  readonly event: 'failed';
  readonly reason: EmissionReason;
  /** `unknown`: the bytes had left and no answer came. */
  readonly stored: 'no' | 'unknown';
  readonly key?: string;
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string;
}

export type JournalRecord = AcknowledgedRecord | FailedRecord;

export interface Journal {
  /** Appends a line and returns once it is on the disk. @throws EmissionError `journal` */
  readonly append: (record: JournalRecord) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface JournalContents {
  readonly records: readonly JournalRecord[];
  /** Lines that are no records: a last line torn by a crash, or what other hands wrote. */
  readonly damaged: number;
}

/** Where the journal of the emission folder `root` (a path) lies: `<parent>/<root name>.journal.jsonl`. */
export function journalPath(root: string): string {
  const folder = path.resolve(root);
  return path.join(path.dirname(folder), `${path.basename(folder)}.journal.jsonl`);
}

function fault(root: string, what: string, cause: unknown): EmissionError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new EmissionError(
    'journal',
    `The journal ${path.basename(journalPath(root))} beside the emission folder ${what}${code}. Check the permissions of its folder and the free space.`,
    { consequence: 'stop-run', cause },
  );
}

/**
 * Opens the journal of `root` for appending and makes it where there is none. A torn last line is left as it is and
 * closed, so that the next record begins a line of its own.
 *
 * @throws EmissionError `journal`
 */
export async function openJournal(root: string): Promise<Journal> {
  let file: FileHandle;
  try {
    file = await open(journalPath(root), 'a+');
  } catch (error) {
    throw fault(root, 'cannot be written', error);
  }
  try {
    const { size } = await file.stat();
    if (size === 0) await syncFolder(path.dirname(journalPath(root)));
    else if (!(await endsLine(file, size))) await file.appendFile('\n');
  } catch (error) {
    await file.close();
    throw fault(root, 'cannot be written', error);
  }
  return {
    append: async (record) => {
      try {
        await file.appendFile(`${JSON.stringify(record)}\n`);
        await file.sync();
      } catch (error) {
        throw fault(root, 'could not be written', error);
      }
    },
    close: () => file.close(),
  };
}

async function endsLine(file: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** Makes a new file's name last; Windows cannot and need not do so. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Reads the journal of `root`; an absent one is empty.
 *
 * @throws EmissionError `journal` when it is there and cannot be read.
 */
export async function readJournal(root: string): Promise<JournalContents> {
  let text: string;
  try {
    text = await readFile(journalPath(root), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { records: [], damaged: 0 };
    throw fault(root, 'cannot be read', error);
  }
  const records: JournalRecord[] = [];
  let damaged = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const record = recordOf(line);
    if (record === undefined) damaged++;
    else records.push(record);
  }
  return { records, damaged };
}

function recordOf(line: string): JournalRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const has = (name: string, type: string) => typeof (value as Record<string, unknown>)[name] === type;
  const record = value as JournalRecord;
  const entry = ['time', 'path', 'dataset', 'endpoint', 'mtime'].every((name) => has(name, 'string'));
  if (!entry || !has('bytes', 'number')) return undefined;
  const rest = record.event === 'acknowledged' ? ['sha256', 'key'] : ['reason', 'stored'];
  return has('event', 'string') && rest.every((name) => has(name, 'string')) ? record : undefined;
}

/**
 * The last acknowledgement of each path, for "emitted" and "changed since emission". With `endpoint` (an origin) only
 * what went there counts.
 *
 * @throws EmissionError `journal` when the journal is there and cannot be read.
 */
export async function lastAcknowledged(
  root: string,
  endpoint?: string,
): Promise<ReadonlyMap<string, AcknowledgedRecord>> {
  const { records } = await readJournal(root);
  const last = new Map<string, AcknowledgedRecord>();
  for (const record of records) {
    if (record.event !== 'acknowledged') continue;
    if (endpoint === undefined || record.endpoint === endpoint) last.set(record.path, record);
  }
  return last;
}

/** True when a zip of this size (bytes) and time (milliseconds since 1970) is the one that was acknowledged. */
export function isUnchanged(record: AcknowledgedRecord, bytes: number, mtimeMs: number): boolean {
  return record.bytes === bytes && record.mtime === new Date(mtimeMs).toISOString();
}
