/** Random cells: good ones for a column, and every kind of bad one. A cell is what stands in the file, quotes and all. */
import type { ColumnSpec } from '../../core/catalogue/spec.ts';
import type { Random } from './comparison/random.ts';

const words = [
  'Amba',
  'Lake Road',
  'विद्यालय',
  'North-East',
  'O’Neill',
  'a,b;c',
  'x',
  'Ñandú 😀',
  'NULLA',
  'Why??',
  'T 1',
];
const examCodes = ['PAT030112102026', 'SAT120105092026', 'PAT030101012020', 'SAT020231022026'];

/** A good value. Few numbers and words, so that rows, keys and references meet. */
export function goodValue(column: ColumnSpec, row: number, random: Random): string {
  if (!column.required && random.chance(0.2)) return '';
  if (column.name === 'exam_code') return random.pick(examCodes);
  if (/^(AcademicYear|AC_YEAR|ac_year)$/.test(column.name))
    return random.pick(['2026-27', '2025-26', '2026-27']);
  if (column.name === 'Month') return String(random.int(1, 12));
  switch (column.type) {
    case 'integer':
    case 'long':
      return random.chance(0.6) ? String(row + 1) : String(random.int(0, 12));
    case 'decimal':
    case 'double':
      return random.chance(0.5) ? `${random.int(1, 99)}.${random.int(0, 99)}` : String(random.int(1, 40));
    case 'boolean':
      return random.pick(['true', 'false', '1', '0', 't']);
    case 'date':
    case 'timestamp':
      return goodDate(column, random);
    case 'time':
      return `${random.int(10, 23)}:${random.int(10, 59)}`;
    case 'string':
      return random.chance(0.5) ? `w${row}` : random.pick(words);
  }
}

function goodDate(column: ColumnSpec, random: Random): string {
  const month = String(random.int(1, 12)).padStart(2, '0');
  const day = String(random.int(1, 28)).padStart(2, '0');
  const year = random.pick(['2026', '2026', '2025', '2019']);
  if (column.format === 'dd/MM/yyyy') return `${day}/${month}/${year}`;
  const time = column.type === 'timestamp' && random.chance(0.5) ? ` ${random.int(10, 23)}:15:07` : '';
  return `${year}-${month}-${day}${time}`;
}

/** A cell that holds a value, quoted where it must be and sometimes where it need not. */
export function encode(value: string, delimiter: string, random: Random): string {
  const must = value.includes(delimiter) || /^"|[\r\n]/.test(value);
  return must || random.chance(0.04) ? `"${value.replaceAll('"', '""')}"` : value;
}

