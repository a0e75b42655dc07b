import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { datasets, variantsOf } from '../catalogue/catalogue.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import { EMISSION_FOLDER } from './emission-folder.ts';

export interface Initialized {
  /** Path of the emission folder. */
  readonly root: string;
  /** Folders that were made, below the emission folder, with `/`. */
  readonly created: readonly string[];
}

/**
 * Makes an emission folder with the folders of the published tree (emission-process, file structure). What is there
 * already stays as it is.
 *
 * @param folder where to make it: the emission folder itself when it bears its name, else the folder to hold it
 * @throws the file system's error when a folder cannot be made
 */
export async function initializeEmissionFolder(folder: string): Promise<Initialized> {
  const root = path.basename(folder) === EMISSION_FOLDER ? folder : path.join(folder, EMISSION_FOLDER);
  const wanted = [...new Set(datasets.filter((spec) => spec.published).map((spec) => spec.folder))];
  const created: string[] = [];
  await mkdir(root, { recursive: true });
  for (const name of wanted) {
    try {
      await mkdir(path.join(root, name));
      created.push(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return { root, created };
}

/** The dataset's CSV is there already; nothing was written. */
export class AlreadyThereError extends Error {
  override readonly name = 'AlreadyThereError';
}

/**
 * Makes a dataset's folder and a CSV that holds its header alone. An existing CSV is never written over.
 *
 * @param root path of the emission folder
 * @param variant id of the header variant; the main one when absent
 * @returns the CSV's path below the emission folder
 * @throws AlreadyThereError when the CSV exists; the file system's error when it cannot be written
 */
export async function addDataset(root: string, spec: DatasetSpec, variant?: string): Promise<string> {
  const file = `${spec.folder}/${spec.csv}`;
  await mkdir(path.join(root, spec.folder), { recursive: true });
  try {
    const handle = await open(path.join(root, file), 'wx');
    try {
      await handle.writeFile(templateOf(spec, variant));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new AlreadyThereError(`${file} is there already. It was left as it is.`);
    }
    throw error;
  }
  return file;
}

/** An empty file of a dataset: its header line, or its sections with their markers. */
export function templateOf(spec: DatasetSpec, variant?: string): string {
  if (spec.sections) {
    return spec.sections.map((section) => `${section.columns.join(',')}\n${section.endMarker}\n`).join('');
  }
  const variants = variantsOf(spec);
  const chosen = variants.find((each) => each.id === variant) ?? variants[0];
  return `${(chosen?.columns ?? []).map((column) => column.name).join(spec.reading.delimiter)}\n`;
}
