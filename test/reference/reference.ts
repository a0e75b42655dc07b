/**
 * A plain second checker, written from the ingestion rules over strings, objects and maps, with which the engine is
 * compared. It knows nothing of chunks, bytes, proofs or fingerprints.
 */
import { variantsOf } from '../../core/catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, VariantSpec } from '../../core/catalogue/spec.ts';
import { severityOf, type RuleId } from '../../core/finding.ts';
import { checkAgainstPapaparse } from './papaparse.ts';
import {
  blankRuns,
  readCommons,
  readSuper,
  type ReaderFault,
  type Reading,
  type SourceRow,
} from './readers.ts';
import { sectionFindings } from './sections.ts';
import { TableReference } from './table.ts';
import { javaTrim, lastLineOf, textOf, type FileText } from './text.ts';
import type {
  ReferenceFinding,
  ReferenceMasters,
  ReferenceReport,
  ReferenceSettings,
  Tell,
} from './types.ts';

/** Faults of one kind in one cell of rows that follow each other: from 25 rows on the first stands for them all. */
class Runs {
  readonly #runs: { key: string; lastLine: number; least: number; findings: ReferenceFinding[] }[] = [];

  /** @param least so many rows are told once */
  add(finding: ReferenceFinding, cell: number, line: number, least: number): void {
    const key = `${finding[0]} ${finding[1]} ${cell}`;
    const run = this.#runs.findLast((each) => each.key === key);
    if (run?.lastLine === line - 1) {
      run.findings.push(finding);
      run.lastLine = line;
    } else this.#runs.push({ key, lastLine: line, least, findings: [finding] });
  }

  told(): ReferenceFinding[] {
    return this.#runs.flatMap(({ findings, least }) =>
      findings.length < least ? findings : findings.slice(0, 1),
    );
  }
}

export function checkByReference(
  spec: DatasetSpec,
  bytes: Uint8Array,
  settings: ReferenceSettings,
  masters?: ReferenceMasters,
): ReferenceReport {
  const file = textOf(bytes);
  const findings: ReferenceFinding[] = [];
  const runs = new Runs();
  const counts = { error: 0, warning: 0, information: 0 };
  const tell: Tell = (rule, given, from, to, run, other) => {
    const severity = severityOf(rule, given, settings.rules);
    if (severity === undefined) return;
    counts[severity]++;
    const start = file.placeOf(from);
    const end = file.placeOf(to);
    const otherLine = other ? file.placeOf(other.from).line + 1 : 0;
    const finding: ReferenceFinding = [
      ...([rule, severity, start.line, start.column] as const),
      ...([end.line, end.column, otherLine] as const),
    ];
    if (run) runs.add(finding, run.cell, file.placeOf(run.row.from).line, run.least ?? 25);
    else findings.push(finding);
  };
  const tables = checkText(spec, bytes, file, settings, masters, tell);
  const totals = { errors: counts.error, warnings: counts.warning, information: counts.information };
  return { ...tables, findings: [...findings, ...runs.told()], totals };
}

/** True where every second byte of the first line is 0. */
export function isBareUtf16(bytes: Uint8Array): boolean {
  const [start = ''] = /^[^\r\n]{0,32}/.exec(Buffer.from(bytes.subarray(0, 64)).toString('latin1')) ?? [];
  return start.length >= 4 && (/^([^\0]\0)+[^\0]?$/.test(start) || /^(\0[^\0])+\0?$/.test(start));
}

