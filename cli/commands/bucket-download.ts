/** `bucket download`: objects come back, are compared with what was sent, and are checked if asked for. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { download } from '../../core/bucket/download-node.ts';
import { fileNamesOf } from '../../core/bucket/file-name.ts';
import { bucketRoles, readKey, roleOfKey, type BucketRole } from '../../core/bucket/key.ts';
import { isWhatWasSent, sendingOf } from '../../core/bucket/sendings.ts';
import { shown } from '../../core/bucket/shown.ts';
import { EmissionError } from '../../core/emit/error.ts';
import { examineAlone } from '../../core/scan/alone-node.ts';
import type { Examination } from '../../core/scan/examine.ts';
import { reasonOf } from '../../core/layout/emission-tree.ts';
import { accessOf, sentFromHere, type Access } from '../connection/bucket-access.ts';
import { openFileChecker } from '../inputs/checker.ts';
import { choiceOf, textOf, UsageError, type ExitCode, type Invocation } from '../command.ts';
import { downloadsJson, downloadsText, type Downloaded } from '../formats/download.ts';
import { size } from '../formats/text.ts';
import { jobsFrom, settingsFrom } from '../inputs/workspace.ts';

/** Carries out `bucket download`. @throws UsageError; EmissionError where cQube is out of reach */
export async function downloadKeys(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  const { values, terminal } = invocation;
  const format = choiceOf(values, 'format', ['text', 'json']);
  const keys = [...new Set(words)];
  if (keys.length === 0)
    throw new UsageError('Name the keys to download. `cqube-emission bucket files` lists them.');
  const named = textOf(values, 'bucket');
  const roles = new Map(keys.map((key) => [key, roleFor(key, named)]));
  // What is wrong is told before anything is asked for.
  settingsFrom(values);
  jobsFrom(values);
  const sendings = await sentFromHere(invocation);
  const access = await accessOf(invocation);
  const folder = await folderFor(invocation);
  const buckets = await access.api.listBuckets(terminal.signal);
  const names = fileNamesOf(keys);
  const results: Downloaded[] = [];
  let stoppedBy: EmissionError | undefined;
  for (const key of keys) {
    const file = path.join(folder, names.get(key)!);
    if (stoppedBy) {
      results.push({ key, error: stoppedBy, tried: false });
      continue;
    }
    try {
      const role = roles.get(key)!;
      const got = await fetchOne(invocation, access, buckets[role], key, file);
      const facts = readKey(role, key, '');
      const sending = sendingOf(sendings, access.origin, facts.emissionKey);
      const examination =
        values.check === true && facts.spec
          ? await examined(invocation, file, facts.spec, got.bytes)
          : undefined;
      results.push({
        ...{ key, file, ...got },
        ...(sending ? { sending, same: isWhatWasSent(sending, got) } : {}),
        ...(examination ? { examination } : {}),
      });
    } catch (error) {
      if (!(error instanceof EmissionError) || error.reason === 'cancelled') throw error;
      results.push({ key, error, tried: true });
      if (error.consequence !== 'fail-file') stoppedBy = error;
    }
  }
  terminal.progress('');
  const asked = { checked: values.check === true };
  terminal.print(format === 'json' ? downloadsJson(results) : downloadsText(results, terminal.color, asked));
  const none = results.every((each) => 'error' in each);
  if (none && stoppedBy) return 2;
  const wrong = results.some(
    (each) => 'error' in each || each.same === false || (each.examination?.totals.errors ?? 0) > 0,
  );
  return wrong ? 1 : 0;
}

/** @throws UsageError where neither option nor key tells the bucket */
function roleFor(key: string, named: string | undefined): BucketRole {
  const role = named === undefined ? roleOfKey(key) : bucketRoles.find((each) => each === named);
  if (role) return role;
  throw new UsageError(
    named === undefined
      ? `The form of ${shown(key)} does not tell its bucket. Name it with --bucket: emission, input or output.`
      : `--bucket takes ${bucketRoles.join(', ')}; not "${named}".`,
  );
}

/** The folder for what comes, made where it is not there. @throws UsageError */
async function folderFor({ values, terminal }: Invocation): Promise<string> {
  const given = textOf(values, 'output') ?? '.';
  const folder = path.resolve(terminal.directory, given);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file has that name' : reasonOf(error);
    throw new UsageError(`The folder ${given} cannot be made: ${why}.`);
  }
  return folder;
}

function fetchOne(
  { terminal }: Invocation,
  { api, proxies }: Access,
  bucket: string,
  key: string,
  target: string,
) {
  const name = path.basename(target);
  return download({
    ...{ api, bucket, key, target, agent: proxies.agent, signal: terminal.signal },
    onProgress: (received, total) =>
      terminal.progress(`  ${name}: ${size(received)}${total === undefined ? '' : ` of ${size(total)}`}`),
    onWait: ({ attempt, milliseconds, error }) =>
      terminal.tell(
        `${name}: try ${attempt} failed; the next one follows in ${Math.ceil(milliseconds / 1000)} s: ${error.message}`,
      ),
  });
}

async function examined(
  { values, terminal }: Invocation,
  file: string,
  spec: Parameters<typeof examineAlone>[1],
  bytes: number,
): Promise<Examination> {
  terminal.progress(`  Checking ${path.basename(file)} …`);
  const checker = await openFileChecker(jobsFrom(values), bytes);
  try {
    return await examineAlone(file, spec, settingsFrom(values), {
      checker: checker.check,
      signal: terminal.signal,
    });
  } finally {
    checker.close();
  }
}
