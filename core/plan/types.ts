/** One zip that an emission would send. */
export interface PlannedFile {
  /** Dataset id, such as `school_mst`. */
  readonly dataset: string;
  /** Path of the zip below the emission folder, with `/`, such as `school_master/school_mst.zip`. */
  readonly path: string;
  /** Size of the zip in bytes. */
  readonly bytes: number;
  /** Dataset ids of this plan that must be acknowledged before. */
  readonly after: readonly string[];
}

/** Files that may leave in any order once every earlier wave is acknowledged. */
export interface Wave {
  /** 1-based, as shown. */
  readonly number: number;
  readonly title: string;
  readonly files: readonly PlannedFile[];
}

export type HeldBackReason =
  'errors' | 'no-zip' | 'zip-stale' | 'zip-unusable' | 'too-large' | 'unchanged' | 'not-a-dataset';

/** A file that will not be sent, and why. */
export interface HeldBack {
  /** Dataset id; absent for a file that belongs to none. */
  readonly dataset?: string;
  /** Path below the emission folder, with `/`. */
  readonly path: string;
  readonly reason: HeldBackReason;
  /** One sentence for a person: why, and how to mend it. */
  readonly message: string;
}

export interface PlanWarning {
  readonly dataset: string;
  readonly message: string;
}

/** What an emission would do, in order; the one plan for tree, report, confirmation and emitter. */
export interface Plan {
  readonly root: string;
  readonly waves: readonly Wave[];
  readonly heldBack: readonly HeldBack[];
  readonly warnings: readonly PlanWarning[];
}
