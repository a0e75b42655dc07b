/** The engine against the reference on one random file, whatever the chunks and the proofs. */
import { isDeepStrictEqual } from 'node:util';
import { datasets, findDataset } from '../../../core/catalogue/catalogue.ts';
import type { DatasetSpec } from '../../../core/catalogue/spec.ts';
import type { FileReport, MakeProof } from '../../../core/check/file.ts';
import { defaultSettings, releases, type CheckSettings } from '../../../core/check/settings.ts';
import { columnsKey, type ValueSet } from '../../../core/check/identity/value-set.ts';
import { ROW_BYTES } from '../../../core/csv/dialect.ts';
import { BlockProof } from '../../../core/csv/proof/proof-wasm.ts';
import { WordProof } from '../../../core/csv/proof/proof-words.ts';
import { ruleIds, type Finding, type RuleId, type RuleSetting } from '../../../core/finding.ts';
import { checkByRanges } from '../../core/check/ranges/by-ranges.ts';
import { checkWhole } from '../../core/check/whole.ts';
import { randomFile, randomMaster } from './generate.ts';
import { Random } from './random.ts';
import { checkByReference } from '../reference.ts';
import type { ReferenceFinding, ReferenceMasters } from '../types.ts';

/** Rules of the engine that the reference does not know yet: left out of the comparison. */
const notCompared: ReadonlySet<RuleId> = new Set<RuleId>([]);

/** One file with everything that its check depends on. */
export interface Sample {
  readonly spec: DatasetSpec;
  readonly bytes: Uint8Array;
  readonly settings: CheckSettings;
  /** Master files by dataset; undefined when references are not checked. */
  readonly masters: ReadonlyMap<string, Uint8Array> | undefined;
  /** How the engine checks the file a second time, besides all at once and with the fastest proof. */
  readonly way: Way;
  /** How many findings a third check may show; undefined when there is none. */
  readonly maxFindings: number | undefined;
}

interface Way {
  readonly chunkBytes: number;
  readonly proof: 'none' | 'words' | 'blocks';
  /** Bytes at which the file is split into ranges; none where it is not. */
  readonly splits: readonly number[];
}

/** The sample of a seed and a number. @param dataset the one to take; otherwise they take turns */
export function sampleOf(seed: number, number: number, dataset?: string): Sample {
  const random = new Random(seed, number);
  const spec = dataset === undefined ? datasets[number % datasets.length] : findDataset(dataset);
  if (!spec) throw new Error(`There is no dataset ${dataset ?? ''}.`);
  const bytes = randomFile(spec, random);
  const settings = randomSettings(random);
  return {
    spec,
    bytes,
    settings: bytes.every((byte) => byte < 0x80) ? withRowBytes(settings, bytes.length, random) : settings,
    masters: random.chance(0.5) ? randomMasters(spec, random) : undefined,
    way: {
      chunkBytes: chunkOf(bytes.length, random),
      proof: random.pick(['none', 'words', 'blocks']),
      splits: Array.from({ length: random.int(0, 3) }, () => random.int(0, bytes.length)),
    },
    maxFindings: random.chance(0.1) ? random.int(2, 20) : undefined,
  };
}

function randomSettings(random: Random): CheckSettings {
  const rules: Partial<Record<RuleId, RuleSetting>> = {};
  if (random.chance(0.05))
    rules[random.pick(ruleIds)] = random.pick(['off', 'error', 'warning', 'information'] as const);
  return {
    ...defaultSettings,
    rules,
    variant: random.weighted({ auto: 8, state: 1, udise: 1 }),
    dikshaDelimiter: random.weighted({ auto: 8, pipe: 1, comma: 1 }),
    release: random.chance(0.8) ? '3.6' : random.pick(releases),
    withoutMap: random.chance(0.15),
    ...(random.chance(0.8)
      ? { today: random.pick(['2026-11-23', '2026-01-31', '2024-02-29', '2026-03-01']) }
      : {}),
  };
}

/** Now and then rows may be as long as those of the file, more or less. */
function withRowBytes(settings: CheckSettings, bytes: number, random: Random): CheckSettings {
  if (!random.chance(0.2)) return settings;
  return { ...settings, rowBytes: random.int(1, random.pick([20, 80, 300, Math.max(1, bytes)])) };
}

function randomMasters(spec: DatasetSpec, random: Random): Map<string, Uint8Array> {
  const masters = new Map<string, Uint8Array>();
  for (const { dataset } of spec.references) {
    const master = findDataset(dataset);
    if (master && random.chance(0.8)) masters.set(dataset, randomMaster(master, random));
  }
  return masters;
}

/** Small chunks for small files: each one of a long first line costs the engine a copy of it. */
function chunkOf(length: number, random: Random): number {
  const least = length <= 1500 ? 1 : Math.ceil(length / 150);
  if (random.chance(0.1)) return Infinity;
  return random.chance(0.5) ? least : Math.max(least, random.pick([2, 3, 5, 7, 13, 64, 200, 1000]));
}

