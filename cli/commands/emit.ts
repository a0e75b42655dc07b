import path from 'node:path';
import { datasets as catalogue } from '../../core/catalogue/catalogue.ts';
import { createApi } from '../../core/emit/api/api.ts';
import { endpointOrigin } from '../../core/emit/http/endpoint.ts';
import { historyOf, type History, type LastRun } from '../../core/emit/journal/history.ts';
import { waitForIngestion, type IntakeOptions, type IntakeResult } from '../../core/emit/ingestion.ts';
import { readJournal, type AcknowledgedRecord } from '../../core/emit/journal/journal.ts';
import { realPace } from '../../core/emit/http/pace.ts';
import { emit as runEmission } from '../../core/emit/run.ts';
import type { EmitEvent, EmitSummary, UnknownChoice } from '../../core/emit/types.ts';
import type { Plan } from '../../core/plan/types.ts';
import { count } from '../../core/wording.ts';
import {
  choiceOf,
  textOf,
  textsOf,
  UsageError,
  type Command,
  type ExitCode,
  type Invocation,
  type OptionValues,
  type Terminal,
} from '../command.ts';
import { endpointOf, namedEndpoint, tokenOf } from '../connection/connection.ts';
import { openEventLog, type EventLog } from '../event-log.ts';
import {
  attentionLines,
  countLine,
  endEvent,
  eventOf,
  intakeEvent,
  leftOutLines,
  planEvents,
  reportJson,
  type EmissionReport,
} from '../formats/emission.ts';
import { notLoadedLines } from '../formats/forecast.ts';
import { size } from '../formats/text.ts';
import { proxiesFrom, type Proxies } from '../connection/proxy.ts';
import { findRoot } from '../inputs/root.ts';
import { splitTargets } from '../inputs/workspace.ts';
import { planText, type PlannedEmission } from '../formats/plan-text.ts';
import { holdsBack, makePlan, planHelp, planJson, planOptions } from './plan.ts';

const formats = ['text', 'json', 'ndjson'] as const;
type Format = (typeof formats)[number];

