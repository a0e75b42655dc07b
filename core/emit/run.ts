/** Carries out a plan: wave after wave, file after file, each step in the journal before the next. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plan, PlannedFile } from '../plan/types.ts';
import { createApi } from './api/api.ts';
import type { Api, Buckets } from './api/api.ts';
import { deliver } from './deliver.ts';
import type { Delivery, Outcome } from './deliver.ts';
import { endpointOrigin } from './http/endpoint.ts';
import { asEmissionError, cancelled } from './error.ts';
import type { EmissionError } from './error.ts';
import { historyOf } from './journal/history.ts';
import { openJournal, readJournal } from './journal/journal.ts';
import type { AcknowledgedRecord, Journal } from './journal/journal.ts';
import { lockEmission } from './journal/lock.ts';
import type { EmissionLock } from './journal/lock.ts';
import { createPresence, realPace } from './http/pace.ts';
import type { Pace } from './http/pace.ts';
import type { EmitEvent, EmitOptions, EmitSummary, Failure, NotTried } from './types.ts';

/**
 * Emits the planned zips (emission-protocol, section 7): proves address and token first, then sends wave after wave,
 * one file at a time. A wave begins only when every file of the waves before is acknowledged. Holds the folder's lock
 * and writes the journal beside the emission folder. What the journal says under the lock counts, however old the plan
 * is: nothing acknowledged is sent twice unless `again` says so. Everything that goes wrong is in the summary; nothing
 * is thrown.
 */
export async function emit(plan: Plan, options: EmitOptions): Promise<EmitSummary> {
  const run = createRun(plan, options);
  let lock: EmissionLock | undefined;
  let journal: Journal | undefined;
  try {
    if (options.signal?.aborted) throw cancelled();
    lock = await lockEmission(run.folder);
    journal = await openJournal(run.folder);
    const buckets = await run.api.listBuckets(options.signal);
    run.tell({ type: 'connected', buckets });
    await sendAll(run, journal, lock, buckets);
  } catch (error) {
    run.stop(asEmissionError(error));
  } finally {
    await journal?.close();
    await lock?.release();
  }
  return run.summary();
}

interface Run {
  readonly plan: Plan;
  readonly folder: string;
  readonly options: EmitOptions;
  readonly pace: Pace;
  readonly api: Api;
  readonly tell: (event: EmitEvent) => void;
  readonly count: (file: PlannedFile, outcome: Outcome) => void;
  readonly stop: (error: EmissionError) => void;
  readonly stopped: () => boolean;
  readonly failures: () => readonly Failure[];
  /** Ends the run: what has not been tried by now counts as not tried. */
  readonly summary: () => EmitSummary;
}

function createRun(plan: Plan, options: EmitOptions): Run {
  const pace = options.pace ?? realPace;
  const sent: AcknowledgedRecord[] = [];
  const skipped: AcknowledgedRecord[] = [];
  const failed: Failure[] = [];
  const tried = new Set<PlannedFile>();
  let stoppedBy: EmissionError | undefined;
  let current: PlannedFile | undefined;
  let summary: EmitSummary | undefined;
  const tell = (event: EmitEvent): void => {
    if (event.type === 'file') current = event.file;
    options.onEvent?.(event);
  };
  const api = createApi({
    endpoint: options.endpoint,
    token: options.token,
    agent: options.agent,
    timeOut: options.timeOuts?.api,
    patience: options.patience,
    tries: options.tries,
    pace,
    presence: createPresence(),
    onWait: (wait) => tell({ type: 'waiting', wait, ...(current === undefined ? {} : { file: current }) }),
  });
  const end = (): EmitSummary => {
    const notTried = plan.waves
      .flatMap((wave) => wave.files)
      .filter((file) => !tried.has(file))
      .map((file) => ({ file, ...whyNotTried(stoppedBy, failed) }));
    for (const item of notTried) tell({ type: 'not-tried', notTried: item });
    return { sent, skipped, failed, notTried, cancelled: stoppedBy?.reason === 'cancelled' };
  };
  return {
    plan,
    folder: plan.root.startsWith('file:') ? fileURLToPath(plan.root) : path.resolve(plan.root),
    options,
    pace,
    api,
    tell,
    count: (file, outcome) => {
      if (outcome.kind !== 'untried') tried.add(file);
      if (outcome.kind === 'acknowledged') {
        sent.push(outcome.record);
        tell({ type: 'acknowledged', file, record: outcome.record });
      } else if (outcome.kind === 'skipped') {
        skipped.push(outcome.record);
        tell({ type: 'skipped', file, record: outcome.record });
      } else if (outcome.kind === 'failed') {
        const { error, stored } = outcome;
        failed.push({ file, error, stored });
        tell({ type: 'failed', failure: { file, error, stored } });
      }
    },
    stop: (error) => (stoppedBy ??= error),
    stopped: () => stoppedBy !== undefined,
    failures: () => failed,
    summary: () => {
      summary ??= end();
      return { ...summary, ...(stoppedBy ? { stoppedBy } : {}) };
    },
  };
}

function whyNotTried(
  stoppedBy: EmissionError | undefined,
  failed: readonly Failure[],
): Omit<NotTried, 'file'> {
  if (stoppedBy?.reason === 'cancelled') {
    return { why: 'cancelled', message: 'Not sent, because the emission was cancelled.' };
  }
  if (stoppedBy !== undefined) {
    return { why: 'stopped', message: `Not sent, because the emission had to stop: ${stoppedBy.message}` };
  }
  const names = failed.map(({ file }) => file.path).join(', ');
  return {
    why: 'wave',
    message: `Not sent, because an earlier step is not complete: ${names} could not be sent.`,
  };
}

/** The run between its first and its last line in the journal. */
async function sendAll(run: Run, journal: Journal, lock: EmissionLock, buckets: Buckets): Promise<void> {
  const { options, pace, plan } = run;
  const endpoint = endpointOrigin(options.endpoint);
  const { records } = await readJournal(run.folder);
  await journal.append({
    time: pace.now().toISOString(),
    event: 'started',
    endpoint,
    address: options.endpoint,
    files: plan.waves.flatMap((wave) => wave.files).map((file) => file.path),
    again: options.again ?? false,
    include: options.include ?? [],
  });
  const delivery: Delivery = {
    ...{ folder: run.folder, api: run.api, pace, options, endpoint, journal, lock, tell: run.tell },
    bucket: buckets.emission,
    storage: createPresence(),
    history: historyOf(records, endpoint),
  };
  try {
    await sendWaves(run, delivery);
  } catch (error) {
    run.stop(asEmissionError(error));
  }
  const { sent, skipped, failed, notTried, stoppedBy } = run.summary();
  await journal.append({
    time: pace.now().toISOString(),
    event: 'ended',
    endpoint,
    ...{ sent: sent.length, skipped: skipped.length, failed: failed.length, notTried: notTried.length },
    ...(stoppedBy === undefined ? {} : { stoppedBy: stoppedBy.reason }),
  });
}

async function sendWaves(run: Run, delivery: Delivery): Promise<void> {
  for (const wave of run.plan.waves) {
    run.tell({ type: 'wave', wave });
    for (const file of wave.files) {
      if (run.options.signal?.aborted) throw cancelled();
      run.tell({ type: 'file', file });
      const outcome = await deliver(delivery, file);
      run.count(file, outcome);
      if (outcome.stop !== undefined) run.stop(outcome.stop);
      if (run.stopped()) return;
    }
    if (run.failures().length > 0) return;
  }
}
