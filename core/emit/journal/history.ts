/** What a journal tells of one endpoint: what is acknowledged, what may be stored, and what the last run was about. */
import { readJournal } from './journal.ts';
import type { AcknowledgedRecord, JournalRecord, SentRecord, StartedRecord } from './journal.ts';

export interface LastRun extends Pick<StartedRecord, 'time' | 'again' | 'include'> {
  /** Paths of its zips that are not acknowledged since it began. */
  readonly remaining: readonly string[];
}

export interface History {
  /** The last acknowledgement of each path. */
  readonly acknowledged: ReadonlyMap<string, AcknowledgedRecord>;
  /** By path, what left without a certain outcome: it is stored, or it is not. */
  readonly unsettled: ReadonlyMap<string, readonly SentRecord[]>;
  /** Absent when no run is known. */
  readonly lastRun?: LastRun;
}

/**
 * Reads the records of a journal in their order. A record of another endpoint counts for nothing; without `endpoint`
 * every one counts.
 */
export function historyOf(records: readonly JournalRecord[], endpoint?: string): History {
  const acknowledged = new Map<string, AcknowledgedRecord>();
  const unsettled = new Map<string, Map<string, SentRecord>>();
  let run: StartedRecord | undefined;
  let remaining = new Set<string>();
  for (const record of records) {
    if (record.event === 'repaired' || (endpoint !== undefined && record.endpoint !== endpoint)) continue;
    switch (record.event) {
      case 'started':
        run = record;
        remaining = new Set(record.files);
        break;
      case 'sent': {
        const keys = unsettled.get(record.path) ?? new Map<string, SentRecord>();
        unsettled.set(record.path, keys.set(record.key, record));
        break;
      }
      case 'acknowledged':
        acknowledged.set(record.path, record);
        unsettled.get(record.path)?.delete(record.key);
        remaining.delete(record.path);
        break;
      case 'failed':
        if (record.stored === 'no' && record.key !== undefined)
          unsettled.get(record.path)?.delete(record.key);
        break;
      case 'form':
      case 'ended':
        break;
    }
  }
  const open = [...unsettled].filter(([, keys]) => keys.size > 0);
  return {
    acknowledged,
    unsettled: new Map(open.map(([path, keys]) => [path, [...keys.values()]])),
    ...(run === undefined
      ? {}
      : {
          lastRun: { time: run.time, again: run.again, include: run.include, remaining: [...remaining] },
        }),
  };
}

/**
 * The last acknowledgement of each path, for "emitted" and "changed since emission". With `endpoint` (an origin) only
 * what went there counts.
 *
 * @throws EmissionError `journal` when the journal is there and cannot be read.
 */
export async function lastAcknowledged(
  root: string,
  endpoint?: string,
): Promise<ReadonlyMap<string, AcknowledgedRecord>> {
  const { records } = await readJournal(root);
  return historyOf(records, endpoint).acknowledged;
}
