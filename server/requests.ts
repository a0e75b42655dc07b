import { ResponseError, type CancellationToken, type WorkDoneProgressReporter } from 'vscode-languageserver';
import { findDataset } from '../core/catalogue/catalogue.ts';
import { forecastFiles } from '../core/forecast/files.ts';
import { examineAlone } from '../core/scan/alone-node.ts';
import { addDataset, AlreadyThereError, initializeEmissionFolder } from '../core/layout/init.ts';
import { reasonOf } from '../core/layout/emission-tree.ts';
import { needingZip, zipDatasets } from '../core/scan/zip-dataset.ts';
import { forecastPlan } from '../core/plan/forecasts.ts';
import { planEmission } from '../core/plan/plan.ts';
import { toDiagnostic } from './diagnostics.ts';
import type { EmissionRoot } from './emission-root.ts';
import { uriOfFolder } from './emission-root.ts';
import type {
  ForecastParams,
  ForecastResult,
  InitResult,
  ObjectParams,
  ObjectResult,
  PlanParams,
  PlanResult,
  ZipResult,
} from './messages.ts';
import { pathOf, type Session } from './session.ts';

/** LSP's code for a request that failed although it was well formed. */
const REQUEST_FAILED = -32803;

/** Zips the datasets named, or all that need it. */
export async function zipRequest(
  session: Session,
  params: { readonly root: string; readonly datasets?: readonly string[] },
  token: CancellationToken,
  progress: WorkDoneProgressReporter,
): Promise<ZipResult> {
  const root = await freshRoot(session, params.root);
  const examined = root.workspace.datasets.map((status) => status.examination);
  const wanted = examined.filter(
    ({ spec }) => params.datasets === undefined || params.datasets.includes(spec.id),
  );
  const total = needingZip(wanted).reduce((sum, { csv }) => sum + (csv?.bytes ?? 0), 0);
  const stop = new AbortController();
  const listening = token.onCancellationRequested(() => stop.abort());
  let shown = -1;
  progress.begin('Zip', 0, '', true);
  try {
    return await zipDatasets(root.path, wanted, {
      signal: stop.signal,
      onProgress: (bytes, dataset) => {
        const percentage = total === 0 ? 100 : Math.floor((bytes / total) * 100);
        if (percentage === shown) return;
        shown = percentage;
        progress.report(percentage, dataset);
      },
    });
  } finally {
    progress.done();
    listening.dispose();
    await session.rescan();
  }
}

/** The plan of an emission with its forecast, made of a fresh look at the folder. */
export async function planRequest(session: Session, params: PlanParams): Promise<PlanResult> {
  // The setting may lag behind the endpoint that the user has just chosen.
  const root = await freshRoot(session, params.root, params.origin);
  const plan = planEmission(root.workspace, {
    include: params.include ?? [],
    again: params.again === true,
  });
  const going = plan.waves.flatMap(({ files }) => files.map(({ dataset }) => dataset));
  const forecast = forecastPlan(plan, await root.tallied(going, false), root.settings.check);
  return { ...plan, root: root.uri, forecast };
}

/** What ingestion will do with the files of a folder, after a fresh look at it. */
export async function forecastRequest(
  session: Session,
  params: ForecastParams,
  token: CancellationToken,
): Promise<ForecastResult> {
  const root = await freshRoot(session, params.root);
  const stop = new AbortController();
  const listening = token.onCancellationRequested(() => stop.abort());
  try {
    const examined = await root.tallied(params.datasets, true, stop.signal);
    return forecastFiles(examined, { ...root.settings.check, countsDays: true });
  } finally {
    listening.dispose();
  }
}

/** Checks a file that came out of a bucket, whatever its name; there are no masters beside it. */
export async function objectRequest(
  session: Session,
  { file, dataset }: ObjectParams,
  token: CancellationToken,
): Promise<ObjectResult> {
  const spec = findDataset(dataset);
  if (!spec) throw failed(`There is no dataset ${dataset}.`);
  const stop = new AbortController();
  const listening = token.onCancellationRequested(() => stop.abort());
  try {
    const { findings, report, totals } = await examineAlone(file, spec, session.settings.check, {
      signal: stop.signal,
    });
    return {
      // In the text that is shown, not on the zip that it came in.
      diagnostics: findings.map((finding) =>
        toDiagnostic({ ...finding, file: finding.file.replace(/^.*\.zip\//, '') }),
      ),
      ...(report ? { rows: report.rows } : {}),
      ...{ errors: totals.errors, warnings: totals.warnings },
    };
  } finally {
    listening.dispose();
  }
}

/** Makes an emission folder in a folder of the workspace. */
export async function initRequest(
  session: Session,
  params: { readonly folder: string },
): Promise<InitResult> {
  const folder = pathOf(params.folder);
  if (folder === undefined) throw failed('An emission folder can be made on disk only.');
  const made = await explained(() => initializeEmissionFolder(folder));
  await session.rescan();
  return { root: uriOfFolder(made.root), created: made.created };
}

/** Makes the CSV of a dataset with its header alone. */
export async function addDatasetRequest(
  session: Session,
  params: { readonly root: string; readonly dataset: string; readonly variant?: string },
): Promise<{ path: string }> {
  const root = await freshRoot(session, params.root);
  const spec = findDataset(params.dataset);
  if (!spec) throw failed(`There is no dataset ${params.dataset}.`);
  const path = await explained(() => addDataset(root.path, spec, params.variant));
  await session.rescan();
  return { path };
}

/**
 * An emission folder after a fresh look, which finds it even where it was moved away and has come back unnoticed.
 *
 * @param origin what counts as emitted is to be of this endpoint
 */
async function freshRoot(session: Session, uri: string, origin?: string): Promise<EmissionRoot> {
  const known = session.rootByUri(uri);
  if (known && origin !== undefined) known.endpointOrigin = origin;
  await session.rescan();
  const root = session.rootByUri(uri);
  if (!root) throw failed('The emission folder is not there any more.');
  if (origin !== undefined && root !== known) {
    root.endpointOrigin = origin;
    await session.rescan();
  }
  return root;
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AlreadyThereError) throw failed(error.message);
    throw failed(`It could not be written: ${reasonOf(error)}.`);
  }
}

function failed(message: string): ResponseError {
  return new ResponseError(REQUEST_FAILED, message);
}
