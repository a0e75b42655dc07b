/** Random files of every dataset: good rows and every kind of damage. The same seed and number give the same file. */
import { findDataset, variantsOf } from '../../../core/catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, VariantSpec } from '../../../core/catalogue/spec.ts';
import { badCell, encode, goodValue } from '../cells.ts';
import type { Random } from './random.ts';

/** How much is wrong with a file, from 0 for nothing to 1. */
interface Damage {
  readonly header: number;
  readonly cells: number;
  readonly rows: number;
  readonly text: number;
  readonly bytes: number;
}

const damages: Readonly<Record<string, Damage>> = {
  none: { header: 0, cells: 0, rows: 0, text: 0, bytes: 0 },
  repeats: { header: 0, cells: 0.02, rows: 0.1, text: 0.02, bytes: 0 },
  cells: { header: 0, cells: 0.25, rows: 0.05, text: 0, bytes: 0 },
  header: { header: 1, cells: 0.02, rows: 0.05, text: 0.05, bytes: 0 },
  text: { header: 0.1, cells: 0.05, rows: 0.2, text: 1, bytes: 0.2 },
  bytes: { header: 0.1, cells: 0.05, rows: 0.05, text: 0.1, bytes: 1 },
  wild: { header: 0.4, cells: 0.3, rows: 0.4, text: 0.6, bytes: 0.3 },
  noise: { header: 0, cells: 0.05, rows: 0, text: 0, bytes: 0.05 },
};
const kinds = { none: 1, repeats: 3, cells: 5, header: 3, text: 3, bytes: 2, wild: 2, noise: 2 };

export function randomFile(spec: DatasetSpec, random: Random): Uint8Array {
  const kind = random.weighted(kinds);
  const damage = damages[kind]!;
  const delimiter = delimiterOf(spec, random);
  const lines = spec.sections
    ? sectionLines(spec, damage, delimiter, random)
    : tableLines(random.pick(variantsOf(spec)), spec, damage, delimiter, random);
  const text = joinLines(lines, damage, random);
  return damageBytes(kind === 'noise' ? text + noise(delimiter, random) : text, damage, random);
}

/** Signs that mean something to a reader, in any order. */
function noise(delimiter: string, random: Random): string {
  const signs = [
    '"',
    '"',
    '"',
    '\\',
    '\\',
    delimiter,
    delimiter,
    delimiter,
    '\n',
    '\r\n',
    '\r',
    ' ',
    'x',
    '7',
    'é',
    '\0',
  ];
  return Array.from({ length: random.int(1, 60) }, () => random.pick(signs)).join('');
}

/** A good master file, some of whose rows have faults. */
export function randomMaster(spec: DatasetSpec, random: Random): Uint8Array {
  const damage = damages[random.pick(['none', 'none', 'repeats', 'cells', 'wild'])]!;
  const lines = tableLines(random.pick(variantsOf(spec)), spec, damage, spec.reading.delimiter, random);
  return new TextEncoder().encode(joinLines(lines, damage, random));
}

function delimiterOf(spec: DatasetSpec, random: Random): string {
  const own = spec.reading.delimiter;
  if (own === ',' && random.chance(0.5)) return '|';
  return random.chance(0.015) ? random.pick([';', '\t', ',', '|', ':']) : own;
}

