/** What an emission is asked for, what it tells while it runs, and what it comes to: plain data. */
import type { PlannedFile, Wave } from '../plan/types.ts';
import type { Buckets } from './api/api.ts';
import type { EmissionError } from './error.ts';
import type { AgentChoice } from './http/http.ts';
import type { AcknowledgedRecord } from './journal/journal.ts';
import type { Endurance, Pace, Wait } from './http/pace.ts';

/**
 * What becomes of a file that left in an earlier run without a certain outcome and that the bucket does not show:
 * `hold` it back and say so; `send` it again, under another key; count it as `stored`.
 */
export type UnknownChoice = 'hold' | 'send' | 'stored';

export interface EmitOptions extends Endurance {
  /** From `normaliseEndpoint`. */
  readonly endpoint: string;
  /** From `cleanToken`. */
  readonly token: string;
  readonly agent?: AgentChoice | undefined;
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: EmitEvent) => void) | undefined;
  /** True to send again what is acknowledged and unchanged. */
  readonly again?: boolean | undefined;
  /** Datasets that the plan sends in spite of their errors, for the journal. */
  readonly include?: readonly string[] | undefined;
  /** `hold` when absent. */
  readonly unknown?: UnknownChoice | undefined;
  /** Milliseconds: for an API answer, without upload progress, and for the answer to an upload. */
  readonly timeOuts?:
    { readonly api?: number; readonly stall?: number; readonly answer?: number } | undefined;
  readonly pace?: Pace | undefined;
}

export type EmitEvent =
  | { readonly type: 'connected'; readonly buckets: Buckets }
  | { readonly type: 'wave'; readonly wave: Wave }
  | { readonly type: 'file'; readonly file: PlannedFile }
  | { readonly type: 'form'; readonly file: PlannedFile; readonly key: string }
  /** Bytes of the file that have left; falls back to a smaller number when a try begins anew. */
  | { readonly type: 'progress'; readonly file: PlannedFile; readonly sent: number; readonly total: number }
  /** The last bytes of a try are about to leave. */
  | { readonly type: 'sent'; readonly file: PlannedFile; readonly key: string }
  /** Before a further try; `file` is absent while the endpoint is tried. */
  | { readonly type: 'waiting'; readonly file?: PlannedFile; readonly wait: Wait }
  | { readonly type: 'acknowledged'; readonly file: PlannedFile; readonly record: AcknowledgedRecord }
  /** Not sent, because the journal has this acknowledgement of the same content. */
  | { readonly type: 'skipped'; readonly file: PlannedFile; readonly record: AcknowledgedRecord }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'not-tried'; readonly notTried: NotTried };

export interface Failure {
  readonly file: PlannedFile;
  readonly error: EmissionError;
  /** `unknown`: all bytes had left, and neither an answer nor the bucket's listing tells what became of them. */
  readonly stored: 'no' | 'unknown';
}

export interface NotTried {
  readonly file: PlannedFile;
  /** `wave`: a file of an earlier wave failed; `stopped`: an error that every file would meet; `cancelled`: the user. */
  readonly why: 'wave' | 'stopped' | 'cancelled';
  /** One sentence for a person. */
  readonly message: string;
}

/** What happened, counted from acknowledgements and failures, never from intentions. */
export interface EmitSummary {
  readonly sent: readonly AcknowledgedRecord[];
  /** Earlier acknowledgements of the same content, found when the file's turn came. */
  readonly skipped: readonly AcknowledgedRecord[];
  readonly failed: readonly Failure[];
  readonly notTried: readonly NotTried[];
  readonly cancelled: boolean;
  /** The error that ended the run before its time; also set when not one file could be tried. */
  readonly stoppedBy?: EmissionError;
}
