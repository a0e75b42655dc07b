import type {
  ClientCapabilities,
  Connection,
  Position,
  Range,
  ServerCapabilities,
  TextDocuments,
} from 'vscode-languageserver';
import path from 'node:path';
import { datasetOfCsv } from '../../core/catalogue/match.ts';
import type { DatasetSpec } from '../../core/catalogue/spec.ts';
import type { TextRange } from '../../core/check/findings/text-range.ts';
import type { CheckSettings } from '../../core/check/settings.ts';
import { LONGEST_LINE, type Lines } from '../../core/explain/lines.ts';
import type { MasterFiles } from '../../core/explain/master-files-node.ts';
import {
  cellAt,
  headerOf,
  sectionsOf,
  tableOf,
  type CellAt,
  type TableAt,
} from '../../core/explain/table-at.ts';
import type { BlockDocument } from '../block-document.ts';
import type { EmissionRoot } from '../emission-root.ts';
import type { InitializationOptions } from '../messages.ts';
import { pathOf, type Session } from '../session.ts';

/** What the features of the language have in common. */
export interface FeatureWorld {
  readonly connection: Connection;
  readonly documents: TextDocuments<BlockDocument>;
  readonly session: Session;
  readonly masters: MasterFiles;
  /** What the client can do; nothing before it has said so. */
  readonly client: () => ClientCapabilities;
  /** What the client has told of itself besides. */
  readonly options: () => InitializationOptions;
}

/** One feature of the language. */
export interface Feature {
  /** What the server says of it to a client: nothing to one that cannot use it. */
  readonly offer: (client: ClientCapabilities) => ServerCapabilities;
  readonly listen: (world: FeatureWorld) => void;
}

/** An open document of a dataset, with its tables as they stand now. */
export interface OpenFile {
  readonly document: BlockDocument;
  readonly root: EmissionRoot;
  /** Its path below the emission folder. */
  readonly path: string;
  readonly spec: DatasetSpec;
  readonly settings: CheckSettings;
  readonly lines: Lines;
  readonly tables: readonly TableAt[];
}

interface KeptTables {
  readonly spec: DatasetSpec;
  readonly settings: CheckSettings;
  /** The header; of a file of sections the version of the document. */
  readonly of: string;
  readonly tables: readonly TableAt[];
}

const kept = new WeakMap<BlockDocument, KeptTables>();

/** The open document of a URI; undefined for one that is not the CSV of a dataset. */
export function openFile(world: FeatureWorld, uri: string): OpenFile | undefined {
  const document = world.documents.get(uri);
  const file = pathOf(uri);
  const place = file === undefined ? undefined : world.session.rootOf(file);
  if (!document || !place) return undefined;
  // A file that is not saved yet, or not looked at yet, is known by its name.
  const spec =
    place.root.statusOfCsv(place.path)?.examination.spec ??
    datasetOfCsv(path.posix.dirname(place.path), path.posix.basename(place.path));
  if (!spec) return undefined;
  const settings = world.session.settings.check;
  const lines = linesOf(document);
  return { ...place, document, spec, settings, lines, tables: tablesOf(document, lines, spec, settings) };
}

function tablesOf(
  document: BlockDocument,
  lines: Lines,
  spec: DatasetSpec,
  settings: CheckSettings,
): readonly TableAt[] {
  const header = headerOf(lines);
  const of = spec.sections ? `version ${document.version}` : `${header.line} ${header.text}`;
  const known = kept.get(document);
  if (known?.of === of && known.spec === spec && known.settings === settings) return known.tables;
  const table = spec.sections ? undefined : tableOf(header, spec, settings);
  const tables = spec.sections ? sectionsOf(lines, spec, settings) : table ? [table] : [];
  kept.set(document, { spec, settings, of, tables });
  return tables;
}

/** The cell at a place of an open document. */
export function cellOf({ lines, tables }: OpenFile, { line, character }: Position): CellAt | undefined {
  return cellAt(lines, tables, line, character);
}

/** Units of lines that are taken out of a document in one piece. */
const PIECE = 1 << 22;

/** The lines of a document. */
export function linesOf(document: BlockDocument): Lines {
  const one = (line: number) => {
    const start = { line, character: 0 };
    const text = document.getText({ start, end: { line, character: LONGEST_LINE + 1 } });
    return text.length > LONGEST_LINE ? '' : text;
  };
  return {
    get count() {
      return document.lineCount;
    },
    slice(from, to) {
      if (to <= from) return [];
      if (to === from + 1) return [one(from)];
      const start = { line: from, character: 0 };
      const end = { line: to, character: 0 };
      if (document.offsetAt(end) - document.offsetAt(start) > PIECE) {
        const last = Math.min(to, document.lineCount);
        return Array.from({ length: Math.max(0, last - from) }, (_, index) => one(from + index));
      }
      const lines = document.getText({ start, end }).split(/\r\n|\r|\n/);
      return lines.slice(0, to - from).map((text) => (text.length > LONGEST_LINE ? '' : text));
    },
  };
}

/** A range of the engine as LSP wants it. */
export function toRange({ line, column, endLine, endColumn }: TextRange): Range {
  return { start: { line, character: column }, end: { line: endLine, character: endColumn } };
}
