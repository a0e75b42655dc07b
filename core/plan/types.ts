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

/**
 * `blocked`: the file itself is good, but one that must be in cQube before it is held back. `misnamed`: a file or folder
 * whose name is not known and was probably meant to be one that is. `link`, `unreadable`: what stands in the place of a
 * dataset cannot be sent as it is.
 */
export type HeldBackReason =
  | 'errors'
  | 'no-zip'
  | 'zip-stale'
  | 'zip-unusable'
  | 'too-large'
  | 'blocked'
  | 'misnamed'
  | 'link'
  | 'unreadable'
  | 'unchanged'
  | 'not-a-dataset';

/** A file that will not be sent, and why. */
export interface HeldBack {
  /** Dataset id; absent for a file that belongs to none. */
  readonly dataset?: string;
  /** Path below the emission folder, with `/`. */
  readonly path: string;
  readonly reason: HeldBackReason;
  /** One sentence for a person: why, and how to mend it. */
  readonly message: string;
  /** The dataset ids that a blocked file waits for; absent for every other reason. */
  readonly blockedBy?: readonly string[];
  /** The dataset ids that something misnamed, linked or unreadable was probably meant to be; absent for other reasons. */
  readonly meant?: readonly string[];
}

export interface PlanWarning {
  readonly dataset: string;
  readonly message: string;
  /** Dataset ids that the file needs in cQube first and that are not known to be there; absent for other warnings. */
  readonly lacks?: readonly string[];
}

/** Who says so: the published page, ingestion as its code was read, or the catalogue that was taken from both. */
export interface OrderSource {
  readonly by: 'page' | 'ingestion' | 'catalogue';
  /** Where it stands, such as `section 12, 5`. */
  readonly place: string;
}

/** Why one file goes before another. */
export interface OrderReason {
  /** Id of the rule in kebab-case, such as `schools-first`. */
  readonly id: string;
  readonly sources: readonly OrderSource[];
  /** True when the later file loses something where the earlier one is not in cQube; false when only the order counts. */
  readonly needed: boolean;
  /** What happens otherwise: a main clause, without a full stop. */
  readonly effect: string;
}

/** A rule of the order of emission. */
export interface OrderRule extends OrderReason {
  /** Datasets that go first. Those that fill one table stand for each other. */
  readonly before: readonly string[];
  /** Datasets that wait. */
  readonly after: readonly string[];
}

/**
 * How something that a file depends on stands. `in-plan`: sent in an earlier wave. `acknowledged`: cQube has it, and
 * nothing newer is here. `outdated`: cQube has an earlier content; what is here now is not sent. `held-back`: it is
 * here, was never acknowledged and is not sent. `unknown`: neither here, or not asked for, nor acknowledged.
 */
export type DependencyState = 'in-plan' | 'acknowledged' | 'outdated' | 'held-back' | 'unknown';

/** One thing that a file depends on. */
export interface Dependency {
  /** Dataset id of the file that depends. */
  readonly dataset: string;
  /** Dataset ids of which one is enough: they fill the same table. */
  readonly on: readonly string[];
  readonly state: DependencyState;
  /** Those of `on` that the state speaks of; all of them when it is unknown. */
  readonly by: readonly string[];
  /** ISO time of the last acknowledgement, where there is one. */
  readonly acknowledgedAt?: string;
  readonly rule: OrderReason;
}

/** What an emission would do, in order; the one plan for tree, report, confirmation and emitter. */
export interface Plan {
  readonly root: string;
  readonly waves: readonly Wave[];
  readonly heldBack: readonly HeldBack[];
  readonly warnings: readonly PlanWarning[];
}

/** A plan with the reasons of its order: the dependencies of every file that is sent or blocked. */
export interface ExplainedPlan extends Plan {
  readonly dependencies: readonly Dependency[];
}
