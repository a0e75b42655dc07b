import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { FileReport } from '../core/check/file.ts';
import type { Finding } from '../core/finding.ts';
import { disk } from '../core/layout/file-system-node.ts';
import type { Checker } from '../core/scan/job.ts';
import { keptAnswersIn } from '../core/cache/kept-answers-node.ts';
import type { TreeFile } from '../core/layout/emission-tree.ts';
import type { BlockDocument } from './block-document.ts';
import { findEmissionFolders, isFolder } from './discovery.ts';
import { OpenDocument, startsWithMark, type CheckedDocument } from './documents.ts';
import { EmissionRoot, uriOfFolder } from './emission-root.ts';
import { SupersededError } from './superseded.ts';
import { asOfToday, initialSettings, type ServerSettings } from './settings.ts';

/** So many folders of the workspace are listed every few seconds; more only when the user does something. */
const FEW_FOLDERS = 300;

/** Everything that the server knows: the emission folders of the workspace and the checks of open documents. */
export class Session {
  readonly #checker: Checker;
  readonly #onScanned: () => void;
  readonly #onStateChanged: () => void;
  readonly #onMasterEdited: () => void;
  readonly #documents = new Map<string, OpenDocument>();
  /** Paths of the documents that stand for their files; undefined while every open one does. */
  #held: ReadonlySet<string> | undefined;
  readonly #closed = new WeakSet<BlockDocument>();
  /** Whether files begin with a byte order mark, by path; good for one state of the file. */
  readonly #marks = new Map<string, { readonly stamp: string; readonly mark: boolean }>();
  #folders: readonly string[] = [];
  #storage: string | undefined;
  #settings: ServerSettings = initialSettings;
  #roots: readonly EmissionRoot[] = [];
  /** Paths of all emission folders that were there once: one that was moved away may come back. */
  readonly #everFound = new Set<string>();
  /** How many folders the last search for emission folders listed. */
  #listed = 0;
  #scan: Promise<void> = Promise.resolve();
  #scanning = 0;

  /**
   * @param checker checks the files of the disk
   * @param onScanned called after each look at the folders
   * @param onStateChanged called when an edit has changed the state of a dataset
   * @param onMasterEdited called when an edit has changed values that other files refer to
   */
  constructor(
    checker: Checker,
    onScanned: () => void,
    onStateChanged: () => void,
    onMasterEdited: () => void,
  ) {
    this.#checker = checker;
    this.#onScanned = onScanned;
    this.#onStateChanged = onStateChanged;
    this.#onMasterEdited = onMasterEdited;
  }

  get roots(): readonly EmissionRoot[] {
    return this.#roots;
  }

  get scanning(): boolean {
    return this.#scanning > 0;
  }

  /** Paths of the workspace folders. */
  set folders(folders: readonly string[]) {
    this.#folders = folders;
    this.#everFound.clear();
  }

  /** Folder for answers that outlast the session; undefined, as it is at first, for none. */
  set storage(folder: string | undefined) {
    this.#storage = folder;
  }