/** How the engine and the reference differ on a sample; undefined when they do not. */
export function differenceOf(sample: Sample): string | undefined {
  const { spec, bytes, settings, masters } = sample;
  const reports = new Map<string, FileReport>();
  for (const [dataset, master] of masters ?? []) {
    const masterSpec = findDataset(dataset)!;
    const none = { find: () => undefined };
    reports.set(
      dataset,
      checkWhole(masterSpec, dataset, master, masterSettings(settings), { masters: none }),
    );
  }
  const find = (dataset: string, columns: readonly string[]): ValueSet | undefined =>
    reports.get(dataset)?.values.get(columnsKey(columns));
  const engine = ({ chunkBytes, proof }: Way, maxFindings = Infinity) =>
    checkWhole(
      spec,
      spec.csv,
      bytes,
      { ...settings, maxFindings },
      { chunkBytes, makeProof: proofs[proof], ...(masters ? { masters: { find } } : {}) },
    );

  const inRanges = ({ chunkBytes, proof, splits }: Way, maxFindings = Infinity) =>
    checkByRanges(
      { spec, file: spec.csv, settings: { ...settings, maxFindings }, masters: masters && { find } },
      bytes,
      { splits, chunkBytes, makeProof: proofs[proof] },
    );
  const { chunkBytes, proof, splits } = sample.way;

  const whole = engine({ chunkBytes: Infinity, proof: 'blocks', splits: [] });
  const others = [engine(sample.way), inRanges(sample.way)];
  const other = others.find((report) => report && !isDeepStrictEqual(shared(whole), shared(report)));
  if (other) {
    const how = `proof: ${proof}, chunks of ${chunkBytes}, split at ${splits.join(', ') || 'no byte'}`;
    return `The engine differs from itself (${how}):\n${JSON.stringify(shared(whole))}\n${JSON.stringify(shared(other))}`;
  }
  if (whole.findings.some((finding, index) => index > 0 && isBefore(finding, whole.findings[index - 1]!)))
    return 'The findings do not stand in the order of the file.';

  const some = sample.maxFindings === undefined ? undefined : engine(sample.way, sample.maxFindings);
  const wrong = some && boundFault(whole, some, sample.maxFindings!);
  if (wrong) return `With at most ${sample.maxFindings!} findings ${wrong}.`;
  const someInRanges = some && inRanges(sample.way, sample.maxFindings);
  if (someInRanges && !isDeepStrictEqual(shared(some), shared(someInRanges)))
    return `With at most ${sample.maxFindings!} findings others are shown when it is split at ${splits.join(', ')}.`;

  const reference = checkByReference(spec, bytes, settings, masters && referenceMasters(sample));
  const found = whole.findings.map(comparable);
  const [only, missing] = differencesBetween(found, reference.findings);
  if (only.length + missing.length > 0)
    return `Only the engine has:\n  ${only.join('\n  ')}\nOnly the reference has:\n  ${missing.join('\n  ')}`;
  if (!isDeepStrictEqual(whole.totals, reference.totals))
    return `The engine counts ${JSON.stringify(whole.totals)}, the reference ${JSON.stringify(reference.totals)}.`;
  if (whole.rows !== reference.rows)
    return `The engine counts ${whole.rows} rows, the reference ${reference.rows}.`;
  return undefined;
}

function comparable({ rule, severity, message, ...place }: Finding): ReferenceFinding {
  const { line, column, endLine, endColumn } = place;
  const otherLine = rule.startsWith('key/') ? Number(/\bline (\d+)/i.exec(message)?.[1] ?? -1) : 0;
  return [rule, severity, line, column, endLine, endColumn, otherLine];
}

export const proofs: Readonly<Record<Way['proof'], MakeProof>> = {
  none: () => undefined,
  words: (shape) => new WordProof(shape),
  blocks: (shape) => BlockProof.create(shape) ?? new WordProof(shape),
};

function isBefore(a: Finding, b: Finding): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

/** What is wrong with the findings of a check that may show only so many; undefined when nothing is. */
function boundFault(whole: FileReport, some: FileReport, most: number): string | undefined {
  if (!isDeepStrictEqual(whole.totals, some.totals)) return 'the totals are others';
  if (whole.findings.length <= most)
    return isDeepStrictEqual(whole.findings, some.findings) ? undefined : 'some are left out without need';
  const [summary, ...shown] = some.findings;
  if (summary?.rule !== 'summary/not-shown') return 'nothing says that there are more';
  if (some.findings.length > most) return `${some.findings.length} are shown`;
  const all = new Set(whole.findings.map((finding) => JSON.stringify(finding)));
  if (!shown.every((finding) => all.has(JSON.stringify(finding)))) return 'one is shown that is none';
  const errors = Math.min(most - 1, whole.findings.filter(({ severity }) => severity === 'error').length);
  const shownErrors = shown.filter(({ severity }) => severity === 'error').length;
  return shownErrors < errors ? `only ${shownErrors} errors are shown` : undefined;
}

/** Rows of masters may be of any length: not all of them are ASCII. */
export function masterSettings(settings: CheckSettings): CheckSettings {
  return { ...settings, rowBytes: ROW_BYTES };
}

function shared({ values, ...report }: FileReport): object {
  return { ...report, values: [...values].map(([key, set]) => [key, set.signature]) };
}

export function referenceMasters({ masters, settings }: Sample): ReferenceMasters {
  const reports = new Map(
    [...(masters ?? [])].map(([dataset, bytes]) => [
      dataset,
      checkByReference(findDataset(dataset)!, bytes, masterSettings(settings)),
    ]),
  );
  return (dataset, ...columns) => reports.get(dataset)?.valuesOf(...columns);
}

/** What only the one list and only the other holds, as often as it does. */
function differencesBetween(
  engine: readonly ReferenceFinding[],
  reference: readonly ReferenceFinding[],
): [string[], string[]] {
  const counts = new Map<string, number>();
  const count = (findings: readonly ReferenceFinding[], step: number) => {
    for (const finding of findings) {
      if (notCompared.has(finding[0])) continue;
      const key = finding.join(' ');
      counts.set(key, (counts.get(key) ?? 0) + step);
    }
  };
  count(engine, 1);
  count(reference, -1);
  const only: string[] = [];
  const missing: string[] = [];
  for (const [key, times] of counts)
    for (let i = 0; i < Math.abs(times); i++) (times > 0 ? only : missing).push(key);
  return [only, missing];
}
