import { MAX_UPLOAD_BYTES } from '../archive/write/limit.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { DatasetStatus, EmissionWorkspace } from '../scan/workspace.ts';
import { dependenciesOf, isEmitted, type Choice } from './dependencies.ts';
import { requirementsOf, sourcesText } from './order-rules.ts';
import type { Dependency, ExplainedPlan, HeldBack, PlannedFile, Wave } from './types.ts';
import { warningsOf } from './warnings.ts';

export { MAX_UPLOAD_BYTES };

export interface PlanOptions {
  /** Datasets to consider; all when absent. */
  readonly only?: readonly string[];
  /** Datasets to send in spite of their errors, and of what they wait for. */
  readonly include?: readonly string[];
  /** True to send again what is acknowledged and unchanged. */
  readonly again?: boolean;
}

/**
 * Decides what an emission sends, in which order, and what it leaves out and why. Static files go first, masters
 * before what refers to them (emission-process, order; ingestion-rules, section 12). A file whose master is here, was
 * never acknowledged and is held back waits with it: cQube would take it, lose what refers to the master, and the file
 * would count as emitted.
 */
export function planEmission(workspace: EmissionWorkspace, options: PlanOptions = {}): ExplainedPlan {
  const { choice, heldBack } = choose(workspace, options);
  const waves = wavesOf(
    workspace.datasets.filter(({ examination }) => choice.going.has(examination.spec.id)),
  );
  const explained = [...choice.statuses.keys()].filter(
    (id) =>
      choice.going.has(id) || heldBack.some(({ dataset, reason }) => dataset === id && reason === 'blocked'),
  );
  const dependencies = explained.flatMap((id) => dependenciesOf(id, choice));
  const warnings = warningsOf(waves, heldBack, dependencies, choice);
  heldBack.push(...leftOutOf(workspace, options));
  return { root: workspace.root, waves, heldBack, warnings, dependencies };
}

/** What belongs to no dataset: what was meant to, and, unless datasets are named, what was not. */
function leftOutOf({ tree }: EmissionWorkspace, { only }: PlanOptions): HeldBack[] {
  return tree.leftOut.flatMap(({ path, message, kind, meant }): HeldBack[] => {
    if (kind === 'stranger') return only ? [] : [{ path, reason: 'not-a-dataset', message }];
    const wanted = meant.filter((id) => only?.includes(id) ?? true);
    return wanted.length > 0 || !only ? [{ path, reason: kind, message, meant: wanted }] : [];
  });
}

/** Which datasets go, and which are held back for what they are themselves or for what they wait for. */
function choose(
  workspace: EmissionWorkspace,
  options: PlanOptions,
): { readonly choice: Choice; readonly heldBack: HeldBack[] } {
  const statuses = new Map(workspace.datasets.map((status) => [status.examination.spec.id, status]));
  const going = new Set<string>();
  const held = new Map<string, HeldBack>();
  for (const [id, status] of statuses) {
    if (options.only && !options.only.includes(id)) continue;
    const reason = reasonToHold(status, options);
    if (reason) held.set(id, reason);
    else if (status.examination.zip) going.add(id);
  }
  // What is here under a wrong name is as good as not zipped yet to whatever needs it.
  const misnamed = leftOutOf(workspace, options).flatMap(({ meant }) => meant ?? []);
  for (;;) {
    const choice = { statuses, going, held: new Set([...held.keys(), ...misnamed]) };
    const blocked = [...going].flatMap((id) => {
      const blockers = options.include?.includes(id) ? [] : blockersOf(id, choice);
      return blockers.length > 0 ? [blockedBy(statuses.get(id)!, blockers)] : [];
    });
    if (blocked.length === 0) {
      return { choice, heldBack: [...statuses.keys()].flatMap((id) => held.get(id) ?? []) };
    }
    // What waits for a blocked file is blocked as well.
    for (const file of blocked) {
      going.delete(file.dataset);
      held.set(file.dataset, file);
    }
  }
}

/** What keeps a good file from being sent: things that it needs, that are here, and that cQube never got. */
function blockersOf(dataset: string, choice: Choice): Dependency[] {
  return dependenciesOf(dataset, choice).filter(({ state, rule }) => state === 'held-back' && rule.needed);
}

