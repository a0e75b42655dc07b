import { backupMessage } from '../fix/backup.ts';
import { datasets } from '../catalogue/catalogue.ts';
import {
  datasetNamed,
  datasetOfCsv,
  datasetsOfFolder,
  routeOf,
  similarFile,
  similarFolder,
} from '../catalogue/match.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import { fileStart } from '../check/findings/text-range.ts';
import { type Finding, type RuleId, type RuleSettings, type Severity, severityOf } from '../finding.ts';
import { EMISSION_FOLDER } from './emission-folder.ts';
import {
  type DatasetFiles,
  type EmissionTree,
  type LeftOut,
  type TreeFile,
  reasonOf,
} from './emission-tree.ts';
import type { DirectoryEntry, FileSystem } from './file-system.ts';

/**
 * True for a folder `cqube_emission` that holds another one and nothing to emit, as an archive makes that is extracted into
 * a folder of its own name: the inner one is meant.
 *
 * @param entries what the outer folder holds
 */
export function wrapsEmissionFolder(entries: readonly Pick<DirectoryEntry, 'name' | 'kind'>[]): boolean {
  return (
    entries.some(({ name, kind }) => kind === 'directory' && name === EMISSION_FOLDER) &&
    !entries.some(({ name, kind }) =>
      kind === 'directory' ? datasetsOfFolder(name).length > 0 : /\.(csv|zip)$/i.test(name),
    )
  );
}

/** Files that editors, systems and spreadsheet programs leave behind. */
const STRAY = /^(\.|~)|^(thumbs\.db|desktop\.ini)$|(~|\.(bak|tmp|swp|part|crdownload))$/i;

/**
 * Looks through an emission folder: which file belongs to which dataset, and what ingestion would do with the others
 * (ingestion-rules, section 2; emission-process, file structure). Reads no file's content.
 *
 * @param root path of the emission folder
 * @throws the file system's error when the emission folder itself cannot be read
 */
export async function surveyTree(
  files: FileSystem,
  root: string,
  rules: RuleSettings = {},
): Promise<EmissionTree> {
  const survey = new Survey(rules);
  const entries = await files.list(root);
  survey.entries += entries.length;
  for (const entry of entries) {
    if (entry.kind === 'directory') await survey.folder(files, root, entry.name);
    else survey.rootFile(entry);
  }
  return survey.tree();
}

class Survey {
  readonly #rules: RuleSettings;
  readonly #csv = new Map<string, TreeFile>();
  readonly #zip = new Map<string, TreeFile>();
  readonly #findings: Finding[] = [];
  readonly #leftOut: LeftOut[] = [];
  readonly #others: { readonly path: string; readonly name: string; readonly spec: DatasetSpec }[] = [];
  entries = 0;

  constructor(rules: RuleSettings) {
    this.#rules = rules;
  }