function tableLines(
  variant: VariantSpec,
  spec: DatasetSpec,
  damage: Damage,
  delimiter: string,
  random: Random,
): string[] {
  let columns: (ColumnSpec | undefined)[] = [...variant.columns];
  if (random.chance(spec.header.orderEnforced ? 0.02 : 0.15)) columns = shuffled(columns, random);
  let names = columns.map((column) => column!.name);
  const moves = damage.header > 0 && random.chance(damage.header) ? random.int(1, 2) : 0;
  for (let i = 0; i < moves; i++) [columns, names] = damageHeader(columns, names, spec, random);
  const lines = [names.join(delimiter)];
  const most = Math.max(2, Math.min(12, Math.floor(240 / columns.length)));
  const count = random.chance(0.04) ? random.int(24, 60) : random.int(0, most);
  const rows: string[][] = [];
  const badColumn = damage.cells > 0 && random.chance(0.2) ? random.int(0, columns.length - 1) : -1;
  const badCells = Array.from({ length: random.int(1, 2) }, () => badCell(columns[badColumn], random));
  const alike = damage.cells > 0 && random.chance(0.05);
  // Each line but the header ends with a delimiter, or with an empty cell less where the last one is empty.
  const ends = random.weighted({
    usual: 10,
    more: damage.rows > 0 ? 0.7 : 0,
    fewer: damage.rows > 0 ? 0.7 : 0,
  });
  for (let row = 0; row < (alike ? 60 : count); row++) {
    if (alike && row > 0 && random.chance(0.95)) {
      rows.push(otherDigits(rows.at(-1)!, random));
      lines.push(rows.at(-1)!.join(delimiter));
      continue;
    }
    const cells = columns.map((column, index) =>
      index === badColumn && random.chance(0.98)
        ? random.pick(badCells)
        : random.chance(damage.cells * (columns.length > 40 ? 0.2 : 1))
          ? badCell(column, random)
          : encode(column ? goodValue(column, row, random) : 'extra', delimiter, random),
    );
    rows.push(random.chance(damage.rows) ? repeated(rows, cells, columns, spec, random) : cells);
    lines.push(damageRow(rows.at(-1)!, damage, delimiter, random));
  }
  if (damage.header > 0 && random.chance(0.01)) lines.shift();
  if (ends === 'usual') return lines;
  return lines.map((line, index) =>
    index === 0 || random.chance(0.1)
      ? line
      : ends === 'more'
        ? line + delimiter.repeat(random.int(1, 2))
        : line.replace(new RegExp(`[${delimiter}]+$`), ''),
  );
}

