/**
 * Brings an object onto the disk: streamed into a hidden file beside its place, compared with what is known of it, and
 * only then put there. The pre-signed address is in no message and no error.
 */
import { createHash, randomBytes } from 'node:crypto';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import fetch from 'node-fetch';
import type { Response } from 'node-fetch';
import type { Api } from '../emit/api/api.ts';
import { cancelled, EmissionError } from '../emit/error.ts';
import type { EmissionReason } from '../emit/error.ts';
import { networkError } from '../emit/http/http.ts';
import type { AgentChoice } from '../emit/http/http.ts';
import { realPace, withRetries } from '../emit/http/pace.ts';
import type { Pace, Wait } from '../emit/http/pace.ts';
import { isMd5 } from '../emit/storage/s3-answer.ts';
import { elementText } from '../emit/storage/xml.ts';
import { reasonOf } from '../layout/emission-tree.ts';
import { shown } from './shown.ts';

export interface DownloadOptions {
  readonly api: Api;
  readonly bucket: string;
  readonly key: string;
  /** Absolute path of the file to be. Its folder must be there. */
  readonly target: string;
  /** Size in bytes by the listing, for the progress; absent where it does not show the object. */
  readonly size?: number | undefined;
  /** True where the user has said that a file which is there may be replaced. */
  readonly replace?: boolean;
  readonly agent?: AgentChoice | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly pace?: Pace | undefined;
  /** Tries for passing faults; 5 when absent. */
  readonly tries?: number | undefined;
  /** Milliseconds without a byte after which a try has failed; 120,000 when absent. */
  readonly stallTime?: number | undefined;
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined;
  readonly onWait?: ((wait: Wait) => void) | undefined;
}

export interface Download {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly md5: string;
}

/**
 * Downloads an object. Where it fails nothing is left behind, and what was there before is as it was.
 *
 * @throws EmissionError
 */
export async function download(options: DownloadOptions): Promise<Download> {
  const { api, bucket, key, target, replace = false, pace = realPace, signal, tries = 5 } = options;
  const name = path.basename(target);
  if (!replace && (await isThere(target))) throw alreadyThere(name);
  const temporary = path.join(path.dirname(target), `.${name}.${randomBytes(6).toString('hex')}.part`);
  try {
    let refused: unknown;
    const attempt = async () => {
      // Each try has an address of its own: an older one may have expired.
      const address = await api.downloadAddress(bucket, key, signal).catch((error: unknown) => {
        refused = error;
        throw error;
      });
      return receive(address, options, temporary);
    };
    const received = await withRetries(attempt, {
      ...{ pace, signal, onWait: options.onWait },
      // The API has been asked often enough by then.
      endurance: (error) => ({ tries: error === refused ? 1 : tries }),
    });
    await onDisk(name, () => (replace ? rename(temporary, target) : putWhereNothingIs(temporary, target)));
    return received;
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

function alreadyThere(name: string): EmissionError {
  return failure(
    'file-refused',
    `${name} is there already, and is left as it is. Choose another folder, or move it away.`,
  );
}

function failure(reason: EmissionReason, message: string, code?: string): EmissionError {
  return new EmissionError(reason, message, { consequence: 'fail-file', code });
}

/** Gives a file its name unless another one has it. */
async function putWhereNothingIs(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw alreadyThere(path.basename(target));
  }
  // A file system without hard links: an empty file of our own keeps the place.
  let place: FileHandle;
  try {
    place = await open(target, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw alreadyThere(path.basename(target));
    throw error;
  }
  await place.close();
  await rename(temporary, target);
}

/** Turns the file system's errors into words. */
async function onDisk<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EmissionError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOSPC'
        ? 'the disk is full'
        : code === 'ENOENT'
          ? 'its folder is not there'
          : reasonOf(error);
    throw failure('file-unreadable', `${name} cannot be written: ${reason}.`, code);
  }
}

