import { findDataset } from '../../core/catalogue/catalogue.ts';
import { bucketRoles, type BucketRole } from '../../core/bucket/key.ts';
import { cutText, filtered, lookInto } from '../../core/bucket/listing.ts';
import { EmissionError } from '../../core/emit/error.ts';
import {
  accessHelp,
  accessOf,
  accessOptions,
  sentFromHere,
  type Access,
} from '../connection/bucket-access.ts';
import {
  choiceOf,
  textOf,
  textsOf,
  UsageError,
  type Command,
  type ExitCode,
  type Invocation,
} from '../command.ts';
import { bucketsJson, bucketsText, filesCsv, filesJson, filesText, type Looked } from '../formats/bucket.ts';
import { sinceOf } from '../since.ts';
import { checkHelp, checkOptions, settingsFrom } from '../inputs/workspace.ts';
import { downloadKeys } from './bucket-download.ts';

/** The options of one use that mean nothing in another. */
const own: Readonly<Record<'buckets' | 'files' | 'download', readonly string[]>> = {
  buckets: [],
  files: ['bucket', 'dataset', 'since', 'folder', 'release'],
  download: ['bucket', 'output', 'check', 'folder', ...Object.keys(checkOptions)],
};
const everywhere = new Set(['format', 'help', 'no-progress', ...Object.keys(accessOptions)]);

export const bucket: Command = {
  parameters: '[files | download KEY…]',
  options: {
    ...accessOptions,
    ...checkOptions,
    format: { type: 'string' },
    bucket: { type: 'string' },
    dataset: { type: 'string', multiple: true },
    since: { type: 'string' },
    folder: { type: 'string' },
    output: { type: 'string', short: 'o' },
    check: { type: 'boolean' },
  },
  help: [
    ['(nothing)', 'the names of the three buckets'],
    ['files', 'what they hold: dataset, name, time and size, and what waits for ingestion'],
    ['download KEY…', 'bring objects here; a file that is there already is left as it is'],
    ['--format F', 'text or json; files as csv too'],
    ['--bucket B', 'emission, input or output; of downloads by the form of the key if left out'],
    ['--dataset ID', 'files: of this dataset alone; may be repeated'],
    [
      '--since TIME',
      'files: stored since a day, a time, or so long ago: 2026-11-23, 2026-11-23T08:00, 7d, 12h',
    ],
    ['--output, -o FOLDER', 'download: where to; this folder if left out'],
    ['--check', 'download: check what came back'],
    [
      '--folder FOLDER',
      'emission folder whose journal tells what was sent from here; the nearest if left out',
    ],
    ...accessHelp,
    ...checkHelp,
  ],
  async run(invocation) {
    const [use = 'buckets', ...rest] = invocation.positionals;
    switch (use) {
      case 'buckets':
        refuseOthers(invocation, 'buckets', rest);
        return listBuckets(invocation);
      case 'files':
        refuseOthers(invocation, 'files', rest);
        return listFiles(invocation);
      case 'download':
        refuseOthers(invocation, 'download', []);
        return downloadKeys(invocation, rest);
      default:
        throw new UsageError(`\`bucket\` takes files or download KEY…; not "${use}".`);
    }
  },
};

/** @throws UsageError for an option or a word that means nothing here */
function refuseOthers({ values }: Invocation, use: keyof typeof own, words: readonly string[]): void {
  const wrong = Object.keys(values).find((name) => !everywhere.has(name) && !own[use].includes(name));
  const name = use === 'buckets' ? '`bucket` alone' : `\`bucket ${use}\``;
  if (wrong !== undefined) throw new UsageError(`--${wrong} means nothing to ${name}.`);
  if (words.length > 0) throw new UsageError(`${name} takes no "${words[0]!}".`);
}

async function listBuckets(invocation: Invocation): Promise<ExitCode> {
  const { values, terminal } = invocation;
  const format = choiceOf(values, 'format', ['text', 'json']);
  const { api, endpoint } = await accessOf(invocation);
  const buckets = await api.listBuckets(terminal.signal);
  terminal.print(format === 'json' ? bucketsJson(endpoint, buckets) : bucketsText(buckets));
  return 0;
}

async function listFiles(invocation: Invocation): Promise<ExitCode> {
  const { values, terminal } = invocation;
  const format = choiceOf(values, 'format', ['text', 'json', 'csv']);
  const choice = choiceOf(values, 'bucket', ['all', ...bucketRoles]);
  const datasets = textsOf(values, 'dataset');
  const unknown = datasets.find((id) => !findDataset(id));
  if (unknown !== undefined) {
    throw new UsageError(`There is no dataset ${unknown}. \`cqube-emission spec\` lists them.`);
  }
  const filter = { datasets, since: sinceOf(textOf(values, 'since'), Date.now()) };
  const { release } = settingsFrom(values);
  const sendings = await sentFromHere(invocation);
  const access = await accessOf(invocation);
  const roles = choice === 'all' ? bucketRoles : [choice];
  const looked: Looked[] = [];
  for (const listed of await lookIntoEach(roles, access, release, invocation)) {
    looked.push(
      'error' in listed ? listed : { ...listed, entries: filtered(listed.listing.entries, filter) },
    );
  }
  const sent = new Map(
    sendings.filter(({ endpoint }) => endpoint === access.origin).map((sending) => [sending.key, sending]),
  );
  if (format === 'json') terminal.print(filesJson(access.endpoint, looked, sent));
  else if (format === 'text') terminal.print(filesText(looked, sent));
  else {
    terminal.print(filesCsv(looked, sent));
    for (const each of looked) {
      const what = 'error' in each ? each.error.message : cutText(each.listing);
      if (what !== undefined) terminal.tell(`${'error' in each ? each.role : each.listing.role}: ${what}`);
    }
  }
  return looked.some((each) => 'error' in each) ? 2 : 0;
}

/** The listings of buckets; one that cannot be listed does not hide the others. @throws EmissionError that meets them all */
async function lookIntoEach(
  roles: readonly BucketRole[],
  { api }: Access,
  release: string,
  { terminal: { signal, progress } }: Invocation,
): Promise<Looked[]> {
  const buckets = await api.listBuckets(signal);
  const looked: Looked[] = [];
  for (const role of roles) {
    progress(`Listing the ${role} bucket …`);
    try {
      const listing = await lookInto(api, role, buckets, release, signal);
      looked.push({ listing, entries: listing.entries });
    } catch (error) {
      if (
        !(error instanceof EmissionError) ||
        error.reason === 'cancelled' ||
        error.reason === 'unauthorized'
      )
        throw error;
      looked.push({ role, bucket: buckets[role], error });
    }
  }
  progress('');
  return looked;
}
