/** What ingestion will do with the files, to be read beforehand. */
import path from 'node:path';
import * as vscode from 'vscode';
import { requests } from '../../server/messages.ts';
import type { ForecastParams, ForecastResult } from '../../server/messages.ts';
import { forecastList } from '../emission/forecast-text.ts';
import { commands } from '../identifiers.ts';
import { requestWithProgress } from '../language-client.ts';
import type { PlanDocuments } from '../emission/plan-document.ts';
import { planTitles } from '../emission/plan-titles.ts';
import { chooseRoot, datasetOf, register, saveFirst } from './command.ts';
import type { Surface, Target } from './command.ts';

export function registerForecastCommand(surface: Surface, documents: PlanDocuments): vscode.Disposable {
  return register(surface.log, commands.forecast, (target?: Target) => forecast(surface, documents, target));
}

/** Shows the forecast of the dataset that `target` belongs to, or of the whole folder. */
async function forecast(
  { client, state }: Surface,
  documents: PlanDocuments,
  target: Target,
): Promise<ForecastResult | undefined> {
  const root = await chooseRoot(state, target);
  if (!root || !(await saveFirst(state, root, 'which the forecast would leave out'))) return undefined;
  const dataset = datasetOf(root, target);
  if (dataset === undefined && target instanceof vscode.Uri && /\.(csv|zip)$/.test(target.path)) {
    throw new Error(
      `${path.basename(target.path)} belongs to no dataset, so ingestion takes no notice of it.`,
    );
  }
  const params: ForecastParams = {
    root: root.root,
    ...(dataset === undefined ? {} : { datasets: [dataset] }),
  };
  const result = await requestWithProgress<ForecastResult>(
    client,
    'Forecasting ingestion',
    requests.forecast,
    params,
  );
  if (!result) return undefined;
  const text = forecastList(result, vscode.Uri.parse(root.root).fsPath);
  await documents.show(planTitles.forecast, { text });
  return result;
}