/** One try. */
async function receive(address: URL, options: DownloadOptions, temporary: string): Promise<Download> {
  const { signal } = options;
  const stall = new AbortController();
  const patience = options.stallTime ?? 120_000;
  const name = path.basename(options.target);
  const file = await onDisk(name, () => open(temporary, 'w', 0o600));
  let timer = setTimeout(() => stall.abort(), patience);
  try {
    const response = await ask(
      address,
      options,
      AbortSignal.any([stall.signal, ...(signal ? [signal] : [])]),
    );
    const length = lengthOf(response);
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    let bytes = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Buffer>) {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(), patience);
      md5.update(chunk);
      sha256.update(chunk);
      bytes += chunk.length;
      await onDisk(name, () => file.writeFile(chunk));
      options.onProgress?.(bytes, length ?? options.size);
    }
    const received = { bytes, md5: md5.digest('hex'), sha256: sha256.digest('hex') };
    compare(received, { length, etag: response.headers.get('etag')?.replaceAll('"', '') }, options);
    await onDisk(name, () => file.sync());
    return received;
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    if (stall.signal.aborted) {
      throw new EmissionError(
        'time-out',
        `${address.host} sent nothing for ${Math.round(patience / 1000)} s. Check the network, or try again later.`,
        { consequence: 'retry' },
      );
    }
    throw withoutCause(error, address);
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}

async function ask(address: URL, { agent, key }: DownloadOptions, signal: AbortSignal): Promise<Response> {
  const response = await fetch(address, {
    signal,
    redirect: 'manual',
    // The bytes are wanted as they are stored.
    compress: false,
    headers: { 'User-Agent': 'cqube-emission', 'Accept-Encoding': 'identity', Connection: 'close' },
    ...(agent === undefined ? {} : { agent }),
  });
  if (response.status === 200) return response;
  throw refusal(response.status, await startOf(response), address.host, key);
}

/** An error's XML is short; more is not worth reading. */
async function startOf(response: Response): Promise<string> {
  let text = '';
  for await (const chunk of (response.body ?? []) as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > 1 << 16) break;
  }
  return text;
}

/** What the storage's refusal of a GET means. */
function refusal(status: number, xml: string, host: string, key: string): EmissionError {
  const code = elementText(xml, 'Code');
  const requestId = elementText(xml, 'RequestId');
  const error = (reason: EmissionReason, consequence: 'retry' | 'fail-file' | 'stop-run', message: string) =>
    new EmissionError(reason, message, { consequence, status, code, requestId });
  const facts = `${status}${code === undefined ? '' : `, ${code}`}`;
  if (status === 404 && code === 'NoSuchBucket') {
    return error(
      'no-bucket',
      'stop-run',
      `The storage has no such bucket (${facts}). Tell the cQube administrator.`,
    );
  }
  if (status === 404) {
    return error(
      'file-missing',
      'fail-file',
      `The bucket holds no ${shown(key)} (${facts}). Ingestion takes files out of the emission bucket and puts them into the input bucket.`,
    );
  }
  if (status >= 500 || status === 429) {
    return error('server-error', 'retry', `The storage at ${host} is not ready (${facts}). Try again later.`);
  }
  if (status === 403 && /expired/i.test(elementText(xml, 'Message') ?? '')) {
    return error(
      'clock-wrong',
      'stop-run',
      `The storage takes the address for expired the moment it was made (${facts}): the clock of the cQube server is wrong. Tell the cQube administrator.`,
    );
  }
  return error(
    'refused',
    'fail-file',
    `The storage at ${host} does not let ${shown(key)} be read (${facts}). The cQube server may lack the right to read this bucket; its administrator can tell.`,
  );
}

function lengthOf(response: Response): number | undefined {
  const length = response.headers.get('content-length');
  return length !== null && /^\d+$/.test(length) ? Number(length) : undefined;
}

/** @throws EmissionError when the bytes are not those of the object */
function compare(
  { bytes, md5 }: Download,
  { length, etag }: { readonly length: number | undefined; readonly etag: string | undefined },
  { key }: DownloadOptions,
): void {
  const complete = length === undefined || bytes === length;
  // What was stored in parts has another ETag.
  const intact = etag === undefined || !isMd5(etag) || etag === md5;
  if (complete && intact) return;
  throw new EmissionError(
    'interrupted',
    complete
      ? `${shown(key)} came damaged: its checksum is not the storage’s. Try again.`
      : `${shown(key)} came incomplete: ${bytes} of ${length} bytes. Check the network and try again.`,
    { consequence: 'retry' },
  );
}

/** A network error in words. The cause is left out, because it holds the address. */
function withoutCause(error: unknown, { host }: URL): EmissionError {
  const { reason, message, consequence, status, code, requestId, retryAfter } = networkError(error, host);
  return new EmissionError(reason, message, { consequence, status, code, requestId, retryAfter });
}
