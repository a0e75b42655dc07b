/** From the question "what would be sent?" to the acknowledgements. */
import * as vscode from 'vscode';
import { journalPath } from '../../core/emit/journal/journal.ts';
import type { EmitSummary, UnknownChoice } from '../../core/emit/types.ts';
import { requests } from '../../server/messages.ts';
import type { PlanParams, PlanResult, RootModel } from '../../server/messages.ts';
import { usableEndpoint } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { commands } from '../identifiers.ts';
import { inclusionChoices } from '../emission/inclusion.ts';
import type { Inclusion, InclusionReason } from '../emission/inclusion.ts';
import { requestWithProgress, tellChanged } from '../language-client.ts';
import type { PlanDocuments } from '../emission/plan-document.ts';
import { filesOf, planText, questionText, resultText } from '../emission/plan-text.ts';
import { planTitles } from '../emission/plan-titles.ts';
import { receiptText } from '../emission/receipt-text.ts';
import { upload } from '../emission/upload.ts';
import { countText } from '../wording.ts';
import { chooseRoot, offerLog, register, saveFirst, showLog } from './command.ts';
import type { Surface, Target } from './command.ts';
import { requireEndpoint, requireToken } from './connection.ts';
import { zip } from './zip.ts';

/** What the user has been shown and may now send. */
interface Preview {
  readonly root: RootModel;
  readonly plan: PlanResult;
  readonly include: readonly Inclusion[];
  readonly again: boolean;
}

export class Emission {
  readonly #surface: Surface;
  readonly #documents: PlanDocuments;
  #preview: Preview | undefined;
  #running = false;

  constructor(surface: Surface, documents: PlanDocuments) {
    this.#surface = surface;
    this.#documents = documents;
  }

