/** What the view of the history shows, as plain data. Knows nothing of VS Code. */
import { outcomeWords, whereaboutsWords } from '../../core/bucket/sendings.ts';
import type { Sending, SendingOutcome, Whereabouts } from '../../core/bucket/sendings.ts';
import { shown } from '../../core/bucket/shown.ts';
import { abilities } from '../identifiers.ts';
import type { Look } from '../tree/tree-model.ts';
import { countText, sizeText, timeText } from '../wording.ts';

/** What was sent from one emission folder. */
export interface RootHistory {
  /** URI of the folder. */
  readonly root: string;
  readonly name: string;
  /** The oldest first. */
  readonly sendings: readonly Sending[];
}

export interface HistoryRootNode {
  readonly kind: 'root';
  readonly id: string;
  readonly history: RootHistory;
}

export interface HistoryDayNode {
  readonly kind: 'day';
  readonly id: string;
  readonly day: string;
  readonly root: string;
  /** The latest first. */
  readonly sendings: readonly Sending[];
}

export interface SendingNode {
  readonly kind: 'sending';
  readonly id: string;
  readonly root: string;
  readonly sending: Sending;
}

export type HistoryNode = HistoryRootNode | HistoryDayNode | SendingNode;

/** The top: days, the latest first, or the emission folders where several have a history. */
export function historyNodes(histories: readonly RootHistory[]): readonly HistoryNode[] {
  const told = histories.filter(({ sendings }) => sendings.length > 0);
  if (told.length > 1) return told.map((history) => ({ kind: 'root', id: history.root, history }));
  return told.flatMap(dayNodes);
}

/** What lies below a node. */
export function historyBelow(node: HistoryNode): readonly HistoryNode[] {
  switch (node.kind) {
    case 'root':
      return dayNodes(node.history);
    case 'day':
      return node.sendings.map((sending) => ({
        ...{ kind: 'sending', root: node.root, sending },
        id: `${node.root}#${sending.endpoint} ${sending.key}`,
      }));
    case 'sending':
      return [];
  }
}

function dayNodes({ root, sendings }: RootHistory): readonly HistoryDayNode[] {
  const days = new Map<string, Sending[]>();
  for (const sending of sendings.toReversed()) {
    const day = dayText(sending.time);
    const members = days.get(day);
    if (members) members.push(sending);
    else days.set(day, [sending]);
  }
  return [...days].map(([day, members]) => ({
    kind: 'day',
    id: `${root}#${day}`,
    day,
    root,
    sendings: members,
  }));
}

/** Both parts of a time in the person's own time zone. */
function dayText(time: string): string {
  return timeText(time).split(', ')[0] ?? '';
}

function clockText(time: string): string {
  return timeText(time).split(', ')[1] ?? '';
}

const icons: Readonly<Record<SendingOutcome, readonly [icon: string, colour?: string]>> = {
  acknowledged: ['pass', 'testing.iconPassed'],
  listed: ['pass', 'testing.iconPassed'],
  counted: ['account'],
  unknown: ['question', 'problemsWarningIcon.foreground'],
  refused: ['error', 'problemsErrorIcon.foreground'],
};

/** Where sendings are by now; undefined where nobody has asked. */
export type FindWhereabouts = (sending: Sending) => Whereabouts | undefined;

/** Words and icon of a node. */
export function historyLookOf(node: HistoryNode, whereaboutsOf: FindWhereabouts): Look {
  switch (node.kind) {
    case 'root':
      return groupLook(node.history.name, node.history.sendings, 'folder');
    case 'day':
      return groupLook(node.day, node.sendings, 'calendar');
    case 'sending':
      return sendingLook(node.sending, whereaboutsOf(node.sending));
  }
}

function groupLook(label: string, sendings: readonly Sending[], icon: string): Look {
  const open = sendings.filter(({ outcome }) => outcome === 'unknown').length;
  const description = `${countText(sendings.length, 'file')}${open > 0 ? `, ${open} unknown` : ''}`;
  return {
    ...{ label, description, icon, contextValue: 'history-group', collapsible: 'collapsed' },
    tooltip: `${label}: ${description}`,
    spoken: `${label}, ${description}`,
  };
}

function sendingLook(sending: Sending, whereabouts: Whereabouts | undefined): Look {
  const { path, key, bytes, sha256, md5, endpoint, outcome, time } = sending;
  const label = path.split('/').at(-1) ?? path;
  const place = whereabouts && outcome !== 'refused' ? whereaboutsWords[whereabouts.kind] : undefined;
  const description = [
    clockText(time),
    sizeText(bytes),
    outcomeWords[outcome],
    ...(place === undefined ? [] : [place]),
  ].join(', ');
  const lines = [
    `${path}: ${outcomeWords[outcome]}`,
    `Time: ${timeText(time)}`,
    `Key: ${shown(key)}`,
    `Size: ${bytes.toLocaleString('en')} bytes`,
    ...(sha256 === undefined ? [] : [`SHA-256: ${sha256}`]),
    ...(md5 === undefined ? [] : [`MD5: ${md5}`]),
    `Endpoint: ${endpoint}`,
    ...(place === undefined ? [] : [`Bucket: ${place}`]),
    ...(whereabouts?.kind === 'taken' ? [`Key there: ${shown(whereabouts.inputKey)}`] : []),
  ];
  const [icon, colour] = icons[outcome];
  const { copyKey, download, open, compare } = abilities;
  const there =
    whereabouts?.kind === 'waiting' || whereabouts?.kind === 'other' || whereabouts?.kind === 'taken';
  return {
    ...{ label, description, icon, collapsible: 'none' },
    ...(colour === undefined ? {} : { colour }),
    tooltip: lines.join('\n'),
    spoken: `${label}, ${description}`,
    contextValue: ['sending', copyKey, ...(there ? [download, open, compare] : [])].join(' '),
  };
}
