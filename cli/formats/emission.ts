/** An emission as lines for a person, as one JSON document, and as a JSON line for each event. */
import type { Intake, IntakeResult } from '../../core/emit/ingestion.ts';
import type { AcknowledgedRecord } from '../../core/emit/journal/journal.ts';
import type { EmitEvent, EmitSummary, Failure } from '../../core/emit/types.ts';
import { withoutChecksumText } from '../../core/emit/journal/without-checksum.ts';
import type { PlannedForecast } from '../../core/plan/forecasts.ts';
import type { Plan } from '../../core/plan/types.ts';
import { count, listed } from '../../core/wording.ts';
import { jsonDocument } from './json.ts';

/** Everything that a run is reported from. */
export interface EmissionReport {
  readonly endpoint: string;
  readonly plan: Plan;
  /** What ingestion will do with what the plan sends. */
  readonly forecast: readonly PlannedForecast[];
  readonly summary: EmitSummary;
  /** Acknowledgements of what the plan leaves out because it is unchanged. */
  readonly before: readonly AcknowledgedRecord[];
  /** Absent where nobody waited for ingestion. */
  readonly intake?: IntakeResult | undefined;
  readonly exitCode: number;
}

/** One JSON line's content for an event; undefined for events that only move a progress bar. */
export function eventOf(event: EmitEvent): object | undefined {
  switch (event.type) {
    case 'connected':
      return { event: 'connected', bucket: event.buckets.emission };
    case 'wave': {
      const { number, title, files } = event.wave;
      return { event: 'wave', number, title, files: files.length };
    }
    case 'file':
      return { event: 'file', path: event.file.path, bytes: event.file.bytes };
    case 'form':
    case 'sent':
      return { event: event.type, path: event.file.path, key: event.key };
    case 'waiting': {
      const { attempt, milliseconds, error } = event.wait;
      const seconds = Math.ceil(milliseconds / 1000);
      const file = event.file === undefined ? {} : { path: event.file.path };
      return { event: 'waiting', ...file, attempt, seconds, reason: error.reason, message: error.message };
    }
    case 'acknowledged':
      return { event: 'acknowledged', ...recordOf(event.record) };
    case 'skipped':
      return { event: 'skipped', ...earlierOf(event.record) };
    case 'failed':
      return { event: 'failed', ...failureOf(event.failure) };
    case 'not-tried': {
      const { file, why, message } = event.notTried;
      return { event: 'not-tried', dataset: file.dataset, path: file.path, why, message };
    }
    case 'progress':
      return undefined;
  }
}

function recordOf({ dataset, path, bytes, sha256, key, etag, by }: AcknowledgedRecord) {
  return { dataset, path, bytes, sha256, key, etag, by };
}

/** With the time of the acknowledgement, which is not that of the event. */
function earlierOf(record: AcknowledgedRecord) {
  return { ...recordOf(record), acknowledged: record.time };
}

function failureOf({ file, error, stored }: Failure) {
  const { reason, message, status, code, requestId } = error;
  return { dataset: file.dataset, path: file.path, reason, stored, message, status, code, requestId };
}

/** The first events: what the run is to send, what will become of it, and what is left out and why. */
export function planEvents({
  endpoint,
  plan,
  forecast,
  before,
}: Omit<EmissionReport, 'summary' | 'exitCode'>): object[] {
  const files = plan.waves.flatMap((wave) => wave.files);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    { event: 'plan', root: plan.root, endpoint, files: files.length, bytes },
    ...forecast.map((each) => ({ event: 'forecast', ...each })),
    ...before.map((record) => ({ event: 'skipped', ...earlierOf(record) })),
    ...plan.heldBack
      .filter(({ reason }) => reason !== 'unchanged')
      .map((held) => ({ event: 'held-back', ...held })),
  ];
}

/** The last event: how many files ended how, and the exit code. */
export function endEvent({ plan, summary, before, intake, exitCode }: EmissionReport): object {
  const { sent, skipped, failed, notTried, cancelled, stoppedBy } = summary;
  return {
    event: 'ended',
    sent: sent.length,
    countedAsStored: countedOf(summary).length,
    skipped: skipped.length + before.length,
    failed: failed.length,
    unknown: unknownOf(summary).length,
    notTried: notTried.length,
    heldBack: plan.heldBack.filter(({ reason }) => reason !== 'unchanged').length,
    cancelled,
    ...(stoppedBy ? { stoppedBy: stoppedBy.reason, message: stoppedBy.message } : {}),
    ...(intake ? { ingestion: intakeCounts(intake) } : {}),
    exitCode,
  };
}

function intakeCounts({ taken, waiting, hidden }: Intake) {
  return { taken: taken.length, waiting: waiting.length, hidden: hidden.length };
}

/** A look into the bucket while ingestion is waited for. */
export function intakeEvent(intake: Intake): object {
  return { event: 'ingestion', ...intakeCounts(intake) };
}

/** Files that count as sent because the user said so: no server has acknowledged them. */
function countedOf({ sent }: EmitSummary): readonly AcknowledgedRecord[] {
  return sent.filter(({ by }) => by === 'user');
}

function unknownOf({ failed }: EmitSummary): readonly Failure[] {
  return failed.filter(({ stored }) => stored === 'unknown');
}

