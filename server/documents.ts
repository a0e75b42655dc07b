import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { DatasetSpec } from '../core/catalogue/spec.ts';
import type { FileReport } from '../core/check/file.ts';
import type { Masters } from '../core/check/value-set.ts';
import { checkBytes } from '../core/layout/job.ts';
import type { CheckSettings } from '../core/check/settings.ts';

export interface CheckedDocument {
  readonly version: number;
  readonly report: FileReport;
  /** Milliseconds that the check took. */
  readonly milliseconds: number;
}

/** So many bytes are checked before other requests get a turn. */
const TURN_BYTES = 1 << 20;
const BOM = new Uint8Array([0xef, 0xbb, 0xbf]);

/**
 * Checks a document as its editor holds it.
 *
 * @param path the file's path on disk, where its byte order mark is: an editor hides it
 * @param file its path below the emission folder, the name that findings carry
 * @throws the signal's reason when a newer version has come
 */
export async function checkDocument(
  document: TextDocument,
  path: string,
  spec: DatasetSpec,
  file: string,
  settings: CheckSettings,
  masters: Masters | undefined,
  signal: AbortSignal,
): Promise<CheckedDocument> {
  const since = performance.now();
  const bytes = new TextEncoder().encode(document.getText());
  const bom = await startsWithBom(path);
  async function* turns() {
    if (bom) yield BOM;
    for (let at = 0; at < bytes.length; at += TURN_BYTES) {
      yield bytes.subarray(at, at + TURN_BYTES);
      if (at + TURN_BYTES < bytes.length) await setImmediate();
      signal.throwIfAborted();
    }
  }
  const report = await checkBytes(spec, file, turns, settings, masters);
  return { version: document.version, report, milliseconds: performance.now() - since };
}

async function startsWithBom(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(3), 0, 3, 0);
      return bytesRead === 3 && BOM.every((byte, index) => buffer[index] === byte);
    } finally {
      await handle.close();
    }
  } catch {
    // A document that is not on disk (any more) has no mark to look for.
    return false;
  }
}
