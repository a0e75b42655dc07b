import { shown } from '../../core/bucket/shown.ts';
import { sourcesText, staticFirst } from '../../core/plan/order-rules.ts';
import { findDataset } from '../../core/catalogue/catalogue.ts';
import type { ExplainedPlan, OrderReason, PlannedFile } from '../../core/plan/types.ts';
import type { PlannedForecast } from '../../core/plan/forecasts.ts';
import { count, listed, table } from '../../core/wording.ts';
import { forecastLines } from './forecast.ts';
import { size } from './text.ts';

/** A plan, and what ingestion will do with what it sends. */
export interface PlannedEmission {
  readonly plan: ExplainedPlan;
  readonly forecast: readonly PlannedForecast[];
}

/**
 * The plan for a person: waves in order, what becomes of their files, what is left out, then warnings.
 *
 * @param explained true to say before the warnings why the order is as it is
 */
export function planText({ plan, forecast }: PlannedEmission, explained = false): string {
  const { waves, heldBack, warnings } = plan;
  const files = waves.flatMap((wave) => wave.files);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const lines = [
    files.length === 0
      ? 'Nothing to send.'
      : `To send: ${count(files.length, 'file')}, ${size(bytes)}, in ${count(waves.length, 'wave')}.`,
  ];
  for (const wave of waves) {
    lines.push(`  ${wave.number}. ${wave.title}`);
    lines.push(
      table(
        wave.files.map((file) => [file.path, size(file.bytes)]),
        '     ',
      ),
    );
  }
  const forecasts = forecastLines(forecast);
  if (forecasts.length > 0) lines.push('', ...forecasts);
  const unzipped = heldBack.filter((held) => held.reason === 'no-zip');
  if (unzipped.length > 0) {
    lines.push(
      '',
      `Not zipped yet, so not sent (\`cqube-emission zip\` zips them): ${count(unzipped.length, 'file')}`,
    );
    lines.push(...unzipped.map((held) => `  ${held.path}`));
  }
  const unchanged = heldBack.filter((held) => held.reason === 'unchanged');
  if (unchanged.length > 0) {
    lines.push(
      `Unchanged since ${unchanged.length === 1 ? 'it was' : 'they were'} acknowledged, so not sent again: ${count(unchanged.length, 'file')}.`,
    );
  }
  const others = heldBack.filter((held) => held.reason !== 'no-zip' && held.reason !== 'unchanged');
  if (others.length > 0) {
    lines.push('', 'Not sent:');
    for (const held of others) lines.push(`  ${shown(`${held.path}: ${held.message}`)}`);
  }
  const reasons = explained ? orderReasons(plan, files) : [];
  if (reasons.length > 0) lines.push('', 'Why in this order:', ...reasons.map((reason) => `  ${reason}`));
  if (warnings.length > 0) {
    lines.push('', 'Worth knowing before:');
    for (const warning of warnings) lines.push(`  ${warning.message}`);
  }
  return lines.join('\n');
}

/** A line for each rule that two files of the plan fall under, with its source. */
function orderReasons({ dependencies }: ExplainedPlan, files: readonly PlannedFile[]): string[] {
  const going = new Set(files.map(({ dataset }) => dataset));
  const pairs = new Map<
    string,
    { readonly rule: OrderReason; readonly before: Set<string>; readonly after: Set<string> }
  >();
  for (const { dataset, by, state, rule } of dependencies) {
    if (state !== 'in-plan' || !going.has(dataset)) continue;
    const pair = pairs.get(rule.id) ?? { rule, before: new Set(), after: new Set() };
    by.forEach((id) => pair.before.add(id));
    pair.after.add(dataset);
    pairs.set(rule.id, pair);
  }
  const isStatic = (id: string) => findDataset(id)?.category === 'static';
  const mixed = new Set([...going].map(isStatic)).size > 1;
  return [
    ...(mixed ? [`Static files before all others (${sourcesText(staticFirst)}).`] : []),
    ...[...pairs.values()].map(
      ({ rule, before, after }) =>
        `${listed([...before])} before ${listed([...after])}; otherwise ${rule.effect} (${sourcesText(rule)}).`,
    ),
  ];
}
