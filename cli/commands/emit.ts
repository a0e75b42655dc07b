import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cleanToken, endpointOrigin, normaliseEndpoint } from '../../core/emit/endpoint.ts';
import { emit as runEmission, type EmitEvent, type EmitSummary } from '../../core/emit/run.ts';
import type { Plan } from '../../core/plan/types.ts';
import {
  choiceOf,
  textOf,
  UsageError,
  type Command,
  type ExitCode,
  type Invocation,
  type Terminal,
} from '../command.ts';
import { jsonDocument } from '../formats/json.ts';
import { count, size } from '../formats/text.ts';
import { splitTargets } from '../workspace.ts';
import { holdsBack, makePlan, planHelp, planOptions, planText } from './plan.ts';

export const emit: Command = {
  parameters: '[datasets…] [folder]',
  options: {
    ...planOptions,
    format: { type: 'string' },
    'token-file': { type: 'string' },
    'dry-run': { type: 'boolean' },
    resume: { type: 'boolean' },
  },
  help: [
    ['--format F', 'text or json'],
    ['--token-file FILE', 'file that holds the token; or CQUBE_EMISSION_TOKEN in the environment'],
    ['--dry-run', 'show the plan, send nothing'],
    [
      '--resume',
      'go on after a run that was cut short: what is acknowledged and unchanged is not sent again (always so)',
    ],
    ...planHelp,
  ],
  async run(invocation) {
    const { values, positionals, terminal } = invocation;
    const format = choiceOf(values, 'format', ['text', 'json']);
    if (values.resume === true && values.force === true) {
      throw new UsageError(
        '--resume leaves out what is acknowledged, --force sends it again: name one of them.',
      );
    }
    const dryRun = values['dry-run'] === true;
    const endpoint = endpointOf(invocation, dryRun);
    const token = dryRun ? undefined : await tokenOf(invocation);
    const { datasets, root } = splitTargets(positionals);
    const origin = endpoint === undefined ? undefined : endpointOrigin(endpoint);
    const plan = await makePlan(root, datasets, origin, values, terminal);
    const held = holdsBack(plan);
    if (dryRun || endpoint === undefined || token === undefined) {
      terminal.print(format === 'json' ? jsonDocument({ dryRun: true, ...plan }) : planText(plan));
      return held ? 1 : 0;
    }
    if (format === 'text') terminal.print(`${planText(plan)}\n\nSending to ${origin ?? ''} …`);
    if (plan.waves.length === 0) {
      if (format === 'json')
        terminal.print(summaryJson(endpoint, plan, { sent: [], skipped: [], failed: [], notTried: [], cancelled: false }));
      return held ? 1 : 0;
    }
    const onEvent = format === 'text' ? teller(terminal) : undefined;
    const summary = await runEmission(plan, { endpoint, token, signal: terminal.signal, onEvent });
    terminal.progress('');
    terminal.print(format === 'json' ? summaryJson(endpoint, plan, summary) : summaryText(plan, summary));
    return exitCodeOf(summary, held);
  },
};

function endpointOf({ values, terminal }: Invocation, optional: boolean): string | undefined {
  const text = textOf(values, 'endpoint') ?? terminal.environment.CQUBE_EMISSION_URL;
  if (text !== undefined && text !== '') return normaliseEndpoint(text);
  if (optional) return undefined;
  throw new UsageError('No endpoint. Name it with --endpoint https://…/data or in CQUBE_EMISSION_URL.');
}

/** The token comes from a file or the environment: an argument could be seen by every process of the computer. */
async function tokenOf({ values, terminal }: Invocation): Promise<string> {
  const file = textOf(values, 'token-file');
  if (file !== undefined) {
    let text: string;
    try {
      text = await readFile(path.resolve(terminal.directory, file), 'utf8');
    } catch {
      throw new UsageError(`The token file ${file} cannot be read.`);
    }
    return cleanToken(text);
  }
  const token = terminal.environment.CQUBE_EMISSION_TOKEN;
  if (token === undefined || token === '') {
    throw new UsageError(
      'No token. Put it into CQUBE_EMISSION_TOKEN, or into a file that you name with --token-file.',
    );
  }
  return cleanToken(token);
}

function teller(terminal: Terminal): (event: EmitEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'wave':
        terminal.print(`Wave ${event.wave.number}: ${event.wave.title}`);
        break;
      case 'progress':
        terminal.progress(`  ${event.file.path}: ${size(event.sent)} of ${size(event.total)}`);
        break;
      case 'waiting':
        terminal.tell(
          `  No luck with try ${event.wait.attempt}; the next one follows in ${Math.ceil(event.wait.milliseconds / 1000)} s.`,
        );
        break;
      case 'acknowledged':
        terminal.print(`  ${event.file.path}: acknowledged as ${event.record.key}`);
        break;
      case 'failed':
        terminal.print(`  ${event.failure.file.path}: not sent. ${event.failure.error.message}`);
        break;
      default:
        break;
    }
  };
}

function summaryText(plan: Plan, summary: EmitSummary): string {
  const lines: string[] = [];
  if (summary.stoppedBy) lines.push(`Stopped: ${summary.stoppedBy.message}`);
  for (const { file, message } of summary.notTried) lines.push(`  ${file.path}: not tried. ${message}`);
  const unknown = summary.failed.filter((failure) => failure.stored === 'unknown').length;
  lines.push(
    `${count(summary.sent.length, 'file')} acknowledged, ${summary.failed.length} failed, ${summary.notTried.length} not tried, ` +
      `${plan.heldBack.length} left out by the plan.` +
      (unknown > 0 ? ` Whether ${count(unknown, 'file')} of the failed arrived is unknown.` : '') +
      (summary.cancelled ? ' Cancelled.' : ''),
  );
  return lines.join('\n');
}

function summaryJson(endpoint: string, plan: Plan, summary: EmitSummary): string {
  return jsonDocument({
    endpoint,
    sent: summary.sent.map(({ dataset, path: file, bytes, sha256, key, time }) => ({
      dataset,
      path: file,
      bytes,
      sha256,
      key,
      time,
    })),
    failed: summary.failed.map(({ file, error, stored }) => ({
      dataset: file.dataset,
      path: file.path,
      reason: error.reason,
      stored,
      message: error.message,
    })),
    notTried: summary.notTried.map(({ file, why, message }) => ({
      dataset: file.dataset,
      path: file.path,
      why,
      message,
    })),
    heldBack: plan.heldBack,
    cancelled: summary.cancelled,
    ...(summary.stoppedBy
      ? { stoppedBy: { reason: summary.stoppedBy.reason, message: summary.stoppedBy.message } }
      : {}),
  });
}

function exitCodeOf(summary: EmitSummary, held: boolean): ExitCode {
  const nothing = summary.sent.length === 0 && summary.failed.length === 0;
  if (nothing && summary.stoppedBy && !summary.cancelled) return 2;
  return held || summary.failed.length > 0 || summary.notTried.length > 0 ? 1 : 0;
}
