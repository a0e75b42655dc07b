/** The server's view of the emission folders, kept up to date for whoever shows it. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { notifications, requests } from '../server/messages.ts';
import type { CatchUpParams, RootModel, WorkspaceModel } from '../server/messages.ts';

export class WorkspaceState implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<WorkspaceModel>();
  #model: WorkspaceModel = { scanning: true, roots: [] };
  #client: LanguageClient | undefined;
  #fetching: Promise<void> | undefined;
  /** How often an answer was asked for. */
  #wanted = 0;

  get model(): WorkspaceModel {
    return this.#model;
  }

  get onDidChange(): vscode.Event<WorkspaceModel> {
    return this.#changed.event;
  }

  /** Follows a server that has just started. */
  async follow(client: LanguageClient): Promise<void> {
    this.#client = client;
    client.onNotification(notifications.changed, () => this.refresh());
    await this.refresh();
  }

  /** Asks the server anew. Changes that come while an answer is on its way make one more question, not many. */
  refresh(): Promise<void> {
    this.#wanted++;
    this.#fetching ??= this.#fetch().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  /**
   * Has the server look at the disk where it is not as at the last look: file events alone are not to be relied on.
   *
   * @param thorough see `CatchUpParams`
   */
  async catchUp(thorough: boolean): Promise<void> {
    const params: CatchUpParams = { thorough };
    if (this.#client?.isRunning()) await this.#client.sendRequest(requests.catchUp, params);
  }

  async #fetch(): Promise<void> {
    let answered: number;
    do {
      if (!this.#client) return;
      answered = this.#wanted;
      this.#model = await this.#client.sendRequest<WorkspaceModel>(requests.workspace);
      this.#changed.fire(this.#model);
    } while (answered !== this.#wanted);
  }

  /** The emission folder that holds `uri`, or is it. */
  rootOf(uri: vscode.Uri): RootModel | undefined {
    const text = uri.toString();
    return this.#model.roots.find(({ root }) => {
      const folder = vscode.Uri.parse(root).toString();
      return text === folder || text.startsWith(`${folder}/`);
    });
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** URI of a file below an emission folder. `path`: with `/`. */
export function fileUri(root: string, path: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.parse(root), ...path.split('/'));
}
