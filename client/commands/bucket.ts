/** What can be done with the buckets: refresh, filter, open, download, compare, copy keys. */
import path from 'node:path';
import * as vscode from 'vscode';
import { download } from '../../core/bucket/download-node.ts';
import { fileNameOf, fileNamesOf } from '../../core/bucket/file-name.ts';
import { bucketRoles, readKey } from '../../core/bucket/key.ts';
import { isWhatWasSent, sendingOf } from '../../core/bucket/sendings.ts';
import { asEmissionError } from '../../core/emit/error.ts';
import type { DatasetModel, RootModel } from '../../server/messages.ts';
import { longestText, obstacleWords } from '../bucket/content.ts';
import type { BucketFiles } from '../bucket/files.ts';
import { filterChoices } from '../bucket/model.ts';
import type { BucketTreeNode } from '../bucket/model.ts';
import type { BucketSource, Opened } from '../bucket/source.ts';
import type { BucketTree } from '../bucket/tree.ts';
import type { ObjectRef } from '../bucket/uri.ts';
import type { HistoryNode } from '../bucket/history-model.ts';
import type { HistoryTree } from '../bucket/history-tree.ts';
import { commands } from '../identifiers.ts';
import { withPatience } from '../patience.ts';
import type { Progress } from '../patience.ts';
import { countText, sizeText } from '../wording.ts';
import { fileUri } from '../workspace-state.ts';
import type { WorkspaceState } from '../workspace-state.ts';
import { offerLog, showLog } from './command.ts';

export interface BucketSurface {
  readonly source: BucketSource;
  readonly tree: BucketTree;
  readonly history: HistoryTree;
  readonly files: BucketFiles;
  readonly state: WorkspaceState;
  readonly log: vscode.LogOutputChannel;
}

/** What the menus of both views hand to a command: the item it is about. */
type Target = BucketTreeNode | HistoryNode | undefined;

