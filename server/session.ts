import { fileURLToPath } from 'node:url';
import type { FileReport } from '../core/check/file.ts';
import type { Finding } from '../core/finding.ts';
import { disk } from '../core/layout/file-system-node.ts';
import type { Checker } from '../core/layout/job.ts';
import { keptAnswersIn } from '../core/layout/kept-answers-node.ts';
import type { TreeFile } from '../core/layout/tree.ts';
import type { BlockDocument } from './block-document.ts';
import { findEmissionFolders } from './discovery.ts';
import { OpenDocument, startsWithMark, type CheckedDocument } from './documents.ts';
import { EmissionRoot, uriOfFolder } from './emission-root.ts';
import { SupersededError } from './superseded.ts';
import { asOfToday, initialSettings, type ServerSettings } from './settings.ts';

/** Everything that the server knows: the emission folders of the workspace and the checks of open documents. */
export class Session {
  readonly #checker: Checker;
  readonly #onScanned: () => void;
  readonly #onStateChanged: () => void;
  readonly #onMasterEdited: () => void;
  readonly #documents = new Map<string, OpenDocument>();
  readonly #closed = new WeakSet<BlockDocument>();
  /** Whether files begin with a byte order mark, by path; good for one state of the file. */
  readonly #marks = new Map<string, { readonly stamp: string; readonly mark: boolean }>();
  #folders: readonly string[] = [];
  #storage: string | undefined;
  #settings: ServerSettings = initialSettings;
  #roots: readonly EmissionRoot[] = [];
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

  /** Looks anew where the disk is not as it was at the last look. */
  async catchUp(): Promise<void> {
    await this.settled();
    const changed = await Promise.all(this.#roots.map((root) => root.changedOnDisk()));
    if (changed.includes(true)) await this.rescan();
  }

  async #findRoots(): Promise<void> {
    const found = new Set<string>();
    for (const folder of this.#folders) {
      for (const path of await findEmissionFolders(disk, folder)) found.add(path);
    }
    this.#roots = [...found].map(
      (path) => this.#roots.find((root) => root.path === path) ?? this.#newRoot(path),
    );
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

  /** The check of a document's present version; undefined when it is no dataset's CSV. */
  async checked(document: BlockDocument): Promise<CheckedDocument | undefined> {
    const file = pathOf(document.uri);
    const place = file === undefined ? undefined : this.rootOf(file);
    const status = place?.root.statusOfCsv(place.path);
    if (file === undefined || !place || !status) return undefined;
    const { spec, csv, report } = status.examination;
    const surroundings = {
      spec,
      file: place.path,
      settings: this.#settings,
      masters: await place.root.mastersOf(spec),
      byteOrderMark: await this.#hasMark(file, csv),
    };
    if (this.#closed.has(document)) throw new SupersededError();
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
   * are to be seen; one whose tab is closed goes on to be the text of its file, and changes with it.
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
    this.#documents.get(file)?.stop();
    this.#documents.delete(file);
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
