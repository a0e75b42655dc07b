/** Shows the history of what was sent, out of the journals of the emission folders. */
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { bucketLook, sendingsOf } from '../../core/bucket/sendings.ts';
import type { BucketLook, Sending, Whereabouts } from '../../core/bucket/sendings.ts';
import type { Listing } from '../../core/bucket/listing.ts';
import type { FileList } from '../../core/emit/api/api.ts';
import { readJournal } from '../../core/emit/journal/journal.ts';
import type { BucketSource } from './source.ts';
import { historyBelow, historyLookOf, historyNodes } from './history-model.ts';
import type { HistoryNode, RootHistory } from './history-model.ts';
import { views } from '../identifiers.ts';
import { treeItemOf } from '../tree/tree-item.ts';
import type { WorkspaceState } from '../workspace-state.ts';

export class HistoryTree implements vscode.TreeDataProvider<HistoryNode>, vscode.Disposable {
  readonly #state: WorkspaceState;
  readonly #source: BucketSource;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #read = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<HistoryNode>;
  readonly #subscriptions: readonly { dispose(): void }[];
  #histories: readonly RootHistory[] = [];
  #look: { readonly of: readonly (Listing | undefined)[]; readonly look: BucketLook } | undefined;

  constructor(state: WorkspaceState, source: BucketSource) {
    this.#state = state;
    this.#source = source;
    this.#view = vscode.window.createTreeView(views.history, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.#subscriptions = [
      state.onDidChange(() => void this.reread()),
      source.onDidChange(() => this.#changed.fire()),
    ];
  }

  get onDidChangeTreeData(): vscode.Event<void> {
    return this.#changed.event;
  }

  /** The journals tell something new. */
  get onDidRead(): vscode.Event<void> {
    return this.#read.event;
  }

  get view(): Pick<vscode.TreeView<HistoryNode>, 'message'> {
    return this.#view;
  }

  /** Every sending to an endpoint, the oldest first. */
  sentTo(origin: string | undefined): readonly Sending[] {
    return this.#histories.flatMap(({ sendings }) => sendings).filter(({ endpoint }) => endpoint === origin);
  }

  /** Reads the journals of all emission folders. */
  async reread(): Promise<void> {
    let message = '';
    const histories = await Promise.all(
      this.#state.model.roots.map(async ({ root, name }): Promise<RootHistory> => {
        try {
          const { records } = await readJournal(vscode.Uri.parse(root).fsPath);
          return { root, name, sendings: sendingsOf(records) };
        } catch (error) {
          message = error instanceof Error ? error.message : String(error);
          return { root, name, sendings: [] };
        }
      }),
    );
    this.#view.message = message;
    // The folders change with every file; a view that is drawn anew might close what somebody is just opening.
    if (isDeepStrictEqual(histories, this.#histories)) return;
    this.#histories = histories;
    this.#changed.fire();
    this.#read.fire();
  }

  /** Where a sending is, by what is known of the buckets; undefined where that is nothing. */
  whereaboutsOf(sending: Sending): Whereabouts | undefined {
    if (sending.endpoint !== this.#source.origin) return undefined;
    const emission = this.#source.known('emission');
    if (!emission) return undefined;
    const input = this.#source.known('input');
    if (this.#look?.of[0] !== emission || this.#look.of[1] !== input) {
      this.#look = { of: [emission, input], look: bucketLook(filesOf(emission), input && filesOf(input)) };
    }
    return this.#look.look.whereabouts(sending);
  }

  getChildren(node?: HistoryNode): HistoryNode[] {
    return [...(node ? historyBelow(node) : historyNodes(this.#histories))];
  }

  getTreeItem(node: HistoryNode): vscode.TreeItem {
    return treeItemOf(
      node.id,
      historyLookOf(node, (sending) => this.whereaboutsOf(sending)),
    );
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
    this.#view.dispose();
    this.#changed.dispose();
    this.#read.dispose();
  }
}

function filesOf({ entries, truncated }: Listing): FileList {
  return {
    files: entries.map(({ key, bytes, etag }) => ({ key, size: bytes, etag, lastModified: '' })),
    truncated,
  };
}
