import type { DatasetSpec } from '../../catalogue/spec.ts';
import { FileCheck } from '../../check/file.ts';
import type { CheckSettings } from '../../check/settings.ts';
import { ruleIds, severityOf, type RuleId, type RuleSetting } from '../../finding.ts';
import type { FileChange } from '../file-fix.ts';
import { FileMender, type MendedText, type MendReport } from './mender.ts';
import { FileSurvey, type SurveyVerdict } from './survey.ts';

export interface MendTextOptions {
  /** Changes of the whole file that a person has chosen besides those that are certain. */
  readonly asked?: ReadonlySet<FileChange>;
  /** As in `MendedText`. */
  readonly changed?: NonNullable<MendedText['changed']>;
}

/** What `mendText` gives. */
export interface Mended extends MendReport {
  readonly bytes: Uint8Array;
}

/**
 * Mends the text of a file that is all at hand, such as an open document, repeated rows as well.
 *
 * @param settings a rule that they turn off is not mended
 * @throws EncodingError
 */
export function mendText(
  spec: DatasetSpec,
  settings: CheckSettings,
  bytes: Uint8Array,
  { asked, changed }: MendTextOptions = {},
): Mended {
  const survey = new FileSurvey(spec, settings, asked);
  survey.push(bytes);
  const verdict = survey.end();
  const repeats = repeatsIn(spec, settings, bytes, verdict);
  const parts: Uint8Array[] = [];
  const into: MendedText = { write: (part) => parts.push(part.slice()), ...(changed ? { changed } : {}) };
  const mender = new FileMender(spec, settings, verdict, into, { repeats });
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

/** The lines of repeated rows in the text as it is mended otherwise. */
function repeatsIn(
  spec: DatasetSpec,
  settings: CheckSettings,
  bytes: Uint8Array,
  verdict: SurveyVerdict,
): readonly number[] {
  if (severityOf('key/duplicate-record', 'error', settings.rules) === undefined) return [];
  const lines: number[] = [];
  const check = new FileCheck(spec, '', { ...settings, maxFindings: 0 });
  check.onRepeat((line) => lines.push(line));
  do {
    const mender = new FileMender(spec, settings, verdict, { write: (part) => check.push(part) });
    mender.push(bytes);
    mender.end();
  } while (!check.end());
  return lines.sort((a, b) => a - b);
}

/** Settings by which the faults of some rules alone are mended ("fix all of this rule"), unless they are off anyway. */
export function onlyRules(settings: CheckSettings, wanted: readonly RuleId[]): CheckSettings {
  const others = ruleIds.filter((rule) => !wanted.includes(rule));
  const off: Partial<Record<RuleId, RuleSetting>> = Object.fromEntries(others.map((rule) => [rule, 'off']));
  return { ...settings, rules: { ...settings.rules, ...off } };
}
