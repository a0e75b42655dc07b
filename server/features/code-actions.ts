import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Diagnostic,
  type TextEdit as ProtocolEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { rowAt } from '../../core/explain/row-at.ts';
import { tableAtLine } from '../../core/explain/table-at.ts';
import { ruleIds, rules, type RuleId } from '../../core/finding.ts';
import {
  lineRemoval,
  mendingEdits,
  textEdits,
  type MendScope,
  type TextEdit,
} from '../../core/fix/document-edits.ts';
import { fileFixesOf } from '../../core/fix/file-fix.ts';
import { fixesOf, type Lines } from '../../core/fix/fixes-of.ts';
import { knowTable, type TableKnowledge } from '../../core/fix/knowledge.ts';
import { openFile, toRange, type Feature, type FeatureWorld, type OpenFile } from './feature.ts';

const FIX_ALL = `${CodeActionKind.SourceFixAll}.cqube`;
/** A document of so many lines is mended as a whole by the command line: the editor would stand still. */
const MOST_LINES = 300_000;
/** A client that cannot ask for the edits of an action later gets those of the whole file only for so many lines. */
const LINES_AT_ONCE = 5_000;

/** What an action of the whole file needs to make its edits when it is chosen. */
interface Chosen extends MendScope {
  readonly uri: string;
  readonly version: number;
}

/** Mends a finding where it stands, all of its kind, or all that is certain. Nothing is mended by itself. */
export const codeActions: Feature = {
  offer: ({ textDocument }) => {
    const { codeActionLiteralSupport } = textDocument?.codeAction ?? {};
    if (!codeActionLiteralSupport) return {};
    return {
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL], resolveProvider: true },
    };
  },
  listen: (world) => {
    world.connection.onCodeAction((params) => actionsFor(world, params));
    world.connection.onCodeActionResolve((action) => withEdit(world, action));
  },
};

async function actionsFor(
  world: FeatureWorld,
  { textDocument, context }: CodeActionParams,
): Promise<CodeAction[]> {
  // While a folder is looked at anew it may not be known for a moment.
  await world.session.settled();
  const open = openFile(world, textDocument.uri);
  if (!open) return [];
  const wants = (kind: string) =>
    context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    const own = context.diagnostics.filter(({ source }) => source === 'cQube');
    for (const diagnostic of own) actions.push(...quickFixes(world, open, diagnostic));
    actions.push(...severityActions(world, own));
  }
  if (wants(FIX_ALL) && open.document.lineCount <= MOST_LINES)
    actions.push(wholeFile(world, open, 'Fix all that is certain in this file', FIX_ALL, {}));
  return distinct(actions);
}

function quickFixes(world: FeatureWorld, open: OpenFile, diagnostic: Diagnostic): CodeAction[] {
  const rule = ruleIds.find((each) => each === diagnostic.code);
  if (!rule) return [];
  const { fixes } = mendingOf(open, rule, diagnostic);
  const here = fixes.map(({ title, certain, edits, removesLine, lines }, index): CodeAction => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    ...(certain && index === 0 ? { isPreferred: true } : {}),
    edit: workspaceEdit(
      world,
      open,
      removesLine === undefined ? textEdits(lines, edits) : [lineRemoval(removesLine)],
    ),
  }));
  if (open.document.lineCount > MOST_LINES) return here;
  const whole = fileFixesOf(rule).map(({ title, change, certain }) => ({
    ...wholeFile(world, open, title, CodeActionKind.QuickFix, { rule, change }),
    diagnostics: [diagnostic],
    ...(certain && here.length === 0 ? { isPreferred: true } : {}),
  }));
  if (whole.length > 0 || !fixes.some(({ certain }) => certain)) return [...here, ...whole];
  const title = `Fix all of “${rules[rule].title}” in this file`;
  const all = wholeFile(world, open, title, CodeActionKind.QuickFix, { rule });
  return [...here, { ...all, diagnostics: [diagnostic] }];
}

