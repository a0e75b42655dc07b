import type { Connection, Diagnostic, TextDocuments } from 'vscode-languageserver';
import type { BlockDocument } from './block-document.ts';
import { groupByUri, resultIdOf } from './diagnostics.ts';
import { pathOf, type Session } from './session.ts';

/** Findings for clients that do not ask for them: sent whenever they change. */
export class PushedDiagnostics {
  readonly #connection: Connection;
  readonly #documents: TextDocuments<BlockDocument>;
  readonly #session: Session;
  /** What the client has, by URI: the id of its findings. */
  readonly #sent = new Map<string, string>();

  constructor(connection: Connection, documents: TextDocuments<BlockDocument>, session: Session) {
    this.#connection = connection;
    this.#documents = documents;
    this.#session = session;
  }

  /** Sends what the client has not got yet, and once more when open documents are checked by what is there now. */
  async follow(): Promise<void> {
    this.#publish();
    // One that is given up for a newer version is followed by that.
    await Promise.all(
      this.#documents.all().map((document) => this.#session.findings(document).catch(() => undefined)),
    );
    this.#publish();
  }

  /** Sends the findings of all files that differ from what the client has. */
  #publish(): void {
    const own = new Map(this.#documents.all().map(({ uri }) => [pathOf(uri), uri]));
    const gone = new Set(this.#sent.keys());
    for (const root of this.#session.roots) {
      for (const [uri, items] of groupByUri(root, root.findings())) {
        // The client may write the URI of a document in another way.
        const known = own.get(pathOf(uri)) ?? uri;
        gone.delete(known);
        const id = resultIdOf(items);
        if (this.#sent.get(known) !== id) this.#send(known, items, id);
      }
    }
    for (const uri of gone) this.#send(uri, [], undefined);
  }

  #send(uri: string, diagnostics: Diagnostic[], id: string | undefined): void {
    if (id === undefined) this.#sent.delete(uri);
    else this.#sent.set(uri, id);
    void this.#connection.sendDiagnostics({ uri, diagnostics });
  }
}