/** True for archives, workbooks and documents by their first bytes, and for HTML, XML and JSON. */
export function isOtherFormat(bytes: Uint8Array, text: string): boolean {
  // Zip, old Excel, gzip, 7-Zip, RAR, PDF.
  const first = Buffer.from(bytes.subarray(0, 8)).toString('hex');
  if (/^(504b0304|d0cf11e0|1f8b|377abcaf|526172211a|255044462d)/.test(first)) return true;
  const [line = ''] = /[^\r\n]+/.exec(text) ?? [];
  const start = line.trimStart();
  return (
    /^<(!doctype|html|head|body|table|meta|\?xml)\b/i.test(start) ||
    /^\{\s*("|$)/.test(start) ||
    /^\[\s*([[{"]|$)/.test(start)
  );
}

const ruleOfFault: Readonly<Record<ReaderFault['kind'], RuleId>> = {
  'text-after-quote': 'dialect/quoting',
  'unterminated-quote': 'dialect/unterminated-quote',
  'escape-at-end': 'dialect/unterminated-quote',
  'too-long': 'row/too-long',
};

type Tables = Pick<ReferenceReport, 'rows' | 'valuesOf'>;

function checkText(
  spec: DatasetSpec,
  bytes: Uint8Array,
  file: FileText,
  settings: ReferenceSettings,
  masters: ReferenceMasters | undefined,
  tell: Tell,
): Tables {
  const nothing: Tables = { rows: 0, valuesOf: () => undefined };

  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    tell('encoding/invalid-utf8', 'error', 0, 0);
    return nothing;
  }
  if (isBareUtf16(bytes)) {
    tell('encoding/invalid-utf8', 'error', 0, 0);
    return nothing;
  }
  if (file.hasMark) tell('encoding/bom', spec.sections ? 'error' : 'warning', 0, 0);
  if (isOtherFormat(bytes, file.text)) {
    tell('encoding/other-format', 'error', 0, 0);
    return nothing;
  }
  if (/^[\r\n]*$/.test(file.text)) {
    tell('header/missing', 'error', 0, 0);
    return nothing;
  }
  const [firstLine] = /[^\r\n]+/.exec(file.text)!;
  const delimiter = delimiterOf(spec, settings, firstLine, file.text.indexOf(firstLine), tell);
  if (delimiter === undefined) return nothing;

  const { reader, unescapeFirst } = spec.reading;
  const escapes = spec.header.match !== 'sections';
  const reading =
    reader === 'super-csv'
      ? readSuper(file.text, delimiter, settings.rowBytes)
      : readCommons(file.text, { delimiter, escapes, unescapeFirst, rowBytes: settings.rowBytes });
  checkAgainstPapaparse(file.text, reading, delimiter);
  if (reading.lineEnds.size > 1) tell('dialect/line-ending', 'warning', 0, 0);
  for (const row of reading.rows) tellCharacters(row, file, tell);
  for (const row of reading.rows) {
    for (const { kind, from, to } of row.faults) {
      // Python's reader takes text behind a quote for part of the value.
      const severity = spec.sections && kind === 'text-after-quote' ? 'warning' : 'error';
      tell(ruleOfFault[kind], severity, from, to);
    }
  }
  if (spec.sections) {
    for (const row of reading.rows) tellNul(row, spec, undefined, tell);
    const rows = sectionFindings(spec, file.text, reading, tell);
    return { ...nothing, rows };
  }
  const variant = variantOf(spec, settings, firstLine.split(delimiter));
  const table = new TableReference(spec, variant, settings, firstLine, masters, tell);
  tellBlankLines(spec, file, reading, tell);
  const [header, ...below] = reading.rows;
  if (header?.faults.length === 0) {
    table.readHeader(header);
    for (const row of below) if (row.faults.length === 0) table.readRow(row);
    table.tellRepeats();
    if (reading.rows.every((row) => row.faults.length === 0)) table.tellNoRows(lastLineOf(file.text));
  }
  const columns = header?.faults.length === 0 ? table.columns : undefined;
  for (const row of reading.rows) tellNul(row, spec, row === header ? undefined : columns, tell);
  return { rows: table.rows, valuesOf: (columns, beside) => table.valuesOf(columns, beside) };
}

/** Names of a line for a first guess: without blanks and outer quotes. */
function bareNames(names: readonly string[]): string[] {
  return names.map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

function countNamed(names: readonly string[], columns: readonly string[]): number {
  const known = new Set(bareNames(names).map((name) => name.trim().toLowerCase()));
  return columns.filter((column) => known.has(column.toLowerCase())).length;
}

/** The delimiter with which the first line names most columns; undefined when ingestion does not read with it. */
export function delimiterOf(
  spec: DatasetSpec,
  settings: ReferenceSettings,
  firstLine: string,
  lineStart: number,
  tell: Tell,
): string | undefined {
  const own = spec.reading.delimiter;
  const variants = variantsOf(spec);
  if (variants[0]?.columns.length === 1) return own;
  const named = (delimiter: string) => {
    const names = firstLine.split(delimiter);
    if (!spec.sections) {
      return Math.max(
        ...variants.map(({ columns }) =>
          countNamed(
            names,
            columns.map((each) => each.name),
          ),
        ),
      );
    }
    const known = spec.sections.flatMap(({ columns }) => columns);
    return bareNames(names).filter((name) => known.includes(name.toLowerCase())).length;
  };
  const candidates = [own, '|', ',', ';', '\t'];
  const most = Math.max(...candidates.map(named));
  const found = candidates.find((delimiter) => named(delimiter) === most)!;
  const sign = lineStart + Math.max(0, firstLine.indexOf(found));
  const isDisputed = own === ',' && spec.header.match !== 'exact-key';
  if (!isDisputed) {
    if (found === own || most < 2) return own;
    tell('dialect/delimiter', 'error', sign, sign + 1);
    return undefined;
  }
  const taken = found === ',' || found === '|' ? found : own;
  const place = lineStart + Math.max(0, firstLine.indexOf(taken));
  if (settings.dikshaDelimiter === 'auto') {
    tell('dialect/diksha-delimiter', 'information', place, place + 1);
    return taken;
  }
  if (taken === { pipe: '|', comma: ',' }[settings.dikshaDelimiter]) return taken;
  tell('dialect/delimiter', 'error', place, place + 1);
  return undefined;
}

/** The variant that is asked for, or the first of those of which the header names most columns. */
export function variantOf(
  spec: DatasetSpec,
  settings: ReferenceSettings,
  names: readonly string[],
): VariantSpec {
  const variants = variantsOf(spec);
  const asked = variants.find(({ id }) => id === settings.variant);
  if (asked && variants.length > 1) return asked;
  const counts = variants.map(({ columns }) =>
    countNamed(
      names,
      columns.map((column) => column.name),
    ),
  );
  return variants[counts.indexOf(Math.max(...counts))]!;
}

/** Wrong bytes or lost characters of a row. */
function tellCharacters(row: SourceRow, file: FileText, tell: Tell): void {
  const lost = [...file.text.slice(row.from, row.to).matchAll(/\uFFFD/g)].map(
    ({ index }) => row.from + index,
  );
  const wrong = lost.find(file.isWrong);
  if (wrong !== undefined) tell('encoding/invalid-utf8', 'error', wrong, wrong + 1);
  else if (lost[0] !== undefined) tell('encoding/replacement-character', 'warning', lost[0], lost[0] + 1);
}

/** The first NUL sign of a row: one that is stored if there is any. @param columns undefined where all cells are */
function tellNul(
  row: SourceRow,
  spec: DatasetSpec,
  columns: readonly (ColumnSpec | undefined)[] | undefined,
  tell: Tell,
): void {
  const found = row.cells.flatMap(({ value, nuls }, cell) => {
    const { trim } = spec.reading;
    const kept = trim ? javaTrim(value) : value;
    const first = kept === '' ? 0 : value.length - value.replace(/^[\0-\x20]+/, '').length;
    const start = trim ? first : 0;
    const nul = nuls.find(({ inValue }) => inValue >= start && inValue < start + kept.length);
    return nul ? [{ at: nul.inText, isStored: !columns || isStored(spec, columns[cell]) }] : [];
  });
  const told = found.find((each) => each.isStored) ?? found[0];
  if (told) tell('encoding/nul-byte', told.isStored ? 'error' : 'warning', told.at, told.at + 1);
}

/** infra_trans makes 0 and 1 of all but the school, and batch ids become a setting. */
export function isStored(spec: DatasetSpec, column: ColumnSpec | undefined): boolean {
  if (column === undefined || spec.header.match === 'exact-key') return false;
  return spec.id !== 'infra_trans' || column.name === 'school_id';
}

/** One finding for blank lines that follow each other. */
function tellBlankLines(spec: DatasetSpec, file: FileText, reading: Reading, tell: Tell): void {
  const asText = spec.header.match === 'substring' || spec.header.match === 'contains';
  for (const { from, to } of blankRuns(file.text, reading)) {
    if (asText && from < reading.rows[0]!.from) tell('header/form', 'error', from, to);
    else tell('dialect/blank-line', 'information', from, to);
  }
}
