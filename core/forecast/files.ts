/** The forecasts of several files, and those of which none can be made. */
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { FileReport } from '../check/file.ts';
import type { CheckSettings } from '../check/settings.ts';
import type { Finding } from '../finding.ts';
import { forecastOf } from './forecast.ts';
import type { Forecast } from './types.ts';

/** What a forecast needs to know of a dataset's files; an examination of `layout` holds it. */
export interface ExaminedFiles {
  readonly spec: DatasetSpec;
  readonly csv?: { readonly path: string };
  readonly zip?: { readonly path: string };
  /** The check of the CSV, or of the CSV inside a zip that stands alone. */
  readonly report?: FileReport;
  readonly zipState?: string;
  readonly findings: readonly Finding[];
}

export interface FileForecasts {
  readonly forecasts: readonly Forecast[];
  /** Files of which nothing can be told, and why. */
  readonly unreadable: readonly { readonly file: string; readonly message: string }[];
}

/**
 * Says what ingestion will do with each file that is there.
 *
 * @param settings those of the checks
 */
export function forecastFiles(examined: readonly ExaminedFiles[], settings: CheckSettings): FileForecasts {
  const forecasts: Forecast[] = [];
  const unreadable: { file: string; message: string }[] = [];
  for (const { spec, csv, zip, report, findings, zipState } of examined) {
    const file = csv ?? zip;
    if (!file) continue;
    if (!report?.tally) {
      const finding =
        findings.find(({ severity }) => severity === 'error') ??
        findings.find(({ rule }) => rule === 'layout/zip-unchecked');
      unreadable.push({ file: file.path, message: finding?.message ?? 'The file cannot be read.' });
      continue;
    }
    const made = forecastOf(spec, settings, { ...report, tally: report.tally });
    const notes = zipState === 'stale' ? [staleNote(spec.archive), ...made.notes] : made.notes;
    forecasts.push({ ...made, notes });
  }
  return { forecasts, unreadable };
}

function staleNote(archive: string): string {
  return `This is about the CSV. ${archive} holds something else, and the zip is what would be emitted.`;
}
