/** What was sent from here, as lines for a person, as JSON and as CSV. */
import {
  outcomeWords,
  whereaboutsWords,
  type Sending,
  type Whereabouts,
} from '../../core/bucket/sendings.ts';
import { shown } from '../../core/bucket/shown.ts';
import { count } from '../../core/wording.ts';
import { csvRow } from './csv.ts';
import { jsonDocument } from './json.ts';
import { size } from './text.ts';

export interface Told {
  readonly sending: Sending;
  /** Rows of the zip, where it is still there as it was sent and somebody asked. */
  readonly rows?: number | undefined;
  /** Absent where nobody asked, or where it was sent to another endpoint. */
  readonly whereabouts?: Whereabouts | undefined;
}

/** The latest first. */
export function historyText(told: readonly Told[]): string {
  if (told.length === 0) return 'Nothing was sent from here, as far as the journal tells.';
  const lines = told.toReversed().flatMap(({ sending, rows, whereabouts }) => {
    const { time, path, endpoint, outcome, key, bytes, sha256 } = sending;
    const about = [size(bytes), ...(rows === undefined ? [] : [count(rows, 'row')]), outcomeWords[outcome]];
    return [
      `${time}  ${path}: ${about.join(', ')}`,
      `    ${shown(key)} at ${endpoint}`,
      ...(sha256 === undefined ? [] : [`    SHA-256 ${sha256}`]),
      ...(whereabouts === undefined ? [] : [`    ${placeText(whereabouts)}`]),
    ];
  });
  return [...lines, '', `${count(told.length, 'file')} sent.`].join('\n');
}

function placeText(whereabouts: Whereabouts): string {
  const words = whereaboutsWords[whereabouts.kind];
  return whereabouts.kind === 'taken' ? `${words}: ${shown(whereabouts.inputKey)}` : words;
}

export function historyJson(root: string, told: readonly Told[]): string {
  return jsonDocument({
    root,
    sendings: told.map(({ sending, rows, whereabouts }) => {
      const { time, dataset, path, key, bytes, sha256, md5, endpoint, outcome } = sending;
      return {
        ...{ time, dataset, path, key, rows: rows ?? null, bytes, sha256, md5, endpoint, outcome },
        ...(whereabouts === undefined ? {} : { bucket: whereabouts }),
      };
    }),
  });
}

export function historyCsv(told: readonly Told[]): string {
  const head = ['time', 'dataset', 'path', 'key', 'rows', 'bytes', 'sha256', 'endpoint', 'outcome', 'bucket'];
  const rows = told.map(({ sending, rows, whereabouts }) => {
    const { time, dataset, path, key, bytes, sha256, endpoint, outcome } = sending;
    return csvRow([time, dataset, path, key, rows, bytes, sha256, endpoint, outcome, whereabouts?.kind]);
  });
  return [csvRow(head), ...rows].join('\n');
}