/** An earlier row again: as it was, written another way, with another value, or with the key alone the same. */
function repeated(
  rows: readonly (readonly string[])[],
  cells: readonly string[],
  columns: readonly (ColumnSpec | undefined)[],
  spec: DatasetSpec,
  random: Random,
): string[] {
  if (rows.length === 0) return [...cells];
  const earlier = random.pick(rows);
  switch (random.weighted({ same: 4, written: 2, changed: 2, key: 3 })) {
    case 'same':
      return [...earlier];
    case 'written':
      return earlier.map((cell) =>
        /["\\]/.test(cell) || random.chance(0.7) ? cell : random.pick([`"${cell}"`, ` ${cell}`, `${cell} `]),
      );
    case 'changed': {
      const at = random.int(0, earlier.length - 1);
      return earlier.map((cell, index) => (index === at ? (cells[index] ?? '') : cell));
    }
    case 'key':
      return cells.map((cell, index) =>
        spec.key.columns.includes(columns[index]?.name ?? '') ? (earlier[index] ?? '') : cell,
      );
  }
}

/** A row like another but for some digits. */
function otherDigits(cells: readonly string[], random: Random): string[] {
  return cells.map((cell) =>
    random.chance(0.3) ? cell.replace(/[0-9]/g, () => String(random.int(0, 9))) : cell,
  );
}

function damageRow(cells: readonly string[], damage: Damage, delimiter: string, random: Random): string {
  if (!random.chance(damage.rows * 0.4)) return cells.join(delimiter);
  const line = cells.join(delimiter);
  switch (random.weighted({ fewer: 3, more: 3, blank: 3, blanks: 1, empty: 1, cut: 1, doubled: 1 })) {
    case 'fewer':
      return cells.slice(0, -random.int(1, 2)).join(delimiter);
    case 'more':
      return line + delimiter + random.pick(['', 'x', '"x"', '"']);
    case 'blank':
      return `${line}${'\n'.repeat(random.int(1, 3))}`;
    case 'blanks':
      return `${line}\n${random.pick([' ', '  \t', '""', '\\'])}`;
    case 'empty':
      return delimiter.repeat(Math.max(0, cells.length - 1));
    case 'cut':
      return line.slice(0, random.int(0, line.length));
    case 'doubled':
      return line + line;
  }
}

function damageHeader(
  columns: readonly (ColumnSpec | undefined)[],
  names: readonly string[],
  spec: DatasetSpec,
  random: Random,
): [(ColumnSpec | undefined)[], string[]] {
  const kept = [...columns];
  const shown = [...names];
  const at = random.int(0, Math.max(0, shown.length - 1));
  const name = shown[at] ?? 'x';
  const rename = (text: string) => shown.splice(at, 1, text);
  switch (
    random.weighted({
      case: 3,
      typo: 3,
      drop: 3,
      double: 2,
      again: 4,
      swap: 3,
      extra: 4,
      dress: 3,
      all: 1,
      far: 0.3,
      odd: 2,
      no: 0.5,
    })
  ) {
    case 'case':
      rename(
        random.pick([name.toUpperCase(), name.toLowerCase(), name.slice(0, 1).toUpperCase() + name.slice(1)]),
      );
      break;
    case 'typo': {
      const i = random.int(0, name.length - 1);
      rename(
        random.pick([
          name.slice(0, i) + name.slice(i + 1),
          `${name}s`,
          name.replace(/[_ ]/, '-'),
          `x${name}`,
        ]),
      );
      break;
    }
    case 'drop':
      kept.splice(at, 1);
      shown.splice(at, 1);
      break;
    case 'double':
      kept.push(kept[at]);
      shown.push(random.pick([name, name.toUpperCase()]));
      break;
    case 'again': {
      // One name, known, unknown or empty, in two places or three.
      const known = random.chance(0.3);
      const again = known ? name : random.pick(['', '', 'x', 'NULL', ' ']);
      for (let i = random.int(known ? 1 : 2, known ? 2 : 3); i > 0; i--) {
        const place = random.int(0, shown.length);
        kept.splice(place, 0, known ? columns[at] : undefined);
        shown.splice(place, 0, again);
      }
      break;
    }
    case 'swap': {
      const to = random.int(0, shown.length - 1);
      [kept[at], kept[to], shown[at], shown[to]] = [kept[to], kept[at], shown[to]!, shown[at]!];
      break;
    }
    case 'extra': {
      const place = random.pick([0, at, shown.length]);
      kept.splice(place, 0, undefined);
      shown.splice(place, 0, random.pick(['Remarks', '', ' ', `${name}2`, 'x', '"y"', 'स्कूल', 'NULL']));
      break;
    }
    case 'dress':
      rename(
        random.pick([
          `"${name}"`,
          ` ${name}`,
          `${name} `,
          `${name}\u00a0`,
          ` "${name}"`,
          `"${name} "`,
          `\\"${name}\\"`,
        ]),
      );
      break;
    case 'all':
      return [kept, shown.map((each) => `"${each}"`)];
    case 'far':
      kept.unshift(undefined);
      shown.unshift('y'.repeat(random.pick([900, 1020, 1100, 4990, 5100])));
      break;
    case 'odd':
      rename(
        random.pick([
          badCell(kept[at], random),
          `${name}\\`,
          `"${name}`,
          `"${name}"x`,
          `${name}\0`,
          `"${name}\n"`,
        ]),
      );
      break;
    case 'no':
      return [kept, kept.map((column) => (column ? goodValue(column, 0, random) : ''))];
  }
  return [kept, shown.length === 0 ? [spec.columns[0]?.name ?? 'x'] : shown];
}

function sectionLines(spec: DatasetSpec, damage: Damage, delimiter: string, random: Random): string[] {
  const lines: string[] = [];
  for (const { columns, dataset, endMarker, furtherColumns } of spec.sections ?? []) {
    const known = findDataset(dataset)!.columns;
    const further = furtherColumns ? ['first course', 'second course'].slice(0, random.int(0, 2)) : [];
    const names = [...columns, ...further, ...(random.chance(0.05) ? ['course_id'] : [])];
    const header = names.map((name) => (random.chance(damage.header * 0.1) ? `${name}x` : name));
    if (random.chance(0.9)) lines.push(header.join(delimiter));
    for (let row = random.int(0, 3); row > 0; row--) {
      const cells = names.map((name) => {
        const column = known.find((each) => each.name === name);
        if (random.chance(damage.cells)) return badCell(column, random);
        return encode(
          column ? goodValue(column, row, random) : random.pick(['', 'do_1', ' ']),
          delimiter,
          random,
        );
      });
      lines.push(damageRow(cells, damage, delimiter, random));
    }
    if (random.chance(0.04)) continue;
    const marker = random.chance(0.06)
      ? random.pick([endMarker.toLowerCase(), ` ${endMarker}`, `"${endMarker}"`])
      : endMarker;
    lines.push(marker + delimiter.repeat(random.int(0, 2)));
    if (random.chance(0.05)) lines.push(delimiter.repeat(2));
  }
  if (random.chance(0.1)) lines.push('behind the last marker', '');
  return lines;
}

function joinLines(lines: readonly string[], damage: Damage, random: Random): string {
  const ends = ['\n', '\r\n', '\r'];
  const end = random.weighted({ lf: 6, crLf: 3, cr: 1 });
  const own = { lf: '\n', crLf: '\r\n', cr: '\r' }[end];
  const mixed = random.chance(damage.text * 0.2);
  let text = random.chance(damage.text * 0.15) ? random.pick(['\n', '\r\n', '\n\n', ' \n']) : '';
  for (const line of lines) text += line + (mixed ? random.pick(ends) : own);
  // Blank lines that a row was given end as the others do.
  if (!mixed && own !== '\n' && random.chance(0.7)) text = text.replace(/(?<!\r)\n/g, own);
  if (random.chance(0.25)) text = text.slice(0, -own.length);
  if (!random.chance(damage.text)) return text;
  for (let i = random.int(0, 3); i > 0; i--) {
    const at = random.int(0, text.length);
    const sign = random.pick([
      '"',
      '"',
      '\\',
      '\\',
      '|',
      ',',
      '\r',
      '\n',
      '\r\n',
      '\0',
      ' ',
      '\t',
      'é',
      '😀',
      '\ufeff',
      '""',
      '\\"',
    ]);
    text = text.slice(0, at) + sign + text.slice(at + (random.chance(0.3) ? 1 : 0));
  }
  if (random.chance(0.05)) text = text.slice(0, random.int(0, text.length));
  return text;
}

const wrongBytes = [
  [0x80],
  [0xff],
  [0xfe],
  [0xc3],
  [0xe0, 0xa0],
  [0xe0, 0x80, 0x80],
  [0xf0, 0x9f, 0x98],
  [0xed, 0xa0, 0x80],
  [0xc0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0xe4],
  [0xef, 0xbf],
  [0xef, 0xbf, 0xbd],
  [0xbf, 0xbd],
];

function damageBytes(text: string, damage: Damage, random: Random): Uint8Array {
  if (!random.chance(damage.bytes)) return new TextEncoder().encode(text);
  const kind = random.weighted({
    wrong: 12,
    mark: 3,
    utf16: 0.7,
    bare16: 0.5,
    other: 0.7,
    latin1: 2,
    cut: 1,
    twoMarks: 0.3,
  });
  if (kind === 'utf16') return Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le'));
  if (kind === 'bare16') return Uint8Array.from(Buffer.from(text, random.chance(0.5) ? 'utf16le' : 'latin1'));
  if (kind === 'other') {
    const starts = ['PK\x03\x04', '\x1f\x8b\b', '{', '[\n', '<html>', ' [{"a"', '7z\xbc\xaf', '<', '{x'];
    return Uint8Array.from(Buffer.from(random.pick(starts) + text, 'latin1'));
  }
  if (kind === 'latin1') return Uint8Array.from(Buffer.from(text, 'latin1'));
  if (kind === 'mark') return new TextEncoder().encode(`\ufeff${text}`);
  if (kind === 'twoMarks') return new TextEncoder().encode(`\ufeff\ufeff${text}`);
  const bytes = [...new TextEncoder().encode(text)];
  if (kind === 'cut') return Uint8Array.from(bytes.slice(0, random.int(0, bytes.length)));
  for (let i = random.int(1, 3); i > 0; i--)
    bytes.splice(random.int(0, bytes.length), random.chance(0.3) ? 1 : 0, ...random.pick(wrongBytes));
  return Uint8Array.from(bytes);
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}
