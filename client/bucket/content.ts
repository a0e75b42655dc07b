/** Fetches what is in a bucket to be read: the object goes to a private folder, and is gone again once it was read. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { readOnlyFile } from '../../core/archive/read/only-file.ts';
import { download } from '../../core/bucket/download-node.ts';
import { fileNameOf } from '../../core/bucket/file-name.ts';
import { readKey } from '../../core/bucket/key.ts';
import { requests } from '../../server/messages.ts';
import type { ObjectParams, ObjectResult } from '../../server/messages.ts';
import type { BucketSource } from './source.ts';
import type { ContentRef, ObjectRef } from './uri.ts';
import type { Progress } from '../patience.ts';
import { sizeText } from '../wording.ts';

/** VS Code gives extensions no larger texts, and no findings can be shown in them. */
export const longestText = 50 * 1024 * 1024;

export interface Content {
  readonly bytes: Uint8Array;
  /** Milliseconds since 1970 at which it was fetched. */
  readonly fetched: number;
  /** Absent for what is no dataset's. */
  readonly check?: ObjectResult;
}

export class ContentReader {
  readonly #source: BucketSource;
  readonly #client: LanguageClient;

  constructor(source: BucketSource, client: LanguageClient) {
    this.#source = source;
    this.#client = client;
  }

  /** @throws Error with a message for a person; EmissionError `cancelled` */
  async read(ref: ContentRef, progress?: Progress, signal?: AbortSignal): Promise<Content> {
    if (ref.kind === 'zip') {
      const file = vscode.Uri.parse(ref.zip).fsPath;
      return { bytes: await textOf(file, path.basename(file), signal), fetched: (await stat(file)).mtimeMs };
    }
    const folder = await mkdtemp(path.join(os.tmpdir(), 'cqube-bucket-'));
    try {
      const target = path.join(folder, fileNameOf(ref.key));
      await this.#fetch(ref, target, progress, signal);
      const bytes = await textOf(target, path.basename(target), signal);
      const { spec } = readKey(ref.role, ref.key, '');
      const check = spec && (await this.#check({ file: target, dataset: spec.id }));
      return { bytes, fetched: Date.now(), ...(check ? { check } : {}) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #fetch(
    { origin, role, key }: ObjectRef,
    target: string,
    progress: Progress | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const opened = await this.#source.open();
    if (typeof opened === 'string') throw new Error(obstacleWords[opened]);
    if (opened.origin !== origin) {
      throw new Error(
        `This was read from ${new URL(origin).host}, which is not the endpoint that is set now.`,
      );
    }
    const entry = this.#source.known(role)?.entries.find((each) => each.key === key);
    if (entry && entry.bytes > longestText) throw tooLong(path.basename(target), entry.bytes);
    await download({
      ...{ api: opened.api, bucket: opened.buckets[role], key, target, size: entry?.bytes, signal, tries: 2 },
      onProgress: (received, total) => {
        progress?.report({
          message: total === undefined ? sizeText(received) : `${sizeText(received)} of ${sizeText(total)}`,
        });
      },
    });
  }

  #check(params: ObjectParams): Promise<ObjectResult> {
    return this.#client.sendRequest<ObjectResult>(requests.checkObject, params);
  }
}

export const obstacleWords = {
  untrusted: 'In Restricted Mode nothing is asked of cQube. Trust this workspace first.',
  'no-endpoint': 'No endpoint is set. “cQube: Set Endpoint…” sets it.',
  'no-token': 'There is no token for the endpoint. “cQube: Set Token…” sets it.',
} as const;

/** The text of a file, or of the one inside a zip. */
async function textOf(file: string, name: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (!/\.zip$/i.test(name)) {
    const { size } = await stat(file);
    if (size > longestText) throw tooLong(name, size);
    return readFile(file);
  }
  const inside = await readOnlyFile(file, longestText, signal);
  if (!inside) throw tooLong(name, undefined);
  return inside.content;
}

function tooLong(name: string, bytes: number | undefined): Error {
  const size = bytes === undefined ? 'more than 50 MB' : sizeText(bytes);
  return new Error(`${name} holds ${size}, more than VS Code shows of a text. Download it instead.`);
}