  get settings(): ServerSettings {
    return asOfToday(this.#settings);
  }

  set settings(settings: ServerSettings) {
    this.#settings = settings;
    for (const root of this.#roots) root.settings = settings;
  }

  /** Resolves when the look that is under way, if any, is done. */
  async settled(): Promise<void> {
    let seen: Promise<void>;
    do {
      seen = this.#scan;
      await seen;
    } while (seen !== this.#scan);
  }

  /** Looks at everything anew; resolves when that look, or a newer one, is done. */
  rescan(): Promise<void> {
    this.#scanning++;
    const before = this.#scan;
    const scan = (async () => {
      try {
        const settings = asOfToday(this.#settings);
        if (settings !== this.#settings) this.settings = settings;
        await this.#findRoots();
        await Promise.all(this.#roots.map((root) => root.rescan().catch(() => undefined)));
        await before;
      } finally {
        this.#scanning--;
        this.#onScanned();
      }
    })();
    this.#scan = scan;
    return this.settled();
  }

  /**
   * Looks anew where the disk is not as it was at the last look. File events alone are not to be relied on: watchers
   * lose folders that are replaced, and never tell of them again.
   *
   * @param thorough true to look at a workspace and at folders of any size, false at small ones alone
   */
  async catchUp(thorough: boolean): Promise<void> {
    await this.settled();
    if (await this.#changedOnDisk(thorough)) await this.rescan();
  }

  async #changedOnDisk(thorough: boolean): Promise<boolean> {
    const known = this.#roots.map(({ path }) => path);
    const found = thorough || this.#listed <= FEW_FOLDERS ? await this.#search() : await this.#stillThere();
    if (!isDeepStrictEqual(found, known)) return true;
    const changed = await Promise.all(this.#roots.map((root) => root.changedOnDisk(thorough)));
    return changed.includes(true);
  }

  /** The paths of the emission folders of the workspace, each once. */
  async #search(): Promise<string[]> {
    const found = new Set<string>();
    let listed = 0;
    for (const folder of this.#folders) {
      const discovery = await findEmissionFolders(disk, folder);
      for (const path of discovery.found) found.add(path);
      listed += discovery.listed;
    }
    this.#listed = listed;
    return [...found];
  }

  /** Those of the emission folders of this session that are there, in the order of the roots, others behind them. */
  async #stillThere(): Promise<string[]> {
    const known = this.#roots.map(({ path }) => path);
    const paths = [...new Set([...known, ...this.#everFound])];
    const there = await Promise.all(paths.map((path) => isFolder(disk, path)));
    return paths.filter((_, i) => there[i]);
  }

  async #findRoots(): Promise<void> {
    const found = await this.#search();
    for (const path of found) this.#everFound.add(path);
    this.#roots = found.map((path) => this.#roots.find((root) => root.path === path) ?? this.#newRoot(path));
  }

  #newRoot(path: string): EmissionRoot {
    const kept = this.#storage === undefined ? undefined : keptAnswersIn(this.#storage, path);
    const open = (file: string) => this.#openReport(file);
    return new EmissionRoot(path, uriOfFolder(path), this.#settings, this.#checker, open, kept);
  }

  /** Keeps for the next session what is known by now. */
  async flush(): Promise<void> {
    await Promise.all(this.#roots.map((root) => root.flush()));
  }

  /**
   * Says which documents stand for their files. Of all others the disk counts.
   *
   * @param uris see `HeldParams`
   * @returns `released`: a document that was checked no longer counts; `taken`: one counts that did not before
   */
  hold(uris: readonly string[]): { readonly released: boolean; readonly taken: boolean } {
    const held = new Set(uris.flatMap((uri) => pathOf(uri) ?? []));
    const taken = [...held].some((file) => !this.#stands(file));
    this.#held = held;
    const released = [...this.#documents.keys()].filter((file) => !held.has(file));
    for (const file of released) this.#forget(file);
    return { released: released.length > 0, taken };
  }

  #stands(file: string): boolean {
    return this.#held?.has(file) ?? true;
  }

  #forget(file: string): void {
    this.#documents.get(file)?.stop();
    this.#documents.delete(file);
  }

  #openReport(file: string): FileReport | undefined {
    return this.#documents.get(file)?.latest?.report;
  }

  rootOf(file: string): { root: EmissionRoot; path: string } | undefined {
    for (const root of this.#roots) {
      const path = root.relative(file);
      if (path !== undefined) return { root, path };
    }
    return undefined;
  }

  rootByUri(uri: string): EmissionRoot | undefined {
    const path = pathOf(uri);
    return this.#roots.find((root) => root.path === path);
  }

  /** The check of a document's present version; undefined when it is no dataset's CSV, or does not stand for it. */
  async checked(document: BlockDocument): Promise<CheckedDocument | undefined> {
    const file = pathOf(document.uri);
    const place = file === undefined ? undefined : this.rootOf(file);
    const status = place?.root.statusOfCsv(place.path);
    if (file === undefined || !place || !status || !this.#stands(file)) return undefined;
    const { spec, csv, report } = status.examination;
    const surroundings = {
      spec,
      file: place.path,
      settings: this.#settings,
      masters: await place.root.mastersOf(spec),
      byteOrderMark: await this.#hasMark(file, csv),
    };
    if (this.#closed.has(document) || !this.#stands(file)) throw new SupersededError();
    let open = this.#documents.get(file);
    const before = open?.latest?.report ?? report;
    if (!open?.fits(surroundings)) {
      open?.stop();
      open = new OpenDocument(surroundings, open?.latest);
      this.#documents.set(file, open);
    }
    const checked = await open.check(document);
    if (before && !sameValues(before, checked.report)) this.#onMasterEdited();
    return checked;
  }

  /** The findings on one document: its own check, and what is known of the file in its folder. */
  async findings(document: BlockDocument): Promise<Finding[]> {
    const file = pathOf(document.uri);
    const place = file === undefined ? undefined : this.rootOf(file);
    if (!place) return [];
    const status = place.root.statusOfCsv(place.path);
    const checked = await this.checked(document);
    if (status && checked && (await place.root.takeOpen(status, checked.report))) this.#onStateChanged();
    return place.root.findingsOf(place.path);
  }

  /**
   * Checks the documents that have changed since they were checked. A client asks for the findings of those alone that
   * are to be seen; one in a tab behind others is the text of its file as well, and changes with it.
   */
  async follow(documents: readonly BlockDocument[]): Promise<void> {
    await this.settled();
    const behind = documents.filter((document) => {
      const latest = this.#documents.get(pathOf(document.uri) ?? '')?.latest;
      return latest && latest.version !== document.version;
    });
    // One that is given up for a newer version is followed after that.
    await Promise.all(behind.map((document) => this.findings(document).catch(() => undefined)));
  }

  /** The document is closed: what is on disk counts again. */
  close(document: BlockDocument): void {
    const file = pathOf(document.uri);
    if (file === undefined) return;
    this.#closed.add(document);
    this.#forget(file);
  }

  /** Whether a file begins with a byte order mark. */
  async #hasMark(file: string, csv: TreeFile | undefined): Promise<boolean> {
    const stamp = `${csv?.bytes ?? 0} ${csv?.modified ?? 0}`;
    const known = this.#marks.get(file);
    if (known?.stamp === stamp) return known.mark;
    const mark = await startsWithMark(file);
    this.#marks.set(file, { stamp, mark });
    return mark;
  }
}

/** True when the values that other files refer to are the same in two checks of a file. */
function sameValues(a: FileReport, b: FileReport): boolean {
  if (a.values.size !== b.values.size) return false;
  return [...a.values].every(([key, set]) => set.signature === b.values.get(key)?.signature);
}

/** The path of a file URI; undefined for other schemes. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
