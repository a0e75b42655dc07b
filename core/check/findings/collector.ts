import {
  type Finding,
  type RuleId,
  type Severity,
  ruleIds,
  severityOf,
  severityRank,
} from '../../finding.ts';
import type { CheckSettings } from '../settings.ts';
import { byPlace, shared } from './shown.ts';
import { type TextRange, fileStart } from './text-range.ts';

/** How many findings of each severity a file has, shown or not. */
export interface FindingTotals {
  readonly errors: number;
  readonly warnings: number;
  readonly information: number;
}

/** Where a finding stands in a table, so that runs of the same one can be told as one. */
export interface RunPlace {
  /** 0-based editor line of the row. */
  readonly line: number;
  /** 0-based cell of the row; -1 for the row as a whole. */
  readonly cell: number;
  /** True for what is told once, however short the run is. */
  readonly once?: boolean;
}

/** So many rows one after the other with the same fault in the same cell become one finding. */
export const RUN_ROWS = 25;

/** The same for what is told once. */
const ONCE_ROWS = 2;

/** The same fault in the same cell of rows that follow each other; a finding by itself is a run of one row. */
interface Run {
  /** The findings of its first rows. */
  findings: Finding[];
  /** So many of them are kept at most. */
  readonly wanted: number;
  /** True for the first run of its cell. */
  readonly first: boolean;
  /** 0-based cell as in `RunPlace`; undefined for a finding that is part of no run. */
  readonly cell: number | undefined;
  /** From so many rows on the first finding stands for all. */
  readonly foldsFrom: number;
  readonly firstLine: number;
  /** Each of its rows is one line: this alone tells how many they are. */
  lastLine: number;
}

function rowsOf({ firstLine, lastLine }: Run): number {
  return lastLine - firstLine + 1;
}

/** A rule with the severity that the settings give it. */
export interface RuledSeverity {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** Its place among the others: what is told must not depend on which finding came first. */
  readonly rank: number;
}

/** What is known of one rule's findings of one severity: a warning is no error, and keeps none from being shown. */
interface RuleFindings extends RuledSeverity {
  runs: Run[];
  /** Findings of runs that are not kept. */
  unkept: number;
}

/** Findings of a rule, kept or not. */
function countOf({ runs, unkept }: RuleFindings): number {
  return runs.reduce((sum, run) => sum + rowsOf(run), unkept);
}

interface OpenRuleFindings extends RuleFindings {
  /** The last kept run of each cell: that of the row as a whole first. */
  readonly last: (Run | undefined)[];
}

/** A run of which as many findings are kept as there may be: its further rows are counted by `goesOn` alone. */
export type CountedRun = Pick<Run, 'lastLine'>;

/** Counts the row that stands in a 0-based editor line. @returns false when it does not go on with the run */
export function goesOn(run: CountedRun, line: number): boolean {
  if (run.lastLine !== line - 1) return false;
  run.lastLine = line;
  return true;
}

/** The findings of some rows of a file by themselves: `FindingCollector.detach`. */
export interface FindingPart {
  readonly rules: readonly RuleFindings[];
}

const ranks = new Map(ruleIds.map((rule, index) => [rule, index]));

const nothing: FindingPart = { rules: [] };

/**
 * Takes the findings of one file: counts them all, keeps a bounded number of each rule, and makes the texts of those
 * alone (architecture, "Findings").
 */
export class FindingCollector {
  readonly #file: string;
  readonly #settings: CheckSettings;
  readonly #ofPart: boolean;
  /** For a part: the collector that it will be appended to, and the line where its rows begin there. */
  #ahead: { readonly collector: FindingCollector; readonly line: number } | undefined;
  #listened: { readonly rule: RuleId; readonly take: (place: TextRange) => void } | undefined;
  /** By rank. */
  #rules: (OpenRuleFindings | undefined)[] = [];

  /** @param ofPart true for rows in the middle of a file, line 0 being their first: their findings are detached */
  constructor(file: string, settings: CheckSettings, ofPart = false) {
    this.#file = file;
    this.#settings = settings;
    this.#ofPart = ofPart;
  }

