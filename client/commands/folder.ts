/** Making the emission folder and the files in it. */
import * as vscode from 'vscode';
import { requests } from '../../server/messages.ts';
import type { InitResult } from '../../server/messages.ts';
import { commands } from '../identifiers.ts';
import { fileUri } from '../workspace-state.ts';
import { chooseRoot, register } from './command.ts';
import type { Surface, Target } from './command.ts';
import { countText } from '../wording.ts';

export function registerFolderCommands(surface: Surface): vscode.Disposable {
  const { client, log, state } = surface;
  return vscode.Disposable.from(
    register(log, commands.initialize, () => initialize(surface)),
    register(log, commands.addDataset, (target?: Target) => addDataset(surface, target)),
    register(log, commands.rescan, async () => {
      await client.sendRequest(requests.rescan);
      await state.refresh();
    }),
  );
}

async function initialize({ client, state }: Surface): Promise<InitResult | undefined> {
  const folder = await chooseFolder();
  if (!folder) return undefined;
  const uri = client.code2ProtocolConverter.asUri(folder.uri);
  const result = await client.sendRequest<InitResult>(requests.init, { folder: uri });
  await state.refresh();
  const made = result.created.length;
  void vscode.window.showInformationMessage(
    made === 0
      ? 'The emission folder was already complete; nothing was changed.'
      : `${countText(made, 'folder')} made in cqube_emission. “cQube: Add Dataset…” starts a file with its header.`,
  );
  return result;
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) throw new Error('Open the folder first in which cqube_emission is to be made.');
  if (folders.length === 1) return folders[0];
  return vscode.window.showWorkspaceFolderPick({
    placeHolder: 'In which folder is cqube_emission to be made?',
  });
}

type DatasetChoice = Surface['catalogue'][number];

const categoryTitles = { static: 'Static', transaction: 'Transaction', udise: 'UDISE' } as const;

async function addDataset(surface: Surface, target: Target): Promise<vscode.Uri | undefined> {
  const { client, catalogue, state, tree } = surface;
  const root = await chooseRoot(state, target);
  if (!root) return undefined;
  const there = new Set(root.datasets.filter(({ csv }) => csv).map(({ id }) => id));
  const wanted =
    target && !(target instanceof vscode.Uri) && target.kind === 'dataset' ? target.dataset.id : undefined;
  const free = catalogue.filter(({ id }) => !there.has(id));
  const dataset = wanted === undefined ? await pickDataset(free) : catalogue.find(({ id }) => id === wanted);
  if (!dataset) return undefined;
  const variant = await pickVariant(dataset);
  if (variant === false) return undefined;
  const { path } = await client.sendRequest<{ readonly path: string }>(requests.addDataset, {
    root: root.root,
    dataset: dataset.id,
    ...(variant === undefined ? {} : { variant }),
  });
  const uri = fileUri(root.root, path);
  await vscode.commands.executeCommand('vscode.open', uri);
  await state.refresh();
  await tree.revealDataset(root.root, dataset.id);
  return uri;
}

async function pickDataset(datasets: readonly DatasetChoice[]): Promise<DatasetChoice | undefined> {
  const items = (Object.keys(categoryTitles) as (keyof typeof categoryTitles)[]).flatMap((category) => {
    const group = datasets.filter((dataset) => dataset.category === category);
    const entries = group.map((dataset) => ({
      label: dataset.title,
      description: `${dataset.folder}/${dataset.id}.csv`,
      dataset,
    }));
    if (entries.length === 0) return [];
    return [
      { label: categoryTitles[category], kind: vscode.QuickPickItemKind.Separator, dataset: undefined },
      ...entries,
    ];
  });
  const options = {
    title: 'cQube: Add Dataset',
    placeHolder: 'A CSV file with the header of this dataset is made',
    matchOnDescription: true,
  };
  return (await vscode.window.showQuickPick(items, options))?.dataset;
}

/** The header variant to use; undefined where there is but one, false when the user turns away. */
async function pickVariant({ title, variants }: DatasetChoice): Promise<string | undefined | false> {
  if (variants.length < 2) return undefined;
  const chosen = await vscode.window.showQuickPick(variants, {
    title: `cQube: Header of ${title}`,
    placeHolder: 'It must agree with the setting of your cQube server',
  });
  return chosen ?? false;
}
