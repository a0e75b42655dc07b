/** A planned zip on the disk, looked at before it is sent. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MAX_UPLOAD_BYTES } from '../plan/plan.ts';
import type { PlannedFile } from '../plan/types.ts';
import { cancelled, EmissionError } from './error.ts';
import type { Pace } from './http/pace.ts';
import { longestKey } from './storage/s3-answer.ts';
import type { FileState } from './storage/upload.ts';

export interface ReadyOptions {
  /** Path of the emission folder. */
  readonly folder: string;
  readonly pace: Pace;
  readonly signal?: AbortSignal | undefined;
}

/** A zip younger than this may still be being written; it is looked at once more after a moment. */
const settling = 2000;
const settlingPause = 500;

/** The absolute path of a planned zip. */
export function pathOf(folder: string, file: PlannedFile): string {
  return path.join(folder, ...file.path.split('/'));
}

/**
 * The state of a planned zip, once it is certain that it is the planned one and that nothing writes to it.
 *
 * @throws EmissionError that fails the file.
 */
export async function readyFile(
  { folder, pace, signal }: ReadyOptions,
  file: PlannedFile,
): Promise<FileState> {
  const absolute = pathOf(folder, file);
  const refuse = (
    reason: 'file-missing' | 'file-changed' | 'file-refused' | 'too-large',
    message: string,
  ): never => {
    throw new EmissionError(reason, message, { consequence: 'fail-file' });
  };
  if (Buffer.byteLength(file.path) > longestKey - '_20000101000000'.length) {
    refuse('file-refused', `The path ${file.path} is too long for the storage.`);
  }
  const first = await look(absolute, file.path);
  const inside = await realpath(absolute);
  if (!inside.startsWith((await realpath(folder)) + path.sep)) {
    refuse(
      'file-refused',
      `${file.path} is a link to a file outside of the emission folder. Put the zip itself there.`,
    );
  }
  if (first.bytes !== file.bytes) {
    refuse('file-changed', `${file.path} has changed since the plan was made. Check it and emit again.`);
  }
  if (first.bytes === 0) refuse('file-refused', `${file.path} is empty. Zip the dataset again.`);
  if (first.bytes > MAX_UPLOAD_BYTES) {
    refuse('too-large', `${file.path} is larger than 5 GiB, which the storage does not take in one upload.`);
  }
  if (pace.now().getTime() - first.mtimeMs < settling) {
    await pace.sleep(settlingPause, signal);
    const second = await look(absolute, file.path);
    if (second.bytes !== first.bytes || second.mtimeMs !== first.mtimeMs) {
      refuse('file-changed', `${file.path} is being written to. Wait until that is done and emit again.`);
    }
  }
  return first;
}

async function look(absolute: string, name: string): Promise<FileState> {
  try {
    const state = await lstat(absolute);
    if (state.isFile()) return { bytes: state.size, mtimeMs: state.mtimeMs };
  } catch (error) {
    throw new EmissionError('file-missing', `${name} cannot be read. Zip the dataset again.`, {
      consequence: 'fail-file',
      cause: error,
    });
  }
  throw new EmissionError('file-refused', `${name} is not a file. Put the zip itself there.`, {
    consequence: 'fail-file',
  });
}

/**
 * SHA-256 of a file's bytes, hexadecimal.
 *
 * @throws EmissionError `file-unreadable` or `cancelled`
 */
export async function sha256Of(absolute: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(absolute, { highWaterMark: 1 << 18 }), hash, signal ? { signal } : {});
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    throw new EmissionError('file-unreadable', `${path.basename(absolute)} cannot be read.`, {
      consequence: 'fail-file',
      cause: error,
    });
  }
  return hash.digest('hex');
}
