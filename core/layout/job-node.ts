import { readEntry } from '../archive/inspect.ts';
import { findDataset } from '../catalogue/catalogue.ts';
import { readFrom } from './file-system-node.ts';
import { checkBytes, type Checker } from './job.ts';
import { withSameFile } from './same-file-node.ts';

/** Checks a file of this machine's disk in this thread. @throws FileChangedError */
export const checkHere: Checker = async (job, masters, signal, onBytes) => {
  const { dataset, file, path, entry, settings } = job;
  const spec = findDataset(dataset);
  if (!spec) throw new Error(`The catalogue has no dataset ${dataset}.`);
  const check = (open: () => AsyncIterable<Uint8Array>) =>
    checkBytes(spec, file, open, settings, masters, onBytes);
  if (entry !== undefined) return check(() => readEntry(path, entry, signal));
  return withSameFile(path, undefined, (handle) => check(() => readFrom(handle, 0, signal)));
};