export const emit: Command = {
  parameters: '[datasets…] [folder]',
  alone: 'dataset',
  options: {
    ...planOptions,
    format: { type: 'string' },
    'token-file': { type: 'string' },
    'dry-run': { type: 'boolean' },
    resume: { type: 'boolean' },
    unknown: { type: 'string' },
    patience: { type: 'string' },
    wait: { type: 'string' },
    quiet: { type: 'boolean', short: 'q' },
    'log-file': { type: 'string' },
  },
  help: [
    ['--format F', 'text, json (one document at the end) or ndjson (a line for each event)'],
    ['--token-file FILE', 'file that holds the token; or CQUBE_EMISSION_TOKEN in the environment'],
    ['--dry-run', 'show the plan, send nothing'],
    [
      '--resume',
      'finish the last run if it was cut short: its files that are not acknowledged; else a run as usual',
    ],
    [
      '--unknown CHOICE',
      'a file that left before, was not acknowledged and is not in the bucket as it was sent: hold (as if left out), send it again, count it as stored',
    ],
    [
      '--patience MINUTES',
      'how long a fault that may pass is tried again, until a file has waited in vain; 2 if left out',
    ],
    ['--wait MINUTES', 'wait until ingestion has taken the files out of the bucket, at most so long'],
    ['--quiet, -q', 'say nothing unless something needs attention'],
    ['--log-file FILE', 'add each event to FILE as a JSON line; the file may be rotated at any time'],
    ...planHelp,
  ],
  async run(invocation) {
    const { values, terminal } = invocation;
    const format = choiceOf(values, 'format', formats);
    const file = textOf(values, 'log-file');
    const log = openEventLog(
      terminal,
      file === undefined ? undefined : path.resolve(terminal.directory, file),
      format === 'ndjson',
    );
    try {
      return await emission(invocation, format, log);
    } catch (error) {
      log.write({ event: 'error', message: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  },
};

async function emission(invocation: Invocation, format: Format, log: EventLog): Promise<ExitCode> {
  const { values, positionals, terminal } = invocation;
  const quiet = values.quiet === true;
  if (quiet && format !== 'text') throw new UsageError('--quiet goes with the text format alone.');
  if (values.resume === true && values.force === true) {
    throw new UsageError('--resume goes on with a run as it was, --force sends again: name one of them.');
  }
  const limit = minutesOf(values, 'wait');
  const patience = minutesOf(values, 'patience');
  const choice = choiceOf<UnknownChoice>(values, 'unknown', ['hold', 'send', 'stored']);
  const dryRun = values['dry-run'] === true;
  const endpoint = dryRun ? namedEndpoint(invocation) : endpointOf(invocation);
  const token = dryRun ? undefined : await tokenOf(invocation);
  const proxies = proxiesFrom(terminal.environment);
  const say = format === 'text' && !quiet ? terminal.print : () => undefined;

  const { datasets, root } = splitTargets(positionals);
  const origin = endpoint === undefined ? undefined : endpointOrigin(endpoint);
  const history = historyOf((await readJournal(findRoot(root, terminal.directory))).records, origin);
  const resumed = values.resume === true ? unfinished(history, datasets) : undefined;
  if (resumed) say(`Going on with the emission of ${resumed.time}.`);
  const chosen = resumed?.datasets ?? datasets;
  const again = resumed?.again ?? values.force === true;
  const include = [...textsOf(values, 'include'), ...(resumed?.include ?? [])];
  const planned = await makePlan(root, chosen, origin, { ...values, force: again, include }, terminal);
  const { plan, forecast } = planned;
  const before = unchangedIn(plan, history);
  const held = holdsBack(plan);
  if (dryRun || endpoint === undefined || token === undefined) {
    if (format === 'ndjson')
      for (const event of planEvents({ endpoint: endpoint ?? '', plan, forecast, before })) log.write(event);
    else if (quiet) [...beforeLines(planned), ...leftOutLines(plan)].forEach(terminal.tell);
    else terminal.print(format === 'json' ? planJson(planned, { dryRun: true }) : planText(planned));
    return held ? 1 : 0;
  }
  for (const event of planEvents({ endpoint, plan, forecast, before })) log.write(event);
  say(planText(planned));
  if (quiet) beforeLines(planned).forEach(terminal.tell);
  if (values.force === true) warnOfTwice(plan, history, log, say);

  let bucket: string | undefined;
  const tell = format === 'text' ? teller(terminal, say) : () => undefined;
  const options = { endpoint, token, patience, agent: proxies.agent, signal: terminal.signal };
  let summary: EmitSummary = { sent: [], skipped: [], failed: [], notTried: [], cancelled: false };
  if (plan.waves.length > 0) {
    const proxy = proxies.nameFor(new URL(endpoint));
    say(`\nSending to ${endpoint}${proxy === undefined ? '' : ` through the proxy ${proxy}`} …`);
    summary = await runEmission(plan, {
      ...options,
      ...{ again, include },
      unknown: values.force === true && values.unknown === undefined ? 'send' : choice,
      onEvent: (event) => {
        if (event.type === 'connected') bucket = event.buckets.emission;
        const line = eventOf(event);
        if (line !== undefined) log.write(line);
        tell(event);
      },
    });
    terminal.progress('');
  }
  const keys = [...summary.sent, ...summary.skipped, ...before].map(({ key }) => key);
  const intake =
    limit === undefined || keys.length === 0 || terminal.signal.aborted
      ? undefined
      : await intakeOf({ api: createApi(options), bucket, keys, limit }, terminal, log, say);
  const exitCode = exitCodeOf(summary, intake, held);
  const report: EmissionReport = { endpoint, plan, forecast, summary, before, intake, exitCode };
  log.write(endEvent(report));
  if (format === 'json') terminal.print(reportJson(report));
  if (format === 'text') show(report, { terminal, say, proxies, quiet });
  return exitCode;
}

/** What a quiet run tells before it sends: files of which nothing will be loaded, and needed ones that may be missing. */
function beforeLines({ plan, forecast }: PlannedEmission): string[] {
  return [
    ...notLoadedLines(forecast),
    ...plan.warnings.flatMap(({ message, lacks }) => (lacks ? [message] : [])),
  ];
}

/** Waits for ingestion and says so. `bucket` is undefined where the run had no need to ask for it. */
async function intakeOf(
  { bucket, ...wanted }: Pick<IntakeOptions, 'api' | 'keys' | 'limit'> & { bucket: string | undefined },
  terminal: Terminal,
  log: EventLog,
  say: (text: string) => void,
): Promise<IntakeResult> {
  const files = count(wanted.keys.length, 'file');
  say(`Waiting until ingestion has taken ${files}, at most ${count(wanted.limit / 60_000, 'minute')} …`);
  const intake = await waitForIngestion({
    ...wanted,
    bucket: bucket ?? (await wanted.api.listBuckets(terminal.signal)).emission,
    ...{ pace: realPace, signal: terminal.signal },
    onLook: (seen) => {
      log.write(intakeEvent(seen));
      terminal.progress(`  ${seen.taken.length} taken, ${seen.waiting.length} still there`);
    },
  });
  terminal.progress('');
  return intake;
}

/** Milliseconds of an option that takes minutes. @throws UsageError */
function minutesOf(values: OptionValues, name: string): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,5}(\.\d+)?$/.test(text)) throw new UsageError(`--${name} takes minutes, such as 30.`);
  return Number(text) * 60_000;
}

