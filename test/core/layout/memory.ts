/** A disk, a clock and a store in memory, and what was read of them. */
import type { FileStamp, FileSystem } from '../../../core/layout/file-system.ts';
import type { ResultStore } from '../../../core/cache/result-store.ts';
import type { TreeFile } from '../../../core/layout/emission-tree.ts';

const encoder = new TextEncoder();

export class MemoryDisk implements FileSystem {
  /** Milliseconds since 1970. */
  now = 1_000_000.5;
  /** Paths of the files that were read, in order. */
  readonly reads: string[] = [];
  readonly #files = new Map<string, { bytes: Uint8Array; modified: number; changed: number }>();

  /** @param modified the time that the writer leaves on the file; now when absent */
  write(path: string, text: string, modified: number = this.now): void {
    this.#files.set(path, { bytes: encoder.encode(text), modified, changed: this.now });
  }

  touch(path: string): void {
    const { bytes } = this.#of(path);
    this.#files.set(path, { bytes, modified: this.now, changed: this.now });
  }

  look(path: string): TreeFile {
    const { bytes, modified, changed } = this.#of(path);
    return { path, bytes: bytes.length, modified, changed };
  }

  text(path: string): string {
    return new TextDecoder().decode(this.#of(path).bytes);
  }

  list(): Promise<never> {
    return Promise.reject(new Error('Nobody asks.'));
  }

  stat(path: string): Promise<FileStamp> {
    const { bytes, modified, changed } = this.#of(below(path));
    return Promise.resolve({ bytes: bytes.length, modified, changed });
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    this.reads.push(below(path));
    const { bytes } = this.#of(below(path));
    await Promise.resolve();
    yield bytes;
  }

  #of(path: string) {
    const file = this.#files.get(path);
    if (!file) throw Object.assign(new Error(`${path} is not there.`), { code: 'ENOENT' });
    return file;
  }
}

function below(path: string): string {
  return path.replace(/^root\//, '');
}

export class MemoryStore implements ResultStore {
  readonly kept = new Map<string, Uint8Array>();

  get(key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.kept.get(key));
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    this.kept.set(key, bytes);
    return Promise.resolve();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}
