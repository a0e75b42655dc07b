/** Making zips of the CSV files. */
import * as vscode from 'vscode';
import { requests } from '../../server/messages.ts';
import type { RootModel, ZipResult } from '../../server/messages.ts';
import { commands } from '../identifiers.ts';
import { requestWithProgress } from '../language-client.ts';
import { stateText } from '../tree/tree-model.ts';
import { countText } from '../wording.ts';
import { chooseRoot, datasetOf, offerLog, register, saveFirst, showLog } from './command.ts';
import type { Surface, Target } from './command.ts';

export function registerZipCommands(surface: Surface): vscode.Disposable {
  const { log } = surface;
  return vscode.Disposable.from(
    register(log, commands.zipDataset, (target?: Target) => zipDataset(surface, target)),
    register(log, commands.zipAll, async (target?: Target) => {
      const root = await chooseRoot(surface.state, target);
      return root && zip(surface, root);
    }),
  );
}

async function zipDataset(surface: Surface, target: Target): Promise<ZipResult | undefined> {
  const root = await chooseRoot(surface.state, target);
  if (!root) return undefined;
  const dataset = datasetOf(root, target) ?? (await pickDataset(root));
  return dataset === undefined ? undefined : zip(surface, root, [dataset]);
}

async function pickDataset(root: RootModel): Promise<string | undefined> {
  const items = root.datasets
    .filter(({ csv }) => csv)
    .map((dataset) => ({
      label: dataset.title,
      description: stateText(dataset),
      detail: dataset.csv?.path ?? '',
      id: dataset.id,
    }));
  if (items.length === 0) throw new Error('There is no CSV file to zip. “cQube: Add Dataset…” starts one.');
  return (await vscode.window.showQuickPick(items, { title: 'cQube: Zip Dataset', matchOnDetail: true }))?.id;
}

/** Zips the named datasets, or all that need it, and tells what was done. Undefined when the user turned away. */
export async function zip(
  surface: Surface,
  root: RootModel,
  datasets?: readonly string[],
): Promise<ZipResult | undefined> {
  const { client, log, state } = surface;
  if (!(await saveFirst(state, root, 'which would be neither zipped nor sent'))) return undefined;
  const params = { root: root.root, ...(datasets ? { datasets } : {}) };
  const result = await requestWithProgress<ZipResult>(client, 'Zipping', requests.zip, params);
  await state.refresh();
  if (!result) return undefined;
  for (const { path, bytes } of result.written) log.info(`Zipped ${path} (${bytes} bytes)`);
  for (const { path, message } of result.failed) log.error(`Not zipped: ${path}: ${message}`);
  report(result);
  return result;
}

function report({ written, failed }: ZipResult): void {
  const first = failed.at(0);
  if (first) {
    const rest = failed.length > 1 ? ` ${failed.length - 1} more failed.` : '';
    const message = `${countText(written.length, 'zip')} written. ${first.path} was not: ${first.message}${rest}`;
    offerLog(vscode.window.showErrorMessage(message, showLog));
    return;
  }
  const only = written.length === 1 ? written.at(0) : undefined;
  void vscode.window.showInformationMessage(
    only
      ? `${only.path} is written and verified.`
      : written.length === 0
        ? 'Every zip is up to date.'
        : `${countText(written.length, 'zip')} written and verified.`,
  );
}
