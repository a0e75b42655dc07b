import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
  type CancellationToken,
  type ClientCapabilities,
  type Connection,
  type DocumentDiagnosticReport,
  type InitializeParams,
  type ServerCapabilities,
  type WorkDoneProgressParams,
  type WorkspaceFolder,
} from 'vscode-languageserver';
import { datasets, variantsOf } from '../core/catalogue/catalogue.ts';
import { EMISSION_FOLDER } from '../core/layout/emission-folder.ts';
import { blockDocuments } from './block-document.ts';
import { resultIdOf, toDiagnostic, workspaceReport } from './diagnostics.ts';
import { MasterFiles } from '../core/explain/master-files-node.ts';
import type { Checker } from '../core/scan/job.ts';
import { columnStatus } from './features/column-status.ts';
import { codeActions } from './features/code-actions.ts';
import { completion } from './features/completion.ts';
import { definition } from './features/definition.ts';
import type { Feature } from './features/feature.ts';
import { folding } from './features/folding.ts';
import { hover } from './features/hover.ts';
import { mastersAhead } from './features/master-rows.ts';
import { references } from './features/references.ts';
import { selectionRanges } from './features/selection-ranges.ts';
import { documentSymbols, workspaceSymbols } from './features/symbols.ts';
import {
  notifications,
  requests,
  type CatchUpParams,
  type DocumentSpec,
  type ForecastParams,
  type HeldParams,
  type InitializationOptions,
  type InitializationResult,
  type ObjectParams,
  type PlanParams,
} from './messages.ts';
import type { WorkspaceModel } from './messages.ts';
import { rootModel } from './model.ts';
import {
  addDatasetRequest,
  forecastRequest,
  initRequest,
  objectRequest,
  planRequest,
  zipRequest,
} from './requests.ts';
import { PushedDiagnostics } from './pushed-diagnostics.ts';
import { pathOf, Session } from './session.ts';
import { readSettings } from './settings.ts';
import { SupersededError } from './superseded.ts';

/** What the language of the files has to offer besides its findings. */
const features: readonly Feature[] = [
  mastersAhead,
  hover,
  codeActions,
  completion,
  definition,
  references,
  documentSymbols,
  workspaceSymbols,
  selectionRanges,
  folding,
  columnStatus,
];

/** File events come in bursts: a copied folder is looked at once, when it has been quiet for so many milliseconds. */
const QUIET = 150;
/** After so many milliseconds without an edit whoever wants to see the findings of a document has asked for them. */
const UNASKED = 500;

/**
 * Hangs the language server on a connection; it listens when the caller says so.
 *
 * @param checker checks the files of the disk
 */
