// Files to measure with, the same in every run:
//   node bench/generate.mjs KIND MEGABYTES FILE [--crlf] [--bad rows|cells|words] [--repeats]
// KIND is attendance, facility, schools, or the id of any dataset. Plain JavaScript over the catalogue's headers, for
// Node 24.
import { closeSync, mkdirSync, openSync, realpathSync, writeSync } from 'node:fs';
import path from 'node:path';
import { findDataset } from '../core/catalogue/catalogue.ts';

/** Numbers that look random and are the same in every run (xorshift). */
class Dice {
  #state = 0x9e3779b9;

  /** A whole number from 0 to below `limit`. */
  below(limit) {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (((state >>> 0) * limit) / 0x100000000) | 0;
  }
}

const SCHOOLS = 20_000;
const FIRST_SCHOOL = 75_010_100_001;
const PUPILS = 150;
/** Different months of a pupil. */
const PATTERNS = 4096;

/** Five cells to say who and when, then a code or nothing for each day. Sundays are empty. */
function attendance(dice) {
  const days = Array.from({ length: PATTERNS }, (_, sunday) =>
    Array.from({ length: 31 }, (_, day) =>
      (day + sunday) % 7 === 0 ? '' : dice.below(10) === 0 ? '2' : '1',
    ).join('|'),
  );
  return (row) => {
    const school = FIRST_SCHOOL + (Math.floor(row / PUPILS) % SCHOOLS);
    const pupil = String(row % PUPILS).padStart(4, '0');
    // All pupils of all schools in one month, then in the next.
    const month = 6 + (Math.floor(row / PUPILS / SCHOOLS) % 5);
    return `${100_000 + row}|${school}${pupil}|${school}|2026-27|${month}|${days[dice.below(PATTERNS)]}`;
  };
}

/** 172 columns of numbers with one to four digits, some empty, and a few texts. */
function facility(dice, columns) {
  const words = ['', '', 'Good', 'Partly', 'Under repair', 'Own building'];
  const number = () => {
    const kind = dice.below(20);
    if (kind === 0) return '';
    return String(
      kind < 10
        ? dice.below(10)
        : kind < 15
          ? dice.below(100)
          : kind < 18
            ? dice.below(1000)
            : dice.below(10_000),
    );
  };
  return (row) =>
    columns
      .map(({ name, type }, index) => {
        if (index === 0) return String(FIRST_SCHOOL + row);
        if (name === 'ac_year') return '2026-27';
        return type === 'string' ? words[dice.below(words.length)] : number();
      })
      .join('|');
}

/** Schools: names in quotes with delimiters and doubled quotes, names in Devanagari, decimals. */
function schools(dice) {
  const plain = ['Govt. Primary School', 'Govt. Girls High School', 'Zilla Parishad School', 'Model School'];
  const places = ['Ambala', 'Rampur', 'Bhiwani', 'Nagothane', 'Tiruvallur', 'Kamrup'];
  const devanagari = ['राजकीय प्राथमिक विद्यालय', 'शासकीय कन्या शाला', 'जिला परिषद विद्यालय'];
  const pick = (list) => list[dice.below(list.length)];
  return (row) => {
    const kind = dice.below(100);
    const name =
      kind < 12
        ? `${pick(devanagari)} ${row}`
        : kind < 37
          ? `"${pick(plain)} ""${pick(places)}"" | Block ${dice.below(200)}"`
          : `${pick(plain)} ${pick(places)} ${row}`;
    const block = 750_101 + (row % 200);
    const decimal = (from) => `${from + dice.below(15)}.${String(dice.below(1_000_000)).padStart(6, '0')}`;
    return `${FIRST_SCHOOL + row}|${name}|1|${5 + dice.below(8)}|${1 + dice.below(5)}|${1 + dice.below(9)}|${1 + dice.below(30)}|75|7501|${block}|${block}0001|${decimal(8)}|${decimal(70)}`;
  };
}

