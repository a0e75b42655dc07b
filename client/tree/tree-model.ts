/** What the tree shows, as plain data: nodes, their order, words and icons. Knows nothing of VS Code. */
import type { Category } from '../../core/catalogue/spec.ts';
import type { DatasetModel, DatasetState, RootModel, WorkspaceModel } from '../../server/messages.ts';
import { abilities } from '../identifiers.ts';
import { countText, findingsText, sizeText, timeText } from '../wording.ts';

interface Node {
  /** Stays the same while the thing is the same: the tree keeps its selection and what is open by it. */
  readonly id: string;
  readonly parent?: TreeNode;
}

export interface RootNode extends Node {
  readonly kind: 'root';
  readonly root: RootModel;
}

export interface CategoryNode extends Node {
  readonly kind: 'category';
  readonly root: RootModel;
  readonly category: Category;
  readonly datasets: readonly DatasetModel[];
}

export interface DatasetNode extends Node {
  readonly kind: 'dataset';
  readonly root: RootModel;
  readonly dataset: DatasetModel;
}

export interface FileNode extends Node {
  readonly kind: 'file';
  readonly root: RootModel;
  readonly dataset: DatasetModel;
  readonly role: 'csv' | 'zip';
  /** Absent when the file is not there. */
  readonly file?: { readonly path: string; readonly bytes: number };
}

/** Stands for the findings that belong to no dataset: unknown folders, stray files. */
export interface OthersNode extends Node {
  readonly kind: 'others';
  readonly root: RootModel;
}

export type TreeNode = RootNode | CategoryNode | DatasetNode | FileNode | OthersNode;

export interface TreeOptions {
  /** False to leave out the datasets that are not there. */
  readonly missingShown: boolean;
}

/** How a node looks. `icon` and `colour` are names of VS Code's own. */
export interface Look {
  readonly label: string;
  /** Stands behind the label, dimmed; says in words what the icon says. */
  readonly description: string;
  readonly tooltip: string;
  readonly icon?: string;
  readonly colour?: string;
  /** For screen readers: label and state in one sentence. */
  readonly spoken: string;
  /** Words for `when` clauses, blank between them. */
  readonly contextValue: string;
  readonly collapsible: 'none' | 'collapsed' | 'expanded';
}

const categories: readonly { readonly id: Category; readonly title: string }[] = [
  { id: 'static', title: 'Static' },
  { id: 'transaction', title: 'Transaction' },
  { id: 'udise', title: 'UDISE' },
];

interface StateLook {
  readonly words: string;
  readonly icon: string;
  readonly colour?: string;
  /** True when a person should do something about it. */
  readonly needsAction: boolean;
}

const stateLooks: Readonly<Record<DatasetState, StateLook>> = {
  missing: {
    words: 'missing',
    icon: 'circle-outline',
    colour: 'disabledForeground',
    needsAction: false,
  },
  'has-errors': {
    words: 'has errors',
    icon: 'error',
    colour: 'problemsErrorIcon.foreground',
    needsAction: true,
  },
  'needs-zip': {
    words: 'needs zip',
    icon: 'file-zip',
    colour: 'problemsWarningIcon.foreground',
    needsAction: true,
  },
  'zip-stale': {
    words: 'zip is older than the CSV',
    icon: 'history',
    colour: 'problemsWarningIcon.foreground',
    needsAction: true,
  },
  ready: { words: 'ready', icon: 'pass', colour: 'testing.iconPassed', needsAction: false },
  emitted: { words: 'emitted', icon: 'cloud', colour: 'charts.blue', needsAction: false },
  'changed-since-emission': {
    words: 'changed since emission',
    icon: 'cloud-upload',
    colour: 'problemsWarningIcon.foreground',
    needsAction: true,
  },
};

/** The top of the tree: the categories, or the emission folders where there are several. */
export function topNodes(model: WorkspaceModel, options: TreeOptions): readonly TreeNode[] {
  // A folder that was not looked into yet has no datasets, not even missing ones. VS Code would remember its empty
  // categories as closed ones.
  const roots = model.roots.filter(({ datasets }) => datasets.length > 0);
  return roots.length > 1
    ? roots.map((root) => ({ kind: 'root', id: root.root, root }))
    : roots.flatMap((root) => rootChildren(root, undefined, options));
}