const numbers = [
  ...[
    '0',
    '00',
    '-0',
    '+0',
    '0.0',
    '0.00',
    '7',
    '+7',
    '-7',
    '007',
    '+007',
    '-007',
    '12.5',
    '-12.5',
    '5.',
    '.5',
    '-.5',
  ],
  ...[
    '1e3',
    '1E+3',
    '1e-400',
    '1e',
    'e1',
    '1e2147483648',
    '1e00000000000001',
    'NaN',
    '-NaN',
    'Infinity',
    '-Infinity',
  ],
  ...[
    '1d',
    '1F',
    '0x10',
    '0x1p3',
    '0x.p1',
    '0x1.8P-2f',
    '1,000',
    '1_000',
    '--1',
    '+-1',
    '-',
    '+',
    '.',
    '1.2.3',
    '%',
  ],
  ...[
    '45%',
    '%45',
    '٣',
    '१२',
    '２',
    '-१२',
    '+٣',
    '٣.५',
    '१e१',
    '½',
    '𝟙',
    '13',
    '9999',
    '09999',
    '-1',
    '12345678901',
  ],
  ...[
    '127',
    '128',
    '32767',
    '32768',
    '-32768',
    '-32769',
    '2147483647',
    '2147483648',
    '-2147483648',
    '-2147483649',
  ],
  ...['9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809'],
  ...[
    '99999999999999999999999999',
    '0000000000000000000000000001',
    '123456789012345678.5',
    '1234567890123456789',
  ],
];
const dates = [
  ...[
    '2026-02-30',
    '2026-02-29',
    '2024-02-29',
    '2000-02-29',
    '1900-02-29',
    '1500-02-29',
    '1582-10-10',
    '1582-10-15',
  ],
  ...[
    '2026-1-5',
    '26-01-05',
    '2026-01-05 10:00',
    '2026-01-05T10:00:00',
    '2026-01-05T',
    '2026-01-05abc',
    '2026-13-01',
  ],
  ...[
    '2026-01-050',
    '2026-00-10',
    '0000-01-01',
    '2026-01-00',
    '2026/01/05',
    '2026-01/05',
    '05/01/2026',
    '5/1/2026',
  ],
  ...[
    '31/02/2026',
    '29/02/2024',
    '05-01-2026',
    '5/01/26',
    '२०२६-०१-०५',
    ' 2026-01-05',
    '2026- 01- 05',
    '-2026-01-05',
  ],
  ...['2026-01', '20260105', '2026-01-05 x', '2026-01-05 10:00+05:30', '\t2026-01-05', '2026-1-5 9:30'],
  ...[
    '10:00',
    '25:00',
    '24:00',
    '10:60',
    '10:00:61',
    '10:00:00.123',
    '10:00 pm',
    '10:00pm',
    '10:00Z',
    '10:00 +05:30',
  ],
  ...[
    '1:05',
    '1000',
    '10:00 am utc',
    '10',
    ':10',
    '10:00:',
    'PAT0301121020',
    'PAT030132132026',
    'प030112102026xx',
  ],
  ...[
    '😀AT030112102026',
    'PAT03010101202',
    '2026-2027',
    '2026-7',
    '26-27',
    '2026–27',
    ' 2026-27',
    '2099-00',
    '2026-99',
  ],
];
const plainWords = [
  ...[
    'NULL',
    'null',
    'Null',
    'nULL',
    'NULLS',
    'true',
    'TRUE',
    'tru',
    'yes',
    'no',
    'on',
    'of',
    'o',
    'off',
    'y',
    'N',
    'fals',
  ],
  ...[
    ' ',
    '   ',
    '\t',
    ' 7',
    '7 ',
    ' x ',
    '\u00a07',
    '7\u00a0',
    '\u2003x',
    'x\u3000',
    '\ufeffx',
    '\u0001',
    'a\u0001b',
  ],
  ...[
    '\x1fx\x1f',
    'x\x7f',
    '\u0085',
    'true\u00a0',
    '\v1',
    '\f',
    'a\tb',
    '\u2028',
    '\ufffd',
    'a\ufffdb',
    '\ufffd7',
    'e\u0301',
  ],
  ...[
    '\0',
    '\0x',
    'x\0',
    'a\0b',
    ' \0 ',
    '7\0',
    '\x007',
    '\0\0a\0b\0',
    '\\\0',
    '\0\\n',
    'a\\\0b',
    '"\0"',
    '"x\0 "',
    '"a\0b"',
  ],
];
const quotes = [
  ...[
    '""',
    '"x"',
    '" x "',
    '"7"',
    '" 7"',
    '"a""b"',
    '""""',
    '"a|b"',
    '"a,b"',
    '"a\nb"',
    '"a\r\nb"',
    '"a\rb"',
    '"\n"',
    '"7\n"',
  ],
  ...[
    'a"b',
    'a""b',
    'a"',
    '"a',
    '"',
    '"a"b',
    '"a" ',
    '"a"\t',
    '"a" x',
    '"a"\u3000',
    '"a"\u00a0',
    '"a"\u2028',
    '"a"\0',
    '"a"é',
  ],
  ...[
    ' "a"',
    '\t"a"',
    '  "7"',
    ' "a|b"',
    '"a"""',
    '"a""',
    '"a"b"',
    '"a"\\',
    '"a"""b',
    '\u3000"a"',
    '"NULL"',
    '"0"',
    '"NULL ',
  ],
  ...['"a"x"y"', '"a"\\"b"', 'x"a|b"y', '"a"\x1c', 'a"\nb"', '"2026-01-05"', '"é"', '"é" é'],
];
const backslashes = [
  ...[
    '\\',
    '\\\\',
    'a\\nb',
    'a\\rb',
    'a\\tb',
    '\\b',
    '\\f',
    '\\x',
    'a\\ b',
    'C:\\dir',
    '\\|',
    '\\,',
    'a\\|b',
    'a\\',
    '\\"',
  ],
  ...[
    '\\"a\\"',
    '\\"a|b\\"',
    '"a\\"b"',
    '"a\\""',
    '"a\\\\"',
    '"a\\\\""',
    '\\\\"',
    '\\\\"a\\\\"',
    '\\\\\\"',
    '\\\n',
    '\\\r',
    '\\\r\n',
  ],
  ...[
    'a\\\nb',
    '"a\\\nb"',
    '"a\\nb"',
    ' \\"a\\"',
    'a\\"b',
    '\\"a"',
    '"a\\"',
    '\\"\\"',
    '\\"a\\"\\"b\\"',
    '\\é',
    '\\\t7',
    '7\\',
    '\\7',
  ],
  ...['\\"a\\" x', '\\"a\\"\\', '"\\', '"\\|"', '\\n7\\n', '" \\t7"', '\\😀', '\\r\\n', '"a"\\"', '\\"a""'],
];

