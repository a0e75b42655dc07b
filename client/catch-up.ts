/** When the server is asked to look at the disk again: whenever somebody looks at what it knows. */
import * as vscode from 'vscode';
import type { WorkspaceState } from './workspace-state.ts';

/** Milliseconds between two looks while the view is to be seen. */
const INTERVAL = 3000;

/** The part of a view that tells whether it is to be seen. */
export type Seen = Pick<vscode.TreeView<unknown>, 'visible' | 'onDidChangeVisibility'>;

/**
 * File events get lost: a watcher loses sight of a folder that is replaced, or is told to look away by a setting. So the
 * folder is looked at when the window gets the focus, when the view comes to be seen, and every few seconds as long as
 * somebody can see it.
 */
export function catchUpWhenSeen(state: WorkspaceState, view: Seen): vscode.Disposable {
  let asking = false;
  const catchUp = async (thorough: boolean): Promise<void> => {
    if (asking) return;
    asking = true;
    // A server that has just ended answers nothing; the next one looks at everything as it starts.
    await state.catchUp(thorough).catch(() => undefined);
    asking = false;
  };
  const timer = setInterval(() => {
    if (view.visible && vscode.window.state.focused) void catchUp(false);
  }, INTERVAL);
  return vscode.Disposable.from(
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) void catchUp(true);
    }),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) void catchUp(true);
    }),
    new vscode.Disposable(() => clearInterval(timer)),
  );
}
