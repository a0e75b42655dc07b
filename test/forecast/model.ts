/**
 * A plain model of ingestion's steps, written from ingestion-rules.md: rows are objects, each step takes a list of them
 * and hands on those that are left. It knows nothing of the engine's tallies, chunks, bytes or fingerprints.
 */
import { counterpart } from '../../core/catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, VariantSpec } from '../../core/catalogue/spec.ts';
import { readHeader } from '../reference/header.ts';
import { meaningOf } from '../reference/meaning.ts';
import {
  readCommons,
  readSuper,
  type Reading,
  type SourceCell,
  type SourceRow,
} from '../reference/readers.ts';
import { delimiterOf, isBareUtf16, isOtherFormat, isStored, variantOf } from '../reference/reference.ts';
import { isFatal, sectionFindings } from '../reference/sections.ts';
import { joinValue } from '../reference/table.ts';
import { javaTrim, textOf } from '../reference/text.ts';
import type { ReferenceMasters, ReferenceSettings } from '../reference/types.ts';
import { faultOf, plainNumber } from '../reference/values.ts';
import { lostDaysOf, type LostDays } from './days.ts';
import { afterEarliestRule } from './locations.ts';
import type { ModelRow } from './model-row.ts';

/** What a forecast is compared by. */
export interface ModelForecast {
  readonly outcome: string;
  readonly log?: Readonly<Record<string, unknown>>;
  readonly rows: Readonly<Record<string, number>>;
  readonly effects: Readonly<Record<string, number>>;
  readonly days?: LostDays;
  readonly unclearReadings: number;
}

interface FileModel {
  readonly spec: DatasetSpec;
  readonly settings: ReferenceSettings;
  readonly variant: VariantSpec;
  readonly columns: readonly ColumnSpec[];
  readonly masters: ReferenceMasters | undefined;
}

const results = ['periodic_exam_result_trans', 'semester_exam_result_trans'];
const attendance = ['student_attendance', 'teacher_attendance'];
const staged = [...results, ...attendance, 'diksha_data_summary', 'diksha_tpd', 'diksha_tpd_mapping'];
const hiding = ['expired', 'coordinates', 'not-counted', 'hierarchy', 'no-master'];
const noFates = {
  ...{ total: 0, typeMismatch: 0, expired: 0, nullValue: 0, repeats: 0, conflicts: 0, notEarliest: 0 },
  ...{ lostWithFile: 0, loaded: 0, hidden: 0, unclear: 0 },
};
const zeros = { duplicate_records: 0, datatype_mismatch: 0, nulls: {}, processed_records: 0 };