/** What lies below `node`. */
export function childNodes(node: TreeNode, options: TreeOptions): readonly TreeNode[] {
  switch (node.kind) {
    case 'root':
      return rootChildren(node.root, node, options);
    case 'category':
      return node.datasets.map((dataset) => datasetNode(node, dataset));
    case 'dataset':
      return node.dataset.state === 'missing'
        ? []
        : (['csv', 'zip'] as const).map((role) => {
            const file = node.dataset[role];
            return {
              ...{ kind: 'file', id: `${node.id}.${role}`, parent: node, root: node.root, role },
              dataset: node.dataset,
              ...(file ? { file } : {}),
            };
          });
    case 'file':
    case 'others':
      return [];
  }
}

function rootChildren(root: RootModel, parent: RootNode | undefined, options: TreeOptions): TreeNode[] {
  const above = parent ? { parent } : {};
  const nodes: TreeNode[] = categories.map(({ id }) => ({
    kind: 'category',
    id: `${root.root}#${id}`,
    ...above,
    root,
    category: id,
    datasets: root.datasets.filter(
      ({ category, state }) => category === id && (options.missingShown || state !== 'missing'),
    ),
  }));
  if (root.otherErrors + root.otherWarnings > 0) {
    nodes.push({ kind: 'others', id: `${root.root}#others`, ...above, root });
  }
  return nodes;
}

function datasetNode(parent: CategoryNode, dataset: DatasetModel): DatasetNode {
  return { kind: 'dataset', id: `${parent.id}/${dataset.id}`, parent, root: parent.root, dataset };
}

/** Words and icon of a node. */
export function lookOf(node: TreeNode): Look {
  switch (node.kind) {
    case 'root':
      return rootLook(node);
    case 'category':
      return categoryLook(node);
    case 'dataset':
      return datasetLook(node.dataset);
    case 'file':
      return fileLook(node);
    case 'others':
      return othersLook(node.root);
  }
}

function rootLook({ root }: RootNode): Look {
  const description = findingsText(root.otherErrors, root.otherWarnings);
  return {
    label: root.name,
    description,
    tooltip: decodeURIComponent(new URL(root.root).pathname),
    icon: 'folder',
    spoken: `Emission folder ${root.name}${description && `, ${description}`}`,
    contextValue: 'root',
    collapsible: 'expanded',
  };
}

function categoryLook({ category, root, datasets }: CategoryNode): Look {
  const title = categories.find(({ id }) => id === category)?.title ?? category;
  const all = root.datasets.filter((dataset) => dataset.category === category);
  const here = all.filter(({ state }) => state !== 'missing');
  const action = here.filter(needsAction).length;
  const description = `${here.length} of ${all.length}${action > 0 ? `, ${action} to do` : ''}`;
  const doing = action === 1 ? '1 of them needs' : `${action} of them need`;
  const sentence = `${here.length} of ${countText(all.length, 'dataset')} here${action > 0 ? `, ${doing} something to be done` : ''}`;
  return {
    label: title,
    description,
    tooltip: `${title}: ${sentence}.`,
    spoken: `${title}, ${sentence}`,
    contextValue: 'category',
    // Most folders have no UDISE files: 32 missing ones would push the others out of sight.
    collapsible:
      datasets.length === 0 ? 'none' : category === 'udise' && here.length === 0 ? 'collapsed' : 'expanded',
  };
}

/** What the state of a dataset is called, with what it waits for and counts where they matter. */
export function stateText(dataset: DatasetModel): string {
  const findings = findingsText(dataset.errors, dataset.warnings);
  const { words } = stateLooks[dataset.state];
  if (dataset.state === 'has-errors') return findings || words;
  const waits = dataset.waitsFor ? `, waits for ${dataset.waitsFor.join(', ')}` : '';
  return `${words}${waits}${findings && `, ${findings}`}`;
}

function datasetLook(dataset: DatasetModel): Look {
  const { icon, colour } = stateLooks[dataset.state];
  const state = stateText(dataset);
  const lines = [`${dataset.title} (${dataset.id})`, `State: ${state}`, `Folder: ${dataset.folder}`];
  if (dataset.variant !== undefined) lines.push(`Header: ${dataset.variant}`);
  if (dataset.forecast !== undefined) lines.push(`Forecast: ${dataset.forecast}`);
  if (dataset.emittedAt !== undefined) lines.push(`Last emitted: ${timeText(dataset.emittedAt)}`);
  const words = ['dataset', `state-${dataset.state}`];
  if (dataset.csv) words.push(abilities.zip);
  else words.push(abilities.add);
  if (dataset.csv ?? dataset.zip) words.push(abilities.forecast);
  return {
    label: dataset.title,
    description: state,
    tooltip: lines.join('\n'),
    icon,
    ...(colour === undefined ? {} : { colour }),
    spoken: `${dataset.title}, ${state}`,
    contextValue: words.join(' '),
    collapsible: dataset.state === 'missing' ? 'none' : 'collapsed',
  };
}

