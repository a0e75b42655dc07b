import type { Finding, Severity } from '../../core/finding.ts';
import { shown } from '../../core/bucket/shown.ts';
import { count, number } from '../../core/wording.ts';
import type { CheckResult } from './result.ts';

const colors: Readonly<Record<Severity, string>> = { error: '31', warning: '33', information: '36' };

/** A text in a colour of the terminal. */
export function paint(text: string, code: string, color: boolean): string {
  return color ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** Bytes as a person reads them: 1.2 MB (of a million bytes). */
export function size(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  const units = ['kB', 'MB', 'GB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]!}`;
}

/** A finding as `file:line:column: severity: message [rule]`; a file's name may be any. */
export function findingLine(finding: Finding, color: boolean): string {
  const { file, line, column, severity, message, rule } = finding;
  const place = `${file}:${line + 1}:${column + 1}`;
  const said = `${paint(severity, colors[severity], color)}: ${shown(message)} [${rule}]`;
  return `${paint(shown(place), '1', color)}: ${said}`;
}

/** The report of `check` in pieces, as lines `file:line:column: severity: message [rule]`, which editors and terminals can follow. */
export function* checkText(result: CheckResult, color: boolean): Generator<string> {
  // One line for all that is not zipped: a line for each would hide what is wrong.
  const unzipped = result.findings.filter(({ finding }) => finding.rule === 'layout/missing-zip').length;
  const listed = result.findings.filter(({ finding }) => finding.rule !== 'layout/missing-zip');
  for (const { finding } of listed)
    yield `${findingLine(finding, color)}
`;
  const { files, rows, errors, warnings, information } = result.summary;
  if (listed.length > 0) yield '\n';
  if (unzipped > 0) yield `${count(unzipped, 'dataset')} not zipped yet: \`cqube-emission zip\` does that.\n`;
  yield (
    `${count(files, 'file')} with ${count(rows, 'row')} checked in ${result.root}: ` +
    `${count(errors, 'error')}, ${count(warnings, 'warning')}, ${number(information)} for information.`
  );
}