  tree(): EmissionTree {
    for (const { path, name, spec } of this.#others) {
      if (this.#csv.has(spec.id) || this.#zip.has(spec.id)) this.#stray(path, name);
      else {
        const message = `${name} is neither a CSV nor a zip, and there is no other file of ${spec.id}: nothing of it is sent. Save it as ${spec.csv}.`;
        this.#leave('layout/unknown-file', 'error', path, message, [spec.id]);
      }
    }
    const found = datasets.map((spec): DatasetFiles => {
      const csv = this.#csv.get(spec.id);
      const zip = this.#zip.get(spec.id);
      return { spec, ...(csv ? { csv } : {}), ...(zip ? { zip } : {}) };
    });
    return { datasets: found, findings: this.#findings, leftOut: this.#leftOut, entries: this.entries };
  }

  rootFile(entry: DirectoryEntry): void {
    if (entry.kind === 'link') {
      const meant = datasetsOfFolder(entry.name);
      this.#link(entry.name, meant.length > 0 ? meant.map(({ id }) => id) : meantBy('', [entry]));
      return;
    }
    const meant = datasetNamed(entry.name);
    if (meant) {
      this.#leave(
        'layout/misplaced-file',
        'error',
        entry.name,
        `${entry.name} belongs into the folder ${meant.folder}/. From here it would get a key that no route takes.`,
        [meant.id],
      );
    } else this.#stray(entry.name, entry.name);
  }

  async folder(files: FileSystem, root: string, folder: string): Promise<void> {
    const known = datasetsOfFolder(folder);
    let entries: DirectoryEntry[];
    try {
      entries = await files.list(`${root}/${folder}`);
    } catch (error) {
      this.#leave(
        'layout/unreadable',
        'error',
        folder,
        `The folder ${folder}/ cannot be read: ${reasonOf(error)}.`,
        known.map(({ id }) => id),
        'unreadable',
      );
      return;
    }
    this.entries += entries.length;
    if (known.length === 0) {
      this.#unknownFolder(folder, entries, await this.#meantBelow(files, `${root}/${folder}`, entries));
      return;
    }
    for (const entry of entries) {
      if (entry.kind === 'directory') await this.#folderInside(files, root, folder, entry.name);
      else this.#entry(folder, entry);
    }
    if (!entries.some((entry) => entry.kind === 'file' && /\.(csv|zip)$/i.test(entry.name))) {
      this.#add(
        'layout/missing-dataset',
        'information',
        folder,
        `The folder ${folder}/ holds no CSV and no zip: nothing of it is emitted.`,
      );
    }
  }

  /** The datasets of the known folders that stand one level too deep. */
  async #meantBelow(
    files: FileSystem,
    path: string,
    entries: readonly DirectoryEntry[],
  ): Promise<readonly string[]> {
    const folders = entries.filter(
      ({ name, kind }) => kind === 'directory' && datasetsOfFolder(name).length > 0,
    );
    const meant = folders.map(async ({ name }) => {
      const inside = await files.list(`${path}/${name}`).catch((): DirectoryEntry[] => []);
      return meantBy(name, inside);
    });
    return (await Promise.all(meant)).flat();
  }

  #unknownFolder(folder: string, entries: readonly DirectoryEntry[], below: readonly string[]): void {
    if (folder.startsWith('.')) {
      this.#stray(folder, folder);
      return;
    }
    if (folder === EMISSION_FOLDER) {
      const message = `An emission folder inside the emission folder: its files would get keys that begin with ${folder}/, which no route takes. Move its folders up, next to this one.`;
      this.#leave('layout/unknown-folder', 'error', folder, message, below);
      return;
    }
    const meant = similarFolder(folder);
    const taken = entries.find(
      (entry) => entry.kind === 'file' && routeOf(folder, entry.name).kind === 'taken',
    );
    const advice = meant ? ` Did you mean ${meant}/?` : '';
    const datasetsInside = [...new Set([...meantBy(meant ?? folder, entries), ...below])];
    if (taken) {
      this.#leave(
        'layout/unknown-folder',
        'warning',
        folder,
        `The published tree has no folder ${folder}/.${advice} Ingestion would take ${taken.name} because the start of its key fits.`,
        datasetsInside,
      );
      return;
    }
    if (/^config|^textbook_distribution$/.test(folder)) {
      this.#leave(
        'layout/unknown-folder',
        'warning',
        folder,
        `cQube has no folder ${folder}/ of its own. Release 3.7 takes it where it is configured as a data source; in all others its files would stay in the emission bucket.`,
      );
      return;
    }
    this.#leave(
      'layout/unknown-folder',
      'error',
      folder,
      `cQube knows no folder ${folder}/.${advice} Its files would stay in the emission bucket, and nobody would be told.`,
      datasetsInside,
    );
  }

  async #folderInside(files: FileSystem, root: string, folder: string, name: string): Promise<void> {
    const path = `${folder}/${name}`;
    const inside = await files.list(`${root}/${path}`).catch((): DirectoryEntry[] => []);
    this.#leave(
      'layout/misplaced-file',
      'error',
      path,
      `A folder inside ${folder}/: ingestion fails on deeper keys. Move its files up, or away.`,
      meantBy(folder, inside),
    );
  }

  #entry(folder: string, entry: DirectoryEntry): void {
    const path = `${folder}/${entry.name}`;
    if (entry.kind === 'link') {
      this.#link(path, meantBy(folder, [entry]));
      return;
    }
    if (entry.kind !== 'file') {
      const message = `${entry.name} is not an ordinary file: it is not read and not sent.`;
      this.#leave('layout/stray-file', 'warning', path, message);
      return;
    }
    const { bytes, modified, changed } = entry;
    const file: TreeFile = { path, bytes, modified, ...(changed === undefined ? {} : { changed }) };
    const lower = entry.name.toLowerCase();
    if (STRAY.test(entry.name)) this.#stray(path, entry.name);
    else if (lower.endsWith('.csv')) this.#csvFile(folder, entry.name, file);
    else if (lower.endsWith('.zip')) this.#zipFile(folder, entry.name, file);
    else this.#otherFile(folder, entry.name);
  }

  /** A file that bears a dataset's name and is neither CSV nor zip, such as a workbook, may be all there is of it. */
  #otherFile(folder: string, name: string): void {
    const spec = datasetsOfFolder(folder).find(({ id }) => id === name.replace(/\.[^.]*$/, ''));
    if (spec) this.#others.push({ path: `${folder}/${name}`, name, spec });
    else this.#stray(`${folder}/${name}`, name);
  }

  #csvFile(folder: string, name: string, file: TreeFile): void {
    const spec = datasetOfCsv(folder, name);
    if (spec) this.#csv.set(spec.id, file);
    else this.#unknownFile(folder, name, file, 'csv');
  }

  #zipFile(folder: string, name: string, file: TreeFile): void {
    const spec = datasetsOfFolder(folder).find((candidate) => candidate.archive === name);
    if (spec) {
      this.#zip.set(spec.id, file);
      return;
    }
    const route = routeOf(folder, name);
    if (route.kind === 'taken') {
      const near = similarFile(folder, name) ?? route.spec.archive;
      const advice =
        near === route.spec.archive
          ? `The published name is ${near}: rename it, only that name is sent.`
          : `Did you mean ${near}? Rename it, only that name is sent.`;
      this.#leave(
        'layout/file-name',
        'warning',
        file.path,
        `Ingestion would read ${name} as ${route.spec.id}, because its name starts so. ${advice}`,
        [datasetNamed(near)?.id ?? route.spec.id],
      );
      return;
    }
    this.#unknownFile(folder, name, file, 'archive');
  }

  #unknownFile(folder: string, name: string, file: TreeFile, kind: 'csv' | 'archive'): void {
    const elsewhere = datasetNamed(name);
    if (elsewhere) {
      this.#leave(
        'layout/misplaced-file',
        'error',
        file.path,
        `${name} belongs into the folder ${elsewhere.folder}/. Ingestion does not take it from ${folder}/.`,
        [elsewhere.id],
      );
      return;
    }
    const meant = similarFile(folder, name);
    const expected = datasetsOfFolder(folder).map((spec) => spec[kind]);
    const advice = meant
      ? `Did you mean ${meant}?`
      : expected.length <= 4
        ? `Expected: ${expected.join(', ')}.`
        : `No name of the ${expected.length} files of this folder is near.`;
    const effect =
      routeOf(folder, name.replace(/\.csv$/i, '.zip')).kind === 'left'
        ? 'It would stay in the emission bucket, and nobody would be told.'
        : 'Ingestion would move it away, log it and drop it.';
    this.#leave(
      'layout/unknown-file',
      'error',
      file.path,
      `cQube knows no ${name} in ${folder}/. ${advice} ${effect}`,
      meantBy(folder, [{ name, kind: 'file' }]),
    );
  }

  #link(path: string, meant: readonly string[]): void {
    this.#leave(
      'layout/stray-file',
      'warning',
      path,
      `${path} is a symbolic link: it is not followed and not sent. Put what it points to in its place.`,
      meant,
      meant.length > 0 ? 'link' : 'stranger',
    );
  }

  #stray(path: string, name: string): void {
    this.#leave(
      'layout/stray-file',
      'warning',
      path,
      backupMessage(name) ??
        `${name} is no emission file. It is not sent from here; the reference script uploads everything it finds, so keep it outside.`,
    );
  }

  #leave(
    rule: RuleId,
    severity: Severity,
    path: string,
    message: string,
    meant: readonly string[] = [],
    kind: LeftOut['kind'] = meant.length > 0 ? 'misnamed' : 'stranger',
  ): void {
    this.#leftOut.push({ path, message, kind, meant });
    this.#add(rule, severity, path, message);
  }

  #add(rule: RuleId, given: Severity, path: string, message: string): void {
    const severity = severityOf(rule, given, this.#rules);
    if (severity) this.#findings.push({ rule, severity, file: path, ...fileStart, message });
  }
}

/** The datasets that files were probably meant to be, by their names; each once. `folder`: where they were meant to be. */
function meantBy(folder: string, entries: readonly Pick<DirectoryEntry, 'name' | 'kind'>[]): string[] {
  const ids = new Set<string>();
  for (const { name, kind } of entries) {
    if ((kind !== 'file' && kind !== 'link') || STRAY.test(name) || !/\.(csv|zip)$/i.test(name)) continue;
    const named = datasetNamed(name) ?? datasetNamed(similarFile(folder, name) ?? '');
    if (named) ids.add(named.id);
  }
  return [...ids];
}
