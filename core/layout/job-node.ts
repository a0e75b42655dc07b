import { readEntry } from '../archive/inspect.ts';
import { findDataset } from '../catalogue/catalogue.ts';
import { disk } from './file-system-node.ts';
import { checkBytes, type Checker } from './job.ts';

/** Checks a file of this machine's disk in this thread. */
export const checkHere: Checker = (job, masters, signal) => {
  const spec = findDataset(job.dataset);
  if (!spec) throw new Error(`The catalogue has no dataset ${job.dataset}.`);
  const { path, entry } = job;
  const open = () => (entry === undefined ? disk.read(path, signal) : readEntry(path, entry, signal));
  return checkBytes(spec, job.file, open, job.settings, masters);
};
