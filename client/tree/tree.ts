/** Shows the tree model in the view. */
import * as vscode from 'vscode';
import { views } from '../identifiers.ts';
import { treeItemOf } from './tree-item.ts';
import { badgeOf, childNodes, findDataset, hintOf, lookOf, topNodes } from './tree-model.ts';
import type { Surroundings, TreeNode, TreeOptions } from './tree-model.ts';
import { fileUri } from '../workspace-state.ts';
import type { WorkspaceState } from '../workspace-state.ts';

export class DatasetTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #state: WorkspaceState;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #subscription: vscode.Disposable;
  #options: TreeOptions;

  constructor(state: WorkspaceState, options: TreeOptions) {
    this.#state = state;
    this.#options = options;
    this.#view = vscode.window.createTreeView(views.datasets, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.#subscription = state.onDidChange(() => this.#update());
  }

  get onDidChangeTreeData(): vscode.Event<void> {
    return this.#changed.event;
  }

  get view(): Pick<vscode.TreeView<TreeNode>, 'badge' | 'message' | 'visible' | 'onDidChangeVisibility'> {
    return this.#view;
  }

  set options(options: TreeOptions) {
    this.#options = options;
    this.#changed.fire();
  }

  /** Sets the line above the tree. */
  showHint(surroundings: Surroundings): void {
    const hint = hintOf(this.#state.model, surroundings);
    // VS Code takes an empty text for none; undefined is no value of this property.
    this.#view.message = hint ?? '';
  }

  /** Shows a dataset and selects it, if the tree has it. `root`: URI of its emission folder. */
  async revealDataset(root: string, dataset: string): Promise<void> {
    const node = findDataset(this.#state.model, root, dataset, this.#options);
    if (node && this.#view.visible) await this.#view.reveal(node, { select: true, focus: false });
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return [...(node ? childNodes(node, this.#options) : topNodes(this.#state.model, this.#options))];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const look = lookOf(node);
    const item = treeItemOf(node.id, look);
    if (node.kind === 'file' && node.file) {
      const uri = fileUri(node.root.root, node.file.path);
      item.resourceUri = uri;
      item.iconPath = vscode.ThemeIcon.File;
      item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
    }
    if (node.kind === 'others') {
      item.command = { command: 'workbench.actions.view.problems', title: 'Show Problems' };
    }
    return item;
  }

  #update(): void {
    this.#view.badge = badgeOf(this.#state.model);
    this.#changed.fire();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }
}
