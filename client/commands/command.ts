/** What every command needs, and what they have in common. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { InitializationResult, RootModel } from '../../server/messages.ts';
import { commands } from '../identifiers.ts';
import type { TokenStore } from '../token.ts';
import type { DatasetTree } from '../tree/tree.ts';
import type { TreeNode } from '../tree/tree-model.ts';
import type { WorkspaceState } from '../workspace-state.ts';

export interface Surface {
  readonly client: LanguageClient;
  readonly catalogue: InitializationResult['catalogue'];
  readonly state: WorkspaceState;
  readonly tokens: TokenStore;
  readonly tree: DatasetTree;
  readonly log: vscode.LogOutputChannel;
}

/** What menus hand to a command: a node of our tree, a resource of the Explorer, or nothing. */
export type Target = TreeNode | vscode.Uri | undefined;

/** Registers a command that tells the user of whatever goes wrong, in one sentence. */
export function register(
  log: vscode.LogOutputChannel,
  id: string,
  run: (target?: Target) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (target?: Target) => {
    try {
      return await run(target);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log.error(`${id}: ${message}`);
      offerLog(vscode.window.showErrorMessage(message, showLog));
      return undefined;
    }
  });
}

export const showLog = 'Show Log';

/** Opens the log when the user asks for it; the command does not wait for that. */
export function offerLog(answer: Thenable<string | undefined>): void {
  void answer.then((chosen) => {
    if (chosen === showLog) void vscode.commands.executeCommand(commands.showLog);
  });
}

/** The emission folder that a command is about; asks where there are several. Undefined when the user turns away. */
export async function chooseRoot(state: WorkspaceState, target: Target): Promise<RootModel | undefined> {
  if (target instanceof vscode.Uri) {
    const root = state.rootOf(target);
    if (root) return root;
  } else if (target) {
    return target.root;
  }
  if (state.model.roots.length === 0) {
    await state.catchUp(true);
    await state.refresh();
  }
  const { roots } = state.model;
  if (roots.length === 0) {
    throw new Error('There is no cqube_emission folder here. “cQube: Initialize Emission Folder” makes one.');
  }
  if (roots.length === 1) return roots[0];
  const items = roots.map((root) => ({
    label: root.name,
    description: vscode.workspace.asRelativePath(vscode.Uri.parse(root.root)),
    root,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'cQube: Which emission folder?' }))?.root;
}

/** The dataset that a node or a file belongs to; undefined for anything above one, such as a folder. */
export function datasetOf(root: RootModel, target: Target): string | undefined {
  if (target instanceof vscode.Uri) {
    const isTarget = (file: { readonly path: string } | undefined): boolean =>
      file !== undefined && target.path.endsWith(`/${file.path}`);
    return root.datasets.find(({ csv, zip }) => isTarget(csv) || isTarget(zip))?.id;
  }
  return target?.kind === 'dataset' || target?.kind === 'file' ? target.dataset.id : undefined;
}

/**
 * What goes on counts files as they are on the disk: offers to save unsaved changes. False when the user turns away.
 *
 * @param otherwise what becomes of the changes if they are not saved: a clause that begins with "which"
 */
export async function saveFirst(state: WorkspaceState, root: RootModel, otherwise: string): Promise<boolean> {
  const dirty = vscode.workspace.textDocuments.filter(
    (document) => document.isDirty && state.rootOf(document.uri)?.root === root.root,
  );
  if (dirty.length === 0) return true;
  const save = 'Save and Go On';
  const names = dirty.map(({ uri }) => vscode.workspace.asRelativePath(uri)).join('\n');
  const chosen = await vscode.window.showWarningMessage(
    `Some files have unsaved changes, ${otherwise}.`,
    { modal: true, detail: names },
    save,
  );
  if (chosen !== save) return false;
  const saved = await Promise.all(dirty.map((document) => document.save()));
  if (!saved.every(Boolean)) throw new Error('Not every file could be saved, so nothing was done.');
  return true;
}
