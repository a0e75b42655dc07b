import * as vscode from 'vscode';
import type { contextKeys } from './identifiers.ts';

type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

const current = new Map<ContextKey, boolean>();

/** Sets a key for `when` clauses; a value that it has already costs nothing. */
export function setContextKey(key: ContextKey, value: boolean): void {
  if (current.get(key) === value) return;
  current.set(key, value);
  void vscode.commands.executeCommand('setContext', key, value);
}