  register(): vscode.Disposable {
    const { log } = this.#surface;
    return vscode.Disposable.from(
      register(log, commands.checkOrder, (target?: Target) => this.#checkOrder(target)),
      register(log, commands.emit, (target?: Target) => this.#alone(() => this.#emit(target))),
      register(log, commands.emitPreviewed, () => this.#alone(() => this.#emitPreviewed())),
    );
  }

  async #checkOrder(target: Target): Promise<PlanResult | undefined> {
    const root = await chooseRoot(this.#surface.state, target);
    const plan = root && (await this.#plan({ root: root.root }, usableEndpoint()));
    if (!plan) return undefined;
    const text = planText(plan, { folder: folderOf(root), endpoint: usableEndpoint()?.url, include: [] });
    await this.#documents.show(planTitles.order, { text });
    return plan;
  }

  /** Refuses what Restricted Mode forbids, and a second emission beside a first. */
  async #alone(run: () => Promise<EmitSummary | undefined>): Promise<EmitSummary | undefined> {
    // The menus hide the command; a keybinding or another extension may still call it.
    if (!vscode.workspace.isTrusted) {
      throw new Error('Nothing is emitted in Restricted Mode. Trust this workspace first.');
    }
    if (this.#running) throw new Error('An emission is already under way.');
    this.#running = true;
    try {
      return await run();
    } finally {
      this.#running = false;
    }
  }

  async #emit(target: Target): Promise<EmitSummary | undefined> {
    const { state } = this.#surface;
    const root = await chooseRoot(state, target);
    if (!root || !(await saveFirst(state, root, 'which would be neither zipped nor sent'))) return undefined;
    const endpoint = await requireEndpoint();
    if (!endpoint) return undefined;
    const first = await this.#plan({ root: root.root }, endpoint);
    const zipped = first && (await this.#zipWhatNeedsIt(root, first, endpoint));
    const include = zipped && (await chooseHeldBack(zipped));
    if (!include) return undefined;
    const plan =
      include.length > 0 ? await this.#plan({ root: root.root, include: idsOf(include) }, endpoint) : zipped;
    if (!plan) return undefined;
    this.#preview = { root, plan, include, again: false };
    await this.#show(this.#preview, endpoint);
    if (filesOf(plan).length === 0) return this.#offerAgain(this.#preview, endpoint);
    return this.#confirm(this.#preview, endpoint);
  }

  /** Offers to make missing and old zips first. The plan to go on with; undefined when the user turns away. */
  async #zipWhatNeedsIt(
    root: RootModel,
    plan: PlanResult,
    endpoint: Endpoint,
  ): Promise<PlanResult | undefined> {
    const needing = plan.heldBack.filter(({ reason }) => reason === 'no-zip' || reason === 'zip-stale');
    const datasets = needing.flatMap(({ dataset }) => (dataset === undefined ? [] : [dataset]));
    if (datasets.length === 0) return plan;
    const zipFirst = 'Zip Them First';
    const without = 'Go On Without Them';
    const one = datasets.length === 1;
    const chosen = await vscode.window.showInformationMessage(
      `${countText(datasets.length, 'dataset')} ${one ? 'has' : 'have'} no zip that is up to date.`,
      { modal: true, detail: needing.map(({ path }) => path).join('\n') },
      zipFirst,
      without,
    );
    if (chosen === without) return plan;
    if (chosen !== zipFirst || !(await zip(this.#surface, root, datasets))) return undefined;
    return this.#plan({ root: root.root }, endpoint);
  }

  /** Everything was sent before: a person may want it sent once more. */
  async #offerAgain(preview: Preview, endpoint: Endpoint): Promise<EmitSummary | undefined> {
    const unchanged = preview.plan.heldBack.filter(({ reason }) => reason === 'unchanged').length;
    const again = 'Send Them Again…';
    const chosen = await vscode.window.showInformationMessage(
      unchanged > 0
        ? `Nothing to send: ${countText(unchanged, 'file')} went to ${endpoint.host} before and did not change since.`
        : 'Nothing to send. The list says why.',
      ...(unchanged > 0 ? [again] : []),
    );
    if (chosen !== again) return undefined;
    const plan = await this.#plan(paramsOf({ ...preview, again: true }), endpoint);
    if (!plan) return undefined;
    this.#preview = { ...preview, plan, again: true };
    await this.#show(this.#preview, endpoint);
    return this.#confirm(this.#preview, endpoint);
  }

  /** The lens and the button of the list: sends what the list shows, if that still holds. */
  async #emitPreviewed(): Promise<EmitSummary | undefined> {
    const endpoint = await requireEndpoint();
    if (!endpoint) return undefined;
    if (!this.#preview) return this.#emit(undefined);
    return this.#confirm(this.#preview, endpoint);
  }

  async #confirm(preview: Preview, endpoint: Endpoint): Promise<EmitSummary | undefined> {
    const token = await requireToken(this.#surface, endpoint);
    if (token === undefined || !(await this.#stillHolds(preview, endpoint))) return undefined;
    const { message, detail } = questionText(preview.plan, contextOf(preview, endpoint));
    const emitNow = 'Emit';
    const read = 'Read the List First';
    const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, emitNow, read);
    if (chosen !== emitNow || !(await this.#stillHolds(preview, endpoint))) return undefined;
    const { plan, include, again } = preview;
    const { log } = this.#surface;
    const choices = { again, include: idsOf(include), ...(again ? { unknown: 'send' as const } : {}) };
    let summary = await upload(plan, endpoint, token, log, choices);
    await this.#record(preview, endpoint, summary);
    const unknown = await decideUnknown(summary);
    if (unknown !== undefined) {
      const settling = { again: false, include: idsOf(include), unknown };
      summary = await upload(plan, endpoint, token, log, settling);
      await this.#record(preview, endpoint, summary);
    }
    tell(summary, endpoint);
    return summary;
  }

  /** False, and a new list, when the folder or the endpoint is no longer what the user was shown. */
  async #stillHolds(preview: Preview, endpoint: Endpoint): Promise<boolean> {
    const plan = await this.#plan(paramsOf(preview), endpoint);
    if (!plan) return false;
    if (JSON.stringify(plan) === JSON.stringify(preview.plan)) return true;
    this.#preview = { ...preview, plan };
    await this.#show(this.#preview, endpoint);
    void vscode.window.showWarningMessage(
      'The folder has changed since the list was made. Nothing was sent. Read the new list, then emit.',
    );
    return false;
  }

  /** Puts the receipt in the place of the list. */
  async #record(preview: Preview, endpoint: Endpoint, summary: EmitSummary): Promise<void> {
    const { client, log, state } = this.#surface;
    const { message } = resultText(summary, endpoint.host);
    const { root } = preview;
    log.info(message);
    this.#preview = undefined;
    const text = receiptText(message, summary, contextOf(preview, endpoint));
    this.#documents.replace(planTitles.emission, { text });
    // The journal lies beside the emission folder, perhaps outside of what VS Code watches.
    tellChanged(client, vscode.Uri.file(journalPath(vscode.Uri.parse(root.root).fsPath)));
    await state.refresh();
  }

  async #show(preview: Preview, endpoint: Endpoint): Promise<void> {
    const count = filesOf(preview.plan).length;
    const text = planText(preview.plan, contextOf(preview, endpoint));
    await this.#documents.show(planTitles.emission, {
      text,
      ...(count > 0
        ? { action: `Emit ${count === 1 ? 'This File' : `These ${count} Files`} to ${endpoint.host}…` }
        : {}),
    });
  }

  async #plan(params: PlanParams, endpoint: Endpoint | undefined): Promise<PlanResult | undefined> {
    const origin = endpoint ? { origin: endpoint.origin } : {};
    return requestWithProgress<PlanResult>(this.#surface.client, 'Making the emission plan', requests.plan, {
      ...params,
      ...origin,
    });
  }
}

function tell(summary: EmitSummary, { host }: Endpoint): void {
  const { severity, message } = resultText(summary, host);
  const show = {
    information: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[severity];
  offerLog(show(message, showLog));
}

function paramsOf({ root, include, again }: Preview): PlanParams {
  return { root: root.root, include: idsOf(include), again };
}

function idsOf(include: readonly Inclusion[]): readonly string[] {
  return include.map(({ dataset }) => dataset);
}

function contextOf({ root, include }: Preview, endpoint: Endpoint) {
  return { folder: folderOf(root), endpoint: endpoint.url, include };
}

function folderOf(root: RootModel): string {
  return vscode.Uri.parse(root.root).fsPath;
}

/** What to do with files that left before and were not acknowledged. Undefined where there are none, or to leave them so. */
async function decideUnknown(summary: EmitSummary): Promise<UnknownChoice | undefined> {
  const unknown = summary.failed.filter(({ error }) => error.reason === 'outcome-unknown');
  if (unknown.length === 0) return undefined;
  // First, since it is what a press of Enter chooses: nothing is sent and nothing is settled.
  const leave = 'Leave It Open';
  const sendAgain = 'Send Again';
  const countAsStored = 'Count as Stored';
  const chosen = await vscode.window.showWarningMessage(
    `${countText(unknown.length, 'file')} left before and ${unknown.length === 1 ? 'was' : 'were'} not acknowledged: cQube may have ${unknown.length === 1 ? 'it' : 'them'}. Sent again, a file may be ingested twice.`,
    { modal: true, detail: unknown.map(({ error }) => error.message).join('\n\n') },
    leave,
    sendAgain,
    countAsStored,
  );
  if (chosen === sendAgain) return 'send';
  return chosen === countAsStored ? 'stored' : undefined;
}

const choiceTitles: Readonly<Record<InclusionReason, string>> = {
  errors: 'With errors',
  blocked: 'Waiting for others',
};

/** Which held-back datasets go all the same, each by a tick of its own. Undefined when the user turns away. */
async function chooseHeldBack(plan: PlanResult): Promise<readonly Inclusion[] | undefined> {
  const choices = inclusionChoices(plan);
  if (choices.length === 0) return [];
  const items = choices.flatMap((choice, index) => {
    const { dataset, path, detail, reason } = choice;
    const isFirst = choices[index - 1]?.reason !== reason;
    const separator = { label: choiceTitles[reason], kind: vscode.QuickPickItemKind.Separator, choice };
    return [...(isFirst ? [separator] : []), { label: dataset, description: path, detail, choice }];
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'cQube: These datasets are held back',
    placeHolder: 'Tick those to send all the same; none is the safe choice',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  return chosen?.map(({ choice: { dataset, reason } }) => ({ dataset, reason }));
}