/** For each rule of the findings: to tell them in another way, or not at all. */
function severityActions(world: FeatureWorld, diagnostics: readonly Diagnostic[]): CodeAction[] {
  const { severityCommand } = world.options();
  if (severityCommand === undefined) return [];
  return ruleIds
    .filter((rule) => diagnostics.some(({ code }) => code === rule))
    .map((rule) => {
      const title = `Change the severity of ${rule}…`;
      const command = { title, command: severityCommand, arguments: [rule] };
      const told = diagnostics.filter(({ code }) => code === rule);
      return { title, kind: CodeActionKind.QuickFix, diagnostics: told, command };
    });
}

type LocatedFix = ReturnType<typeof fixesOf>['fixes'][number] & { readonly lines: Lines };

/** What can be done about a finding in the lines of its own row. */
function mendingOf(
  open: OpenFile,
  rule: RuleId,
  { range, message }: Diagnostic,
): { readonly fixes: readonly LocatedFix[] } {
  const { start, end } = range;
  const table = tableAtLine(open.tables, start.line);
  const row = table && rowAt(open.lines, start.line, table.dialect, table.columns.length);
  const first = row?.range.line ?? start.line;
  const last = Math.max(row?.range.endLine ?? start.line, row ? 0 : end.line);
  const text = open.document.getText({
    start: { line: first, character: 0 },
    end: { line: last + 1, character: 0 },
  });
  const lines = { bytes: new TextEncoder().encode(text), line: first };
  const place = { rule, line: start.line, column: start.character, message: textOf(message) };
  const { fixes } = fixesOf(knowledgeOf(open), lines, place);
  return { fixes: fixes.map((fix) => ({ ...fix, lines })) };
}

const textOf = (message: Diagnostic['message']): string =>
  typeof message === 'string' ? message : message.value;

/** The header of a document as its fixes need it. */
function knowledgeOf({ document, lines, spec, settings, tables }: OpenFile): TableKnowledge | undefined {
  const header = tables[0]?.headerLine ?? 0;
  const head = lines.slice(0, header + 1).join('\n');
  return document.lineCount > 0
    ? knowTable(new TextEncoder().encode(`${head}\n`), spec, settings)
    : undefined;
}

/** An action whose edits are made when it is chosen. */
function wholeFile(
  world: FeatureWorld,
  open: OpenFile,
  title: string,
  kind: string,
  scope: MendScope,
): CodeAction {
  const { uri, version, lineCount } = open.document;
  const data: Chosen = { ...scope, uri, version };
  const asksLater =
    world.client().textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true;
  const action: CodeAction = { title, kind, data };
  if (asksLater || lineCount > LINES_AT_ONCE) return action;
  return { ...action, edit: workspaceEdit(world, open, editsOf(open, scope)) };
}

function withEdit(world: FeatureWorld, action: CodeAction): CodeAction {
  const chosen = action.data as Chosen | undefined;
  if (!chosen) return action;
  const open = openFile(world, chosen.uri);
  // Of another version it would not be what was chosen.
  if (open?.document.version !== chosen.version) return action;
  return { ...action, edit: workspaceEdit(world, open, editsOf(open, chosen)) };
}

function editsOf({ document, spec, settings }: OpenFile, scope: MendScope): readonly TextEdit[] {
  return mendingEdits(spec, settings, new TextEncoder().encode(document.getText()), scope);
}

function workspaceEdit(
  world: FeatureWorld,
  { document }: OpenFile,
  edits: readonly TextEdit[],
): WorkspaceEdit {
  const { uri, version } = document;
  const changes: ProtocolEdit[] = edits.map(({ range, text }) => ({ range: toRange(range), newText: text }));
  return world.client().workspace?.workspaceEdit?.documentChanges === true
    ? { documentChanges: [{ textDocument: { uri, version }, edits: changes }] }
    : { changes: { [uri]: changes } };
}

/** The same action for two findings is one. */
function distinct(actions: readonly CodeAction[]): CodeAction[] {
  const key = ({ title, data, edit }: CodeAction) => JSON.stringify([title, data, edit]);
  return [...new Map(actions.map((action) => [key(action), action])).values()];
}
