import { otherLineOf } from '../check/findings/message.ts';
import { placeOfCell } from '../check/findings/place.ts';
import { CR, LF } from '../csv/dialect.ts';
import type { Row } from '../csv/row.ts';
import { Scanner } from '../csv/scanner.ts';
import type { Finding, RuleId } from '../finding.ts';
import { deletion, type Fix, type Mending, type RowFault } from './fix.ts';
import { headerFaults } from './header-fixes.ts';
import type { TableKnowledge } from './knowledge.ts';
import { removal } from './lines.ts';
import { RowFixer } from './row-fixer.ts';
import { withoutFix } from './without-fix.ts';

/** Why a row is no sure repeat of another. */
export const NOT_THE_SAME = 'The rows hold bytes that are not UTF-8, so they may differ in another encoding.';

/** Lines of a file in UTF-8, without a byte order mark. */
export interface Lines {
  /** The line end of the last one among them, if it has one. */
  readonly bytes: Uint8Array;
  /** 0-based editor line of the first one. */
  readonly line: number;
}

/** What a finding tells of itself and its place. */
export type FindingPlace = Pick<Finding, 'rule' | 'line' | 'column' | 'message'>;

const UNKNOWN = 'What was meant cannot be told.';
const NOT_HERE = 'It takes more than this row: see the fixes of the whole file.';

/**
 * What may be done about a finding in its own lines: for a menu of the editor. Fixes that need the whole file (another
 * delimiter, other columns) are `fileFixesOf`.
 *
 * @param knowledge of the file's header; undefined where it is not read (`knowTable`)
 * @param lines those of the finding's row, from the row's first one on: for blank lines all of these, for a run its
 *   first row is enough
 */
export function fixesOf(knowledge: TableKnowledge | undefined, lines: Lines, finding: FindingPlace): Mending {
  const { rule } = finding;
  const why = withoutFix[rule];
  const blank = blankLines(lines.bytes);
  if (blank > 0) return onBlankLines(rule, blank);
  const mended = knowledge && mendedRow(knowledge, lines, finding);
  if (!mended) return { fixes: [], reason: why ?? UNKNOWN };
  const reason = mended.fixes.some(({ certain }) => certain) ? undefined : (mended.reason ?? why ?? UNKNOWN);
  return { fixes: mended.fixes, ...(reason === undefined ? {} : { reason }) };
}

/** Bytes of the line ends at the start of a text. */
function blankLines(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === LF || bytes[at] === CR) at++;
  return at;
}

function onBlankLines(rule: RuleId, bytes: number): Mending {
  if (rule !== 'dialect/blank-line' && rule !== 'header/form') return { fixes: [], reason: UNKNOWN };
  return { fixes: [{ rule, title: 'Remove the blank lines', certain: true, edits: [deletion(0, bytes)] }] };
}

function mendedRow(knowledge: TableKnowledge, lines: Lines, finding: FindingPlace): Mending | undefined {
  const { bytes, line } = lines;
  const found: { mended?: Mending; isBroken?: boolean } = {};
  const scanner = new Scanner(knowledge.table.dialect, {
    row: (row) => {
      const holdsFinding = row.line <= finding.line && finding.line <= row.line + row.innerBreaks;
      if (found.isBroken !== true && holdsFinding)
        found.mended = mendedIn(knowledge, row, bytes.length, finding);
    },
    blankLines: () => undefined,
    fault: () => {
      found.isBroken = true;
    },
  });
  scanner.skip(line, false, false);
  for (let at = 0; at < bytes.length && scanner.line <= finding.line && found.isBroken !== true;)
    at = scanner.next(bytes, at, bytes.length, true);
  return found.mended;
}

function mendedIn(knowledge: TableKnowledge, row: Row, to: number, finding: FindingPlace): Mending {
  const { rule } = finding;
  const compared = ofComparison(row, to, finding);
  if (compared) return compared;
  const isOfHeader = rule.startsWith('header/');
  const faults = isOfHeader ? headerFaults(knowledge, row, to) : new RowFixer(knowledge).faults(row, to);
  const found = faults.find((fault) => fault.rule === rule && stands(fault, row, finding));
  return found ?? { fixes: [], ...(isOfHeader ? { reason: withoutFix[rule] ?? NOT_HERE } : {}) };
}

function stands({ cell }: RowFault, row: Row, { line, column }: FindingPlace): boolean {
  if (cell === undefined || cell >= row.count) return true;
  const place = placeOfCell(row, cell);
  return place.line === line && place.column === column;
}

/** Of rows that were compared with others: undefined for a finding of another kind. */
function ofComparison(row: Row, to: number, { rule, message }: FindingPlace): Mending | undefined {
  switch (rule) {
    case 'key/duplicate-record':
      // Bytes that are not UTF-8 are all the same to ingestion, but not to whoever knows their encoding.
      return {
        fixes: [removal(row, to, rule, 'Remove this row', row.wrongAt < 0)],
        ...(row.wrongAt < 0 ? {} : { reason: NOT_THE_SAME }),
      };
    case 'key/duplicate-key': {
      const other = otherLineOf(message);
      const fixes: Fix[] = [removal(row, to, rule, 'Remove this row', false)];
      if (other !== undefined)
        fixes.push({
          rule,
          title: `Remove line ${other + 1}`,
          certain: false,
          edits: [],
          removesLine: other,
        });
      return { fixes, reason: 'Which of the rows is right is for a person to say.' };
    }
    case 'key/not-earliest':
      return {
        fixes: [removal(row, to, rule, 'Remove this row', false)],
        reason: 'Which of the rows is right is for a person to say.',
      };
    default:
      return undefined;
  }
}
