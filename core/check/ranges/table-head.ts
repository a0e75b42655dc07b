import type { DatasetSpec } from '../../catalogue/spec.ts';
import type { RuleId } from '../../finding.ts';
import { FindingCollector, type FindingPart } from '../findings/collector.ts';
import { FirstPass, type HeaderState } from '../rows/first-pass.ts';
import { firstLineEnd, HEAD_BYTES, readHead, type FileHead } from '../header/head.ts';
import type { RowKeeper } from '../identity/keys.ts';
import { lineEndBits } from './rows-part.ts';
import type { CheckSettings } from '../settings.ts';
import { TableRows } from '../table.ts';
import type { Masters } from '../identity/value-set.ts';

/** What the check of a file depends on besides its bytes. */
export interface CheckInput {
  readonly spec: DatasetSpec;
  /** The name that findings carry, a path below the emission folder. */
  readonly file: string;
  readonly settings: CheckSettings;
  /** The files that this one may refer to; absent when references are not to be checked. */
  readonly masters?: Masters | undefined;
}

/** A file of one header that has been read up to the end of its header row: the rows below can be checked. */
export interface TableHead {
  readonly start: FileHead;
  /** Has taken the header; tells `collector`. */
  readonly rows: TableRows;
  readonly collector: FindingCollector;
  readonly header: Exclude<HeaderState, 'too-long'>;
  /** Bytes of the file up to there, a byte order mark included. */
  readonly bytes: number;
  /** Editor lines up to there. */
  readonly lines: number;
  /** The same, and one more when the file ends with the header row. */
  readonly allLines: number;
  /** Blank lines up to there. */
  readonly blankLines: number;
  /** Line ends up to there, as in `RowsPart`. */
  readonly lineEnds: number;
  /** True when ingestion's reader fails on the header. */
  readonly broken: boolean;
  /** What was found up to there, in lines of the file. */
  readonly part: FindingPart;
}

/**
 * Reads a file up to the end of its header row.
 *
 * @param bytes the first bytes of the file
 * @param final true when no byte follows them
 * @param keeper see `TableRows`
 * @returns 'more' when the header row is not complete; undefined when the file has no table that could be read, or a
 *   header that is too long
 */
export function readTableHead(
  bytes: Uint8Array,
  final: boolean,
  { spec, file, settings, masters }: CheckInput,
  keeper?: RowKeeper,
): TableHead | 'more' | undefined {
  if (!final && firstLineEnd(bytes) < 0 && bytes.length < HEAD_BYTES) return 'more';
  const collector = new FindingCollector(file, settings, true);
  const refusals: RuleId[] = [];
  const start = readHead(bytes.subarray(0, HEAD_BYTES), spec, settings, collector, (rule) =>
    refusals.push(rule),
  );
  if (!start?.variant) return undefined;
  const { dialect, firstLine, variant } = start;
  const table = { spec, variant, dialect, firstLine };
  const rows = new TableRows(table, settings, masters, collector, keeper);
  for (const rule of refusals) rows.refuse(rule);
  const look = new FirstPass(dialect, rows, collector, undefined);
  let at = start.skip;
  while (look.header === undefined) {
    const next = look.scanner.next(bytes, at, bytes.length, final);
    if (next === at) return 'more';
    at = next;
  }
  if (look.header === 'too-long') return undefined;
  return {
    start,
    rows,
    collector,
    header: look.header,
    bytes: at,
    lines: look.scanner.line,
    allLines: look.scanner.lines,
    blankLines: look.allBlankLines,
    lineEnds: lineEndBits(look.scanner.lineEnds),
    broken: look.broken,
    part: collector.detach(),
  };
}
