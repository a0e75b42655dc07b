/** The words of an emission: the list that is read before, the question, and the result. Knows nothing of VS Code. */
import type { EmitSummary } from '../../core/emit/types.ts';
import { isNotLoaded, totalText } from '../../core/forecast/summary.ts';
import type { HeldBack, HeldBackReason, Plan, PlannedFile } from '../../core/plan/types.ts';
import type { PlanResult } from '../../server/messages.ts';
import { inSpiteOf } from './inclusion.ts';
import type { Inclusion } from './inclusion.ts';
import { countText, sizeText } from '../wording.ts';

export interface PlanContext {
  /** Path of the emission folder, as the person knows it. */
  readonly folder: string;
  /** Address of the emission API; undefined when none is set. */
  readonly endpoint: string | undefined;
  /** Datasets that the person chose to send all the same. */
  readonly include: readonly Inclusion[];
}

/** What the held-back files of one reason have in common, in the order in which they are listed. */
const reasons: Readonly<Record<HeldBackReason, string>> = {
  errors: 'with errors',
  'no-zip': 'without a zip',
  'zip-stale': 'with a zip older than the CSV',
  'zip-unusable': 'with a zip that cannot be used',
  'too-large': 'too large',
  blocked: 'waiting for what is held back',
  misnamed: 'under a wrong name',
  link: 'a link that is not followed',
  unreadable: 'cannot be read',
  unchanged: 'unchanged since its emission',
  'not-a-dataset': 'not for cQube',
};

/** Characters of a line in a list, at most. */
export const lineWidth = 110;

/** All files that the plan sends, in its order. */
export function filesOf(plan: Plan): readonly PlannedFile[] {
  return plan.waves.flatMap((wave) => wave.files);
}

function totalSize(files: readonly PlannedFile[]): string {
  return sizeText(files.reduce((sum, { bytes }) => sum + bytes, 0));
}

/**
 * The whole plan, to be read in an editor: what is sent where and in which order and what ingestion will do with it, and
 * what is not sent and why.
 */
export function planText(plan: PlanResult, context: PlanContext): string {
  const files = filesOf(plan);
  const held = heldInOrder(plan);
  const lines = [
    ...headLines(context),
    '',
    ...willBeSent(plan, files, context),
    '',
    held.length === 0 ? 'NOTHING IS HELD BACK' : `WILL NOT BE SENT: ${countText(held.length, 'file')}`,
    ...held.flatMap(({ path, reason, message }) => [
      '',
      `    ${path}  (${reasons[reason]})`,
      ...wrap(message, 8),
    ]),
  ];
  if (plan.warnings.length > 0) {
    lines.push('', `WORTH KNOWING BEFORE: ${countText(plan.warnings.length, 'remark')}`);
    for (const { dataset, message } of plan.warnings) lines.push('', `    ${dataset}`, ...wrap(message, 8));
  }
  return `${lines.join('\n')}\n`;
}

/** The first lines of every list: from where to where. */
export function headLines({ folder, endpoint }: PlanContext): string[] {
  return [`From  ${folder}`, `To    ${endpoint ?? '(no endpoint is set: run “cQube: Set Endpoint…”)'}`];
}

function willBeSent(plan: PlanResult, files: readonly PlannedFile[], { include }: PlanContext): string[] {
  if (files.length === 0) return ['NOTHING WILL BE SENT'];
  const width = Math.max(...files.map(({ path }) => path.length));
  const lines = [
    `WILL BE SENT: ${countText(files.length, 'file')}, ${totalSize(files)}, in ${countText(plan.waves.length, 'wave')}`,
  ];
  if (plan.waves.length > 1) {
    lines.push('A wave starts when cQube has acknowledged every file of the wave before.');
  }
  lines.push(`Forecast: ${totalText(plan.forecast)}.`);
  for (const { number, title, files: waveFiles } of plan.waves) {
    lines.push('', `  Wave ${number}: ${title}`);
    for (const { path, bytes, dataset } of waveFiles) {
      const included = include.find((each) => each.dataset === dataset);
      const mark = included && inSpiteOf(plan, included);
      lines.push(
        `    ${path.padEnd(width)}  ${sizeText(bytes).padStart(10)}${mark === undefined ? '' : `   ${mark}`}`,
      );
      const forecast = plan.forecast.find((each) => each.path === path);
      if (forecast) lines.push(...wrap(forecast.summary, 8));
    }
  }
  return lines;
}

