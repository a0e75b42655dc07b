/** Tells the server which documents stand for their files. */
import * as vscode from 'vscode';
import { State } from 'vscode-languageclient/node';
import type { LanguageClient } from 'vscode-languageclient/node';
import { notifications } from '../server/messages.ts';
import type { HeldParams } from '../server/messages.ts';
import { documentPattern } from './identifiers.ts';

/**
 * VS Code keeps documents open whose tabs are closed, and reads their files anew only if an event tells it to: they stand
 * for nothing any more. Those with a tab do, and those with changes that are not saved.
 */
export function tellHeld(client: LanguageClient): vscode.Disposable {
  let told: string | undefined;
  const tell = (): void => {
    const uris = heldUris().map((uri) => client.code2ProtocolConverter.asUri(uri));
    const text = JSON.stringify(uris);
    if (text === told || client.state !== State.Running) return;
    told = text;
    const params: HeldParams = { uris };
    void client.sendNotification(notifications.held, params);
  };
  tell();
  return vscode.Disposable.from(
    vscode.window.tabGroups.onDidChangeTabs(tell),
    vscode.window.tabGroups.onDidChangeTabGroups(tell),
    vscode.workspace.onDidOpenTextDocument(tell),
    vscode.workspace.onDidCloseTextDocument(tell),
    vscode.workspace.onDidChangeTextDocument(tell),
    vscode.workspace.onDidSaveTextDocument(tell),
    client.onDidChangeState(({ newState }) => {
      // A server that was started again knows nothing.
      if (newState !== State.Running) return;
      told = undefined;
      tell();
    }),
  );
}

function heldUris(): vscode.Uri[] {
  const inTabs = new Set<string>();
  for (const { tabs } of vscode.window.tabGroups.all) {
    for (const { input } of tabs) for (const uri of urisOf(input)) inTabs.add(uri.toString());
  }
  return vscode.workspace.textDocuments
    .filter((document) => vscode.languages.match({ scheme: 'file', pattern: documentPattern }, document) > 0)
    .filter(({ isDirty, uri }) => isDirty || inTabs.has(uri.toString()))
    .map(({ uri }) => uri);
}

function urisOf(input: unknown): vscode.Uri[] {
  if (input instanceof vscode.TabInputText) return [input.uri];
  if (input instanceof vscode.TabInputTextDiff) return [input.original, input.modified];
  return [];
}
