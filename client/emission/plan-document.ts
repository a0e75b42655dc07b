/** The read-only documents that list a plan or a forecast; above a plan is a lens that carries it out. */
import * as vscode from 'vscode';
import { commands, planScheme } from '../identifiers.ts';
import type { PlanTitle } from './plan-titles.ts';

interface PlanPage {
  readonly text: string;
  /** What the lens offers; absent when there is nothing to do about the list. */
  readonly action?: string;
}

/** After a window is reloaded, VS Code opens its tabs again; the list that they showed is old by then. */
const gone: PlanPage = {
  text: 'This list is no longer kept. Run “cQube: Emit to cQube”, “cQube: Check Emission Order” or “cQube: Forecast Ingestion” again.\n',
};

export class PlanDocuments
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #pages = new Map<string, PlanPage>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly #registrations: vscode.Disposable;

  constructor() {
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(planScheme, this),
      vscode.languages.registerCodeLensProvider({ scheme: planScheme }, this),
    );
  }

  get onDidChange(): vscode.Event<vscode.Uri> {
    return this.#changed.event;
  }

  get onDidChangeCodeLenses(): vscode.Event<void> {
    return this.#lensesChanged.event;
  }

  /** Puts `page` in place of what the tab of that title shows, if it is still open. */
  replace(title: PlanTitle, page: PlanPage): void {
    const uri = uriOf(title);
    this.#put(uri, page);
    this.#changed.fire(uri);
  }

  #put(uri: vscode.Uri, page: PlanPage): void {
    this.#pages.set(uri.path, page);
    this.#lensesChanged.fire();
  }

  /** Shows `page` in the tab of that title, in place of what stood there. */
  async show(title: PlanTitle, page: PlanPage): Promise<vscode.TextDocument> {
    const uri = uriOf(title);
    this.#put(uri, page);
    const document = await vscode.workspace.openTextDocument(uri);
    await this.#renew(document, page.text);
    await vscode.window.showTextDocument(document, { preview: false });
    return document;
  }

  /**
   * Resolves once a document that was open before, or that VS Code still remembers, has the new text: nobody may
   * decide by the old one.
   */
  async #renew(document: vscode.TextDocument, text: string): Promise<void> {
    const isThere = (): boolean => document.isClosed || document.getText().replaceAll('\r\n', '\n') === text;
    if (isThere()) return;
    const listening: vscode.Disposable[] = [];
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (isThere()) resolve();
      };
      listening.push(
        vscode.workspace.onDidChangeTextDocument(look),
        vscode.workspace.onDidCloseTextDocument(look),
      );
      this.#changed.fire(document.uri);
    });
    for (const each of listening) each.dispose();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (this.#pages.get(uri.path) ?? gone).text;
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const action = this.#pages.get(uri.path)?.action;
    if (action === undefined) return [];
    const command = { title: `$(cloud-upload) ${action}`, command: commands.emitPreviewed };
    return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command)];
  }

  dispose(): void {
    this.#registrations.dispose();
    this.#changed.dispose();
    this.#lensesChanged.dispose();
  }
}

function uriOf(title: PlanTitle): vscode.Uri {
  return vscode.Uri.from({ scheme: planScheme, path: `/${title}` });
}
