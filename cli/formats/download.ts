/** What came back from a bucket, as lines for a person and as JSON. */
import type { Download } from '../../core/bucket/download-node.ts';
import type { Sending } from '../../core/bucket/sendings.ts';
import { shown } from '../../core/bucket/shown.ts';
import type { EmissionError } from '../../core/emit/error.ts';
import type { Examination } from '../../core/scan/examine.ts';
import { count } from '../../core/wording.ts';
import { findingJson, jsonDocument } from './json.ts';
import { findingLine, size } from './text.ts';

export interface Arrived extends Download {
  readonly key: string;
  /** Absolute path. */
  readonly file: string;
  /** The record of the journal; absent where it has none of this key. */
  readonly sending?: Sending;
  /** Whether size and checksum are those of the record. */
  readonly same?: boolean;
  /** Absent where no check was asked for, and for what is no dataset's. */
  readonly examination?: Examination;
}

export type Downloaded =
  Arrived | { readonly key: string; readonly error: EmissionError; readonly tried: boolean };

/** @param checked true where a check was asked for */
export function downloadsText(
  results: readonly Downloaded[],
  color: boolean,
  { checked }: { readonly checked: boolean },
): string {
  const lines = results.flatMap((each) => {
    if ('error' in each) {
      return [`${shown(each.key)}: ${each.tried ? 'not downloaded' : 'not tried'}. ${each.error.message}`];
    }
    const about = [size(each.bytes), ...journalWords(each), ...(checked ? [checkWords(each)] : [])];
    return [
      `${shown(each.key)}: ${each.file}: ${about.join(', ')}`,
      ...(each.examination?.findings ?? []).map((finding) => `  ${findingLine(finding, color)}`),
    ];
  });
  const arrived = results.filter((each) => !('error' in each)).length;
  lines.push(`${arrived} of ${count(results.length, 'object')} downloaded.`);
  return lines.join('\n');
}

function journalWords({ sending, same }: Arrived): string[] {
  if (same === undefined || sending === undefined) return [];
  return [
    same
      ? `the very bytes that were sent from ${sending.path}`
      : `NOT the bytes that were sent from ${sending.path}: size or checksum is another than in the journal`,
  ];
}

function checkWords({ examination }: Arrived): string {
  if (!examination) return 'not checked: it is no dataset’s file';
  const { report, totals } = examination;
  const rows = report ? `${count(report.rows, 'row')}, ` : '';
  return `checked: ${rows}${count(totals.errors, 'error')}, ${count(totals.warnings, 'warning')}`;
}

export function downloadsJson(results: readonly Downloaded[]): string {
  return jsonDocument({
    downloads: results.flatMap((each) => ('error' in each ? [] : [arrivedJson(each)])),
    failed: results.flatMap((each) => {
      if (!('error' in each)) return [];
      const { reason, message, status, code, requestId } = each.error;
      return [{ key: each.key, tried: each.tried, reason, message, status, code, requestId }];
    }),
  });
}

function arrivedJson({ key, file, bytes, sha256, md5, same, sending, examination }: Arrived): object {
  return {
    ...{ key, file, bytes, sha256, md5 },
    ...(sending ? { sentFrom: sending.path, sentAt: sending.time, sameAsSent: same } : {}),
    ...(examination
      ? {
          check: {
            dataset: examination.spec.id,
            ...(examination.report ? { rows: examination.report.rows } : {}),
            ...examination.totals,
            findings: examination.findings.map(findingJson),
          },
        }
      : {}),
  };
}
