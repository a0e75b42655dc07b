/** Shows the buckets in their view. Nothing is asked of cQube before the view is opened. */
import * as vscode from 'vscode';
import type { BucketRole } from '../../core/bucket/key.ts';
import { EmissionError } from '../../core/emit/error.ts';
import { bucketLookOf, bucketNodes, failureNodes, failureNote, listingNodes, nodesBelow } from './model.ts';
import type { BucketTreeNode, SentByKey } from './model.ts';
import type { BucketSource } from './source.ts';
import { setContextKey } from '../context-keys.ts';
import { abilities, commands, contextKeys, views } from '../identifiers.ts';
import { treeItemOf } from '../tree/tree-item.ts';

/** The one dataset that is shown. */
export interface BucketFilter {
  readonly id: string;
  readonly title: string;
}

export class BucketTree implements vscode.TreeDataProvider<BucketTreeNode>, vscode.Disposable {
  readonly #source: BucketSource;
  readonly #sent: () => SentByKey;
  readonly #changed = new vscode.EventEmitter<BucketTreeNode | undefined>();
  readonly #view: vscode.TreeView<BucketTreeNode>;
  readonly #subscription: { dispose(): void };
  #filter: BucketFilter | undefined;

  /** @param sent what was sent from here to the endpoint that is asked */
  constructor(source: BucketSource, sent: () => SentByKey) {
    this.#source = source;
    this.#sent = sent;
    this.#view = vscode.window.createTreeView(views.bucket, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    // What was learnt is what the view has asked for: drawn anew, it might close what somebody is just opening.
    this.#subscription = source.onDidChange((change) => {
      if (change === 'forgotten') this.redraw();
    });
  }

  get onDidChangeTreeData(): vscode.Event<BucketTreeNode | undefined> {
    return this.#changed.event;
  }

  get view(): Pick<vscode.TreeView<BucketTreeNode>, 'message' | 'description' | 'visible' | 'selection'> {
    return this.#view;
  }

  /** Draws everything anew out of what is known. */
  redraw(): void {
    this.#changed.fire(undefined);
  }

  set filter(filter: BucketFilter | undefined) {
    this.#filter = filter;
    this.#view.description = filter?.title ?? '';
    setContextKey(contextKeys.bucketFiltered, filter !== undefined);
    this.redraw();
  }

  async getChildren(node?: BucketTreeNode): Promise<BucketTreeNode[]> {
    if (!node) return this.#top();
    if (node.kind === 'bucket') return this.#listing(node.role);
    return [...nodesBelow(node)];
  }

  async #top(): Promise<BucketTreeNode[]> {
    try {
      const opened = await this.#source.open();
      // VS Code takes an empty text for none; only then it shows what to do about an obstacle.
      this.#view.message = '';
      if (typeof opened === 'string') return [];
      return [...bucketNodes(opened.buckets)];
    } catch (error) {
      this.#view.message = messageOf(error);
      return [...failureNodes('top', error instanceof EmissionError ? error.reason : undefined)];
    }
  }

  async #listing(role: BucketRole): Promise<BucketTreeNode[]> {
    try {
      return [...listingNodes(await this.#source.list(role), this.#filter?.id)];
    } catch (error) {
      return [failureNote(role, messageOf(error))];
    }
  }

  getTreeItem(node: BucketTreeNode): vscode.TreeItem {
    const look = bucketLookOf(node, this.#sent());
    const item = treeItemOf(node.id, look);
    if (node.kind === 'note' && node.command !== undefined) {
      item.command = { command: node.command, title: node.label };
    } else if (node.kind === 'object' && look.contextValue.includes(abilities.open)) {
      item.command = { command: commands.openObject, title: 'Open', arguments: [node] };
    }
    return item;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
