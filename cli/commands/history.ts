import { existsSync } from 'node:fs';
import path from 'node:path';
import { findDataset } from '../../core/catalogue/catalogue.ts';
import { bucketLook, sendingsOf, type BucketLook, type Sending } from '../../core/bucket/sendings.ts';
import { EmissionError } from '../../core/emit/error.ts';
import { readJournal } from '../../core/emit/journal/journal.ts';
import { sha256Of } from '../../core/emit/ready-file.ts';
import { examineAlone } from '../../core/scan/alone-node.ts';
import { defaultSettings } from '../../core/check/settings.ts';
import { accessHelp, accessOf, accessOptions } from '../connection/bucket-access.ts';
import { choiceOf, textOf, type Command, type Invocation } from '../command.ts';
import { historyCsv, historyJson, historyText, type Told } from '../formats/history.ts';
import { findRoot } from '../inputs/root.ts';
import { sinceOf } from '../since.ts';
import { splitTargets } from '../inputs/workspace.ts';

export const history: Command = {
  parameters: '[datasets…] [folder]',
  alone: 'dataset',
  options: {
    ...accessOptions,
    format: { type: 'string' },
    since: { type: 'string' },
    bucket: { type: 'boolean' },
    rows: { type: 'boolean' },
  },
  help: [
    ['--format F', 'text (the latest first), json or csv'],
    ['--since TIME', 'since a day, a time, or so long ago: 2026-11-23, 2026-11-23T08:00, 7d, 12h'],
    ['--bucket', 'ask cQube whether the bucket still holds it'],
    ['--rows', 'count the rows of zips that are still what was sent: the journal does not know them'],
    ...accessHelp,
  ],
  async run(invocation) {
    const { values, positionals, terminal } = invocation;
    const format = choiceOf(values, 'format', ['text', 'json', 'csv']);
    const since = sinceOf(textOf(values, 'since'), Date.now());
    const { datasets, root: given } = splitTargets(positionals);
    const root = findRoot(given, terminal.directory);
    const { records, damaged } = await readJournal(root);
    const sendings = sendingsOf(records).filter(
      ({ dataset, time }) =>
        (datasets.length === 0 || datasets.includes(dataset)) &&
        (since === undefined || Date.parse(time) >= since),
    );
    const look = values.bucket === true ? await lookAtBuckets(invocation) : undefined;
    const rows = values.rows === true ? await countRows(root, sendings, invocation) : undefined;
    const told = sendings.map((sending): Told => ({
      sending,
      rows: rows?.get(sending),
      whereabouts: look?.origin === sending.endpoint ? look.whereabouts(sending) : undefined,
    }));
    terminal.print(
      format === 'json' ? historyJson(root, told) : format === 'csv' ? historyCsv(told) : historyText(told),
    );
    if (damaged > 0)
      terminal.tell(`The journal holds lines that cannot be read: ${damaged}. They were passed over.`);
    return 0;
  },
};

async function lookAtBuckets(invocation: Invocation): Promise<BucketLook & { readonly origin: string }> {
  const { api, origin } = await accessOf(invocation);
  const { signal, tell } = invocation.terminal;
  const { emission, input } = await api.listBuckets(signal);
  const waiting = await api.listFiles(emission, signal);
  const taken = await api.listFiles(input, signal).catch((error: unknown) => {
    if (!(error instanceof EmissionError) || error.reason === 'cancelled') throw error;
    tell(`The input bucket could not be listed: ${error.message}`);
    return undefined;
  });
  return { ...bucketLook(waiting, taken), origin };
}

/** Rows of what was sent, where the zip on the disk still has the bytes that were. */
async function countRows(
  root: string,
  sendings: readonly Sending[],
  { terminal: { signal, progress } }: Invocation,
): Promise<ReadonlyMap<Sending, number>> {
  const found = new Map<Sending, number>();
  const zips = new Map<string, Counted | undefined>();
  for (const sending of sendings) {
    const { dataset, path: name, sha256 } = sending;
    if (!zips.has(name)) {
      progress(`Counting the rows of ${name} …`);
      zips.set(name, await counted(path.join(root, ...name.split('/')), dataset, signal));
    }
    const zip = zips.get(name);
    if (zip && zip.sha256 === sha256) found.set(sending, zip.rows);
  }
  progress('');
  return found;
}

interface Counted {
  readonly sha256: string;
  readonly rows: number;
}

/** Undefined for a zip that is not there any more, or that cannot be read. */
async function counted(file: string, dataset: string, signal: AbortSignal): Promise<Counted | undefined> {
  const spec = findDataset(dataset);
  if (!spec || !existsSync(file)) return undefined;
  const sha256 = await sha256Of(file, signal);
  const { report } = await examineAlone(file, spec, defaultSettings, { signal });
  return report && { sha256, rows: report.rows };
}
