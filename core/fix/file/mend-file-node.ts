import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { chmod, copyFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { removeLeftovers, temporaryFor } from '../../archive/write/temporary.ts';
import type { DatasetSpec } from '../../catalogue/spec.ts';
import { FileCheck, type MakeProof } from '../../check/file.ts';
import type { CheckSettings } from '../../check/settings.ts';
import { severityOf } from '../../finding.ts';
import { backupOf } from '../backup.ts';
import { FileMender, type MendedText, type MendReport } from './mender.ts';
import { FileSurvey, type SurveyVerdict } from './survey.ts';

const PORTION = 1 << 18;
/** After so many bytes others get a turn: among them whoever gives up. */
const TURN_BYTES = 16 << 20;

export interface MendFileOptions {
  /** True when repeated rows are looked for and left out as well: that takes a check of the file, or two. */
  readonly repeats: boolean;
  /** False when the file as it was is not to be kept beside it. */
  readonly backup: boolean;
  readonly makeProof: MakeProof;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes read so far, of all looks at the file. */
  readonly onBytes?: (bytes: number) => void;
}

/** A file was written to while it was being mended. Nothing was done. */
export class ChangedWhileMendedError extends Error {
  override readonly name = 'ChangedWhileMendedError';
}

/**
 * Mends a file on this machine's disk: what is mended is written beside it, and takes its place when all of it is on the
 * disk. As it was before the first such mending it stays beside it (`backupOf`).
 *
 * @throws EncodingError; ChangedWhileMendedError; the signal's reason; the file system's error. The file is then as it was
 */
export async function mendFile(
  spec: DatasetSpec,
  settings: CheckSettings,
  file: string,
  options: MendFileOptions,
): Promise<MendReport> {
  // A link stays a link: what it leads to is mended.
  const real = await realpath(file);
  await removeLeftovers(path.dirname(real));
  const looks = new Looks(spec, settings, real, options);
  const temporary = temporaryFor(real);
  const into = new Replacement(temporary);
  try {
    const report = await looks.mend((mender) => into.begin(mender, looks.descriptor));
    if (!report.isChanged) return report;
    into.finish();
    await chmod(temporary, looks.before.mode);
    looks.assertSame(await stat(real));
    looks.close();
    if (options.backup) await keep(real);
    await rename(temporary, real);
    return report;
  } finally {
    into.close();
    looks.close();
    await rm(temporary, { force: true });
  }
}

/**
 * Says what `mendFile` would do.
 *
 * @param changed as in `MendedText`
 * @throws as `mendFile`
 */
export async function previewFile(
  spec: DatasetSpec,
  settings: CheckSettings,
  file: string,
  options: Omit<MendFileOptions, 'backup'>,
  changed: NonNullable<MendedText['changed']>,
): Promise<MendReport> {
  const looks = new Looks(spec, settings, file, options);
  try {
    return await looks.mend(() => ({ write: () => undefined, changed }));
  } finally {
    looks.close();
  }
}

/** Keeps the file as it is, unless what it was before an earlier mending is kept. */
async function keep(file: string): Promise<void> {
  const backup = backupOf(file);
  try {
    linkSync(file, backup);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    // Some file systems have no links.
    const part = temporaryFor(file);
    await copyFile(file, part);
    await rename(part, backup);
  }
}

/** Goes through one file as often as mending takes. */
class Looks {
  readonly #spec: DatasetSpec;
  readonly #settings: CheckSettings;
  readonly #file: string;
  readonly #options: Omit<MendFileOptions, 'backup'>;
  descriptor: number;
  readonly before: Stats;
  #bytes = 0;

  constructor(
    spec: DatasetSpec,
    settings: CheckSettings,
    file: string,
    options: Omit<MendFileOptions, 'backup'>,
  ) {
    this.#spec = spec;
    this.#settings = settings;
    this.#file = file;
    this.#options = options;
    this.descriptor = openSync(file, 'r');
    this.before = fstatSync(this.descriptor);
  }

  /** Nothing more is read. May be called again. */
  close(): void {
    if (this.descriptor >= 0) closeSync(this.descriptor);
    this.descriptor = -1;
  }

  /** @throws ChangedWhileMendedError */
  assertSame(now: Stats): void {
    const { before } = this;
    if (now.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs) return;
    throw new ChangedWhileMendedError(
      `${path.basename(this.#file)} changed while it was being mended: it is left as it is. Mend it again when it is complete.`,
    );
  }

  async mend(into: (mender: { readonly isChanged: boolean }) => MendedText): Promise<MendReport> {
    const survey = new FileSurvey(this.#spec, this.#settings);
    await this.#read(
      (chunk) => survey.push(chunk),
      () => survey.isSettled,
    );
    const verdict = survey.end();
    const isOn = severityOf('key/duplicate-record', 'error', this.#settings.rules) !== undefined;
    const repeats = this.#options.repeats && isOn ? await this.#repeats(verdict) : [];
    const { makeProof } = this.#options;
    const state = { isChanged: () => false };
    const text = into({
      get isChanged() {
        return state.isChanged();
      },
    });
    const mender = new FileMender(this.#spec, this.#settings, verdict, text, { makeProof, repeats });
    state.isChanged = () => mender.isChanged;
    await this.#read((chunk) => mender.push(chunk));
    const report = mender.end();
    this.assertSame(fstatSync(this.descriptor));
    return report;
  }

  /** The lines of repeated rows in the text as it is mended otherwise. */
  async #repeats(verdict: SurveyVerdict): Promise<readonly number[]> {
    const { makeProof } = this.#options;
    const lines: number[] = [];
    const check = new FileCheck(this.#spec, '', { ...this.#settings, maxFindings: 0 }, undefined, makeProof);
    check.onRepeat((line) => lines.push(line));
    try {
      for (let isDone = false; !isDone;) {
        const write = (bytes: Uint8Array) => check.push(bytes);
        const mender = new FileMender(this.#spec, this.#settings, verdict, { write }, { makeProof });
        await this.#read((chunk) => mender.push(chunk));
        mender.end();
        isDone = check.end() !== undefined;
      }
    } finally {
      check.close();
    }
    return lines.sort((a, b) => a - b);
  }

  async #read(take: (chunk: Uint8Array) => void, isEnough = () => false): Promise<void> {
    const { signal, onBytes } = this.#options;
    const chunk = new Uint8Array(PORTION);
    let turn = 0;
    for (let at = 0; !isEnough();) {
      signal?.throwIfAborted();
      const count = readSync(this.descriptor, chunk, 0, chunk.length, at);
      if (count === 0) return;
      take(chunk.subarray(0, count));
      at += count;
      this.#bytes += count;
      turn += count;
      if (turn < TURN_BYTES) continue;
      turn = 0;
      onBytes?.(this.#bytes);
      await setImmediate();
    }
  }
}

/** The file that takes the place of another. It is begun with the first byte that is another one. */
class Replacement implements MendedText {
  readonly #file: string;
  #mender: { readonly isChanged: boolean } | undefined;
  #source = -1;
  #descriptor = -1;
  /** Bytes at the start that are those of the source. */
  #same = 0;
  readonly #buffer = new Uint8Array(PORTION);
  #length = 0;

  constructor(file: string) {
    this.#file = file;
  }

  begin(mender: { readonly isChanged: boolean }, source: number): this {
    this.#mender = mender;
    this.#source = source;
    return this;
  }

  write(bytes: Uint8Array): void {
    if (this.#descriptor < 0 && this.#mender?.isChanged !== true) {
      this.#same += bytes.length;
      return;
    }
    if (this.#descriptor < 0) this.#open();
    if (this.#length + bytes.length > this.#buffer.length) this.#flush();
    if (bytes.length > this.#buffer.length) writeAll(this.#descriptor, bytes, bytes.length);
    else {
      this.#buffer.set(bytes, this.#length);
      this.#length += bytes.length;
    }
  }

  /** All of it is on the disk. */
  finish(): void {
    if (this.#descriptor < 0) this.#open();
    this.#flush();
    fsyncSync(this.#descriptor);
    this.close();
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  #open(): void {
    this.#descriptor = openSync(this.#file, 'wx', 0o600);
    const chunk = new Uint8Array(PORTION);
    for (let at = 0; at < this.#same;) {
      const count = readSync(this.#source, chunk, 0, Math.min(chunk.length, this.#same - at), at);
      if (count === 0) return;
      writeAll(this.#descriptor, chunk, count);
      at += count;
    }
  }

  #flush(): void {
    writeAll(this.#descriptor, this.#buffer, this.#length);
    this.#length = 0;
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, length: number): void {
  for (let done = 0; done < length;) done += writeSync(descriptor, bytes, done, length - done);
}
