/** What the view of the buckets shows, as plain data. Knows nothing of VS Code, and makes nodes only where somebody looks. */
import { bucketRoles } from '../../core/bucket/key.ts';
import type { BucketRole, KeyState } from '../../core/bucket/key.ts';
import { byDay, cutText, grouped, stateWords } from '../../core/bucket/listing.ts';
import type { BucketEntry, EntryGroup, Listing } from '../../core/bucket/listing.ts';
import type { Sending } from '../../core/bucket/sendings.ts';
import { shown } from '../../core/bucket/shown.ts';
import type { Buckets } from '../../core/emit/api/api.ts';
import type { EmissionReason } from '../../core/emit/error.ts';
import { abilities, commands } from '../identifiers.ts';
import type { Look } from '../tree/tree-model.ts';
import { countText, sizeText, timeText } from '../wording.ts';

export interface BucketNode {
  readonly kind: 'bucket';
  readonly id: string;
  readonly role: BucketRole;
  readonly bucket: string;
}

export interface GroupNode {
  readonly kind: 'group';
  readonly id: string;
  readonly role: BucketRole;
  readonly group: EntryGroup;
}

export interface DayNode {
  readonly kind: 'day';
  readonly id: string;
  readonly day: string;
  readonly entries: readonly BucketEntry[];
}

/** A part of a list that is too long to be shown at once. */
export interface PageNode {
  readonly kind: 'page';
  readonly id: string;
  /** 0-based. */
  readonly from: number;
  readonly entries: readonly BucketEntry[];
}

export interface ObjectNode {
  readonly kind: 'object';
  readonly id: string;
  readonly entry: BucketEntry;
}

/** Says something, and may offer a command about it. */
export interface NoteNode {
  readonly kind: 'note';
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  readonly icon: string;
  readonly command?: string;
}

export type BucketTreeNode = BucketNode | GroupNode | DayNode | PageNode | ObjectNode | NoteNode;

/** So many objects are shown in one list. */
export const pageLength = 500;

/** The top of the tree. */
export function bucketNodes(buckets: Buckets): readonly BucketNode[] {
  return bucketRoles.map((role) => ({ kind: 'bucket', id: role, role, bucket: buckets[role] }));
}

/** Groups of a listing, found once for each filter: a view asks for them at every change. */
const groupsOf = new WeakMap<Listing, Map<string, readonly EntryGroup[]>>();

function shownGroups(listing: Listing, dataset: string | undefined): readonly EntryGroup[] {
  const found = groupsOf.get(listing) ?? new Map<string, readonly EntryGroup[]>();
  groupsOf.set(listing, found);
  const key = dataset ?? '';
  let groups = found.get(key);
  if (!groups) {
    const all = dataset === undefined ? grouped(listing.entries) : shownGroups(listing, undefined);
    groups = dataset === undefined ? all : all.filter(({ id }) => id === dataset);
    found.set(key, groups);
  }
  return groups;
}

/** What lies below a bucket. */
export function listingNodes(listing: Listing, dataset?: string): readonly (GroupNode | NoteNode)[] {
  const { role } = listing;
  const groups = shownGroups(listing, dataset).map((group): GroupNode => ({
    kind: 'group',
    id: `${role}/${group.id}`,
    role,
    group,
  }));
  const cut = cutText(listing);
  if (cut !== undefined) return [note(`${role}!cut`, 'The answer is cut', cut, 'warning'), ...groups];
  if (groups.length > 0) return groups;
  return [
    dataset === undefined
      ? note(`${role}!empty`, 'Empty', 'This bucket holds nothing.', 'circle-slash')
      : note(
          `${role}!filtered`,
          'Nothing of this dataset',
          'Clear the filter to see the others.',
          'filter',
          commands.clearBucketFilter,
        ),
  ];
}

