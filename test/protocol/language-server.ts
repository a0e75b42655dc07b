import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type InitializeResult,
  type ProtocolConnection,
  type Range,
  type ServerCapabilities,
  type TextDocumentClientCapabilities,
  type WorkspaceDiagnosticReport,
} from 'vscode-languageserver/node';

const serverModule = fileURLToPath(new URL('../../dist/server.js', import.meta.url));

/** What an editor that can do everything tells of itself. */
export const ableEditor: TextDocumentClientCapabilities = {
  hover: { contentFormat: ['markdown', 'plaintext'] },
  completion: {
    completionItem: { snippetSupport: true, labelDetailsSupport: true, documentationFormat: ['markdown'] },
  },
  definition: { linkSupport: true },
  references: {},
  documentSymbol: { hierarchicalDocumentSymbolSupport: true },
  selectionRange: {},
  foldingRange: {},
  codeAction: {
    codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } },
    dataSupport: true,
    resolveSupport: { properties: ['edit'] },
  },
};

/** The built server as a process of its own, spoken to as an editor does, on a workspace folder of its own. */
export class LanguageServer {
  readonly folder: string;
  readonly connection: ProtocolConnection;
  readonly #process: ChildProcess;
  readonly #settings: { current: object };
  /** What the server has offered at the start. */
  capabilities: ServerCapabilities = {};
  #stays = false;
  #onAsked: () => void = () => undefined;
  #resultIds: { uri: string; value: string }[] = [];

  private constructor(
    folder: string,
    child: ChildProcess,
    connection: ProtocolConnection,
    settings: { current: object },
  ) {
    this.folder = folder;
    this.#process = child;
    this.connection = connection;
    this.#settings = settings;
  }

  /**
   * @param files contents by path below the emission folder
   * @param session `folder`: a workspace folder that is there already, and stays; `storage`: what the editor has for
   *   what outlasts a session; `options`: what else it says of itself; `textDocument`: what the editor can do, as `ableEditor` unless given
   */
  static async start(
    files: Readonly<Record<string, string | Uint8Array>>,
    settings: object = {},
    session: {
      readonly folder?: string;
      readonly storage?: string;
      readonly options?: object;
      readonly env?: Readonly<Record<string, string>>;
      readonly textDocument?: TextDocumentClientCapabilities;
    } = {},
  ): Promise<LanguageServer> {
    const folder = session.folder ?? (await mkdtemp(path.join(os.tmpdir(), 'protocol-')));
    await mkdir(path.join(folder, 'cqube_emission'), { recursive: true });
    const current = { current: settings };
    const child = spawn(process.execPath, [serverModule, '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...session.env },
    });
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    const server = new LanguageServer(folder, child, connection, current);
    server.#stays = session.folder !== undefined;
    for (const [file, content] of Object.entries(files)) await server.write(file, content);
    connection.onRequest('workspace/configuration', () => {
      server.#onAsked();
      return [current.current];
    });
    connection.onRequest('client/registerCapability', () => null);
    connection.onRequest('workspace/diagnostic/refresh', () => null);
    connection.listen();
    const { capabilities }: InitializeResult = await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        workspace: {
          configuration: true,
          workspaceFolders: true,
          diagnostics: { refreshSupport: true },
          symbol: {},
          workspaceEdit: { documentChanges: true },
        },
        textDocument: {
          diagnostic: { dynamicRegistration: false },
          ...(session.textDocument ?? ableEditor),
        },
      },
      ...(session.storage === undefined && !session.options
        ? {}
        : {
            initializationOptions: {
              ...session.options,
              ...(session.storage === undefined ? {} : { storage: session.storage }),
            },
          }),
      workspaceFolders: [{ uri: pathToFileURL(folder).toString(), name: 'test' }],
    });
    server.capabilities = capabilities;
    await connection.sendNotification('initialized', {});
    await connection.sendRequest('cqube/rescan');
    return server;
  }

  get root(): string {
    return pathToFileURL(path.join(this.folder, 'cqube_emission')).toString();
  }

  uri(file: string): string {
    return `${this.root}/${file}`;
  }

  path(file: string): string {
    return path.join(this.folder, 'cqube_emission', file);
  }

  async write(file: string, content: string | Uint8Array): Promise<void> {
    await mkdir(path.dirname(this.path(file)), { recursive: true });
    await writeFile(this.path(file), content);
  }

  async configure(settings: object): Promise<void> {
    this.#settings.current = settings;
    // The server asks for the settings before it looks anew: what is sent behind the answer comes after it.
    const asked = new Promise<void>((resolve) => (this.#onAsked = resolve));
    await this.connection.sendNotification('workspace/didChangeConfiguration', { settings: {} });
    await asked;
    await this.connection.sendRequest('cqube/rescan');
  }

  async open(file: string, text: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: this.uri(file), languageId: 'plaintext', version: 1, text },
    });
  }

  async change(file: string, version: number, text: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.uri(file), version },
      contentChanges: [{ text }],
    });
  }

  /** Puts a text in the place of a range, as an editor does at a keystroke. */
  async edit(file: string, version: number, range: Range, text: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.uri(file), version },
      contentChanges: [{ range, text }],
    });
  }

  /** Diagnostics of an open document. */
  async pull(file: string): Promise<Diagnostic[]> {
    const report: DocumentDiagnosticReport = await this.connection.sendRequest('textDocument/diagnostic', {
      textDocument: { uri: this.uri(file) },
    });
    return report.kind === 'full' ? report.items : [];
  }

  /** The answer to a workspace pull, with what earlier ones told as previous results. */
  async pullWorkspace(): Promise<WorkspaceDiagnosticReport['items']> {
    const { items }: WorkspaceDiagnosticReport = await this.connection.sendRequest('workspace/diagnostic', {
      previousResultIds: this.#resultIds,
    });
    this.#resultIds = items.flatMap(({ uri, resultId }) =>
      resultId === undefined ? [] : [{ uri, value: resultId }],
    );
    return items;
  }

  /** Asks about a place of a document, as the parameters of most requests are. */
  ask<T>(method: string, file: string, line: number, character: number, more: object = {}): Promise<T> {
    const textDocument = { uri: this.uri(file) };
    return this.connection.sendRequest(method, { textDocument, position: { line, character }, ...more });
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    await ended;
    this.connection.dispose();
    if (!this.#stays) await rm(this.folder, { recursive: true, force: true });
  }
}

/** Rule, severity and range of diagnostics: what tests compare. */
export function brief(items: readonly Diagnostic[]): string[] {
  return items.map(({ code, severity, range: { start, end } }) => {
    const place = `${start.line}:${start.character}-${end.line}:${end.character}`;
    return `${String(code)} ${severity ?? 0} ${place}`;
  });
}
