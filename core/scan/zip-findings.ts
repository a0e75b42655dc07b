/** What is told of a zip: what ingestion would make of it, and where that is something else than a person sees. */
import { beyondBounds, describeBeyond, type EntryBounds } from '../archive/read/bounds.ts';
import { isReadHere } from '../archive/read/content.ts';
import { filesText, type Difference, type Inspection } from '../archive/read/inspect.ts';
import type { EntryFacts } from '../archive/records.ts';
import { describeRefusal, methodName, shownName, type ArchiveError } from '../archive/refusal.ts';
import type { StreamedEntry } from '../archive/read/walk.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { RuleId, Severity } from '../finding.ts';

/** Adds a finding of a zip. */
export type TellZip = (rule: RuleId, severity: Severity, message: string) => void;

/** How to check what is beyond the bounds, in the terminal and in VS Code. */
const CHECK_ALL_THE_SAME =
  'To check it all the same: `--large-entries`, or the setting cqubeEmission.checkLargeEntries.';

const NAMES = 5;

/**
 * Tells what ingestion would do with a zip.
 *
 * @returns the one entry that it would load; undefined when the zip is of no use
 */
export function tellInspection(
  { entries, files, refusal, differences }: Inspection,
  spec: DatasetSpec,
  tell: TellZip,
): StreamedEntry | undefined {
  if (refusal) {
    tell('layout/zip-content', 'error', describeRefusal(refusal));
    return undefined;
  }
  const found = entries.filter(({ directory }) => !directory);
  const [entry] = found;
  if (!entry) return undefined;
  if (files > 1) {
    const hidden = differences.filter(({ kind }) => kind === 'streamed-only').length;
    const names = found.slice(0, NAMES).map(({ name }) => shownName(name));
    tell(
      'layout/zip-content',
      'error',
      `The zip holds ${filesText(files)} (${names.join(', ')}${files > NAMES ? ', …' : ''})${hiddenText(hidden, files)}. Ingestion reads every one of them as ${spec.id}. Expected: ${spec.csv} alone.`,
    );
    return undefined;
  }
  if (entry.name !== spec.csv) {
    tell(
      'layout/zip-content',
      'warning',
      `The zip holds ${shownName(entry.name)}; the published name is ${spec.csv}. Ingestion does not look at it and names the file after the zip.`,
    );
  }
  tellDifferences(differences, entry, tell);
  return entry;
}

function hiddenText(hidden: number, files: number): string {
  if (hidden === 0) return '';
  return hidden === files
    ? ', which unzip programs do not show'
    : `; unzip programs do not show ${hidden} of them`;
}

/** Tells where an unzip program sees something else than the one entry that ingestion loads: one fault, one finding. */
function tellDifferences(differences: readonly Difference[], entry: StreamedEntry, tell: TellZip): void {
  const read = shownName(entry.name);
  const shown = differences.flatMap((each) => (each.kind === 'listed-only' ? [shownName(each.name)] : []));
  const isHidden = differences.some(({ kind }) => kind === 'streamed-only');
  if (isHidden || shown.length > 0) {
    // What a person sees in the zip is not what is loaded.
    tell('layout/zip-content', 'error', `${describeLoss(read, isHidden, shown)} Zip the CSV again.`);
  }
  for (const difference of differences) {
    const text = describeDifference(difference, read);
    if (text !== undefined) tell('layout/zip-content', 'warning', `${text} Zip the CSV again.`);
  }
}

function describeLoss(read: string, isHidden: boolean, shown: readonly string[]): string {
  const names = shown.slice(0, NAMES).join(', ') + (shown.length > NAMES ? ', …' : '');
  if (!isHidden)
    return `Unzip programs show ${names}, which ingestion does not reach: it loads ${read} alone.`;
  return shown.length === 0
    ? `Ingestion loads ${read}, which unzip programs do not show: it stands in the zip, but not in the list at its end.`
    : `The file holds two zips, or one that was changed in place: ingestion loads ${read} at its beginning, unzip programs show ${names} at its end.`;
}

function describeDifference(difference: Difference, read: string): string | undefined {
  switch (difference.kind) {
    case 'no-list':
      return `The list of entries at the end of the zip is missing or cut off, so unzip programs cannot open it. Ingestion does without and loads ${read}.`;
    case 'name':
      return `The zip gives an entry two names: ingestion reads ${shownName(difference.streamed)}, unzip programs show ${shownName(difference.listed)}.`;
    case 'facts':
      return `The zip gives ${shownName(difference.name)} two sizes or checksums: ${difference.streamed.bytes} bytes in the record that ingestion reads, ${difference.listed.bytes} in the list that unzip programs go by.`;
    default:
      return undefined;
  }
}

/**
 * Tells why the content of an entry is not checked, if it is not.
 *
 * @returns true when it can be read
 */
export function tellUnread(entry: StreamedEntry, bounds: EntryBounds, tell: TellZip): boolean {
  const { name, method, declared } = entry;
  if (!isReadHere(method)) {
    tell(
      'layout/zip-unchecked',
      'information',
      `${shownName(name)} is compressed with ${methodName(method)}. Ingestion reads that; what is inside cannot be checked here. Zip it with Deflate, the usual method, to have it checked.`,
    );
    return false;
  }
  const beyond = declared && beyondBounds(bounds, declared);
  if (!beyond) return true;
  tellBeyond(describeBeyond(name, bounds, beyond), tell);
  return false;
}

/** Tells that content is larger than is read without being asked. */
export function tellBeyond(message: string, tell: TellZip): void {
  tell('layout/zip-unchecked', 'warning', `${message} It was not checked. ${CHECK_ALL_THE_SAME}`);
}

/** Tells of an archive that could not be read to its end. */
export function tellArchiveError(
  { kind, message }: Pick<ArchiveError, 'kind' | 'message'>,
  tell: TellZip,
): void {
  switch (kind) {
    case 'refused':
      tell('layout/zip-content', 'error', message);
      return;
    case 'beyond-bounds':
      tellBeyond(message, tell);
      return;
    case 'unreachable':
      tell('layout/unreadable', 'error', message);
  }
}

/**
 * Tells where content is not what the zip says of it, which ingestion does not notice.
 *
 * @returns true when it is
 */
export function tellDamage({ name, declared }: StreamedEntry, found: EntryFacts, tell: TellZip): boolean {
  if (!declared || (declared.crc32 === found.crc32 && declared.bytes === found.bytes)) return true;
  const what = declared.bytes === found.bytes ? 'The checksum of' : `The zip says ${declared.bytes} bytes of`;
  const is =
    declared.bytes === found.bytes
      ? 'is wrong: its content was damaged after it was zipped, or zipped badly'
      : `and ${found.bytes} come out: it was damaged after it was zipped, or zipped badly`;
  tell(
    'layout/zip-checksum',
    'warning',
    `${what} ${shownName(name)} ${is}. Ingestion does not compare and loads what comes out. Zip the CSV again.`,
  );
  return false;
}
