/** Carries out a plan in the extension host, with progress, cancellation and log. */
import * as vscode from 'vscode';
import { emit } from '../../core/emit/run.ts';
import type { EmitEvent, EmitOptions, EmitSummary } from '../../core/emit/types.ts';
import type { Plan } from '../../core/plan/types.ts';
import type { Endpoint } from '../endpoint.ts';
import { filesOf } from './plan-text.ts';

/** What the user decided about files that have left before. */
export type UploadChoices = Pick<EmitOptions, 'again' | 'include' | 'unknown'>;

/** Sends the files of the plan. Nothing is thrown: whatever goes wrong is in the summary. */
export async function upload(
  plan: Plan,
  endpoint: Endpoint,
  token: string,
  log: vscode.LogOutputChannel,
  choices: UploadChoices,
): Promise<EmitSummary> {
  const location = vscode.ProgressLocation.Notification;
  const title = `Emitting to ${endpoint.host}`;
  return vscode.window.withProgress(
    { location, title, cancellable: true },
    async (progress, cancellation) => {
      const abort = new AbortController();
      const listening = cancellation.onCancellationRequested(() => abort.abort());
      const meter = createMeter(plan, progress);
      try {
        return await emit(plan, {
          endpoint: endpoint.url,
          token,
          ...choices,
          signal: abort.signal,
          onEvent: (event) => {
            logEvent(event, log);
            meter(event);
          },
        });
      } finally {
        listening.dispose();
      }
    },
  );
}

/** Turns events into steps of a progress bar over all bytes of the plan. */
function createMeter(
  plan: Plan,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
): (event: EmitEvent) => void {
  const files = filesOf(plan);
  const totalBytes = Math.max(
    1,
    files.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  let done = 0;
  let doneBytes = 0;
  let shown = 0;
  const show = (message: string, bytes: number): void => {
    const percent = (100 * (doneBytes + bytes)) / totalBytes;
    // A try that begins anew does not take the bar back.
    const increment = Math.max(0, percent - shown);
    shown += increment;
    progress.report({ message, increment });
  };
  return (event) => {
    switch (event.type) {
      case 'file':
        show(`${done + 1} of ${files.length}: ${event.file.path}`, 0);
        break;
      case 'progress':
        show(`${done + 1} of ${files.length}: ${event.file.path}`, event.sent);
        break;
      case 'waiting':
        show(
          `waiting ${Math.ceil(event.wait.milliseconds / 1000)} s before trying again: ${event.wait.error.message}`,
          0,
        );
        break;
      case 'acknowledged':
      case 'skipped':
        doneBytes += event.file.bytes;
        done++;
        break;
      case 'failed':
        doneBytes += event.failure.file.bytes;
        done++;
        break;
      case 'connected':
      case 'wave':
      case 'form':
      case 'sent':
      case 'not-tried':
        break;
    }
  };
}

/** Paths, keys and sizes; never the token, a form or a row. */
function logEvent(event: EmitEvent, log: vscode.LogOutputChannel): void {
  switch (event.type) {
    case 'connected':
      log.info('The emission API answers and accepts the token.');
      break;
    case 'wave':
      log.info(`Wave ${event.wave.number}: ${event.wave.title}`);
      break;
    case 'waiting':
      log.warn(
        `Try ${event.wait.attempt} failed, next in ${Math.ceil(event.wait.milliseconds / 1000)} s: ${event.wait.error.message}`,
      );
      break;
    case 'acknowledged':
      log.info(`Acknowledged: ${event.file.path} (${event.record.bytes} bytes) as ${event.record.key}`);
      break;
    case 'skipped':
      log.info(
        `There before: ${event.file.path} as ${event.record.key}, acknowledged at ${event.record.time}`,
      );
      break;
    case 'failed': {
      const { code, requestId } = event.failure.error;
      const facts = [code && `code ${code}`, requestId && `request ${requestId}`].filter(Boolean).join(', ');
      log.error(
        `Failed: ${event.failure.file.path}: ${event.failure.error.message}${facts && ` (${facts})`}`,
      );
      break;
    }
    case 'not-tried':
      log.warn(`Not tried: ${event.notTried.file.path}: ${event.notTried.message}`);
      break;
    case 'file':
    case 'form':
    case 'progress':
    case 'sent':
      break;
  }
}