/** What lies below any other node. */
export function nodesBelow(node: BucketTreeNode): readonly BucketTreeNode[] {
  switch (node.kind) {
    case 'group':
      return node.role === 'input'
        ? byDay(node.group.entries).map(([day, entries]) => ({
            kind: 'day',
            id: `${node.id}/${day}`,
            day,
            entries,
          }))
        : objectNodes(node.id, node.group.entries);
    case 'day':
      return objectNodes(node.id, node.entries);
    case 'page':
      return objectNodes(node.id, node.entries);
    case 'bucket':
    case 'object':
    case 'note':
      return [];
  }
}

function objectNodes(id: string, entries: readonly BucketEntry[]): readonly (ObjectNode | PageNode)[] {
  if (entries.length <= pageLength)
    return entries.map((entry) => ({ kind: 'object', id: `${entry.role}:${entry.key}`, entry }));
  const pages: PageNode[] = [];
  for (let from = 0; from < entries.length; from += pageLength)
    pages.push({ kind: 'page', id: `${id}#${from}`, from, entries: entries.slice(from, from + pageLength) });
  return pages;
}

function note(id: string, label: string, detail: string, icon: string, command?: string): NoteNode {
  return { kind: 'note', id, label, detail, icon, ...(command === undefined ? {} : { command }) };
}

/** What can be done where nothing could be asked. */
export function failureNodes(id: string, reason: EmissionReason | undefined): readonly NoteNode[] {
  const again = note(`${id}!again`, 'Try Again', 'Asks cQube once more.', 'refresh', commands.refreshBucket);
  switch (reason) {
    case 'unauthorized':
    case 'bad-token':
      return [
        note(`${id}!token`, 'Set Token…', 'The token is not accepted.', 'key', commands.setToken),
        again,
      ];
    case 'bad-endpoint':
    case 'not-found':
    case 'redirected':
    case 'login-page':
    case 'unreachable':
      return [
        again,
        note(`${id}!endpoint`, 'Set Endpoint…', 'The address may be wrong.', 'link', commands.setEndpoint),
      ];
    default:
      return [again];
  }
}

/** The line below a bucket that could not be listed. */
export function failureNote(role: BucketRole, message: string): NoteNode {
  return note(`${role}!failed`, 'Could not be listed', message, 'error', commands.refreshBucket);
}

const titles: Readonly<
  Record<BucketRole, readonly [title: string, icon: string, meaning: string, short: string]>
> = {
  emission: ['Emission', 'cloud-upload', 'What was sent and waits for ingestion.', 'waiting'],
  input: ['Input', 'inbox', 'What ingestion has taken in, whatever it then made of the rows.', 'taken in'],
  output: ['Output', 'graph', 'What the reports are made of.', 'for reports'],
};

/** What was sent from here, by its key in the emission bucket. */
export type SentByKey = ReadonlyMap<string, Sending>;

/** Words and icon of a node. */
export function bucketLookOf(node: BucketTreeNode, sent: SentByKey): Look {
  switch (node.kind) {
    case 'bucket':
      return bucketLook(node);
    case 'group':
      return groupLook(node);
    case 'day':
      return listLook(shownDay(node.day), node.entries, 'calendar', 'day');
    case 'page':
      return listLook(
        `${node.from + 1} to ${node.from + node.entries.length}`,
        node.entries,
        'list-ordered',
        'page',
      );
    case 'object':
      return objectLook(node.entry, sent);
    case 'note':
      return {
        ...{ label: node.label, description: node.detail, tooltip: node.detail, icon: node.icon },
        spoken: `${node.label}: ${node.detail}`,
        ...{ contextValue: 'note', collapsible: 'none' },
      };
  }
}

function bucketLook({ role, bucket }: BucketNode): Look {
  const [label, icon, meaning, short] = titles[role];
  return {
    ...{ label, icon, description: short },
    tooltip: `${meaning}\nBucket: ${shown(bucket)}`,
    spoken: `${label} bucket. ${meaning}`,
    contextValue: 'bucket',
    // The files that wait are why the view is opened; the others are asked for when they are wanted.
    collapsible: role === 'emission' ? 'expanded' : 'collapsed',
  };
}