export function modelOf(
  spec: DatasetSpec,
  bytes: Uint8Array,
  settings: ReferenceSettings,
  masters?: ReferenceMasters,
): ModelForecast {
  const fates: Record<string, number> = { ...noFates };
  const hasNullRows = Number(settings.release) >= 3.4;
  const zeroNullRows = hasNullRows ? { count_of_null_rows: 0 } : {};
  const file = textOf(bytes);
  const read = readFile(spec, bytes, settings);
  const lines = linesOf(read ? file.text : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  const log = {
    total_records: Math.max(0, lines.length - 1),
    blank_lines: read ? read.reading.blankLines.length : lines.filter((line) => line === '').length,
  };
  const total = read ? read.rows.length : 0;
  const whole = (outcome: string): ModelForecast => ({
    outcome,
    ...(outcome === 'stays' || outcome === 'split' ? {} : { log: { ...log, ...zeros, ...zeroNullRows } }),
    rows: { ...noFates, total, lostWithFile: total },
    effects: {},
    unclearReadings: 0,
  });

  if (Number(settings.release) < Number(spec.since)) return whole('stays');
  const stops = (row: SourceRow) => (spec.sections ? isFatal(row) : row.faults.length > 0);
  if (!read || read.reading.rows.some(stops)) return whole('refused');
  // The script that splits the sections takes a byte order mark for part of a name.
  if (read.refused || (spec.sections && file.hasMark)) return whole('refused');
  if (spec.sections) return whole('split');
  if (spec.header.match === 'exact-key') return whole('setting');
  const model = { spec, settings, variant: read.variant!, columns: read.columns, masters };

  // Types.
  fates.total = total;
  const typed = read.losesRows ? [] : typeStep(model, read);
  fates.typeMismatch = total - typed.length;
  const early = staged.includes(spec.id) ? typed.filter((row) => isNotStored(model, row)).length : 0;
  for (const row of typed) for (const effect of meaningEffects(model, row)) row.effects.add(effect);

  // Retention of results, and the year rule of attendance, come before the null check.
  const fresh = typed.filter((row) => !(results.includes(spec.id) && row.effects.has('expired')));
  fates.expired = typed.length - fresh.length;
  const future = typed.filter((row) => row.effects.has('future-month')).length;

  const mismatch = fates.typeMismatch + (total > 0 && fates.typeMismatch === total ? 1 : 0);
  if (future > 0) {
    const refused = whole('refused');
    return {
      ...refused,
      log: { ...refused.log, datatype_mismatch: mismatch },
      rows: { ...fates, lostWithFile: typed.length },
    };
  }

  // Nulls.
  const nulls: Record<string, number> = {};
  const filled = fresh.filter((row) => {
    const missing = model.columns.filter((column) => isNull(model, column, row));
    for (const { name } of missing) nulls[name] = (nulls[name] ?? 0) + 1;
    return missing.length === 0;
  });
  fates.nullValue = fresh.length - filled.length;
  // An empty key that no check looks at goes on to the database by itself.
  const keyless = filled.filter(({ values }) =>
    model.columns.some(({ name, emptyFailsFile }) => emptyFailsFile && values[name] === ''),
  );
  const keyed = filled.filter((row) => !keyless.includes(row));

  // Exact repeats.
  const seen = new Set<string>();
  const single = keyed.filter(({ values }) => {
    const record = JSON.stringify(values);
    const isRepeat = spec.key.repeatsRemoved && seen.has(record);
    seen.add(record);
    return !isRepeat;
  });
  fates.repeats = keyed.length - single.length;

  // Same id.
  const groups = groupsOf(model, single, spec.key.columns);
  const sizes = groups.map((group) => group.length).filter((size) => size > 1);
  const conflicts = sizes.reduce((sum, size) => sum + size, 0);
  let left = single;
  let sharedKeys = 0;
  let logged = 0;
  if (spec.key.sameId === 'reject-all-conflicting' || spec.key.sameId === 'lose-file') {
    logged = conflicts;
    if (results.includes(spec.id) || attendance.includes(spec.id))
      logged = sizes.reduce((sum, size) => sum + size * size, 0);
    if (spec.id === 'periodic_exam_mst')
      logged = groupsOf(model, single, ['exam_id']).reduce(
        (sum, group) => sum + (group.length > 1 ? group.length : 0),
        0,
      );
  }
  if (spec.key.sameId === 'reject-all-conflicting') {
    left = single.filter((row) => groups.find((group) => group.includes(row))!.length === 1);
    fates.conflicts = single.length - left.length;
  } else if (spec.key.sameId === 'keep-earliest-inspection') {
    const { kept, unclear, surelyKept } = afterEarliestRule(single, Number(settings.release));
    left = kept;
    fates.notEarliest = single.length - kept.length;
    fates.unclear = unclear;
    sharedKeys = groupsOf(model, surelyKept, spec.key.columns)
      .filter((group) => group.length > 1)
      .flat().length;
  } else if (spec.key.sameId === 'fail-file' || spec.key.sameId === 'upsert-fails-file')
    sharedKeys = conflicts;
  const atEnd = [...left, ...keyless];

  // The file as a whole.
  const notStored = staged.includes(spec.id) ? early : left.filter((row) => isNotStored(model, row)).length;
  const reader = results.includes(spec.id) ? typed : left;
  const badCodes = reader.filter((row) => row.effects.has('exam-date')).length;
  const defect = (spec.defects ?? []).some(
    ({ columns, since, until, staticDatasource }) =>
      columns.length === 0 &&
      since <= settings.release &&
      settings.release <= until &&
      (staticDatasource ?? settings.variant) === settings.variant,
  );
  const isLost = spec.key.sameId === 'lose-file' && conflicts > 0;
  const isFailed = notStored + keyless.length + badCodes + sharedKeys > 0 || (defect && atEnd.length > 0);
  const fails = isLost || isFailed;
  fates[fails ? 'lostWithFile' : 'loaded'] = atEnd.length;

  const effects: Record<string, number> = {};
  const count = (effect: string) => (effects[effect] = (effects[effect] ?? 0) + 1);
  if (fails) fates.unclear = 0;
  else {
    for (const row of left) {
      for (const effect of masterEffects(model, row)) row.effects.add(effect);
      row.effects.forEach((effect) => (effect === 'academic-year' ? undefined : count(effect)));
      if (hiding.some((effect) => row.effects.has(effect))) fates.hidden!++;
    }
    typed.forEach((row) => (row.effects.has('academic-year') ? count('academic-year') : undefined));
  }
  const duplicates = fates.repeats + logged;
  const processed =
    spec.id === 'teacher_attendance'
      ? atEnd.length
      : log.total_records - log.blank_lines - duplicates - mismatch - (hasNullRows ? fates.nullValue : 0);
  return {
    outcome: isLost ? 'lost' : isFailed ? 'fails' : atEnd.length > 0 ? 'loads' : 'nothing',
    log: {
      ...log,
      duplicate_records: duplicates,
      datatype_mismatch: mismatch,
      nulls,
      ...(hasNullRows ? { count_of_null_rows: fates.nullValue } : {}),
      processed_records: fails ? 0 : processed,
    },
    rows: fates,
    effects: atEnd.length > 0 ? effects : {},
    ...(attendance.includes(spec.id) && !fails && atEnd.length > 0
      ? { days: lostDaysOf(spec, left, settings.today) }
      : {}),
    unclearReadings: typed.filter((row) => row.unclear).length,
  };
}

interface FileReading {
  readonly reading: Reading;
  readonly rows: Reading['rows'];
  readonly variant?: VariantSpec;
  /** The column of each cell of the header. */
  readonly cells: readonly (ColumnSpec | undefined)[];
  readonly columns: readonly ColumnSpec[];
  readonly refused: boolean;
  readonly losesRows: boolean;
}

/** @returns undefined for a file that no reader of ingestion can make anything of */
function readFile(
  spec: DatasetSpec,
  bytes: Uint8Array,
  settings: ReferenceSettings,
): FileReading | undefined {
  const { text } = textOf(bytes);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return undefined;
  if (isBareUtf16(bytes) || isOtherFormat(bytes, text)) return undefined;
  const firstLine = /[^\r\n]+/.exec(text)?.[0];
  if (firstLine === undefined) return undefined;
  const delimiter = delimiterOf(spec, settings, firstLine, 0, () => undefined);
  if (delimiter === undefined) return undefined;
  const { reader, unescapeFirst, reparsed } = spec.reading;
  const reading =
    reader === 'super-csv'
      ? readSuper(text, delimiter, settings.rowBytes)
      : readCommons(text, {
          delimiter,
          escapes: spec.header.match !== 'sections',
          unescapeFirst,
          rowBytes: settings.rowBytes,
        });
  const [header, ...below] = reading.rows;
  const whole = below.filter((row) => (spec.sections ? !isFatal(row) : row.faults.length === 0));
  if (spec.sections) {
    const told: string[] = [];
    const rows = sectionFindings(spec, text, reading, (rule, severity) => told.push(`${rule} ${severity}`));
    const refused = told.includes('section/marker error') || told.includes('dialect/blank-line error');
    return { reading, rows: whole.slice(0, rows), cells: [], columns: [], refused, losesRows: false };
  }
  const variant = variantOf(spec, settings, firstLine.split(delimiter));
  const nothing = { reading, variant, cells: [], columns: [], losesRows: false };
  if (!header || header.faults.length > 0) return { ...nothing, rows: [], refused: true };
  const names = header.cells.map(({ value, quoted }) => ({ name: value, quoted }));
  const { findings, columns: cells } = readHeader(spec, variant, names, firstLine);
  const asText = spec.header.match === 'substring' || spec.header.match === 'contains';
  const needed =
    spec.header.match === 'contains' ? 'school_id' : variant.columns.map(({ name }) => name).join('|');
  const looked = firstLine.slice(0, spec.header.firstLineChars).toLowerCase();
  const faults = findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
  const refused =
    (asText && (!looked.includes(needed.toLowerCase()) || /^[\r\n]/.test(text))) ||
    faults.some((rule) =>
      ['header/missing', 'header/missing-column', 'header/misspelt-column'].includes(rule),
    ) ||
    (whole.length === 0 && (reparsed || spec.header.match === 'contains'));
  return {
    ...nothing,
    rows: whole,
    cells,
    columns: cells.filter((column) => column !== undefined),
    refused,
    losesRows: spec.header.extraColumns === 'lose-rows' && names.length !== variant.columns.length,
  };
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Rows as objects; those of another width are dropped where the type check reads them, and padded or cut elsewhere. */
function typeStep(model: FileModel, { rows, cells }: FileReading): ModelRow[] {
  const { spec, columns } = model;
  const byPosition = spec.reading.reader === 'super-csv';
  return rows.flatMap((row) => {
    if (byPosition && row.cells.length !== cells.length) return [];
    const values: Record<string, string> = {};
    cells.forEach((column, index) => {
      const cell = row.cells[index];
      if (column) values[column.name] = cell ? valueOf(spec, column, cell) : '';
    });
    const isBad = columns.some((column) => {
      const value = values[column.name]!;
      if (value === '') return column.processor !== undefined && !column.optional;
      const fault = faultOf(value, column, spec);
      return fault?.dropsRow === true;
    });
    const unclear =
      byPosition && row.cells.some((cell, index) => cells[index] !== undefined && mayStopSecondReader(cell));
    return isBad ? [] : [{ values, effects: new Set<string>(), unclear }];
  });
}

/** Section 6. */
function valueOf(spec: DatasetSpec, { name }: ColumnSpec, cell: SourceCell): string {
  const { trim, nullWord, nullWordInKey } = spec.reading;
  const value = trim ? javaTrim(cell.value) : cell.value;
  if (value === 'NULL' && nullWord === 'empty') return '';
  if (value === 'NULL' && nullWord === 'zero-day' && /^[0-9]+$/.test(name)) return '0';
  return nullWordInKey && spec.key.columns.includes(name) && /^null$/i.test(value) ? '' : value;
}

/** The steps behind the type check of CRC files read the cell as Commons CSV does. */
function mayStopSecondReader({ raw }: SourceCell): boolean {
  const { rows, blankLines } = readCommons(raw, { delimiter: '|', escapes: true, unescapeFirst: true });
  return (
    rows.some((row) => row.faults.length > 0 || row.cells.length > 1) || rows.length + blankLines.length > 1
  );
}

function isMapOff({ withoutMap, release }: ReferenceSettings): boolean {
  return withoutMap && Number(release) >= 3.5;
}

/** Section 8. */
function isNull({ spec, settings }: FileModel, column: ColumnSpec, { values }: ModelRow): boolean {
  const value = values[column.name]!;
  if (column.emptyFailsFile) return false;
  const isOff = column.optionalWithoutMap === true && isMapOff(settings);
  const isZero =
    spec.id === 'school_mst' && /^(latitude|longitude)$/i.test(column.name) && /^0(\.0)?$/.test(value);
  return !isOff && ((column.required && value === '') || isZero);
}

/** Section 7: what passes the type check and the database refuses. */
function isNotStored({ spec, columns }: FileModel, { values }: ModelRow): boolean {
  return columns.some((column) => {
    const value = values[column.name]!;
    if (value === '') return false;
    const fault = faultOf(value, column, spec);
    const refused = fault?.severity === 'error' && !fault.dropsRow;
    return refused || (isStored(spec, column) && value.includes('\0'));
  });
}

function groupsOf(model: FileModel, rows: readonly ModelRow[], names: readonly string[]): ModelRow[][] {
  if (names.length === 0) return rows.map((row) => [row]);
  const columns = names.map((name) => counterpart(model.spec, model.variant, name)!);
  const groups = new Map<string, ModelRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(columns.map(({ name }) => row.values[name]));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

/** Sections 5 and 10: what later steps make of the values. */
function meaningEffects({ spec, settings, variant, columns }: FileModel, { values }: ModelRow): string[] {
  const named = (name: string) => {
    const column = counterpart(spec, variant, name);
    return column && columns.includes(column) ? column : undefined;
  };
  return meaningOf(spec, settings, { columns, values, named }).flatMap(({ rule, column }) => {
    switch (rule) {
      case 'cell/format':
        return column.name === 'exam_code' ? ['exam-date'] : ['academic-year'];
      case 'row/retention':
        return ['expired'];
      case 'row/future-month':
        return ['future-month'];
      case 'cell/not-counted':
        return spec.id === 'school_mst' ? ['coordinates'] : ['not-counted'];
      default:
        return [];
    }
  });
}

/** Section 10: joins that find no row, and marks above those of the question. */
function masterEffects({ spec, variant, masters }: FileModel, { values }: ModelRow): string[] {
  const found: string[] = [];
  const columnsOf = (names: readonly string[]) => names.map((name) => counterpart(spec, variant, name));
  for (const { columns: names, dataset, toColumns } of spec.references) {
    const columns = columnsOf(names).filter((column) => column !== undefined);
    const isPlace =
      spec.id === 'school_mst' && ['district_mst', 'block_mst', 'cluster_mst'].includes(dataset);
    const isEmpty = columns.some(({ name }) => values[name] === '');
    if (isPlace && isEmpty) found.push('hierarchy');
    const known = columns.length === names.length ? masters?.(dataset, toColumns) : undefined;
    if (!known || isEmpty || known.has(joinValue(columns, values))) continue;
    if (isPlace) found.push('hierarchy');
    else found.push(isShownAnyway(spec.id, dataset) ? 'unlinked' : 'no-master');
  }
  for (const { column: name, maxFrom } of spec.ranges) {
    const [dataset, beside] = maxFrom?.split('.') ?? [];
    const reference = spec.references.find((each) => each.dataset === dataset);
    if (!reference || !masters) continue;
    const columns = columnsOf(reference.columns) as ColumnSpec[];
    if (columns.some((column) => values[column.name] === '')) continue;
    const most = masters(reference.dataset, reference.toColumns, beside)?.get(joinValue(columns, values));
    if ((plainNumber(values[name]!) ?? -Infinity) > (most ?? Infinity)) found.push('above-limit');
  }
  return found;
}

function isShownAnyway(dataset: string, master: string): boolean {
  return (
    ['school_management_master', 'school_category_master', 'diksha_tpd_mapping', 'subject_details'].includes(
      master,
    ) ||
    master.endsWith('_grade_details') ||
    (dataset === 'semester_exam_result_trans' && master === 'semester_exam_mst')
  );
}
