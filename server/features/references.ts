import type {
  CancellationToken,
  Location,
  ReferenceParams,
  WorkDoneProgressReporter,
} from 'vscode-languageserver';
import { counterpart } from '../../core/catalogue/catalogue.ts';
import { referencesOf, referredBy } from '../../core/explain/references.ts';
import { rowsWithValues } from '../../core/explain/rows-with-values-node.ts';
import type { CellAt } from '../../core/explain/table-at.ts';
import path from 'node:path';
import { cellOf, openFile, toRange, type Feature, type FeatureWorld, type OpenFile } from './feature.ts';
import { documentOf, findMasterRows, rowsInDocument } from './master-rows.ts';

/** More rows than these are too many to look at. */
const MOST_ROWS = 1000;

/** From a master row, or from a cell that refers to one, to every row that uses it. */
export const references: Feature = {
  offer: ({ textDocument }) =>
    textDocument?.references ? { referencesProvider: { workDoneProgress: true } } : {},
  listen: (world) =>
    world.connection.onReferences((params, token, progress) => referencesAt(world, params, token, progress)),
};

/** A master row by its values. */
interface Target {
  readonly dataset: string;
  /** Named as in the master's main header. */
  readonly columns: readonly string[];
  readonly values: readonly string[];
}

async function referencesAt(
  world: FeatureWorld,
  { textDocument, position, context }: ReferenceParams,
  token: CancellationToken,
  progress: WorkDoneProgressReporter,
): Promise<Location[] | null> {
  const open = openFile(world, textDocument.uri);
  const at = open && cellOf(open, position);
  if (!at || at.isHeader) return null;
  const stop = new AbortController();
  const listening = token.onCancellationRequested(() => stop.abort());
  progress.begin('Rows that use it', 0, '', true);
  try {
    return await locations(world, open, targetsOf(at), context.includeDeclaration, progress, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return null;
    throw error;
  } finally {
    progress.done();
    listening.dispose();
  }
}

/** What a cell stands for: the row of its own file that others refer to, or else the row that it refers to. */
function targetsOf({ table, row, cell, column }: CellAt): Target[] {
  const own = referredBy(table.spec.id).flatMap(({ columns }) => {
    const named = columns.map((name) => counterpart(table.spec, table.variant, name));
    if (column === undefined || !named.includes(column)) return [];
    const values = named.map((each) => row.value(table.columns.indexOf(each)));
    return values.includes('') ? [] : [{ dataset: table.spec.id, columns, values }];
  });
  if (own.length > 0) return own;
  return referencesOf(table, cell).flatMap(({ reference, cells }) => {
    const values = cells.map((each) => row.value(each));
    return values.includes('') ? [] : [{ dataset: reference.dataset, columns: reference.toColumns, values }];
  });
}

async function locations(
  world: FeatureWorld,
  { root, settings }: OpenFile,
  targets: readonly Target[],
  withMasters: boolean,
  progress: WorkDoneProgressReporter,
  signal: AbortSignal,
): Promise<Location[]> {
  const found: Location[] = [];
  const uses = targets.flatMap((target) =>
    referredBy(target.dataset)
      .filter(({ columns }) => columns.join('|') === target.columns.join('|'))
      .flatMap(({ by }) => by.map((use) => ({ ...use, values: target.values }))),
  );
  if (withMasters) {
    for (const { dataset, columns, values } of targets) {
      for (const { uri, row, cell } of await findMasterRows(
        world,
        root,
        { dataset, toColumns: columns },
        values,
        settings,
      ))
        found.push({ uri, range: toRange(row.rangeOf(cell)) });
    }
  }
  for (const [index, { spec, reference, values }] of uses.entries()) {
    const csv = root.statusOfCsv(`${spec.folder}/${spec.csv}`)?.examination.csv;
    if (!csv) continue;
    progress.report(Math.floor((index / uses.length) * 100), spec.csv);
    const file = path.join(root.path, spec.folder, spec.csv);
    const open = documentOf(world, file);
    const rows = open
      ? rowsInDocument(open, reference.columns, values)
      : rowsWithValues(file, spec, reference.columns, values, settings, signal);
    try {
      for await (const { row, cells } of rows) {
        if (found.length >= MOST_ROWS) return found;
        found.push({
          uri: open?.document.uri ?? root.uriOf(csv.path),
          range: toRange(row.rangeOf(cells[0]!)),
        });
      }
    } catch (error) {
      signal.throwIfAborted();
      // A file that is gone or cannot be read uses nothing; anything but the file system's word is a fault of ours.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
  return found;
}