export function serve(connection: Connection, checker: Checker): void {
  const documents = new TextDocuments(blockDocuments);
  let client: ClientCapabilities = {};
  let initialization: InitializationOptions = {};
  let capabilities = {
    configuration: false,
    registration: false,
    folders: false,
    refresh: false,
    pull: true,
    watching: true,
    watchers: false,
  };
  const tellChanged = () => void connection.sendNotification(notifications.changed);
  const refreshDiagnostics = () => {
    if (!capabilities.pull) void pushed.follow();
    // A client that is shutting down answers no more; nothing is left to refresh then.
    if (capabilities.refresh) connection.languages.diagnostics.refresh().catch(() => undefined);
  };
  const session = new Session(
    checker,
    () => {
      tellChanged();
      refreshDiagnostics();
    },
    tellChanged,
    () => rescanSoon(),
  );
  const rescanSoon = debounce(() => void session.rescan(), QUIET);
  const pushed = new PushedDiagnostics(connection, documents, session);

  connection.onInitialize((params: InitializeParams) => {
    client = params.capabilities;
    const { workspace } = client;
    const options = params.initializationOptions as InitializationOptions | undefined;
    initialization = options ?? {};
    capabilities = {
      configuration: workspace?.configuration === true,
      registration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
      folders: workspace?.workspaceFolders === true,
      refresh: workspace?.diagnostics?.refreshSupport === true,
      pull: client.textDocument?.diagnostic !== undefined,
      watching: options?.watches === true,
      watchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    };
    session.folders = foldersOf(params);
    session.storage = options?.storage;
    const answer: InitializationResult & object = { catalogue };
    return {
      capabilities: {
        textDocumentSync: {
          openClose: true,
          change: TextDocumentSyncKind.Incremental,
          // Who tells of every changed file need not tell of those that it saves.
          save: !capabilities.watching,
        },
        diagnosticProvider: {
          identifier: 'cqube',
          interFileDependencies: true,
          workspaceDiagnostics: true,
        },
        ...offersTo(client),
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
      serverInfo: { name: 'cQube Emission' },
      ...answer,
    };
  });

  connection.onInitialized(() => {
    if (capabilities.registration) {
      void connection.client.register(DidChangeConfigurationNotification.type, { section: 'cqubeEmission' });
    }
    if (capabilities.watchers && !capabilities.watching) {
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (capabilities.folders) {
      connection.workspace.onDidChangeWorkspaceFolders(() => {
        void followFolders();
      });
    }
    void followSettings();
  });

  async function followSettings(): Promise<void> {
    session.settings = readSettings(
      capabilities.configuration ? await connection.workspace.getConfiguration('cqubeEmission') : undefined,
    );
    await session.rescan();
  }

  async function followFolders(): Promise<void> {
    const folders = (await connection.workspace.getWorkspaceFolders()) ?? [];
    session.folders = folders.flatMap(({ uri }) => pathOf(uri) ?? []);
    await session.rescan();
  }

  connection.onDidChangeConfiguration(() => void followSettings());
  connection.onDidChangeWatchedFiles(rescanSoon);
  connection.onNotification(notifications.held, ({ uris }: HeldParams) => {
    const { released, taken } = session.hold(uris);
    if (released) rescanSoon();
    // It may have been asked for before it counted.
    else if (taken) refreshDiagnostics();
  });
  const followSoon = debounce(() => void session.follow(documents.all()), UNASKED);
  const pushSoon = debounce(() => void session.settled().then(() => pushed.follow()), QUIET);
  documents.onDidChangeContent(() => (capabilities.pull ? followSoon() : pushSoon()));
  documents.onDidSave(rescanSoon);
  documents.onDidClose(({ document }) => {
    session.close(document);
    rescanSoon();
  });

  connection.languages.diagnostics.on(
    async ({ textDocument, previousResultId }, token): Promise<DocumentDiagnosticReport> => {
      await session.settled();
      const document = documents.get(textDocument.uri);
      if (!document) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
      const version = document.version;
      const findings = await uncancelled(session.findings(document), token);
      if (documents.get(textDocument.uri)?.version !== version) throw outdated();
      const items = findings.map(toDiagnostic);
      const resultId = resultIdOf(items);
      return resultId === previousResultId
        ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
        : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
    },
  );

  connection.languages.diagnostics.onWorkspace(async ({ previousResultIds }, token) => {
    await uncancelled(session.catchUp(false), token);
    return { items: workspaceReport(session.roots, previousResultIds) };
  });

  connection.onRequest(requests.workspace, (): WorkspaceModel => {
    return { scanning: session.scanning, roots: session.roots.map(rootModel) };
  });
  connection.onRequest(
    requests.documentSpec,
    async ({ uri }: { uri: string }, token: CancellationToken): Promise<DocumentSpec | null> => {
      await session.settled();
      const file = pathOf(uri);
      const place = file === undefined ? undefined : session.rootOf(file);
      const status = place?.root.statusOfCsv(place.path);
      if (!status) return null;
      const document = documents.get(uri);
      const checked = document && (await uncancelled(session.checked(document), token));
      const report = checked?.report ?? status.examination.report;
      if (!report) return null;
      return {
        dataset: report.dataset,
        title: status.examination.spec.title,
        ...(report.variant ? { variant: report.variant.id, reason: report.variant.reason } : {}),
        rows: report.rows,
        errors: report.totals.errors,
        warnings: report.totals.warnings,
        milliseconds: Math.round(checked?.milliseconds ?? 0),
      };
    },
  );
  connection.onRequest(requests.rescan, () => session.rescan());
  connection.onRequest(requests.catchUp, ({ thorough }: CatchUpParams) => session.catchUp(thorough));
  connection.onRequest(requests.plan, (params: PlanParams) => planRequest(session, params));
  connection.onRequest(requests.forecast, (params: ForecastParams, token: CancellationToken) =>
    uncancelled(forecastRequest(session, params, token), token),
  );
  connection.onRequest(
    requests.zip,
    async (
      params: { root: string; datasets?: string[] } & WorkDoneProgressParams,
      token: CancellationToken,
    ) => {
      const progress = connection.window.attachWorkDoneProgress(params.workDoneToken);
      return zipRequest(session, params, token, progress);
    },
  );
  connection.onRequest(requests.checkObject, (params: ObjectParams, token: CancellationToken) =>
    uncancelled(objectRequest(session, params, token), token),
  );
  connection.onRequest(requests.init, (params: { folder: string }) => initRequest(session, params));
  connection.onRequest(requests.addDataset, (params: { root: string; dataset: string; variant?: string }) =>
    addDatasetRequest(session, params),
  );

  const masters = new MasterFiles();
  for (const feature of features)
    feature.listen({
      connection,
      documents,
      session,
      masters,
      client: () => client,
      options: () => initialization,
    });

  connection.onShutdown(() => session.flush());
  documents.listen(connection);
}

/** The folder itself too: when it is deleted, that is the only event. */
const watchers = [
  `**/${EMISSION_FOLDER}`,
  `**/${EMISSION_FOLDER}/**`,
  `**/${EMISSION_FOLDER}.journal.jsonl`,
].map((globPattern) => ({ globPattern }));

/** Of the parameters of a client, the folders that it works on. Older clients know one alone. */
interface ClientFolders {
  readonly workspaceFolders?: readonly WorkspaceFolder[] | null;
  readonly rootUri?: string | null;
}

/** Paths of the folders that a client works on. */
function foldersOf({ workspaceFolders, rootUri }: ClientFolders): string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? [rootUri ?? ''];
  return uris.flatMap((uri) => pathOf(uri) ?? []);
}

function offersTo(client: ClientCapabilities): ServerCapabilities {
  return features.reduce<ServerCapabilities>((all, { offer }) => ({ ...all, ...offer(client) }), {});
}

const catalogue: InitializationResult['catalogue'] = datasets.map((spec) => ({
  id: spec.id,
  title: spec.title,
  category: spec.category,
  folder: spec.folder,
  variants: variantsOf(spec).length > 1 ? variantsOf(spec).map((variant) => variant.id) : [],
}));

/** The result of work, or LSP's cancellation when the client has lost interest or the work was superseded. */
async function uncancelled<T>(work: Promise<T>, token: CancellationToken): Promise<T> {
  let result: T;
  try {
    result = await work;
  } catch (error) {
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled.');
    if (error instanceof SupersededError) throw outdated();
    throw error;
  }
  if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled.');
  return result;
}

function outdated(): ResponseError<{ retriggerRequest: boolean }> {
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'The document has changed.', {
    retriggerRequest: true,
  });
}

function debounce(work: () => void, milliseconds: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
}
