import { MAX_UPLOAD_BYTES } from '../archive/limit.ts';
import { datasets, findDataset, predecessorsOf, sharesTable } from '../catalogue/catalogue.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { DatasetStatus, EmissionWorkspace } from '../layout/workspace.ts';
import type { HeldBack, Plan, PlannedFile, PlanWarning, Wave } from './types.ts';

export { MAX_UPLOAD_BYTES };

export interface PlanOptions {
  /** Datasets to consider; all when absent. */
  readonly only?: readonly string[];
  /** Datasets to send in spite of their errors. */
  readonly include?: readonly string[];
  /** True to send again what is acknowledged and unchanged. */
  readonly again?: boolean;
}

/**
 * Decides what an emission sends, in which order, and what it leaves out and why. Static files go first, masters
 * before what refers to them (emission-process, order; ingestion-rules, section 12).
 */
export function planEmission(workspace: EmissionWorkspace, options: PlanOptions = {}): Plan {
  const sent: DatasetStatus[] = [];
  const heldBack: HeldBack[] = [];
  for (const status of workspace.datasets) {
    if (options.only && !options.only.includes(status.examination.spec.id)) continue;
    const reason = reasonToHold(status, options);
    if (reason) heldBack.push(reason);
    else if (status.examination.zip) sent.push(status);
  }
  if (!options.only) {
    for (const { path, message } of workspace.tree.leftOut)
      heldBack.push({ path, reason: 'not-a-dataset', message });
  }
  return { root: workspace.root, waves: wavesOf(sent), heldBack, warnings: warningsOf(workspace, sent) };
}

function reasonToHold(status: DatasetStatus, options: PlanOptions): HeldBack | undefined {
  const { spec, csv, zip, zipState, totals } = status.examination;
  const hold = (reason: HeldBack['reason'], message: string): HeldBack => ({
    dataset: spec.id,
    path: (zip ?? csv)?.path ?? `${spec.folder}/${spec.archive}`,
    reason,
    message,
  });
  if (!csv && !zip) return undefined;
  if (!zip) return hold('no-zip', `${spec.csv} is not zipped yet. Zip the dataset first.`);
  if (zipState === 'unusable')
    return hold(
      'zip-unusable',
      `${spec.archive} is not a zip that ingestion can read. Zip the dataset again.`,
    );
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
  if (status.state === 'emitted' && !options.again) {
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
      after: predecessorsOf(spec).filter((id) => specs.has(id)),
    });
    groups.set(title, group);
  }
  return [...groups.values()]
    .sort((a, b) => a.order - b.order)
    .map(({ title, files }, index) => ({ number: index + 1, title, files }));
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
  for (const id of predecessorsOf(spec)) {
    const before = sent.get(id);
    const samePart = before && (before.category === 'static') === (spec.category === 'static');
    if (samePart) step = Math.max(step, stepOf(before, sent, steps) + 1);
  }
  steps.set(spec.id, step);
  return step;
}

function warningsOf(workspace: EmissionWorkspace, sent: readonly DatasetStatus[]): PlanWarning[] {
  const going = new Set(sent.map((status) => status.examination.spec.id));
  const known = new Set(
    workspace.datasets.filter((status) => status.acknowledged).map((status) => status.examination.spec.id),
  );
  const present = (id: string) => going.has(id) || known.has(id);
  const warnings: PlanWarning[] = [];
  for (const { examination } of sent) {
    const { spec } = examination;
    for (const id of spec.emitAfter) {
      const fulfilled = datasets.some((other) => sharesTable(other.id, id) && present(other.id));
      if (fulfilled) continue;
      const title = findDataset(id)?.title ?? id;
      warnings.push({
        dataset: spec.id,
        message: `${spec.id} wants ${id} (${title}) to be in cQube first. It is not part of this emission, and no acknowledgement of it is known.`,
      });
    }
  }
  for (const id of going) {
    const sharing = [...going].filter((other) => sharesTable(other, id));
    if (sharing.length < 2 || id !== sharing.at(-1)) continue;
    warnings.push({
      dataset: id,
      message: `${sharing.join(', ')} fill the same table: the last one sent wins for each key.`,
    });
  }
  return warnings;
}