/** State of one of a dataset's two files, in words. */
function fileState({ role, dataset, file }: FileNode): string {
  if (file === undefined) return role === 'zip' && dataset.csv ? 'needs zip' : 'missing';
  if (role === 'csv') return findingsText(dataset.errors, dataset.warnings) || 'no errors';
  switch (dataset.state) {
    case 'zip-stale':
      return 'older than the CSV';
    case 'emitted':
      return dataset.emittedAt === undefined ? 'emitted' : `emitted ${timeText(dataset.emittedAt)}`;
    case 'changed-since-emission':
      return 'changed since emission';
    case 'ready':
      return 'ready';
    case 'has-errors':
      return dataset.csv ? 'of a CSV with errors' : stateText(dataset);
    case 'missing':
    case 'needs-zip':
      return 'not usable';
  }
}

function fileLook(node: FileNode): Look {
  const { dataset, file, role } = node;
  const name = `${dataset.id}.${role}`;
  const state = fileState(node);
  return {
    label: name,
    description: file ? `${state}, ${sizeText(file.bytes)}` : state,
    tooltip: file ? `${file.path}\n${file.bytes.toLocaleString('en')} bytes, ${state}` : `${name}: ${state}`,
    // A file that is there gets the icon of the user's own icon theme.
    ...(file ? {} : { icon: 'circle-outline', colour: 'disabledForeground' }),
    spoken: `${name}, ${state}`,
    contextValue: file ? `${role} there ${abilities.forecast}` : `${role} absent`,
    collapsible: 'none',
  };
}

function othersLook({ otherErrors, otherWarnings }: RootModel): Look {
  const description = findingsText(otherErrors, otherWarnings);
  return {
    label: 'Other files and folders',
    description,
    tooltip: `Files and folders that belong to no dataset: ${description}. The Problems panel lists them.`,
    icon: otherErrors > 0 ? 'error' : 'warning',
    colour: otherErrors > 0 ? 'problemsErrorIcon.foreground' : 'problemsWarningIcon.foreground',
    spoken: `Other files and folders, ${description}`,
    contextValue: 'others',
    collapsible: 'none',
  };
}

/** True when a person should do something about the dataset. */
export function needsAction(dataset: DatasetModel): boolean {
  return stateLooks[dataset.state].needsAction;
}

/** The number on the view's icon: datasets that need action, and errors elsewhere. Undefined when it is 0. */
export function badgeOf(
  model: WorkspaceModel,
): { readonly value: number; readonly tooltip: string } | undefined {
  const counts = new Map<DatasetState, number>();
  for (const { state } of model.roots.flatMap(({ datasets }) => datasets.filter(needsAction))) {
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const parts = [...counts].map(
    ([state, count]) => `${countText(count, 'dataset')}: ${stateLooks[state].words}`,
  );
  const others = model.roots.reduce((sum, { otherErrors }) => sum + otherErrors, 0);
  if (others > 0) parts.push(`other files and folders: ${countText(others, 'error')}`);
  const value = [...counts.values()].reduce((sum, count) => sum + count, others);
  return value === 0 ? undefined : { value, tooltip: parts.join('\n') };
}

export interface Surroundings {
  readonly trusted: boolean;
  /** Origin of the endpoint, such as `https://cqube.example.org`; undefined when none is set. */
  readonly origin: string | undefined;
  readonly hasToken: boolean;
}

/** The line above the tree: the first thing that stands between the user and an emission. */
export function hintOf(
  model: WorkspaceModel,
  { trusted, origin, hasToken }: Surroundings,
): string | undefined {
  if (model.roots.length === 0) return undefined;
  if (!trusted)
    return 'Restricted Mode: files are checked and zipped, but nothing is emitted until you trust this workspace.';
  if (origin === undefined)
    return 'To emit, set the address of your cQube server: “Set Endpoint…” in the menu above.';
  if (!hasToken)
    return `To emit, set your token for ${new URL(origin).host}: “Set Token…” in the menu above.`;
  return undefined;
}

/** The node of a dataset, with its parents, so that the tree can show it. */
export function findDataset(
  model: WorkspaceModel,
  root: string,
  dataset: string,
  options: TreeOptions,
): DatasetNode | undefined {
  const tops = topNodes(model, options).flatMap((node) =>
    node.kind === 'root' ? childNodes(node, options) : [node],
  );
  for (const node of tops) {
    if (node.kind !== 'category' || node.root.root !== root) continue;
    const found = node.datasets.find(({ id }) => id === dataset);
    if (found) return datasetNode(node, found);
  }
  return undefined;
}