/** What is near to being right in a column. */
function nearlyGood(column: ColumnSpec, random: Random): string {
  if (column.name === 'exam_code')
    return random.pick(['PAT030132132026', 'PAT0301', '0123', 'PAT030129022024', 'x'.repeat(101)]);
  if (/itude$/i.test(column.name))
    return random.pick(['0', '0.0', '0.00', '-0', '00', '-20.5', '+0.0', '1e-9', '०', '"0"']);
  if (column.name === 'Month') return random.pick(['0', '13', '12', '-1', '+5', '05', '१२', '6', '5']);
  if (/year/i.test(column.name))
    return random.pick(['2026-2027', '2026', '26-27', '2027-28', ' 2026-27', '2099-00']);
  switch (column.type) {
    case 'date':
    case 'timestamp':
    case 'time':
      return random.pick(dates);
    case 'string':
      if (random.chance(0.5))
        return random.pick([
          '??',
          '???? ??',
          'a ???',
          'x?? y',
          '"??"',
          '12??',
          '?',
          '007',
          '0',
          '00',
          '01a',
          ' x',
          'x ',
          '"0123"',
          '0१',
        ]);
      return random.pick(['x', 'ह', '😀']).repeat((column.dbMaxLength ?? 30) + random.int(0, 1));
    case 'boolean':
      return random.pick(['yes', 'TRUE', 'tru', 'on', 'o', '2', 'N', ' t', 'f ']);
    default:
      return random.pick(numbers);
  }
}

/** A cell that something is likely to be wrong with. */
export function badCell(column: ColumnSpec | undefined, random: Random): string {
  if (column && random.chance(0.4)) return nearlyGood(column, random);
  switch (random.weighted({ number: 5, date: 3, word: 4, quote: 3, backslash: 3, long: 1, glued: 1 })) {
    case 'number':
      return random.pick(numbers);
    case 'date':
      return random.pick(dates);
    case 'word':
      return random.pick(plainWords);
    case 'quote':
      return random.pick(quotes);
    case 'backslash':
      return random.pick(backslashes);
    case 'long': {
      const length = (column?.dbMaxLength ?? 100) + random.int(-1, 1);
      return random.pick(['x', 'ह', '😀', 'é', '7']).repeat(random.chance(0.1) ? length * 3 : length);
    }
    case 'glued':
      return (
        random.pick(plainWords) +
        random.pick(random.chance(0.5) ? numbers : quotes) +
        random.pick(backslashes)
      );
  }
}
