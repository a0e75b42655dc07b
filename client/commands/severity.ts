/** Choosing how findings of a rule are told. */
import * as vscode from 'vscode';
import { ruleIds, rules, type RuleId, type RuleSetting } from '../../core/finding.ts';
import { commands, settings } from '../identifiers.ts';

interface Choice extends vscode.QuickPickItem {
  /** Undefined for the rule's own severity. */
  readonly setting: RuleSetting | undefined;
}

const choices: readonly Choice[] = [
  { label: 'Error', setting: 'error' },
  { label: 'Warning', setting: 'warning' },
  { label: 'Information', setting: 'information' },
  { label: 'Off', description: 'not told any more', setting: 'off' },
];

/** The command takes the id of a rule, or asks for it. */
export function registerSeverityCommand(): vscode.Disposable {
  return vscode.commands.registerCommand(commands.setSeverity, async (rule?: unknown) => {
    const chosen = ruleIds.find((each) => each === rule) ?? (await chooseRule());
    if (chosen) await setSeverity(chosen);
  });
}

async function chooseRule(): Promise<RuleId | undefined> {
  const items = ruleIds.map((rule) => ({ label: rule, description: rules[rule].title, rule }));
  const title = 'cQube: Set Severity of a Rule';
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.rule;
}

async function setSeverity(rule: RuleId): Promise<void> {
  const own: Choice = { label: 'Default', description: rules[rule].severity, setting: undefined };
  const chosen = await vscode.window.showQuickPick([own, ...choices], {
    title: `cQube: Severity of ${rule}`,
    placeHolder: 'What ingestion does with the file stays the same.',
  });
  if (!chosen) return;
  const configuration = vscode.workspace.getConfiguration(settings.section);
  const known = configuration.inspect<Record<string, RuleSetting>>(settings.rules);
  const hasFolder = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  const others = { ...(hasFolder ? known?.workspaceValue : known?.globalValue) };
  Reflect.deleteProperty(others, rule);
  const value = chosen.setting === undefined ? others : { ...others, [rule]: chosen.setting };
  const target = hasFolder ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update(settings.rules, Object.keys(value).length > 0 ? value : undefined, target);
}
