/** The language status of the CSV file in the active tab. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { requests } from '../server/messages.ts';
import type { ColumnAt, DocumentSpec } from '../server/messages.ts';
import { documentPattern, settings } from './identifiers.ts';
import { columnStatus, sizeStatus, specStatus } from './status-text.ts';
import type { StatusLook } from './status-text.ts';
import type { WorkspaceState } from './workspace-state.ts';

const selector: vscode.DocumentSelector = { scheme: 'file', pattern: documentPattern };

/** Typing changes findings faster than anybody reads them. */
const restMilliseconds = 200;

/** A cursor that is held down runs over cells faster than anybody reads their names. */
const cursorMilliseconds = 60;

const severities = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
} as const;

/** The file of the active tab. Its editor is no help: extensions do not see editors of files above 50 MB. */
function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText ? input.uri : undefined;
}

export function showStatus(client: LanguageClient, state: WorkspaceState): vscode.Disposable {
  const spec = vscode.languages.createLanguageStatusItem('cqubeEmission.spec', selector);
  spec.name = 'cQube dataset';
  let size: vscode.LanguageStatusItem | undefined;
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;

  const showSize = (look: StatusLook | undefined): void => {
    size?.dispose();
    size = undefined;
    if (!look) return;
    size = vscode.languages.createLanguageStatusItem('cqubeEmission.size', selector);
    size.name = 'cQube file size';
    apply(size, look);
  };

  const update = async (): Promise<void> => {
    const uri = activeUri();
    if (!uri || !state.rootOf(uri) || !uri.path.endsWith('.csv')) return;
    const question = ++asked;
    const [answer, bytes] = await Promise.all([
      client.sendRequest<DocumentSpec | null>(requests.documentSpec, {
        uri: client.code2ProtocolConverter.asUri(uri),
      }),
      vscode.workspace.fs.stat(uri).then(
        (stat) => stat.size,
        () => 0,
      ),
    ]);
    // A later question is on its way: this answer is about another file or an older text.
    if (question !== asked) return;
    apply(spec, specStatus(answer));
    spec.command = answer?.variant === undefined ? undefined : variantCommand;
    showSize(sizeStatus(bytes));
  };

  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void update().catch(() => undefined), restMilliseconds);
  };
  soon();
  return vscode.Disposable.from(
    spec,
    { dispose: () => size?.dispose() },
    { dispose: () => clearTimeout(timer) },
    vscode.window.tabGroups.onDidChangeTabs(soon),
    vscode.window.tabGroups.onDidChangeTabGroups(soon),
    state.onDidChange(soon),
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      const active = activeUri()?.toString();
      if (uris.some((uri) => uri.toString() === active)) soon();
    }),
  );
}

/** The column under the cursor, as an item of its own: whoever wants to see it all the time pins it. */
export function showColumn(client: LanguageClient, state: WorkspaceState): vscode.Disposable {
  let item: vscode.LanguageStatusItem | undefined;
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;

  const show = (answer: ColumnAt | null): void => {
    if (!answer) {
      item?.dispose();
      item = undefined;
      return;
    }
    item ??= vscode.languages.createLanguageStatusItem('cqubeEmission.column', selector);
    item.name = 'cQube column';
    apply(item, columnStatus(answer));
  };

  const update = async (): Promise<void> => {
    const question = ++asked;
    const editor = vscode.window.activeTextEditor;
    const isOurs = editor !== undefined && state.rootOf(editor.document.uri) !== undefined;
    const answer = isOurs
      ? await client.sendRequest<ColumnAt | null>(requests.columnAt, {
          uri: client.code2ProtocolConverter.asUri(editor.document.uri),
          position: client.code2ProtocolConverter.asPosition(editor.selection.active),
        })
      : null;
    // A later question is on its way: the cursor has moved on.
    if (question === asked) show(answer);
  };

  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void update().catch(() => undefined), cursorMilliseconds);
  };
  soon();
  return vscode.Disposable.from(
    { dispose: () => item?.dispose() },
    { dispose: () => clearTimeout(timer) },
    vscode.window.onDidChangeActiveTextEditor(soon),
    vscode.window.onDidChangeTextEditorSelection(soon),
    state.onDidChange(soon),
  );
}

const variantCommand: vscode.Command = {
  title: 'Choose Header',
  tooltip: 'Choose which header the masters must have',
  command: 'workbench.action.openSettings',
  arguments: [`@id:${settings.section}.${settings.masterVariant}`],
};

function apply(item: vscode.LanguageStatusItem, look: StatusLook): void {
  item.text = look.text;
  item.detail = look.detail;
  item.severity = severities[look.severity];
}
