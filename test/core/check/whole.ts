import { FileCheck, type FileReport } from '../../../core/check/file.ts';
import type { CheckSettings } from '../../../core/check/settings.ts';
import type { Masters } from '../../../core/check/value-set.ts';
import type { DatasetSpec } from '../../../core/catalogue/spec.ts';

/** The check of bytes that are all at hand, pushed in chunks of a size, as often as the check asks for them. */
export function checkWhole(
  spec: DatasetSpec,
  file: string,
  bytes: Uint8Array,
  settings: CheckSettings,
  { chunkBytes = Infinity, masters }: { chunkBytes?: number; masters?: Masters } = {},
): FileReport {
  const check = new FileCheck(spec, file, settings, masters);
  for (;;) {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      check.push(bytes.subarray(at, Math.min(bytes.length, at + chunkBytes)));
    }
    const report = check.end();
    if (report) return report;
  }
}
