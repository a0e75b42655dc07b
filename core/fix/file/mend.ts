import type { DatasetSpec } from '../../catalogue/spec.ts';
import type { CheckSettings } from '../../check/settings.ts';
import type { FileChange } from '../file-fix.ts';
import { FileMender, type MendedText, type MendReport } from './mender.ts';
import { FileSurvey } from './survey.ts';

/** What `mendText` gives. */
export interface Mended extends MendReport {
  readonly bytes: Uint8Array;
}

/**
 * Mends the text of a file that is all at hand, such as an open document.
 *
 * @param asked changes of the whole file that a person has chosen besides those that are certain
 * @param changed as in `MendedText`
 * @throws EncodingError
 */
export function mendText(
  spec: DatasetSpec,
  settings: CheckSettings,
  bytes: Uint8Array,
  asked?: ReadonlySet<FileChange>,
  changed?: NonNullable<MendedText['changed']>,
): Mended {
  const survey = new FileSurvey(spec, settings, asked);
  survey.push(bytes);
  const parts: Uint8Array[] = [];
  const into: MendedText = { write: (part) => parts.push(part.slice()), ...(changed ? { changed } : {}) };
  const mender = new FileMender(spec, settings, survey.end(), into);
  mender.push(bytes);
  const report = mender.end();
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return { ...report, bytes: whole };
}
