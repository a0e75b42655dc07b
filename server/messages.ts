/**
 * What client and server say to each other beyond LSP: plain data and method names, so that neither side needs the
 * other's code. Paths are below the emission folder, with `/`; `root` is the emission folder's file URI.
 */
import type { Category } from '../core/catalogue/spec.ts';
import type { FileForecasts } from '../core/forecast/files.ts';
import type { DatasetState } from '../core/scan/workspace.ts';
import type { PlannedForecast } from '../core/plan/forecasts.ts';
import type { ExplainedPlan } from '../core/plan/types.ts';

export type { DatasetState };

export interface DatasetModel {
  readonly id: string;
  readonly title: string;
  readonly category: Category;
  readonly folder: string;
  readonly state: DatasetState;
  readonly errors: number;
  readonly warnings: number;
  /** Path, size in bytes; absent when the file is not there. */
  readonly csv?: { readonly path: string; readonly bytes: number };
  readonly zip?: { readonly path: string; readonly bytes: number };
  /** Which header variant was found, and why it was chosen; absent for datasets with one header. */
  readonly variant?: string;
  /** What ingestion will do with its file, in one line; absent while an editor holds the file. */
  readonly forecast?: string;
  /** ISO time of the last acknowledged emission. */
  readonly emittedAt?: string;
  /** Ids of the held-back datasets that an emission would make it wait for; absent when there are none. */
  readonly waitsFor?: readonly string[];
}

export interface RootModel {
  readonly root: string;
  readonly name: string;
  /** All published datasets and the alternates that are there, in catalogue order. */
  readonly datasets: readonly DatasetModel[];
  /** Findings that belong to no dataset: unknown folders, stray files. */
  readonly otherErrors: number;
  readonly otherWarnings: number;
}

export interface WorkspaceModel {
  /** True while the first look at the folders goes on. */
  readonly scanning: boolean;
  readonly roots: readonly RootModel[];
}

/** Which spec a document is checked by, for the language status item. */
export interface DocumentSpec {
  readonly dataset: string;
  readonly title: string;
  readonly variant?: string;
  readonly reason?: string;
  readonly rows: number;
  readonly errors: number;
  readonly warnings: number;
  readonly milliseconds: number;
}

/** The column of a cell, for the language status item. */
export interface ColumnAt {
  /** 1-based place in the header, and how many columns that has. */
  readonly place: number;
  readonly of: number;
  readonly name: string;
  /** What it takes, and whether it may be empty, in a few words; absent for a column that ingestion does not read. */
  readonly type?: string;
  readonly need?: string;
}

export interface ZipResult {
  readonly written: readonly { readonly path: string; readonly bytes: number }[];
  readonly failed: readonly { readonly path: string; readonly message: string }[];
}

export interface InitResult {
  readonly root: string;
  readonly created: readonly string[];
}

/** Requests: method name, parameters, result. Long ones take a `workDoneToken` and report `$/progress`. */
export const requests = {
  /** () -> WorkspaceModel */
  workspace: 'cqube/workspace',
  /** { uri } -> DocumentSpec | null */
  documentSpec: 'cqube/documentSpec',
  /** { uri, position } -> ColumnAt | null: of an open document */
  columnAt: 'cqube/columnAt',
  /** { root, datasets?: string[] } (all that need it when absent) -> ZipResult; cancellable */
  zip: 'cqube/zip',
  /** PlanParams -> PlanResult; cancellable */
  plan: 'cqube/plan',
  /** ForecastParams -> ForecastResult: of the files as they are saved; cancellable */
  forecast: 'cqube/forecast',
  /** { folder: URI of a folder } -> InitResult: makes cqube_emission with its folders; never overwrites */
  init: 'cqube/init',
  /** { root, dataset, variant? } -> { path }: makes the folder and a CSV that holds the header alone; never overwrites */
  addDataset: 'cqube/addDataset',
  /** ObjectParams -> ObjectResult: checks a file that came out of a bucket, by itself; cancellable */
  checkObject: 'cqube/checkObject',
  /** () -> void: looks at everything anew */
  rescan: 'cqube/rescan',
  /** CatchUpParams -> void: looks anew where the disk is not as it was at the last look */
  catchUp: 'cqube/catchUp',
} as const;

/** Notifications. */
export const notifications = {
  /** From the server: the workspace model has changed; no parameters. */
  changed: 'cqube/changed',
  /** From the client: HeldParams, whenever they change. A client that never sends it holds every open document. */
  held: 'cqube/held',
} as const;

/**
 * The documents that stand for their files: those that have a tab, or changes that are not saved. An editor keeps others
 * open as well, and does not always notice that their files have changed.
 */
export interface HeldParams {
  readonly uris: readonly string[];
}

export interface CatchUpParams {
  /** True after something that the user did; false where it is asked every few seconds: large folders are left out. */
  readonly thorough: boolean;
}

export interface PlanParams {
  readonly root: string;
  /** Datasets to send in spite of their errors, or of what they wait for. */
  readonly include?: readonly string[];
  /** True to send also what has not changed since it was emitted. */
  readonly again?: boolean;
  /** Origin that the plan is for: only what was acknowledged there counts as emitted. Any origin when absent. */
  readonly origin?: string;
}

/** A plan, and what ingestion will do with each file that it sends. */
export interface PlanResult extends ExplainedPlan {
  readonly forecast: readonly PlannedForecast[];
}

export interface ForecastParams {
  readonly root: string;
  /** Ids of datasets; all that have files when absent. */
  readonly datasets?: readonly string[];
}

export type ForecastResult = FileForecasts;

export interface ObjectParams {
  /** Path of a zip or CSV. */
  readonly file: string;
  /** Id of the dataset that ingestion reads it as. */
  readonly dataset: string;
}

export interface ObjectResult {
  /** LSP diagnostics, with their places in the CSV. */
  readonly diagnostics: readonly object[];
  /** Absent where the CSV could not be read. */
  readonly rows?: number;
  readonly errors: number;
  readonly warnings: number;
}

/** What the client tells the server at the start. */
export interface InitializationOptions {
  /** Path of a folder for what outlasts the session; nothing does when absent. */
  readonly storage?: string;
  /** True where the client tells of changed files unasked: then it is not asked to. */
  readonly watches?: boolean;
  /** The client's command that lets the user choose the severity of a rule; its argument is the rule. */
  readonly severityCommand?: string;
}

/** Every dataset that "Add Dataset…" may offer. */
export interface InitializationResult {
  readonly catalogue: readonly {
    readonly id: string;
    readonly title: string;
    readonly category: Category;
    readonly folder: string;
    readonly variants: readonly string[];
  }[];
}
