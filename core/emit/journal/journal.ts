/**
 * The record of an emission: a line of JSON for each step, beside the emission folder, because everything inside might
 * be uploaded by other tools. It is only ever added to, and each line is on the disk before the next step.
 */
import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { outermost } from '../../layout/emission-folder.ts';
import { EmissionError } from '../error.ts';
import type { EmissionReason } from '../error.ts';

interface Line {
  /** ISO time of this computer. */
  readonly time: string;
}

interface OfEndpoint extends Line {
  /** Origin of the endpoint, such as `https://cqube.example.org`. */
  readonly endpoint: string;
}

/** A run begins: what it is to send, in order. */
export interface StartedRecord extends OfEndpoint {
  readonly event: 'started';
  /** The whole address of the endpoint; lines of earlier versions have none. */
  readonly address?: string;
  /** Paths of zips below the emission folder, with `/`. */
  readonly files: readonly string[];
  /** True when what is acknowledged and unchanged is sent again. */
  readonly again: boolean;
  /** Datasets that are sent in spite of their errors. */
  readonly include: readonly string[];
}

/** A run has come to its end, by itself or because it was stopped: how many files ended how. */
export interface EndedRecord extends OfEndpoint {
  readonly event: 'ended';
  readonly sent: number;
  readonly skipped: number;
  readonly failed: number;
  readonly notTried: number;
  /** Why it ended before its time. */
  readonly stoppedBy?: EmissionReason;
}

/** A line that no line break ended, left by a crash, has been taken away. */
export interface RepairedRecord extends Line {
  readonly event: 'repaired';
  /** Bytes of the torn line. */
  readonly bytes: number;
}

interface OfFile extends OfEndpoint {
  /** Path of the zip below the emission folder, with `/`. */
  readonly path: string;
  readonly dataset: string;
  /** Size of the zip. */
  readonly bytes: number;
  /** ISO time of the zip's last change. */
  readonly mtime: string;
}

/** The server has handed out a form for this key. */
export interface FormRecord extends OfFile {
  readonly event: 'form';
  readonly key: string;
}

/**
 * The last bytes of the file are about to leave. Written before they do: a key without this record is not stored, one
 * with it may be.
 */
export interface SentRecord extends OfFile {
  readonly event: 'sent';
  readonly key: string;
  /** Hexadecimal, of the bytes that were sent. */
  readonly sha256: string;
  /** Hexadecimal; the bucket's listing shows it as ETag. */
  readonly md5: string;
}

export interface AcknowledgedRecord extends OfFile {
  readonly event: 'acknowledged';
  /** Hexadecimal, of the bytes that were sent. */
  readonly sha256: string;
  readonly key: string;
  /** MD5 of the stored bytes in S3's own words; absent where S3 told none that could be compared. */
  readonly etag?: string;
  /** `list`: known from the bucket's listing, because the answer was lost. `user`: somebody said so. */
  readonly by: 'answer' | 'list' | 'user';
}

export interface FailedRecord extends OfFile {
  readonly event: 'failed';
  readonly reason: EmissionReason;
  /** `unknown`: the bytes had left, and no answer came, or one that speaks against them. */
  readonly stored: 'no' | 'unknown';
  readonly key?: string;
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string;
}

export type JournalRecord =
  StartedRecord | FormRecord | SentRecord | AcknowledgedRecord | FailedRecord | EndedRecord | RepairedRecord;

export interface Journal {
  /** Appends a line and returns once it is on the disk. @throws EmissionError `journal` */
  readonly append: (record: JournalRecord) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface JournalContents {
  readonly records: readonly JournalRecord[];
  /** Lines that are no records: what other hands wrote, or a last line without its end. */
  readonly damaged: number;
}

/**
 * Where the journal of the emission folder `root` (a path) lies: `<parent>/<root name>.journal.jsonl`, beside the outermost
 * of emission folders that lie in each other.
 */
export function journalPath(root: string): string {
  const folder = outermost(path.resolve(root));
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
 * Opens the journal of `root` for appending and makes it where there is none. A torn last line is taken away, and that
 * is written down. Only for the one who holds the lock: another one's line may be half written.
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
  const append = async (record: JournalRecord): Promise<void> => {
    await file.appendFile(`${JSON.stringify(record)}\n`);
    await file.datasync();
  };
  try {
    const { size } = await file.stat();
    const torn = await tornBytes(file, size);
    if (size === 0) await syncFolder(path.dirname(journalPath(root)));
    if (torn > 0) {
      await cutAt(journalPath(root), size - torn);
      await append({ time: new Date().toISOString(), event: 'repaired', bytes: torn });
    }
  } catch (error) {
    await file.close();
    throw fault(root, 'cannot be written', error);
  }
  return {
    append: async (record) => {
      try {
        await append(record);
      } catch (error) {
        throw fault(root, 'could not be written', error);
      }
    },
    close: () => file.close(),
  };
}

/** Cuts a file off. A handle for appending alone cannot do so on Windows. */
async function cutAt(file: string, size: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.truncate(size);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Bytes behind the last line break. */
async function tornBytes(file: FileHandle, size: number): Promise<number> {
  const block = Buffer.alloc(4096);
  for (let end = size; end > 0;) {
    const length = Math.min(block.length, end);
    const { bytesRead } = await file.read(block, 0, length, end - length);
    const at = block.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (at >= 0) return size - (end - length + at + 1);
    end -= length;
  }
  return size;
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
  const lines = text.split('\n');
  // Whatever stands behind the last line break is torn, or is being written at this moment.
  if (lines.pop() !== '') damaged++;
  for (const line of lines) {
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
  const record = value as JournalRecord;
  const shape = Object.hasOwn(shapes, record.event) ? shapes[record.event] : undefined;
  if (shape === undefined || typeof record.time !== 'string') return undefined;
  const fits = Object.entries(shape).every(([name, type]) => {
    const field = (value as Record<string, unknown>)[name];
    return type === 'list' ? Array.isArray(field) : typeof field === type;
  });
  return fits ? record : undefined;
}

type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'list'>>;

const ofFile = {
  endpoint: 'string',
  path: 'string',
  dataset: 'string',
  bytes: 'number',
  mtime: 'string',
} as const;

/** What a line must hold to be taken for a record, besides its time. */
const shapes: Readonly<Record<JournalRecord['event'], Shape>> = {
  started: { endpoint: 'string', files: 'list', again: 'boolean', include: 'list' },
  form: { ...ofFile, key: 'string' },
  sent: { ...ofFile, key: 'string', sha256: 'string', md5: 'string' },
  acknowledged: { ...ofFile, key: 'string', sha256: 'string' },
  failed: { ...ofFile, reason: 'string', stored: 'string' },
  ended: { endpoint: 'string', sent: 'number', failed: 'number', notTried: 'number' },
  repaired: { bytes: 'number' },
};
