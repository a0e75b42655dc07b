/** What the tests inside VS Code share: the extension, the folder, waiting, and answers to its questions. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../../client/extension.ts';
import { childNodes, lookOf, topNodes } from '../../../client/tree/tree-model.ts';
import type { LocalEndpoint } from '../../../local/server.ts';
import type { DatasetModel } from '../../../server/messages.ts';
import { sampleFiles } from './sample.ts';

export async function activated(): Promise<TestApi> {
  const extension = vscode.extensions.getExtension<TestApi | undefined>('cqube-emission.cqube-emission');
  assert.ok(extension, 'the extension is not installed');
  const api = await extension.activate();
  assert.ok(api, 'the extension gives no test interface');
  return api;
}

/** Path of the opened folder. */
export function workspacePath(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return folder.uri.fsPath;
}

/** Path of the emission folder, or of something in it. */
export function emissionPath(...parts: string[]): string {
  return path.join(workspacePath(), 'cqube_emission', ...parts);
}

/** Sets endpoint and token, as a user has done before an emission. @returns what takes both back */
export async function connect(api: TestApi, { url, token }: LocalEndpoint): Promise<() => Promise<void>> {
  const { origin } = new URL(url);
  const setEndpoint = (value: string | undefined): Thenable<void> =>
    vscode.workspace
      .getConfiguration('cqubeEmission')
      .update('endpoint', value, vscode.ConfigurationTarget.Global);
  await setEndpoint(url);
  await api.tokens.store(origin, token);
  return async () => {
    await setEndpoint(undefined);
    await api.tokens.remove(origin);
  };
}

/** Puts the valid sample in place of whatever the emission folder holds, and `others` on top of it. */
export function layOut(others: Readonly<Record<string, string>> = {}): void {
  mkdirSync(emissionPath(), { recursive: true });
  for (const name of readdirSync(emissionPath())) rmSync(emissionPath(name), { recursive: true });
  rmSync(path.join(workspacePath(), 'cqube_emission.journal.jsonl'), { force: true });
  for (const [file, text] of Object.entries({ ...sampleFiles, ...others })) {
    mkdirSync(path.dirname(emissionPath(file)), { recursive: true });
    writeFileSync(emissionPath(file), text);
  }
}

/**
 * The first value of `probe` that is neither false nor undefined. Looks again and again, because VS Code tells of
 * files late and in its own time; gives up after `seconds`, far longer than any of it takes.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 40,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    assert.ok(performance.now() < deadline, `not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A finding as the Problems panel has it: rule, and the text that it underlines or, unopened, its range. */
export interface Problem {
  readonly rule: string;
  readonly severity: vscode.DiagnosticSeverity;
  readonly range: vscode.Range;
  readonly message: string;
}

export function problemsOf(file: string): Problem[] {
  return vscode.languages.getDiagnostics(vscode.Uri.file(emissionPath(file))).map((diagnostic) => {
    const { code, severity, range, message } = diagnostic;
    return { rule: String(typeof code === 'object' ? code.value : code), severity, range, message };
  });
}

export function errorsOf(file: string): Problem[] {
  return problemsOf(file).filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
}

/**
 * Opens a file in an editor, with the text that it has on the disk. VS Code may still hold an older one, and no event
 * may ever tell it so: then it is made to read the file again.
 */
export async function open(file: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(emissionPath(file)));
  await vscode.window.showTextDocument(document);
  const text = readFileSync(emissionPath(file), 'utf8');
  await eventually(`the editor of ${file} shows what is on the disk`, async () => {
    // Of an earlier test VS Code may keep the same text with an older time, and would then refuse to save it.
    await vscode.commands.executeCommand('workbench.action.files.revert');
    return document.getText() === text;
  });
  return document;
}

/** Replaces the only occurrence of `from` in the document, as typing would: nothing is saved. */
export async function replace(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const text = document.getText();
  const start = text.indexOf(from);
  assert.ok(start >= 0 && !text.includes(from, start + 1), `“${from}” is not there once`);
  const edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(document.positionAt(start), document.positionAt(start + from.length));
  edit.replace(document.uri, range, to);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

export async function closeAll(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isDirty) continue;
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

export function datasetOf(api: TestApi, id: string): DatasetModel | undefined {
  return api.state.model.roots.flatMap(({ datasets }) => datasets).find((dataset) => dataset.id === id);
}

/** Description of a dataset's line in the tree: its state in words. */
export function lineOf(api: TestApi, id: string): string | undefined {
  const options = { missingShown: true };
  for (const category of topNodes(api.state.model, options)) {
    for (const node of childNodes(category, options)) {
      if (node.kind === 'dataset' && node.dataset.id === id) return lookOf(node).description;
    }
  }
  return undefined;
}

type Messages = Pick<
  typeof vscode.window,
  'showInformationMessage' | 'showWarningMessage' | 'showErrorMessage' | 'showInputBox' | 'showQuickPick'
>;

export interface Answers {
  /** What input boxes are answered with, in their order; undefined turns away. */
  readonly inputs?: readonly (string | undefined)[];
  /** Labels of buttons to press wherever they are offered. */
  readonly buttons?: readonly string[];
  /** Labels to pick or tick in quick picks. */
  readonly picks?: readonly string[];
  /** Called with each message while it is shown. */
  readonly whileShown?: (message: string) => void;
}

/** What the user was told and asked. */
export interface Dialogue {
  readonly messages: string[];
  readonly inputs: vscode.InputBoxOptions[];
  readonly offered: string[];
}

/**
 * Stands in for the person at the keyboard while `act` runs: VS Code itself refuses modal messages to extension tests.
 */
export async function answering(answers: Answers, act: () => Promise<unknown>): Promise<Dialogue> {
  const dialogue: Dialogue = { messages: [], inputs: [], offered: [] };
  const inputs = [...(answers.inputs ?? [])];
  const message = (text: string, ...rest: unknown[]): Promise<string | undefined> => {
    const detail = rest.map((item) =>
      typeof item === 'object' ? (item as vscode.MessageOptions).detail : undefined,
    );
    const shown = [text, ...detail.filter((part) => part !== undefined)].join('\n');
    dialogue.messages.push(shown);
    answers.whileShown?.(shown);
    return Promise.resolve(
      rest.find((item): item is string => answers.buttons?.includes(String(item)) ?? false),
    );
  };
  const stubs = {
    showInformationMessage: message,
    showWarningMessage: message,
    showErrorMessage: message,
    showInputBox: (options: vscode.InputBoxOptions) => {
      dialogue.inputs.push(options);
      return Promise.resolve(inputs.shift());
    },
    showQuickPick: (items: readonly vscode.QuickPickItem[], options?: vscode.QuickPickOptions) => {
      const choosable = items.filter(({ kind }) => kind !== vscode.QuickPickItemKind.Separator);
      dialogue.offered.push(...choosable.map(({ label }) => label));
      const chosen = choosable.filter(({ label }) => answers.picks?.includes(label));
      return Promise.resolve(options?.canPickMany ? chosen : chosen[0]);
    },
  };
  const window = vscode.window as unknown as Messages;
  const real = Object.fromEntries(Object.keys(stubs).map((name) => [name, window[name as keyof Messages]]));
  Object.assign(window, stubs);
  try {
    await act();
  } finally {
    Object.assign(window, real);
  }
  return dialogue;
}