  /**
   * @param place asked only when the finding is kept, like `message`
   * @param at where it stands in the table; a finding without is never part of a longer run
   */
  add(rule: RuleId, given: Severity, place: () => TextRange, message: () => string, at?: RunPlace): void {
    const ruled = this.ruled(rule, given);
    if (ruled === undefined) return;
    if (rule === this.#listened?.rule) this.#listened.take(place());
    const { severity } = ruled;
    const found = this.#of(ruled);
    const run = at ? found.last[at.cell + 1] : undefined;
    if (at && run?.lastLine === at.line - 1) {
      run.lastLine++;
      if (run.findings.length < run.wanted)
        run.findings.push({ rule, severity, file: this.#file, ...place(), message: message() });
      return;
    }
    const first = run === undefined;
    const wanted = this.#wanted(found, first ? at : undefined);
    // A run of the rows before may go on in the first line of a part.
    if (wanted === 0 && !(this.#ofPart && at?.line === 0)) {
      found.unkept++;
      return;
    }
    const findings: Finding[] =
      wanted > 0
        ? [{ rule, severity, file: this.#file, ...place(), message: lastText(found, message()) }]
        : [];
    const line = at?.line ?? -1;
    const foldsFrom = at?.once === true ? ONCE_ROWS : RUN_ROWS;
    this.#keep(found, {
      findings,
      wanted,
      first,
      cell: at?.cell,
      foldsFrom,
      firstLine: line,
      lastLine: line,
    });
  }

  /** Hands over the place of each further finding of a rule, kept or not. Cells that are only counted are left out. */
  listen(rule: RuleId, take: (place: TextRange) => void): void {
    this.#listened = { rule, take };
  }

  /** The severity of a rule by the settings; undefined when it is off. */
  ruled(rule: RuleId, given: Severity): RuledSeverity | undefined {
    const severity = severityOf(rule, given, this.#settings.rules);
    return severity && { rule, severity, rank: rankOf(rule, severity) };
  }

  /**
   * Counts a finding whose place and text are not needed: as many of its kind are kept as there may be. A file of bad
   * rows costs little more than a good one by that.
   *
   * @param line 0-based editor line of the row, `cell` its 0-based cell
   * @returns false when it was not counted and must be added
   */
  counted({ rank }: RuledSeverity, line: number, cell: number): boolean {
    // A run of the rows before may go on in the first line of a part.
    const open = this.#ahead !== undefined || (this.#ofPart && line === 0);
    const found = open ? undefined : this.#rules[rank];
    if (!found) return false;
    const run = found.last[cell + 1];
    if (run?.lastLine === line - 1) {
      if (run.findings.length < run.wanted) return false;
      run.lastLine = line;
    } else if (this.#hasRoom(found)) return false;
    else found.unkept++;
    return true;
  }

  /**
   * The last kept run of a cell, to count its further rows with; undefined when there is none of which nothing more is
   * to be kept, or in a part.
   */
  runOf({ rank }: RuledSeverity, cell: number): CountedRun | undefined {
    const run = this.#ofPart ? undefined : this.#rules[rank]?.last[cell + 1];
    return run && run.findings.length >= run.wanted ? run : undefined;
  }

  /** How many findings are kept of a run; one that is the first of its cell begins `at` there. */
  #wanted(found: RuleFindings, at: RunPlace | undefined): number {
    const isFirstLine = this.#ofPart && at?.line === 0;
    const room = isFirstLine || this.#hasRoom(found) ? RUN_ROWS : 0;
    if (!this.#ahead) return room;
    const { collector, line } = this.#ahead;
    const known = collector.#rules[found.rank];
    if (!known) return room;
    const before = isFirstLine ? known.last[at.cell + 1] : undefined;
    if (before?.lastLine === line - 1) return RUN_ROWS - before.findings.length;
    return collector.#hasRoom(known) ? room : 0;
  }

  /**
   * For a part: keeps only the findings that `collector`, to which it will be appended, has room for now; until they
   * are detached.
   *
   * @param line as for `append`
   */
  follow(collector: FindingCollector, line: number): void {
    this.#ahead = { collector, line };
  }

  /** Counts further findings of a rule of which as many are kept as there may be. */
  addUnkept(rule: RuleId, given: Severity, count: number): void {
    const ruled = this.ruled(rule, given);
    if (ruled === undefined || count === 0) return;
    this.#of(ruled).unkept += count;
  }

  /** Hands over all findings so far and begins anew. */
  detach(): FindingPart {
    this.#ahead = undefined;
    if (this.#rules.length === 0) return nothing;
    const rules: RuleFindings[] = [];
    for (const found of this.#rules) {
      if (!found) continue;
      const { rule, severity, rank, runs, unkept } = found;
      rules.push({ rule, severity, rank, runs, unkept });
    }
    this.#rules = [];
    return { rules };
  }

  /**
   * True when a part has not kept all the findings that would be kept here: `append` has left them out before. Its rows
   * must then be checked again.
   *
   * @param line 0-based editor line where the rows of the part begin, as for `append`
   */
  lacks(part: FindingPart, line: number): boolean {
    for (const { rank, runs, unkept } of part.rules) {
      const found = this.#rules[rank];
      let room = this.#settings.maxFindings - (found?.runs.length ?? 0);
      for (const run of runs) {
        const before = found && continued(found, run, line);
        const wanted = before ? RUN_ROWS - before.findings.length : room > 0 ? RUN_ROWS : 0;
        if (run.findings.length < Math.min(rowsOf(run), wanted)) return true;
        if (!before) room--;
      }
      if (room > 0 && unkept > 0) return true;
    }
    return false;
  }

  /**
   * Adds the findings of rows that stand behind all those before. What is not kept here the part forgets: parts
   * together hold no more than one collector.
   *
   * @param line 0-based editor line where the rows of the part begin
   */
  append(part: FindingPart, line: number): void {
    if (part.rules.length === 0) return;
    for (const added of part.rules) {
      const found = this.#of(added);
      found.unkept += added.unkept;
      let forgotten = 0;
      for (const run of added.runs) {
        const before = continued(found, run, line);
        if (before) {
          run.findings = run.findings.slice(0, RUN_ROWS - before.findings.length);
          before.findings.push(...run.findings.map((finding) => moved(finding, line)));
          before.lastLine = run.lastLine + line;
        } else if (this.#hasRoom(found)) {
          const findings = run.findings.map((finding) => moved(finding, line));
          const { cell, first, foldsFrom, firstLine, lastLine } = run;
          this.#keep(found, {
            findings,
            wanted: RUN_ROWS,
            first,
            cell,
            foldsFrom,
            firstLine: firstLine + line,
            lastLine: lastLine + line,
          });
        } else {
          found.unkept += rowsOf(run);
          run.findings = [];
          if (run.firstLine !== 0) forgotten += rowsOf(run);
        }
      }
      if (forgotten === 0) continue;
      added.runs = added.runs.filter((run) => run.findings.length > 0 || run.firstLine === 0);
      added.unkept += forgotten;
    }
  }

  #of({ rule, severity, rank }: RuledSeverity): OpenRuleFindings {
    return (this.#rules[rank] ??= { rule, severity, rank, runs: [], unkept: 0, last: [] });
  }

  #hasRoom(found: RuleFindings): boolean {
    return found.runs.length < this.#settings.maxFindings;
  }

  #keep(found: OpenRuleFindings, run: Run): void {
    found.runs.push(run);
    if (run.cell !== undefined) found.last[run.cell + 1] = run;
  }

  get totals(): FindingTotals {
    const counts = { error: 0, warning: 0, information: 0 };
    for (const found of this.#rules) if (found) counts[found.severity] += countOf(found);
    return { errors: counts.error, warnings: counts.warning, information: counts.information };
  }

  /** The findings to show: errors first when there is not room for all, each rule with its share, in file order. */
  findings(): Finding[] {
    const max = this.#settings.maxFindings;
    const rules = this.#rules.filter((found) => found !== undefined);
    const groups = rules.map(({ runs }) => runs.flatMap(toldRun));
    const all = groups.flat();
    if (all.length <= max && rules.every(({ unkept }) => unkept === 0)) return all.sort(byPlace);
    const shown = shared(groups, max - 1).sort(byPlace);
    const { errors, warnings, information } = this.totals;
    const message =
      `${shown.length} findings are shown, of ${errors} errors, ${warnings} warnings and ${information} for ` +
      'information. `cqube-emission check --max 0` lists them all. ' +
      ruleIds.flatMap((rule) => countText(rule, rules)).join(', ') +
      '.';
    return [
      { rule: 'summary/not-shown', severity: 'information', file: this.#file, ...fileStart, message },
      ...shown,
    ];
  }
}

function rankOf(rule: RuleId, severity: Severity): number {
  return ranks.get(rule)! * 3 + severityRank(severity);
}

/** How often a rule was found, as text; nothing when it never was. */
function countText(rule: RuleId, found: readonly RuleFindings[]): string[] {
  const count = found.reduce((sum, each) => sum + (each.rule === rule ? countOf(each) : 0), 0);
  return count === 0 ? [] : [`${rule}: ${count}`];
}

/** A text, as the same object where the finding before has the same: there may be millions. */
function lastText({ runs }: RuleFindings, text: string): string {
  const before = runs.at(-1)?.findings[0]?.message;
  return text === before ? before : text;
}

/** The kept run that goes on in a run of a part. */
function continued(found: OpenRuleFindings, run: Run, line: number): Run | undefined {
  if (run.cell === undefined || run.firstLine !== 0 || !run.first) return undefined;
  const before = found.last[run.cell + 1];
  return before?.lastLine === line - 1 ? before : undefined;
}

/** A finding of a part in the lines of the file. */
function moved(finding: Finding, lines: number): Finding {
  return { ...finding, line: finding.line + lines, endLine: finding.endLine + lines };
}

/** The findings of a run: each one, or the first in place of a long run. */
function toldRun(run: Run): readonly Finding[] {
  const { findings, foldsFrom, lastLine } = run;
  const [first] = findings;
  const rows = rowsOf(run);
  if (!first || rows < foldsFrom) return findings;
  const message = `${first.message} The same in lines ${first.line + 1} to ${lastLine + 1}: ${rows} rows.`;
  return [{ ...first, message }];
}