function heldInOrder(plan: Plan): readonly HeldBack[] {
  const order = Object.keys(reasons);
  return plan.heldBack.toSorted((a, b) => order.indexOf(a.reason) - order.indexOf(b.reason));
}

/** Lines of at most `lineWidth` characters, `indent` blanks before each. */
export function wrap(text: string, indent: number): string[] {
  const margin = ' '.repeat(indent);
  const lines: string[] = [];
  let line = margin;
  for (const word of text.split(/\s+/)) {
    if (line.length > indent && line.length + 1 + word.length > lineWidth) {
      lines.push(line);
      line = margin;
    }
    line += line.length > indent ? ` ${word}` : word;
  }
  lines.push(line);
  return lines;
}

/** The last question before files leave: what and where in one sentence, and what stays behind. */
export function questionText(
  plan: PlanResult,
  context: PlanContext,
): { readonly message: string; readonly detail: string } {
  const files = filesOf(plan);
  const detail = [`To ${context.endpoint ?? ''}`, ''];
  for (const { number, title, files: waveFiles } of plan.waves) {
    detail.push(`Wave ${number}, ${title}: ${countText(waveFiles.length, 'file')}`);
  }
  detail.push('', `Forecast: ${totalText(plan.forecast)}.`);
  for (const { path, summary } of plan.forecast.filter(isNotLoaded)) detail.push(`${path}: ${summary}`);
  const marks = context.include.flatMap((included) => {
    const mark = inSpiteOf(plan, included);
    return mark === undefined ? [] : [`${included.dataset} ${mark}`];
  });
  if (marks.length > 0) detail.push('', `As you chose: ${marks.join('; ')}`);
  const counts = new Map<HeldBackReason, number>();
  for (const { reason } of heldInOrder(plan)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  if (counts.size > 0) {
    const parts = [...counts].map(([reason, count]) => `${count} ${reasons[reason]}`);
    detail.push('', `Not sent: ${parts.join('; ')}`);
  }
  detail.push('', 'The editor behind this message lists every file. What was sent cannot be called back.');
  return {
    message: `Emit ${countText(files.length, 'file')} (${totalSize(files)}) to cQube?`,
    detail: detail.join('\n'),
  };
}

/** How an emission ended, counted from its acknowledgements and failures. */
export function resultText(
  summary: EmitSummary,
  host: string,
): { readonly severity: 'information' | 'warning' | 'error'; readonly message: string } {
  const { skipped, failed, notTried, stoppedBy, cancelled } = summary;
  const sent = summary.sent.filter(({ by }) => by !== 'user');
  const counted = summary.sent.length - sent.length;
  const asSaid =
    counted > 0
      ? ` ${countText(counted, 'file')} ${counted === 1 ? 'counts' : 'count'} as stored, as you said.`
      : '';
  const before =
    skipped.length > 0
      ? ` ${countText(skipped.length, 'file')} ${skipped.length === 1 ? 'was' : 'were'} there already, with the same content.`
      : '';
  if (failed.length === 0 && notTried.length === 0 && stoppedBy === undefined) {
    return {
      severity: 'information',
      message: `${countText(sent.length, 'file')} sent to ${host} and acknowledged.${asSaid}${before}`,
    };
  }
  const counts = [`${sent.length} sent`];
  if (failed.length > 0) counts.push(`${failed.length} failed`);
  if (notTried.length > 0) counts.push(`${notTried.length} not tried`);
  const unknown = failed.filter(({ stored }) => stored === 'unknown').length;
  const unsure = unknown > 0 ? ` ${unknown} ${unknown === 1 ? 'is' : 'are'} perhaps stored.` : '';
  const total = summary.sent.length + skipped.length + failed.length + notTried.length;
  const head = cancelled ? 'Emission cancelled' : 'Emission not complete';
  const why = cancelled ? undefined : (stoppedBy ?? failed.at(0)?.error)?.message;
  return {
    severity: cancelled ? 'warning' : 'error',
    message: `${head}: of ${countText(total, 'file')} ${counts.join(', ')}.${asSaid}${before}${unsure}${why === undefined ? '' : ` ${why}`}`,
  };
}