/** The whole run as one JSON document. */
export function reportJson(report: EmissionReport): string {
  const { endpoint, plan, forecast, summary, before, intake, exitCode } = report;
  const { sent, skipped, failed, notTried, cancelled, stoppedBy } = summary;
  return jsonDocument({
    endpoint,
    forecast,
    sent: sent.map((record) => ({ ...recordOf(record), time: record.time })),
    skipped: [...before, ...skipped].map((record) => ({ ...recordOf(record), time: record.time })),
    failed: failed.map(failureOf),
    notTried: notTried.map(({ file, why, message }) => ({
      dataset: file.dataset,
      path: file.path,
      why,
      message,
    })),
    heldBack: plan.heldBack,
    cancelled,
    ...(stoppedBy ? { stoppedBy: { reason: stoppedBy.reason, message: stoppedBy.message } } : {}),
    ...(intake ? { ingestion: { taken: intake.taken, waiting: intake.waiting, hidden: intake.hidden } } : {}),
    exitCode,
  });
}

/**
 * What a person has to know or do: why the run stopped, what failed, what was not tried, what is left out, what was not
 * compared, and how to go on. A cause is told once, however many files it keeps from being sent.
 *
 * @param told true where the run has told already what failed and what the plan leaves out
 */
export function attentionLines(report: EmissionReport, told: boolean): string[] {
  const { plan, summary, intake } = report;
  const { stoppedBy, failed } = summary;
  const causes = new Set(stoppedBy && !told ? [stoppedBy.message] : []);
  const lines: string[] = [];
  if (stoppedBy) {
    const isTold = told && failed.some(({ error }) => error.message === stoppedBy.message);
    lines.push(isTold ? 'Stopped there.' : `Stopped: ${stoppedBy.message}`);
  }
  for (const { file, error } of told ? [] : failed) {
    lines.push(`  ${file.path}: not acknowledged.${causes.has(error.message) ? '' : ` ${error.message}`}`);
    causes.add(error.message);
  }
  lines.push(...notTriedLines(summary));
  if (!told) lines.push(...leftOutLines(plan));
  const unsure = withoutChecksumText(summary.sent);
  if (unsure !== undefined) lines.push(unsure);
  return [...lines, ...(intake ? intakeLines(intake) : []), ...goOnLines(summary)];
}

/** What the plan leaves out that should be mended. */
export function leftOutLines({ heldBack }: Plan): string[] {
  return heldBack
    .filter(({ reason }) => reason !== 'unchanged' && reason !== 'not-a-dataset')
    .map(({ path, message }) => `  ${path}: left out. ${message}`);
}

function notTriedLines({ notTried }: EmitSummary): string[] {
  const [first] = notTried;
  if (!first) return [];
  const names = listed(notTried.map(({ file }) => file.path));
  // Why the run stopped, or that it was cancelled, has been told.
  const why = first.why === 'wave' ? ` ${first.message}` : '';
  return [`Not tried: ${count(notTried.length, 'file')} (${names}).${why}`];
}

/** How a run goes on that has left something to do. */
function goOnLines(summary: EmitSummary): string[] {
  const { sent, skipped, failed, notTried } = summary;
  if (failed.length + notTried.length === 0) return [];
  if (sent.length + skipped.length + failed.length === 0) {
    return ['Nothing was sent. Once that is mended, `cqube-emission emit` begins again.'];
  }
  const lines = ['`cqube-emission emit --resume` goes on with what is left.'];
  if (unknownOf(summary).length > 0) {
    lines.push(
      'With `--unknown send` it sends again what may be stored already, with `--unknown stored` it counts it as stored.',
    );
  }
  return lines;
}

function intakeLines({ taken, waiting, hidden, error }: IntakeResult): string[] {
  const lines = [
    `Ingestion has taken ${taken.length} of ${count(taken.length + waiting.length + hidden.length, 'file')}.`,
  ];
  if (waiting.length > 0) lines.push(`  Still in the bucket: ${waiting.join(', ')}`);
  if (hidden.length > 0) {
    lines.push(
      `  Not to be seen, because the bucket holds more than the 1,000 objects that can be listed: ${hidden.join(', ')}`,
    );
  }
  if (error) lines.push(`  The waiting ended early: ${error.message}`);
  return lines;
}

/** The last line: counts, never intentions. */
export function countLine({ plan, summary, before }: EmissionReport): string {
  const { sent, skipped, failed, notTried, cancelled } = summary;
  const unknown = unknownOf(summary).length;
  const counted = countedOf(summary).length;
  const unchanged = skipped.length + before.length;
  const held = plan.heldBack.filter(({ reason }) => reason !== 'unchanged').length;
  return (
    `${count(sent.length - counted, 'file')} acknowledged, ${unchanged} unchanged since an earlier acknowledgement, ` +
    (counted > 0 ? `${counted} counted as stored, as you said, ` : '') +
    `${failed.length} failed, ${notTried.length} not tried, ${held} left out by the plan.` +
    (unknown > 0 ? ` Whether ${count(unknown, 'file')} of the failed arrived is unknown.` : '') +
    (cancelled ? ' Cancelled.' : '')
  );
}
