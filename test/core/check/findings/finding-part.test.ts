/** The findings of a file taken part by part are those of the file taken as a whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FindingCollector, type FindingPart } from '../../../../core/check/findings/collector.ts';
import { defaultSettings, type CheckSettings } from '../../../../core/check/settings.ts';
import type { RuleId, Severity } from '../../../../core/finding.ts';
import { Random } from '../../csv/random.ts';

interface Event {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly line: number;
  /** Undefined for a finding that is part of no run. */
  readonly cell?: number;
}

/** Rows of few cells, in most of which the same is wrong as in the row before. */
function anyEvents(random: Random, lines: number): Event[] {
  const events: Event[] = [];
  let wrong: number[] = [];
  for (let line = 0; line < lines; line++) {
    if (random.once(9)) wrong = [0, 1, 2, 3, 4].filter(() => random.once(3));
    if (random.once(12)) line++;
    for (const cell of wrong) {
      const severity = random.once(5) ? 'warning' : 'error';
      events.push({ rule: random.once(9) ? 'cell/range' : 'cell/type', severity, line, cell });
    }
    if (random.once(6)) events.push({ rule: 'dialect/escape', severity: 'warning', line });
    if (random.once(40)) events.push({ rule: 'cell/type', severity: 'error', line, cell: 2 });
  }
  return events;
}

/** @param counts true when findings are only counted where that is enough, as bad cells are */
function take(collector: FindingCollector, events: readonly Event[], from: number, counts = false): void {
  for (const { rule, severity, line, cell } of events) {
    const at = line - from;
    const ruled = counts ? collector.ruled(rule, severity) : undefined;
    if (ruled && cell !== undefined && collector.counted(ruled, at, cell)) continue;
    collector.add(
      rule,
      severity,
      () => ({ line: at, column: cell ?? 0, endLine: at, endColumn: (cell ?? 0) + 1 }),
      () => `${rule} in cell ${cell ?? ''}`,
      cell === undefined ? undefined : { line: at, cell },
    );
  }
}

/** The findings of parts that begin at some lines, taken again where they lack what the others made them forget. */
class Parts {
  readonly #settings: CheckSettings;
  readonly #starts: readonly number[];
  readonly #parts = new Map<number, FindingPart>();

  constructor(settings: CheckSettings, starts: readonly number[]) {
    this.#settings = settings;
    this.#starts = starts;
  }

  whole(events: readonly Event[], without: number): FindingCollector {
    const whole = new FindingCollector('f.csv', this.#settings);
    for (const [index, start] of this.#starts.entries()) {
      if (index === without) continue;
      const end = this.#starts[index + 1] ?? Infinity;
      let part = this.#parts.get(start);
      if (!part || whole.lacks(part, start)) {
        const alone = new FindingCollector('f.csv', this.#settings, true);
        if (start % 2 === 0) alone.follow(whole, start);
        take(
          alone,
          events.filter(({ line }) => line >= start && line < end),
          start,
          true,
        );
        part = alone.detach();
        assert.ok(!whole.lacks(part, start), 'a part that was just taken lacks nothing');
        this.#parts.set(start, part);
      }
      whole.append(part, start);
    }
    return whole;
  }
}

test('parts together give the findings of the whole, also when one of them is left out', () => {
  const random = new Random(3);
  for (let round = 0; round < 400; round++) {
    const settings = { ...defaultSettings, maxFindings: random.pick([1, 2, 3, 5, 20, 1000]) };
    const lines = 1 + random.below(200);
    const events = anyEvents(random, lines);
    const starts = [0];
    while (starts.at(-1)! < lines) starts.push(starts.at(-1)! + 1 + random.below(random.pick([3, 40])));
    const parts = new Parts(settings, starts);
    for (let look = 0; look < 6; look++) {
      const without = look === 0 ? -1 : random.below(starts.length * 2);
      const [start, end] = [starts[without] ?? Infinity, starts[without + 1] ?? Infinity];
      const rest = events.filter(({ line }) => !(line >= start && line < end));
      const expected = new FindingCollector('f.csv', settings);
      take(expected, rest, 0);
      const found = parts.whole(events, without);
      assert.deepEqual(found.totals, expected.totals);
      assert.deepEqual(found.findings(), expected.findings());
    }
  }
});

test('findings that are only counted leave no room for others', () => {
  const settings = { ...defaultSettings, maxFindings: 2, rules: { 'key/duplicate-key': 'off' } as const };
  const collector = new FindingCollector('f.csv', settings);
  collector.addUnkept('key/duplicate-record', 'warning', 7);
  collector.addUnkept('key/duplicate-key', 'error', 7);
  assert.deepEqual(collector.totals, { errors: 0, warnings: 7, information: 0 });
  const [summary, ...shown] = collector.findings();
  assert.equal(summary?.rule, 'summary/not-shown');
  assert.deepEqual(shown, []);
});

test('a run of the rows before goes on in the first row of a part that has no room left', () => {
  const settings = { ...defaultSettings, maxFindings: 2 };
  const wrong = (line: number, cells: readonly number[]): Event[] =>
    cells.map((cell) => ({ rule: 'cell/type', severity: 'error', line, cell }));
  const events = Array.from({ length: 60 }, (_, line) =>
    wrong(line, line === 31 ? [1, 2, 3, 4] : [3, 4]),
  ).flat();
  const expected = new FindingCollector('f.csv', settings);
  take(expected, events, 0);
  const found = new Parts(settings, [0, 31]).whole(events, -1);
  assert.deepEqual([found.totals, found.findings()], [expected.totals, expected.findings()]);
});
