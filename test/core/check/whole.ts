import { FileCheck, type FileReport, type MakeProof } from '../../../core/check/file.ts';
import type { CheckSettings } from '../../../core/check/settings.ts';
import type { Masters } from '../../../core/check/identity/value-set.ts';
import type { DatasetSpec } from '../../../core/catalogue/spec.ts';

/** The check of bytes that are all at hand, pushed in chunks of a size, as often as the check asks for them. */
export function checkWhole(
  spec: DatasetSpec,
  file: string,
  bytes: Uint8Array,
  settings: CheckSettings,
  {
    chunkBytes = Infinity,
    masters,
    makeProof,
  }: { chunkBytes?: number; masters?: Masters; makeProof?: MakeProof } = {},
): FileReport {
  const check = new FileCheck(spec, file, settings, masters, makeProof);
  for (;;) {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      check.push(bytes.subarray(at, Math.min(bytes.length, at + chunkBytes)));
    }
    const report = check.end();
    if (report) return report;
  }
}