function groupLook({ role, group }: GroupNode): Look {
  const isDataset = !group.id.endsWith('/');
  const lost = group.entries.filter(({ state }) => state === 'stays' || state === 'dropped').length;
  const warned = lost > 0 ? `, ${lost} not for any dataset` : '';
  const look = listLook(group.title, group.entries, isDataset ? 'file-submodule' : 'folder', 'group');
  if (role !== 'emission' || lost === 0) return look;
  return {
    ...look,
    description: look.description + warned,
    spoken: look.spoken + warned,
    ...{ icon: 'warning', colour: 'problemsWarningIcon.foreground' },
  };
}

function listLook(label: string, entries: readonly BucketEntry[], icon: string, contextValue: string): Look {
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const description = `${countText(entries.length, 'object')}, ${sizeText(bytes)}`;
  return {
    ...{ label, description, icon, contextValue },
    tooltip: `${label}: ${description}`,
    spoken: `${label}, ${description}`,
    collapsible: 'collapsed',
  };
}

const shortWords: Readonly<Record<KeyState, string>> = {
  waiting: 'waiting',
  dropped: 'will be dropped',
  stays: 'no route takes it',
  taken: '',
  other: '',
};

/** Extensions of what can be read as text. */
const readable = /\.(csv|json|txt|zip)$/i;

function objectLook(entry: BucketEntry, sent: SentByKey): Look {
  const { name, spec, bytes, state, key, stored, etag, role } = entry;
  const sending = entry.emissionKey === undefined ? undefined : sent.get(entry.emissionKey);
  const states = [stateWords[state], ...(sending ? ['sent from here'] : [])].filter((words) => words !== '');
  // A view is narrow: what tells objects apart stands first, and what their bucket says is left out.
  const description = [
    shortWords[state],
    timeOf(entry),
    sizeText(bytes),
    ...(sending ? ['sent from here'] : []),
  ]
    .filter((words) => words !== '')
    .join(', ');
  const lines = [
    shown(key),
    ...(spec ? [`Dataset: ${spec.title} (${spec.id})`] : []),
    `Size: ${bytes.toLocaleString('en')} bytes`,
    ...(entry.time === undefined
      ? []
      : [`${role === 'input' ? 'Taken in' : 'Time of the key'}: ${entry.time} (server’s clock)`]),
    ...(stored === undefined ? [] : [`Stored: ${timeText(stored)}`]),
    ...(etag === '' ? [] : [`ETag: ${shown(etag)}`]),
    ...(states.length > 0 ? [`State: ${states.join(', ')}`] : []),
    ...(sending ? [`Sent from ${sending.path}, ${timeText(sending.time)}`] : []),
  ];
  const words = ['object', abilities.copyKey, abilities.download];
  if (readable.test(name)) words.push(abilities.open);
  if (spec && readable.test(name)) words.push(abilities.compare);
  const lost = state === 'stays' || state === 'dropped';
  return {
    label: shown(name) || '(no name)',
    description,
    tooltip: lines.join('\n'),
    icon: lost ? 'warning' : /\.zip$/i.test(name) ? 'file-zip' : 'file',
    ...(lost ? { colour: 'problemsWarningIcon.foreground' } : {}),
    spoken: `${shown(name)}, ${description}`,
    contextValue: words.join(' '),
    collapsible: 'none',
  };
}

/** In the input bucket the day stands above. */
function timeOf({ role, time, stored }: BucketEntry): string {
  if (time !== undefined && role === 'input') return time.slice(11, 16);
  if (time !== undefined) return `${shownDay(time.slice(0, 10))}, ${time.slice(11, 16)}`;
  return stored === undefined ? '' : timeText(stored);
}

/** `23 Nov 2026` for `2026-11-23`: a day on the server's clock, which no time zone may move. */
function shownDay(day: string): string {
  const time = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(time.getTime())) return day;
  return time.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

/** What the filter can be set to: datasets of which something is there, with how much. */
export function filterChoices(entries: readonly BucketEntry[]): readonly EntryGroup[] {
  return grouped(entries).filter(({ id }) => !id.endsWith('/'));
}
