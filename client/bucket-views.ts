/** Puts the views of buckets and history together. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { createApi } from '../core/emit/api/api.ts';
import { ContentReader } from './bucket/content.ts';
import { BucketFiles } from './bucket/files.ts';
import type { SentByKey } from './bucket/model.ts';
import { BucketSource } from './bucket/source.ts';
import type { Connect } from './bucket/source.ts';
import { BucketTree } from './bucket/tree.ts';
import { registerBucketCommands } from './commands/bucket.ts';
import { readEndpoint } from './endpoint.ts';
import { HistoryTree } from './bucket/history-tree.ts';
import { settings } from './identifiers.ts';
import type { TokenStore } from './token.ts';
import type { WorkspaceState } from './workspace-state.ts';

export interface BucketViews {
  readonly source: BucketSource;
  readonly tree: BucketTree;
  readonly history: HistoryTree;
  /** Ends them. */
  readonly subscription: vscode.Disposable;
}

/** Makes the views, which show what to do as long as nothing can be asked. */
export function createBucketViews(state: WorkspaceState, tokens: TokenStore): BucketViews {
  const source = new BucketSource(connectWith(tokens), () =>
    vscode.workspace.getConfiguration(settings.section).get<string>(settings.ingestionRelease, '3.6'),
  );
  const history = new HistoryTree(state, source);
  let sent: SentByKey | undefined;
  const tree = new BucketTree(source, () => {
    sent ??= new Map(history.sentTo(source.origin).map((sending) => [sending.key, sending]));
    return sent;
  });
  const forgetSent = (): void => {
    sent = undefined;
  };
  const forget = (): void => source.forget();
  const listening = source.onDidChange(forgetSent);
  const subscription = vscode.Disposable.from(
    new vscode.Disposable(() => listening.dispose()),
    history.onDidRead(() => {
      forgetSent();
      tree.redraw();
    }),
    tokens.onDidChange(forget),
    vscode.workspace.onDidGrantWorkspaceTrust(forget),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const { section, endpoint, ingestionRelease } = settings;
      if ([endpoint, ingestionRelease].some((name) => event.affectsConfiguration(`${section}.${name}`)))
        forget();
    }),
    tree,
    history,
  );
  return { source, tree, history, subscription };
}

/** Everything that needs the language server as well. */
export function activateBucket(
  { source, tree, history }: BucketViews,
  client: LanguageClient,
  state: WorkspaceState,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const files = new BucketFiles(new ContentReader(source, client), client);
  return vscode.Disposable.from(files, registerBucketCommands({ source, tree, history, files, state, log }));
}

function connectWith(tokens: TokenStore): Connect {
  return async () => {
    if (!vscode.workspace.isTrusted) return 'untrusted';
    const endpoint = readEndpoint();
    if (!endpoint) return 'no-endpoint';
    const token = await tokens.get(endpoint.origin);
    if (token === undefined) return 'no-token';
    const { url, origin, host } = endpoint;
    // A person who waits would rather try again than wait for many tries.
    return { api: createApi({ endpoint: url, token, tries: 2 }), origin, host };
  };
}