/** Rows of any dataset by its columns' types; those that know a row from others count the rows. */
function anyRows(dice, columns) {
  const first = columns.findIndex(({ type }) => type === 'integer' || type === 'long');
  const makers = columns.map(({ name, type, format }, index) => {
    if (index === first || name === 'student_uid') return (row) => String(100_000 + row);
    if (name === 'exam_code') return () => 'PAT030112102026';
    switch (type) {
      case 'integer':
      case 'long':
        return () => String(1 + dice.below(4));
      case 'decimal':
      case 'double':
        return () => `${10 + dice.below(80)}.${dice.below(100)}`;
      case 'date':
      case 'timestamp':
        return () => (format === 'dd/MM/yyyy' ? '05/09/2026' : `2026-09-${10 + dice.below(18)}`);
      case 'time':
        return () => '10:30';
      case 'boolean':
        return () => 'true';
      default:
        return (row) => (index === 0 ? `text ${row}` : `text ${dice.below(50)}`);
    }
  });
  return (row) => makers.map((make) => make(row)).join('|');
}

const kinds = {
  attendance: { dataset: 'student_attendance', row: attendance },
  facility: { dataset: 'sch_facility', row: facility },
  schools: { dataset: 'school_mst', row: schools },
};

/** Every 10,007th row comes a second time; every 20,011th once more with another last cell. */
function repeated(row, index, lineEnd) {
  if (index % 10_007 === 10_006) return row + lineEnd + row;
  if (index % 20_011 === 20_010) return `${row}${lineEnd}${row.slice(0, row.lastIndexOf('|'))}|3`;
  return row;
}

/** A letter in one cell, or one in place of the first sign of each, or a word of another length in each. */
function spoiled(row, bad, index) {
  const cells = row.split('|');
  if (bad === 'words')
    return cells.map((_, cell) => 'absent'.slice((index * 7 + cell * (index % 11)) % 6)).join('|');
  if (bad === 'cells') return cells.map((cell) => `x${cell.slice(1)}`).join('|');
  cells[index % 3 === 0 ? 0 : cells.length - 1 - (index % 5)] = 'x7';
  return cells.join('|');
}

/**
 * Writes a file of at least `bytes` bytes and whole rows.
 *
 * @returns the number of rows below the header
 */
export function generate({ kind, bytes, rows = Infinity, crLf = false, bad, repeats = false }, file) {
  const { dataset, row: makeRow } = kinds[kind] ?? { dataset: kind, row: anyRows };
  const { columns } = findDataset(dataset);
  const lineEnd = crLf ? '\r\n' : '\n';
  const row = makeRow(new Dice(), columns);
  mkdirSync(path.dirname(file), { recursive: true });
  const descriptor = openSync(file, 'w');
  let written = 0;
  let count = 0;
  let part = [columns.map(({ name }) => name).join('|')];
  const flush = () => {
    if (part.length === 0) return;
    written += writeSync(descriptor, part.join(lineEnd) + lineEnd);
    part = [];
  };
  while (written < bytes && count < rows) {
    const good = row(count);
    const line = bad ? spoiled(good, bad, count) : good;
    part.push(repeats ? repeated(line, count, lineEnd) : line);
    count++;
    if (part.length === 2000) flush();
  }
  flush();
  closeSync(descriptor);
  return count;
}

/** Writes the masters that attendance files refer to: the schools, into an emission folder. */
export function generateSchools(file) {
  return generate({ kind: 'schools', bytes: Infinity, rows: SCHOOLS }, file);
}

if (realpathSync(process.argv[1]) === import.meta.filename) {
  const words = process.argv.slice(2);
  const bad = words.includes('--bad') ? words[words.indexOf('--bad') + 1] : undefined;
  const [kind, megabytes, file] = words.filter((word) => !word.startsWith('--') && word !== bad);
  if (
    !(kind in kinds || findDataset(kind ?? '')) ||
    !(Number(megabytes) > 0) ||
    !file ||
    ![undefined, 'rows', 'cells', 'words'].includes(bad)
  ) {
    console.error(
      'node bench/generate.mjs attendance|facility|schools|DATASET MEGABYTES FILE [--crlf] [--bad rows|cells|words] [--repeats]',
    );
    process.exit(2);
  }
  const options = { crLf: words.includes('--crlf'), repeats: words.includes('--repeats'), bad };
  const rows = generate({ kind, bytes: Number(megabytes) * 1e6, ...options }, file);
  console.log(`${rows} rows in ${file}`);
}
