import type { Examination, Examiner, OpenReports } from './examine.ts';
import type { EmissionTree } from '../layout/emission-tree.ts';

/** State of one dataset, as every face shows it. `missing`: neither CSV nor zip is there. */
export type DatasetState =
  'missing' | 'has-errors' | 'needs-zip' | 'zip-stale' | 'ready' | 'emitted' | 'changed-since-emission';

/** The last acknowledgement of a zip. */
export interface Acknowledgement {
  /** SHA-256 of the bytes that were acknowledged, in hexadecimal. */
  readonly sha256: string;
  /** Their number. */
  readonly bytes: number;
  /** ISO time. */
  readonly time: string;
}

export interface DatasetStatus {
  readonly examination: Examination;
  readonly state: DatasetState;
  /** The last acknowledgement of its zip, whatever the zip holds now, and whether or not it is still there. */
  readonly acknowledged?: Acknowledgement;
  /** True when the zip holds the very bytes that were last acknowledged, whatever the state. */
  readonly sameAsAcknowledged?: boolean;
}

/** Everything about an emission folder that a tree, a plan or a report needs. */
export interface EmissionWorkspace {
  /** Path of the emission folder. */
  readonly root: string;
  readonly tree: EmissionTree;
  /** Every dataset of the catalogue, in its order. */
  readonly datasets: readonly DatasetStatus[];
}

export interface AssessOptions {
  /** Last acknowledgements by the zip's path below the emission folder. */
  readonly acknowledged: ReadonlyMap<string, Acknowledgement>;
  /** Checks of CSVs that an editor holds open, by path; they stand for what is on disk. */
  readonly open?: OpenReports;
  readonly signal?: AbortSignal;
  /** Called when a dataset that has files has been examined. */
  readonly onDataset?: (id: string) => void;
}

/**
 * Examines every dataset that has files and says in which state it is.
 *
 * @param root path of the emission folder
 * @throws the signal's reason when it is cancelled
 */
export async function assess(
  root: string,
  tree: EmissionTree,
  examiner: Examiner,
  options: AssessOptions,
): Promise<EmissionWorkspace> {
  examiner.look(tree, options.open);
  // All at once: the checker has as many of them under way as it can do at a time.
  const statuses = await Promise.all(
    tree.datasets.map(async (dataset): Promise<DatasetStatus> => {
      const examination = await examiner.examine(dataset, options.signal);
      const { folder, archive } = dataset.spec;
      // Whether the zip is still here or not: cQube has it.
      const acknowledged = options.acknowledged.get(`${folder}/${archive}`);
      const state = await stateOf(examination, examiner, acknowledged, options.signal);
      if (dataset.csv ?? dataset.zip) options.onDataset?.(dataset.spec.id);
      if (!acknowledged) return { examination, state };
      const same = await isAcknowledged(examination, examiner, acknowledged, options.signal);
      return { examination, state, acknowledged, sameAsAcknowledged: same };
    }),
  );
  return { root, tree, datasets: statuses };
}

/**
 * The state of a dataset's files.
 *
 * @param acknowledged the last acknowledgement of its zip
 */
export async function stateOf(
  examination: Examination,
  examiner: Examiner,
  acknowledged: Acknowledgement | undefined,
  signal?: AbortSignal,
): Promise<DatasetState> {
  const { csv, zip, zipState, totals } = examination;
  if (!csv && !zip) return 'missing';
  if (totals.errors > 0) return 'has-errors';
  if (!zip) return 'needs-zip';
  if (zipState === 'stale') return 'zip-stale';
  if (!acknowledged) return 'ready';
  const same = await isAcknowledged(examination, examiner, acknowledged, signal);
  return same ? 'emitted' : 'changed-since-emission';
}

async function isAcknowledged(
  { zip }: Examination,
  examiner: Examiner,
  { bytes, sha256 }: Acknowledgement,
  signal?: AbortSignal,
): Promise<boolean> {
  return zip?.bytes === bytes && (await examiner.sha256(zip, signal)) === sha256;
}
