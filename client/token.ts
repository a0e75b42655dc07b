/** Where emission tokens are kept: in VS Code's secret storage and nowhere else, one for each server. */
import * as vscode from 'vscode';

const prefix = 'cqubeEmission.token:';

/** Tokens by the origin of their endpoint, so that no other server is ever given them. */
export class TokenStore implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    // Fires for other windows too.
    this.#subscription = secrets.onDidChange(({ key }) => {
      if (key.startsWith(prefix)) this.#changed.fire();
    });
  }

  /** A token was stored or removed, here or in another window. */
  get onDidChange(): vscode.Event<void> {
    return this.#changed.event;
  }

  /** Undefined when there is none, and when the system's key ring has lost it. */
  async get(origin: string): Promise<string | undefined> {
    return this.#secrets.get(prefix + origin);
  }

  /** Stores a token that the server has accepted. */
  async store(origin: string, token: string): Promise<void> {
    await this.#secrets.store(prefix + origin, token);
  }

  async remove(origin: string): Promise<void> {
    await this.#secrets.delete(prefix + origin);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
