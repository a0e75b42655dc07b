import path from 'node:path';
import type { CheckSettings } from '../core/check/settings.ts';
import { forecastOf } from '../core/forecast/forecast.ts';
import { summaryText } from '../core/forecast/summary.ts';
import type { DatasetStatus } from '../core/scan/workspace.ts';
import { planEmission } from '../core/plan/plan.ts';
import type { EmissionRoot } from './emission-root.ts';
import type { DatasetModel, RootModel } from './messages.ts';

/** What the client's tree shows of an emission folder. */
export function rootModel(root: EmissionRoot): RootModel {
  const { tree, datasets } = root.workspace;
  const { heldBack } = planEmission(root.workspace);
  const waiting = new Map(heldBack.map(({ dataset, blockedBy }) => [dataset, blockedBy]));
  return {
    root: root.uri,
    name: path.basename(path.dirname(root.path)) + '/' + path.basename(root.path),
    datasets: datasets
      .filter(({ examination, state }) => examination.spec.published || state !== 'missing')
      .map((status) => datasetModel(status, waiting.get(status.examination.spec.id), root.settings.check)),
    otherErrors: tree.findings.filter((finding) => finding.severity === 'error').length,
    otherWarnings: tree.findings.filter((finding) => finding.severity === 'warning').length,
  };
}

function datasetModel(
  { examination, state, acknowledged }: DatasetStatus,
  waitsFor: readonly string[] | undefined,
  settings: CheckSettings,
): DatasetModel {
  const { spec, csv, zip, totals, report } = examination;
  return {
    id: spec.id,
    title: spec.title,
    category: spec.category,
    folder: spec.folder,
    state,
    errors: totals.errors,
    warnings: totals.warnings,
    ...(csv ? { csv: { path: csv.path, bytes: csv.bytes } } : {}),
    ...(zip ? { zip: { path: zip.path, bytes: zip.bytes } } : {}),
    ...(report?.variant ? { variant: `${report.variant.id}: ${report.variant.reason}` } : {}),
    ...(report?.tally
      ? { forecast: summaryText(forecastOf(spec, settings, { ...report, tally: report.tally })) }
      : {}),
    ...(acknowledged ? { emittedAt: acknowledged.time } : {}),
    ...(waitsFor ? { waitsFor } : {}),
  };
}