interface Unfinished extends LastRun {
  /** Ids of what is left to do; never empty. */
  readonly datasets: readonly string[];
}

/** The last run, if it has left something to do; of the named datasets alone, if some are named. @throws UsageError */
function unfinished({ lastRun }: History, named: readonly string[]): Unfinished | undefined {
  const left = catalogue.filter(({ folder, archive }) => lastRun?.remaining.includes(`${folder}/${archive}`));
  if (lastRun === undefined || left.length === 0) return undefined;
  const ids = left.map(({ id }) => id).filter((id) => named.length === 0 || named.includes(id));
  if (ids.length === 0) throw new UsageError(`The last run has left nothing to do for ${named.join(', ')}.`);
  return { ...lastRun, datasets: ids };
}

function unchangedIn(plan: Plan, { acknowledged }: History): AcknowledgedRecord[] {
  return plan.heldBack
    .filter(({ reason }) => reason === 'unchanged')
    .map((held) => acknowledged.get(held.path))
    .filter((record) => record !== undefined);
}

function warnOfTwice(
  plan: Plan,
  { acknowledged }: History,
  log: EventLog,
  say: (text: string) => void,
): void {
  const twice = plan.waves
    .flatMap((wave) => wave.files)
    .filter((file) => acknowledged.get(file.path)?.bytes === file.bytes)
    .map((file) => file.path);
  if (twice.length === 0) return;
  const message = `Acknowledged before and sent again (--force): ingestion takes it twice.`;
  log.write({ event: 'warning', message, paths: twice });
  say(`\n${message}`);
  for (const file of twice) say(`  ${file}`);
}

function teller(terminal: Terminal, say: (text: string) => void): (event: EmitEvent) => void {
  let cause = '';
  return (event) => {
    switch (event.type) {
      case 'wave':
        say(`Wave ${event.wave.number}: ${event.wave.title}`);
        break;
      case 'progress':
        terminal.progress(`  ${event.file.path}: ${size(event.sent)} of ${size(event.total)}`);
        break;
      case 'waiting': {
        const { attempt, milliseconds, error } = event.wait;
        const file = event.file === undefined ? '' : `${event.file.path}: `;
        const next = `the next one follows in ${Math.ceil(milliseconds / 1000)} s`;
        // The same cause is told once.
        const why = error.message === cause ? '.' : `: ${error.message}`;
        cause = error.message;
        say(`  ${file}no luck with try ${attempt}; ${next}${why}`);
        break;
      }
      case 'acknowledged':
        say(
          event.record.by === 'user'
            ? `  ${event.file.path}: counted as stored, as you said, as ${event.record.key}`
            : `  ${event.file.path}: acknowledged as ${event.record.key}`,
        );
        break;
      case 'skipped':
        say(`  ${event.file.path}: unchanged, acknowledged at ${event.record.time} as ${event.record.key}`);
        break;
      case 'failed':
        say(`  ${event.failure.file.path}: not acknowledged. ${event.failure.error.message}`);
        break;
      default:
        break;
    }
  };
}

interface Showing {
  readonly terminal: Terminal;
  readonly say: (text: string) => void;
  readonly proxies: Proxies;
  readonly quiet: boolean;
}

/** The end of a run for a person: what needs attention, then the counts. When quiet, nothing but the first, if any. */
function show(report: EmissionReport, { terminal, say, proxies, quiet }: Showing): void {
  const { endpoint, summary, exitCode } = report;
  const lines = attentionLines(report, !quiet);
  const proxy = proxies.nameFor(new URL(endpoint));
  if (summary.stoppedBy?.reason === 'unreachable' && proxy !== undefined) {
    lines.push(`The connection goes through the proxy ${proxy}.`);
  }
  const needed = !quiet || exitCode !== 0;
  if (!needed) return;
  for (const line of [...lines, countLine(report)]) (quiet ? terminal.tell : say)(line);
}

function exitCodeOf(summary: EmitSummary, intake: IntakeResult | undefined, held: boolean): ExitCode {
  const { sent, skipped, failed, notTried, stoppedBy, cancelled } = summary;
  const nothing = sent.length + skipped.length + failed.length === 0;
  if (nothing && stoppedBy && !cancelled) return 2;
  const taken = intake === undefined || intake.waiting.length + intake.hidden.length === 0;
  return held || failed.length > 0 || notTried.length > 0 || !taken ? 1 : 0;
}
