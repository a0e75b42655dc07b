/** A look as an item of a tree view. */
import * as vscode from 'vscode';
import type { Look } from './tree-model.ts';

const collapsibleStates = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** @param id stays the same while the thing is the same: the view keeps its selection and what is open by it */
export function treeItemOf(id: string, look: Look): vscode.TreeItem {
  const item = new vscode.TreeItem(look.label, collapsibleStates[look.collapsible]);
  item.id = id;
  item.description = look.description;
  item.tooltip = look.tooltip;
  item.contextValue = look.contextValue;
  item.accessibilityInformation = { label: look.spoken };
  if (look.icon !== undefined) {
    const colour = look.colour === undefined ? undefined : new vscode.ThemeColor(look.colour);
    item.iconPath = new vscode.ThemeIcon(look.icon, colour);
  }
  return item;
}
