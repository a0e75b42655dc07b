/** A file of a dataset by itself, outside of any emission folder, whatever its name. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { CheckSettings } from '../check/settings.ts';
import { Examiner, type Examination } from './examine.ts';
import { disk, stampOf } from '../layout/file-system-node.ts';
import { checkHere } from './job-node.ts';
import type { Checker } from './job.ts';

/**
 * Examines a zip, or a CSV where the name ends so. References are not looked at: there are no masters. That a CSV has no
 * zip beside it is no finding here.
 *
 * @param file path
 * @throws the signal's reason; the file system's error when the file is not there
 */
export async function examineAlone(
  file: string,
  spec: DatasetSpec,
  settings: CheckSettings,
  { checker = checkHere, signal }: { readonly checker?: Checker; readonly signal?: AbortSignal } = {},
): Promise<Examination> {
  const treeFile = { path: path.basename(file), ...stampOf(await stat(file)) };
  const examiner = new Examiner({
    ...{ files: disk, root: path.dirname(file), settings, checker },
    ...(signal ? { signal } : {}),
  });
  const pair = /\.csv$/i.test(file) ? { csv: treeFile } : { zip: treeFile };
  const examination = await examiner.examine({ spec, ...pair }, signal);
  const findings = examination.findings.filter(({ rule }) => rule !== 'layout/missing-zip');
  const lone = examination.findings.length - findings.length;
  const { totals } = examination;
  return { ...examination, findings, totals: { ...totals, information: totals.information - lone } };
}