function blockedBy(
  { examination: { spec, zip } }: DatasetStatus,
  blockers: readonly Dependency[],
): HeldBack & { readonly dataset: string } {
  const ids = [...new Set(blockers.flatMap(({ by }) => by))];
  const many = ids.length > 1;
  const reasons = [...new Set(blockers.map(({ rule }) => `${rule.effect} (${sourcesText(rule)})`))];
  return {
    dataset: spec.id,
    path: zip?.path ?? `${spec.folder}/${spec.archive}`,
    reason: 'blocked',
    message: `${spec.id} waits for ${ids.join(', ')}, which ${many ? 'are' : 'is'} held back and never went to cQube. Sent without, ${reasons.join('; ')}. It goes as soon as ${many ? 'they do' : `${ids[0]!} does`}.`,
    blockedBy: ids,
  };
}

function reasonToHold(status: DatasetStatus, options: PlanOptions): HeldBack | undefined {
  const { spec, csv, zip, zipState, totals, findings } = status.examination;
  const hold = (reason: HeldBack['reason'], message: string): HeldBack => ({
    dataset: spec.id,
    path: (zip ?? csv)?.path ?? `${spec.folder}/${spec.archive}`,
    reason,
    message,
  });
  if (!csv && !zip) return undefined;
  if (!zip) return hold('no-zip', `${spec.csv} is not zipped yet. Zip the dataset first.`);
  if (zipState === 'unusable') {
    const why = findings.find(({ file, rule }) => file === zip.path && rule.startsWith('layout/'))?.message;
    return hold(
      'zip-unusable',
      `${spec.archive} cannot be sent as it is. ${why ?? 'Ingestion would refuse it, or load more from it than its CSV. Zip the dataset again.'}`,
    );
  }
  if (zip.bytes > MAX_UPLOAD_BYTES) {
    return hold(
      'too-large',
      `${spec.archive} has ${zip.bytes} bytes; S3 takes 5 GiB (${MAX_UPLOAD_BYTES} bytes) at most. Split the export into smaller files.`,
    );
  }
  if (zipState === 'stale')
    return hold(
      'zip-stale',
      `${spec.archive} does not hold what ${spec.csv} holds now. Zip the dataset again.`,
    );
  if (totals.errors > 0 && !options.include?.includes(spec.id)) {
    const errors = totals.errors === 1 ? '1 error' : `${totals.errors} errors`;
    return hold(
      'errors',
      `${spec.id} has ${errors}. Mend them, or choose to send the file in spite of them.`,
    );
  }
  if (isEmitted(status) && !options.again) {
    const time = status.acknowledged?.time ?? 'an earlier run';
    return hold(
      'unchanged',
      `${spec.archive} was acknowledged at ${time} and has not changed since. Sent again, it would be ingested twice.`,
    );
  }
  return undefined;
}

function wavesOf(sent: readonly DatasetStatus[]): Wave[] {
  const specs = new Map(sent.map((status) => [status.examination.spec.id, status.examination.spec]));
  const steps = new Map<string, number>();
  for (const spec of specs.values()) stepOf(spec, specs, steps);
  const groups = new Map<string, { title: string; order: number; files: PlannedFile[] }>();
  for (const { examination } of sent) {
    const { spec, zip } = examination;
    if (!zip) continue;
    const isStatic = spec.category === 'static';
    const step = steps.get(spec.id) ?? 0;
    const title = `${isStatic ? 'Static files' : 'Transaction and UDISE files'}, step ${step + 1}`;
    const group = groups.get(title) ?? { title, order: (isStatic ? 0 : 1000) + step, files: [] };
    group.files.push({
      dataset: spec.id,
      path: zip.path,
      bytes: zip.bytes,
      after: dependedOn(spec.id).filter((id) => specs.has(id)),
    });
    groups.set(title, group);
  }
  return [...groups.values()]
    .sort((a, b) => a.order - b.order)
    .map(({ title, files }, index) => ({ number: index + 1, title, files }));
}

/** Dataset ids that go before a dataset where both are sent. */
function dependedOn(dataset: string): string[] {
  return requirementsOf(dataset).flatMap(({ on }) => on);
}

/** How many files of the same part of the tree stand before this one in the longest chain; 0 for none. */
function stepOf(
  spec: DatasetSpec,
  sent: ReadonlyMap<string, DatasetSpec>,
  steps: Map<string, number>,
): number {
  const known = steps.get(spec.id);
  if (known !== undefined) return known;
  let step = 0;
  for (const id of dependedOn(spec.id)) {
    const before = sent.get(id);
    const samePart = before && (before.category === 'static') === (spec.category === 'static');
    if (samePart) step = Math.max(step, stepOf(before, sent, steps) + 1);
  }
  steps.set(spec.id, step);
  return step;
}
