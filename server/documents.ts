import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { DatasetSpec } from '../core/catalogue/spec.ts';
import { DocumentCheck } from '../core/check/document/document.ts';
import type { FileReport } from '../core/check/file.ts';
import type { MasterValues } from '../core/check/identity/value-set.ts';
import { createProof } from '../core/csv/proof/proof-wasm.ts';
import type { BlockDocument } from './block-document.ts';
import type { ServerSettings } from './settings.ts';
import { SupersededError } from './superseded.ts';

export interface CheckedDocument {
  readonly version: number;
  readonly report: FileReport;
  /** Milliseconds that the check took. */
  readonly milliseconds: number;
}

/** What a check of a document depends on, besides its text. */
export interface DocumentSurroundings {
  readonly spec: DatasetSpec;
  /** Its path below the emission folder, the name that findings carry. */
  readonly file: string;
  readonly settings: ServerSettings;
  readonly masters: MasterValues | undefined;
  /** True when the file on disk begins with a byte order mark: an editor hides it. */
  readonly byteOrderMark: boolean;
}

const BOM = new Uint8Array([0xef, 0xbb, 0xbf]);

/** The check of an open document, which goes on from edit to edit as long as nothing around it changes. */
export class OpenDocument {
  readonly #surroundings: DocumentSurroundings;
  readonly #masters: string;
  readonly #check: DocumentCheck;
  readonly #before: CheckedDocument | undefined;
  #checked: CheckedDocument | undefined;
  #running: { readonly version: number; readonly check: Promise<CheckedDocument> } | undefined;

  /** @param before the check of the document in other surroundings, which stands until there is one in these */
  constructor(surroundings: DocumentSurroundings, before?: CheckedDocument) {
    const { spec, file, settings, masters, byteOrderMark } = surroundings;
    this.#surroundings = surroundings;
    this.#masters = stampOf(masters);
    const options = { masters, makeProof: createProof, byteOrderMark };
    this.#check = new DocumentCheck(spec, file, settings.check, options);
    this.#before = before;
  }

  /** The last check that was completed. */
  get latest(): CheckedDocument | undefined {
    return this.#checked ?? this.#before;
  }

  /** True when a check begun in other surroundings holds in these. */
  fits({ spec, file, settings, masters, byteOrderMark }: DocumentSurroundings): boolean {
    const own = this.#surroundings;
    if (own.spec !== spec || own.file !== file || own.settings !== settings) return false;
    return own.byteOrderMark === byteOrderMark && this.#masters === stampOf(masters);
  }

  /**
   * Checks the document as it is now. Who asks twice for a version gets the same check.
   *
   * @throws SupersededError when a newer version is asked for before it is done
   */
  check(document: BlockDocument): Promise<CheckedDocument> {
    const { version } = document;
    if (this.#running?.version !== version) this.#running = { version, check: this.#run(document, version) };
    return this.#running.check;
  }

  /** Gives up the check that is under way. */
  stop(): void {
    this.#running = undefined;
  }

  async #run({ blocks }: BlockDocument, version: number): Promise<CheckedDocument> {
    const since = performance.now();
    const steps = this.#check.check(blocks);
    for (;;) {
      const { done, value: report } = steps.next();
      if (done === true) {
        this.#checked = { version, report, milliseconds: performance.now() - since };
        return this.#checked;
      }
      // Other requests get their turn: among them the edit that makes this check vain.
      await setImmediate();
      if (this.#running?.version !== version) throw new SupersededError();
    }
  }
}

function stampOf(masters: MasterValues | undefined): string {
  return masters?.stamp ?? '';
}

/** True when a file begins with a byte order mark; false when there is no such file (any more). */
export async function startsWithMark(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(3), 0, 3, 0);
      return bytesRead === 3 && BOM.every((byte, index) => buffer[index] === byte);
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}
