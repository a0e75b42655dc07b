import { datasets } from './catalogue.ts';
import { mostSimilar } from './similar.ts';
import type { DatasetSpec } from './spec.ts';

/** What ingestion does with an object of the emission bucket (ingestion-rules, section 2). */
export type Route =
  /** It is read as this dataset. */
  | { readonly kind: 'taken'; readonly spec: DatasetSpec }
  /** No route fits: it stays in the emission bucket, and nobody is told. */
  | { readonly kind: 'left' }
  /** The folder's route fits, the name does not: it is moved to the input bucket, logged and dropped. */
  | { readonly kind: 'dropped' };

const folders = new Map<string, DatasetSpec[]>();
for (const spec of datasets) folders.set(spec.folder, [...(folders.get(spec.folder) ?? []), spec]);

/** Every folder of the published tree, in its order. */
export const knownFolders: readonly string[] = [...folders.keys()];

/** The datasets whose files stand in a folder; empty for an unknown one. */
export function datasetsOfFolder(folder: string): readonly DatasetSpec[] {
  return folders.get(folder) ?? [];
}

/** Folders whose unknown names stay in the emission bucket instead of being moved and dropped. */
const LEFT_WHEN_UNKNOWN = new Set(['udise', 'diksha']);

/**
 * Predicts the route of an uploaded archive.
 *
 * @param folder first part of the key
 * @param archive the rest of the key, before the time stamp is added
 */
export function routeOf(folder: string, archive: string): Route {
  const key = `${folder}/${archive}`;
  const fitting = datasets.filter((spec) => key.startsWith(spec.pickup.keyPrefix));
  if (fitting.length === 0) return { kind: 'left' };
  let taken: DatasetSpec | undefined;
  for (const spec of fitting) {
    const { archivePrefix, mustNotContain } = spec.pickup;
    if (!archive.startsWith(archivePrefix)) continue;
    if (mustNotContain !== undefined && key.includes(mustNotContain)) continue;
    if (!taken || archivePrefix.length > taken.pickup.archivePrefix.length) taken = spec;
  }
  if (!taken) return { kind: LEFT_WHEN_UNKNOWN.has(folder) ? 'left' : 'dropped' };
  const suffix = taken.pickup.bareCsv && archive.endsWith('.csv');
  return archive.endsWith('zip') || suffix ? { kind: 'taken', spec: taken } : { kind: 'dropped' };
}

/** The dataset of a CSV by its exact folder and name; undefined when no dataset has them. */
export function datasetOfCsv(folder: string, name: string): DatasetSpec | undefined {
  return datasetsOfFolder(folder).find((spec) => spec.csv === name);
}

/** The dataset of a CSV or zip by its exact name alone, for a file in the wrong folder. */
export function datasetNamed(name: string): DatasetSpec | undefined {
  return datasets.find((spec) => spec.csv === name || spec.archive === name);
}

/** The folder that an unknown one was probably meant to be. */
export function similarFolder(folder: string): string | undefined {
  // The mock data of the project itself uses a folder named after the archive.
  const byArchive = datasets.find((spec) => spec.archive === `${folder}.zip`);
  return byArchive?.folder ?? mostSimilar(folder, knownFolders);
}

/** The file name that an unknown one in a folder was probably meant to be, with the same extension. */
export function similarFile(folder: string, name: string): string | undefined {
  const extension = name.toLowerCase().endsWith('.zip') ? 'archive' : 'csv';
  const stem = (file: string) => file.replace(/\.[^.]*$/, '');
  const specs = datasetsOfFolder(folder);
  const found = mostSimilar(
    stem(name),
    specs.map((spec) => spec.id),
  );
  return specs.find((spec) => spec.id === found)?.[extension];
}