export function registerBucketCommands(surface: BucketSurface): vscode.Disposable {
  const register = (id: string, run: (refs: readonly ObjectRef[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (target?: Target, selected?: readonly Target[]) => {
      try {
        return await run(refsOf(surface, target, selected));
      } catch (error) {
        const { reason, message } = asEmissionError(error);
        if (reason === 'cancelled') return undefined;
        const text = error instanceof Error ? error.message : message;
        surface.log.error(`${id}: ${text}`);
        offerLog(vscode.window.showErrorMessage(text, showLog));
        return undefined;
      }
    });
  return vscode.Disposable.from(
    register(commands.refreshBucket, async () => {
      surface.source.forget();
      await surface.history.reread();
    }),
    register(commands.filterBucket, () => filter(surface)),
    register(commands.clearBucketFilter, () => (surface.tree.filter = undefined)),
    register(commands.openObject, (refs) => openObject(surface, refs)),
    register(commands.downloadObject, (refs) => downloadObjects(surface, refs)),
    register(commands.compareObject, (refs) => compareObject(surface, refs)),
    register(commands.copyKey, (refs) => copyKeys(surface, refs)),
  );
}

/** The objects that a command is about: the selected ones, if its item is among them; the view's selection from the palette. */
function refsOf(
  { source, tree, history }: BucketSurface,
  target: Target,
  selected: readonly Target[] | undefined,
): readonly ObjectRef[] {
  const targets = target ? (selected?.includes(target) ? selected : [target]) : tree.view.selection;
  return targets.flatMap((each): readonly ObjectRef[] => {
    if (each?.kind === 'object') {
      const { role, key } = each.entry;
      return source.origin === undefined ? [] : [{ kind: 'object', origin: source.origin, role, key }];
    }
    if (each?.kind !== 'sending') return [];
    const { endpoint: origin, key } = each.sending;
    const place = history.whereaboutsOf(each.sending);
    return place?.kind === 'taken'
      ? [{ kind: 'object', origin, role: 'input', key: place.inputKey }]
      : [{ kind: 'object', origin, role: 'emission', key }];
  });
}

/** The only object of a command that takes no more; asks in a list where nothing is selected. */
async function oneOf(surface: BucketSurface, refs: readonly ObjectRef[]): Promise<ObjectRef | undefined> {
  return refs[0] ?? pickObject(surface);
}

async function pickObject({ source }: BucketSurface): Promise<ObjectRef | undefined> {
  const { origin } = await opened(source);
  const entries = await everything(source);
  if (entries.length === 0) throw new Error('The buckets hold nothing.');
  const items = entries.map(({ name, role, key, time, bytes }) => ({
    label: name,
    description: [role, time, sizeText(bytes)].filter((part) => part !== undefined).join(', '),
    detail: key,
    ref: { kind: 'object', origin, role, key } as const,
  }));
  const options = { title: 'cQube: Which object of the bucket?', matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.ref;
}

/** @throws Error that names the obstacle */
async function opened(source: BucketSource): Promise<Opened> {
  const answer = await source.open();
  if (typeof answer === 'string') throw new Error(obstacleWords[answer]);
  return answer;
}

/** Every entry of all buckets; those that cannot be listed are left out, unless none can. */
async function everything(source: BucketSource) {
  return withPatience('Listing the buckets of cQube', async () => {
    await opened(source);
    const listings = await Promise.allSettled(bucketRoles.map((role) => source.list(role)));
    const failed = listings.find((each) => each.status === 'rejected');
    if (failed && listings.every((each) => each.status === 'rejected')) throw failed.reason;
    return listings.flatMap((each) => (each.status === 'fulfilled' ? each.value.entries : []));
  });
}

async function filter({ source, tree }: BucketSurface): Promise<void> {
  const known = source.entries();
  const choices = filterChoices(known.length > 0 ? known : await everything(source));
  if (choices.length === 0) throw new Error('The buckets hold no file of any dataset.');
  const items = choices.map(({ id, title, entries }) => ({
    label: title,
    description: `${id}, ${countText(entries.length, 'object')}`,
    id,
  }));
  const all = { label: 'All datasets', description: '', id: undefined };
  const chosen = await vscode.window.showQuickPick([all, ...items], {
    title: 'cQube: Show which dataset of the buckets?',
    matchOnDescription: true,
  });
  if (!chosen) return;
  tree.filter = chosen.id === undefined ? undefined : { id: chosen.id, title: chosen.label };
}

async function copyKeys(surface: BucketSurface, refs: readonly ObjectRef[]): Promise<void> {
  const picked = refs.length > 0 ? refs : [await pickObject(surface)].filter((ref) => ref !== undefined);
  if (picked.length === 0) return;
  await vscode.env.clipboard.writeText(picked.map(({ key }) => key).join('\n'));
}

/** Does work that the user may end. Undefined when that happens. */
async function cancellable<T>(
  title: string,
  work: (progress: Progress, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withPatience(title, async (progress, cancellation) => {
    const abort = new AbortController();
    const listening = cancellation.onCancellationRequested(() => abort.abort());
    try {
      return await work(progress, abort.signal);
    } finally {
      listening.dispose();
    }
  });
}

/** Fetches what is to be shown, so that whatever fails is told in words and not by an empty editor. */
function prepared({ files }: BucketSurface, ref: Parameters<BucketFiles['prepare']>[0], name: string) {
  return cancellable(`Fetching ${name}`, (progress, signal) => files.prepare(ref, progress, signal));
}

async function openObject(
  surface: BucketSurface,
  refs: readonly ObjectRef[],
): Promise<vscode.Uri | undefined> {
  const ref = await oneOf(surface, refs);
  if (!ref) return undefined;
  const uri = await prepared(surface, ref, fileNameOf(ref.key));
  await vscode.commands.executeCommand('vscode.open', uri);
  return uri;
}

/** Shows what is in the bucket on the left, what is here on the right. */
async function compareObject(
  surface: BucketSurface,
  refs: readonly ObjectRef[],
): Promise<vscode.Uri | undefined> {
  const ref = await oneOf(surface, refs);
  if (!ref) return undefined;
  const { spec, time } = readKey(ref.role, ref.key, '');
  if (!spec) throw new Error('Nothing here belongs to this object: it is no dataset’s file.');
  const local = await localOf(surface.state, spec.id);
  if (!local) return undefined;
  const remote = await prepared(surface, ref, fileNameOf(ref.key));
  const right = local.csv
    ? fileUri(local.root.root, local.csv.path)
    : await prepared(
        surface,
        { kind: 'zip', zip: fileUri(local.root.root, local.zip!.path).toString() },
        spec.archive,
      );
  const title = `${spec.csv}: cQube${time === undefined ? '' : ` ${time}`} ↔ ${local.csv ? 'here' : 'zip here'}`;
  await vscode.commands.executeCommand('vscode.diff', remote, right, title);
  return remote;
}

interface Local extends Pick<DatasetModel, 'csv' | 'zip'> {
  readonly root: RootModel;
}

/** The files of a dataset here; asks where several emission folders have some. Undefined when the user turns away. */
async function localOf({ model }: WorkspaceState, id: string): Promise<Local | undefined> {
  const found = model.roots.flatMap((root): readonly Local[] => {
    const dataset = root.datasets.find((each) => each.id === id);
    return dataset?.csv || dataset?.zip ? [{ ...dataset, root }] : [];
  });
  if (found.length === 0) throw new Error(`There is no file of ${id} in an emission folder here.`);
  const items = found.map((local) => ({
    label: local.root.name,
    description: vscode.workspace.asRelativePath(vscode.Uri.parse(local.root.root)),
    local,
  }));
  const chosen =
    items.length === 1
      ? items[0]
      : await vscode.window.showQuickPick(items, { title: 'cQube: Compare with which emission folder?' });
  if (!chosen) return undefined;
  const { csv } = chosen.local;
  if (csv && csv.bytes > longestText) throw new Error(`${csv.path} is larger than VS Code shows of a text.`);
  return chosen.local;
}

export interface DownloadResult {
  readonly key: string;
  /** Path of the file; absent when it was not downloaded. */
  readonly file?: string;
  /** Whether these are the bytes that the journal tells of; absent where it tells nothing. */
  readonly same?: boolean;
}

async function downloadObjects(
  surface: BucketSurface,
  refs: readonly ObjectRef[],
): Promise<readonly DownloadResult[] | undefined> {
  const picked = refs.length > 0 ? refs : [await pickObject(surface)].filter((ref) => ref !== undefined);
  if (picked.length === 0) return undefined;
  const answer = await opened(surface.source);
  const targets = await chooseTargets(picked.map(({ key }) => key));
  if (!targets) return undefined;
  const results: DownloadResult[] = [];
  const problems: string[] = [];
  const sent = surface.history.sentTo(answer.origin);
  const title =
    picked.length === 1
      ? `Downloading ${fileNameOf(picked[0]!.key)}`
      : `Downloading ${countText(picked.length, 'object')}`;
  await cancellable(title, async (progress, signal) => {
    for (const { key, role } of picked) {
      const file = targets.fileOf(key);
      const name = path.basename(file);
      try {
        const got = await download({
          ...{
            api: answer.api,
            bucket: answer.buckets[role],
            key,
            target: file,
            replace: targets.replace,
            signal,
          },
          onProgress: (received, total) =>
            progress.report({
              message: `${picked.length > 1 ? `${name}: ` : ''}${sizeText(received)}${total === undefined ? '' : ` of ${sizeText(total)}`}`,
            }),
        });
        const sending = sendingOf(sent, answer.origin, readKey(role, key, '').emissionKey);
        const same = sending && isWhatWasSent(sending, got);
        surface.log.info(`Downloaded: ${key} (${got.bytes} bytes, SHA-256 ${got.sha256})`);
        if (sending && !same)
          problems.push(
            `${name} does not hold the bytes that were sent from ${sending.path}: the journal has another size or checksum.`,
          );
        results.push({ key, file, ...(same === undefined ? {} : { same }) });
      } catch (error) {
        const { reason, message, consequence } = asEmissionError(error);
        if (reason === 'cancelled') throw error;
        surface.log.error(`Not downloaded: ${key}: ${message}`);
        problems.push(message);
        results.push({ key });
        if (consequence !== 'fail-file') break;
      }
    }
  });
  tell(results, picked.length, problems);
  return results;
}

function tell(results: readonly DownloadResult[], wanted: number, problems: readonly string[]): void {
  const arrived = results.filter(({ file }) => file !== undefined);
  const verified = arrived.filter(({ same }) => same === true).length;
  const counted =
    wanted === 1 && arrived.length === 1
      ? `Downloaded to ${arrived[0]!.file!}.`
      : `${arrived.length} of ${countText(wanted, 'object')} downloaded.`;
  const words =
    verified === 0
      ? counted
      : `${counted} ${verified === 1 && wanted === 1 ? 'These are' : `${verified} hold`} the very bytes that were sent from here.`;
  if (problems.length === 0) void vscode.window.showInformationMessage(words);
  else offerLog(vscode.window.showWarningMessage([words, ...problems.slice(0, 3)].join(' '), showLog));
}

interface Targets {
  readonly fileOf: (key: string) => string;
  /** True where the dialogue has asked whether a file may be replaced. */
  readonly replace: boolean;
}

/** Asks for the file of one object, or the folder of several. Undefined when the user turns away. */
async function chooseTargets(keys: readonly string[]): Promise<Targets | undefined> {
  const beside = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (keys.length === 1) {
    const name = fileNameOf(keys[0]!);
    const file = await vscode.window.showSaveDialog({
      title: 'Download from cQube',
      ...(beside ? { defaultUri: vscode.Uri.joinPath(beside, name) } : {}),
    });
    return file && { fileOf: () => onDisk(file), replace: true };
  }
  const folders = await vscode.window.showOpenDialog({
    title: `Download ${keys.length} objects from cQube`,
    openLabel: 'Download Here',
    ...{ canSelectFiles: false, canSelectFolders: true, canSelectMany: false },
    ...(beside ? { defaultUri: beside } : {}),
  });
  const folder = folders?.[0];
  const names = fileNamesOf(keys);
  return folder && { fileOf: (key) => path.join(onDisk(folder), names.get(key)!), replace: false };
}

function onDisk(uri: vscode.Uri): string {
  if (uri.scheme !== 'file') throw new Error('Choose a place on a disk.');
  return uri.fsPath;
}
