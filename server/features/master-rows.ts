import path from 'node:path';
import { datasets, sharesTable } from '../../core/catalogue/catalogue.ts';
import type { DatasetSpec, ReferenceSpec } from '../../core/catalogue/spec.ts';
import type { CheckSettings } from '../../core/check/settings.ts';
import { readRows } from '../../core/explain/master-files-node.ts';
import { belongings, nameOfRow, valuesFor } from '../../core/explain/master-row.ts';
import { cellsOf, keyOf, kindsOf, searchFor } from '../../core/explain/references.ts';
import { rowAt, type RowAt } from '../../core/explain/row-at.ts';
import type { TableAt } from '../../core/explain/table-at.ts';
import type { EmissionRoot } from '../emission-root.ts';
import { pathOf } from '../session.ts';
import { openFile, type Feature, type FeatureWorld, type OpenFile } from './feature.ts';

/** A row of a master, in the editor or on the disk. */
export interface MasterRow {
  readonly uri: string;
  readonly spec: DatasetSpec;
  readonly table: TableAt;
  readonly row: RowAt;
  /** The 0-based cell of the first value that it was looked up by. */
  readonly cell: number;
}

/** The CSVs that may hold the rows of a dataset: several fill the table of grades, or of subjects. */
export function filesOf(
  root: EmissionRoot,
  dataset: string,
): { spec: DatasetSpec; file: string; uri: string }[] {
  return datasets
    .filter((spec) => sharesTable(spec.id, dataset))
    .map((spec) => {
      const file = `${spec.folder}/${spec.csv}`;
      return { spec, file: path.join(root.path, spec.folder, spec.csv), uri: root.uriOf(file) };
    });
}

/** The document of a file, where an editor holds it open. */
export function documentOf(world: FeatureWorld, file: string): OpenFile | undefined {
  const document = world.documents.all().find(({ uri }) => pathOf(uri) === file);
  return document && openFile(world, document.uri);
}

/**
 * The rows of a reference's masters that have certain values, one of each file.
 *
 * @param values in the order of the reference's columns; none of them empty
 */
export async function findMasterRows(
  world: FeatureWorld,
  root: EmissionRoot,
  { dataset, toColumns }: Pick<ReferenceSpec, 'dataset' | 'toColumns'>,
  values: readonly string[],
  settings: CheckSettings,
): Promise<MasterRow[]> {
  const found: MasterRow[] = [];
  for (const { spec, file, uri } of filesOf(root, dataset)) {
    const master = await world.masters.find(file, spec, toColumns, settings);
    const place = master?.index.find(values);
    const open = documentOf(world, file);
    if (open) {
      for (const { table, row, cells } of rowsInDocument(open, toColumns, values, place?.line)) {
        found.push({ uri: open.document.uri, spec, table, row, cell: cells[0]! });
        break;
      }
      continue;
    }
    if (!master || !place) continue;
    const { table } = master.index;
    const [row] = await readRows(master, [place]);
    const cell = cellsOf(table, toColumns)?.[0];
    if (row && cell !== undefined) found.push({ uri, spec, table, row, cell });
  }
  return found;
}

/**
 * The rows of an open document that have certain values.
 *
 * @param columns named as in the dataset's main header
 * @param hint a 0-based line where one is likely to stand; looked at first
 */
export function* rowsInDocument(
  { document, lines, tables }: OpenFile,
  columns: readonly string[],
  values: readonly string[],
  hint?: number,
): Generator<{ table: TableAt; row: RowAt; cells: readonly number[] }> {
  for (const table of tables) {
    const cells = cellsOf(table, columns);
    if (!cells) continue;
    const kinds = kindsOf(table.spec, table.variant, columns);
    const key = keyOf(values, kinds);
    const rowOf = (line: number) => {
      if (line <= table.headerLine || line >= table.endLine) return undefined;
      const row = rowAt(lines, line, table.dialect, table.columns.length);
      const own = row && cells.map((cell) => row.value(cell));
      return own && keyOf(own, kinds) === key ? { table, row, cells } : undefined;
    };
    const hinted = hint === undefined ? undefined : rowOf(hint);
    if (hinted) yield hinted;
    const mayHold = searchFor(values, kinds);
    let first = 0;
    for (const { text, lineEnds } of document.blocks) {
      if (mayHold(text)) {
        for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
          if (first + index === hint || line === '' || !mayHold(line)) continue;
          const found = rowOf(first + index);
          if (found) yield found;
        }
      }
      first += lineEnds;
    }
  }
}

/** The names of what a master row belongs to: cluster, block and district of a school. */
export async function ownersOf(
  world: FeatureWorld,
  root: EmissionRoot,
  { spec, table, row }: MasterRow,
  settings: CheckSettings,
): Promise<{ dataset: string; name: string }[]> {
  const owners = await Promise.all(
    belongings(spec).map(async (reference) => {
      const values = valuesFor(table, row, reference);
      if (!values) return [];
      const [owner] = await findMasterRows(world, root, reference, values, settings);
      const name = owner ? nameOfRow(owner.table, owner.row) : '';
      return name === '' ? [] : [{ dataset: reference.dataset, name }];
    }),
  );
  return owners.flat();
}

/** Has the masters of a document ready before somebody asks: large ones take a second or two to look through. */
export const mastersAhead: Feature = {
  offer: () => ({}),
  listen: (world) => {
    world.documents.onDidOpen(({ document }) => {
      const open = openFile(world, document.uri);
      if (!open) return;
      const specs = new Set(open.tables.map(({ spec }) => spec));
      for (const { dataset, toColumns } of [...specs].flatMap(({ references }) => references)) {
        for (const { spec, file } of filesOf(open.root, dataset)) {
          void world.masters.find(file, spec, toColumns, open.settings);
        }
      }
    });
  },
};
