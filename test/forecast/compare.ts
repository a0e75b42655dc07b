/** The forecast against the model on one random file, however the engine is given it. */
import { isDeepStrictEqual } from 'node:util';
import { findDataset } from '../../core/catalogue/catalogue.ts';
import type { FileReport } from '../../core/check/file.ts';
import { columnsKey, type ValueSet } from '../../core/check/identity/value-set.ts';
import { forecastOf } from '../../core/forecast/forecast.ts';
import type { Forecast } from '../../core/forecast/types.ts';
import { checkByRanges } from '../core/check/ranges/by-ranges.ts';
import { checkWhole } from '../core/check/whole.ts';
import {
  masterSettings,
  proofs,
  referenceMasters,
  sampleOf,
  type Sample,
} from '../reference/comparison/compare.ts';
import { modelOf, type ModelForecast } from './model.ts';

/** A sample whose days are counted. Whatever the user has turned off counts all the same. */
export function forecastSample(seed: number, number: number, dataset?: string): Sample {
  const sample = sampleOf(seed, number, dataset);
  return { ...sample, settings: { ...sample.settings, rules: {}, countsDays: true }, maxFindings: undefined };
}

/** The forecasts of a sample, checked as a whole, in chunks, and in ranges where it may have some. */
export function forecastsOf({ spec, bytes, settings, masters, way }: Sample): Forecast[] {
  const none = { find: () => undefined };
  const reports = new Map<string, FileReport>();
  for (const [dataset, master] of masters ?? [])
    reports.set(
      dataset,
      checkWhole(findDataset(dataset)!, dataset, master, masterSettings(settings), { masters: none }),
    );
  const find = (dataset: string, columns: readonly string[]): ValueSet | undefined =>
    reports.get(dataset)?.values.get(columnsKey(columns));
  const found = masters && { find };
  const withMasters = found ? { masters: found } : {};
  const { chunkBytes, proof, splits } = way;
  const all = [
    checkWhole(spec, spec.csv, bytes, settings, { makeProof: proofs.blocks, ...withMasters }),
    checkWhole(spec, spec.csv, bytes, settings, { chunkBytes, makeProof: proofs[proof], ...withMasters }),
    checkByRanges({ spec, file: spec.csv, settings, masters: found }, bytes, {
      splits,
      chunkBytes,
      makeProof: proofs[proof],
    }),
  ];
  return all.flatMap((report) =>
    report ? forecastOf(spec, settings, { ...report, tally: report.tally! }) : [],
  );
}

/** How forecast and model differ on a sample; undefined when they do not. */
export function forecastDifference(sample: Sample): string | undefined {
  const { spec, bytes, settings, masters } = sample;
  const model = modelOf(spec, bytes, settings, masters && referenceMasters(sample));
  for (const forecast of forecastsOf(sample)) {
    const found = comparable(forecast, model);
    if (!isDeepStrictEqual(found, model))
      return `The forecast is ${JSON.stringify(found)}\nand the model says ${JSON.stringify(model)}.`;
    const { total, hidden, unclear, ...others } = forecast.rows;
    if (hidden > others.loaded || unclear > others.loaded) return 'More rows are hidden than loaded.';
    const sum = Object.values(others).reduce((a, b) => a + b, 0);
    if (sum !== total) return `The fates of ${sum} rows are told, of ${total}.`;
  }
  return undefined;
}

/** The sentence about the second reader is the only place where its rows are counted. */
function comparable(
  { outcome, log, rows, effects, days, notes }: Forecast,
  model: ModelForecast,
): ModelForecast {
  const told = notes.map((note) => /^At (\d+) rows? the reader/.exec(note)?.[1]).find(Boolean);
  return {
    outcome,
    ...(log ? { log: { ...log } } : {}),
    rows: { ...rows },
    effects: { ...effects },
    ...(days ? { days } : {}),
    unclearReadings: outcome === 'loads' || outcome === 'nothing' ? Number(told ?? 0) : model.unclearReadings,
  };
}

/** What somebody needs who mends a difference; undefined when there is none. */
export function forecastFailure(seed: number, number: number, dataset?: string): string | undefined {
  const sample = forecastSample(seed, number, dataset);
  let difference: string | undefined;
  try {
    difference = forecastDifference(sample);
  } catch (error) {
    difference = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  if (difference === undefined) return undefined;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(sample.bytes);
  return [
    `Seed ${seed}, file ${number}, ${sample.spec.id}.`,
    difference,
    `Settings: ${JSON.stringify(sample.settings)}; references ${sample.masters ? 'checked' : 'not checked'}.`,
    `The file: ${JSON.stringify(text)}`,
  ].join('\n');
}
