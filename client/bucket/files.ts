/** Read-only files of what is in a bucket, with the findings of their check. They live in memory, while they are open. */
import * as vscode from 'vscode';
import type { Diagnostic, LanguageClient } from 'vscode-languageclient/node';
import type { Content, ContentReader } from './content.ts';
import { refOf, uriOf } from './uri.ts';
import type { ContentRef } from './uri.ts';
import { bucketScheme } from '../identifiers.ts';
import type { Progress } from '../patience.ts';

/** Contents that are kept although no document shows them: VS Code asks more than once before it opens one. */
const kept = 4;

export class BucketFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #reader: ContentReader;
  readonly #client: LanguageClient;
  readonly #contents = new Map<string, Promise<Content>>();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #findings = vscode.languages.createDiagnosticCollection('cqube-bucket');
  readonly #registrations: vscode.Disposable;

  constructor(reader: ContentReader, client: LanguageClient) {
    this.#reader = reader;
    this.#client = client;
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(bucketScheme, this, {
        isReadonly: true,
        isCaseSensitive: true,
      }),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => {
        if (uri.scheme === bucketScheme) void this.#showFindings(uri);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        // A change of language closes a document and opens it again at once.
        if (uri.scheme === bucketScheme) setTimeout(() => this.#forget(uri));
      }),
    );
  }

  get onDidChangeFile(): vscode.Event<vscode.FileChangeEvent[]> {
    return this.#changed.event;
  }

  /** Fetches what a file shows, unless it is there. @throws as `ContentReader.read` */
  async prepare(ref: ContentRef, progress?: Progress, signal?: AbortSignal): Promise<vscode.Uri> {
    const uri = uriOf(ref);
    await this.#content(uri, ref, progress, signal);
    return uri;
  }

  #content(uri: vscode.Uri, ref: ContentRef, progress?: Progress, signal?: AbortSignal): Promise<Content> {
    const id = uri.toString();
    const there = this.#contents.get(id);
    if (there) return there;
    const content = this.#reader.read(ref, progress, signal);
    this.#contents.set(id, content);
    // Whoever asks next tries anew.
    content.catch(() => this.#contents.delete(id));
    this.#dropOld();
    return content;
  }

  #dropOld(): void {
    const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
    const idle = [...this.#contents.keys()].filter((id) => !open.has(id));
    for (const id of idle.slice(0, Math.max(0, idle.length - kept))) this.#contents.delete(id);
  }

  async #showFindings(uri: vscode.Uri): Promise<void> {
    const content = await this.#contents.get(uri.toString())?.catch(() => undefined);
    if (!content?.check) return;
    const items = content.check.diagnostics as Diagnostic[];
    this.#findings.set(uri, await this.#client.protocol2CodeConverter.asDiagnostics(items));
  }

  #forget(uri: vscode.Uri): void {
    const isOpen = vscode.workspace.textDocuments.some((each) => each.uri.toString() === uri.toString());
    if (isOpen) return;
    this.#contents.delete(uri.toString());
    this.#findings.delete(uri);
  }

  async #found(uri: vscode.Uri): Promise<Content> {
    const ref = refOf(uri);
    if (!ref) throw vscode.FileSystemError.FileNotFound(uri);
    try {
      return await this.#content(uri, ref);
    } catch (error) {
      throw vscode.FileSystemError.Unavailable(error instanceof Error ? error.message : String(error));
    }
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, fetched } = await this.#found(uri);
    return {
      type: vscode.FileType.File,
      ...{ ctime: fetched, mtime: fetched, size: bytes.length },
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#found(uri)).bytes;
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  watch(): vscode.Disposable {
    // What was fetched does not change.
    return new vscode.Disposable(() => undefined);
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#registrations.dispose();
    this.#findings.dispose();
    this.#changed.dispose();
  }
}
