/** Odd CSVs, the same for a seed: what a dataset's file may be when nobody has looked at it. */
import { datasets, findDataset, variantsOf } from '../../../core/catalogue/catalogue.ts';
import type { DatasetSpec } from '../../../core/catalogue/spec.ts';
import { defaultSettings, releases, type CheckSettings } from '../../../core/check/settings.ts';
import { CR, LF, ROW_CELLS } from '../../../core/csv/dialect.ts';
import type { Random } from '../csv/random.ts';

export interface OddCsv {
  readonly spec: DatasetSpec;
  readonly bytes: Uint8Array;
  readonly settings: CheckSettings;
}

/** Stands in cells of rows, and in no name: no message may repeat it. */
export const PRIVATE = 'Kq7Zx';

const HEADER_BYTES = 1 << 20;
/** Signs that mean something to one reader or another, and some that mean nothing. */
const signs = ['|', ',', ';', '\t', '"', '""', '\\', '\\"', '\n', '\r', '\r\n', '\0', ' ', '1', '-', '.', '/']
  .concat([
    '?',
    '??',
    'NULL',
    'null',
    'x',
    'é',
    'क',
    '𝟙',
    '\u00a0',
    '\u2028',
    '\u0301',
    '\ufeff',
    '\ufffd',
    '=',
  ])
  .map((text) => Buffer.from(text));
const wrongBytes = [[0xff], [0xc0, 0x80], [0xe0, 0xa4], [0xed, 0xa0, 0x80], [0x80], [0xf4, 0x90, 0x80, 0x80]];
/** First bytes of files that are no CSV. */
const otherFiles = [
  'PK\x03\x04',
  '\x1f\x8b',
  '%PDF-',
  '\xd0\xcf\x11\xe0',
  '<html>',
  '{"a":',
  '[{',
  'sep=|\n',
];

/** A CSV that is hardly one. @param spec any dataset when absent */
export function oddCsv(random: Random, spec: DatasetSpec = anySpec(random)): OddCsv {
  const made = random.pick(makers)(random, spec);
  const bytes = random.once(4) ? damaged(random, made) : made;
  return { spec, bytes, settings: settingsFor(random, bytes) };
}

function anySpec(random: Random): DatasetSpec {
  // The one of sections, and the one whose rows are judged by all others, take their turn more often.
  const rare = findDataset(random.pick(['diksha_enrolment', 'user_location_master', 'infra_trans']));
  return rare && random.once(8) ? rare : random.pick(datasets);
}

type Make = (random: Random, spec: DatasetSpec) => Uint8Array;

const makers: readonly Make[] = [
  ...Array.from({ length: 6 }, () => table),
  soup,
  soup,
  noise,
  tiny,
  longRows,
  longRows,
  manyCells,
  wideHeader,
  longHeader,
  otherFile,
  repeated,
];

/** A header and rows, some of them odd. */
function table(random: Random, spec: DatasetSpec): Uint8Array {
  const text = new Text(random, spec);
  const rows = Array.from({ length: random.below(random.pick([1, 5, 60])) }, () => text.row());
  return joined(text.start(), text.header(), ...rows, random.once(3) ? text.openEnd() : []);
}

/** Signs of all kinds behind each other, now and then below a good header. */
function soup(random: Random, spec: DatasetSpec): Uint8Array {
  const text = new Text(random, spec);
  const pieces = Array.from({ length: random.below(random.pick([10, 400])) }, () => text.anySign());
  return joined(text.start(), random.once(2) ? text.header() : [], ...pieces);
}

function noise(random: Random): Uint8Array {
  const most = random.pick([4, 256, 256, 0x80]);
  return Uint8Array.from({ length: random.below(random.pick([40, 4000])) }, () => random.below(most));
}

function tiny(random: Random): Uint8Array {
  return joined(
    ...Array.from({ length: random.below(4) }, () => random.pick([...signs, [0xef, 0xbb, 0xbf]])),
  );
}

/** Lines whose lengths lie around a bound, which `settingsFor` finds by the longest of them. */
function longRows(random: Random, spec: DatasetSpec): Uint8Array {
  const text = new Text(random, spec);
  const header = text.header();
  const bound = header.length + random.below(random.pick([20, 3000]));
  const rows = Array.from({ length: 1 + random.below(8) }, () => {
    const begin = random.pick(['', '1', '"', `1${text.delimiter}"`, '\\', '""', 'क']);
    const unit = random.pick(['x', 'x', '"', '""', '\\', text.delimiter, '\0', 'क', `${PRIVATE} `, '\r']);
    const long = Buffer.from(begin + unit.repeat(Math.ceil(bound / unit.length) + 4));
    return joined(
      long.subarray(0, bound - 3 + random.below(6)),
      text.lineEnd(),
      random.once(3) ? text.row() : [],
    );
  });
  return joined(header, ...rows);
}

/** Rows of about as many cells as are told apart. */
function manyCells(random: Random, spec: DatasetSpec): Uint8Array {
  const text = new Text(random, spec);
  const cell = random.pick(['', '', '1', '"a"', '"a"b', `"${PRIVATE}"x`]);
  const rows = Array.from({ length: 1 + random.below(3) }, () =>
    joined(`${cell}${text.delimiter}`.repeat(ROW_CELLS - 2 + random.below(4)), text.lineEnd()),
  );
  return joined(text.header(), ...rows, text.row());
}

/** A header of thousands of names, and short rows below it. */
function wideHeader(random: Random, spec: DatasetSpec): Uint8Array {
  const text = new Text(random, spec);
  const count = random.pick([300, 3000, ROW_CELLS - random.below(3)]);
  const name = random.pick([
    () => '',
    () => 'x',
    (index: number) => `n${index}`,
    () => random.text(3, 'aA _"'),
  ]);
  const names = Array.from({ length: count }, (_, index) => name(index)).join(text.delimiter);
  const known = text.header();
  return joined(
    ...(random.once(2)
      ? [known.subarray(0, known.length - 1), text.delimiter, names]
      : [names, text.delimiter, known]),
    text.lineEnd(),
    ...Array.from({ length: random.below(20) }, () => text.row()),
  );
}

/** A first line about as long as a header may be. */
function longHeader(random: Random, spec: DatasetSpec): Uint8Array {
  const text = new Text(random, spec);
  if (!random.once(4))
    return joined(random.pick(['\n', '\r\n', '\r', ' ']).repeat(random.below(5000)), text.header());
  const unit = random.pick(['x', '\u0301\u0315', 'ｓ', '"', ' ', '\n', '\u0000', `${text.delimiter}y`]);
  const room = HEADER_BYTES - 40 + random.below(80);
  const long = Buffer.from(unit.repeat(Math.ceil(room / Buffer.byteLength(unit)))).subarray(0, room);
  return joined(
    random.once(2) ? text.header().subarray(0, -1) : '',
    text.delimiter,
    long,
    text.lineEnd(),
    text.row(),
  );
}

function otherFile(random: Random, spec: DatasetSpec): Uint8Array {
  const whole = Buffer.from(table(random, spec)).toString('utf8');
  const wide = Buffer.from(whole, 'utf16le');
  const kind = random.below(4);
  if (kind === 0) return joined([0xff, 0xfe], wide);
  if (kind === 1) return wide;
  if (kind === 2) return joined([0xfe, 0xff], wide.subarray(0, wide.length & ~1).swap16());
  return joined(Buffer.from(random.pick(otherFiles), 'latin1'), noise(random));
}

/** One row, or one sign, again and again. */
function repeated(random: Random, spec: DatasetSpec): Uint8Array {
  const text = new Text(random, spec);
  const unit = random.once(3) ? joined(text.anySign(), text.anySign()) : text.row();
  return joined(
    random.once(4) ? '' : text.header(),
    Buffer.concat(Array.from({ length: 40 + random.below(400) }, () => unit)),
  );
}

/** A header, and the bytes of which an endless line below it consists. */
export function endlessLine(
  random: Random,
  spec: DatasetSpec,
): { readonly header: Uint8Array; readonly unit: Uint8Array } {
  const text = new Text(random, spec);
  const signs = Array.from({ length: 1 + random.below(6) }, () => text.anySign());
  const unit = joined(...signs, random.once(2) ? '' : text.delimiter, 'x');
  return { header: text.header(), unit: unit.filter((byte) => byte !== LF && byte !== CR) };
}

/** Pieces of the text of one file, with its usual delimiter and line end. */
class Text {
  readonly delimiter: string;
  readonly #random: Random;
  readonly #spec: DatasetSpec;
  readonly #names: readonly string[];
  readonly #lineEnd: string;

  constructor(random: Random, spec: DatasetSpec) {
    this.#random = random;
    this.#spec = spec;
    const own = spec.reading.delimiter;
    this.delimiter = random.once(10) ? random.pick(['|', ',', ';', '\t']) : own;
    this.#lineEnd = random.pick(['\n', '\n', '\n', '\r\n', '\r']);
    const variants = variantsOf(spec);
    const names = spec.sections
      ? random.pick(spec.sections).columns
      : random.pick(variants).columns.map(({ name }) => name);
    this.#names = random.once(3) ? this.#otherNames(names) : names;
  }

  /** What may stand before the header. */
  start(): Uint8Array {
    const random = this.#random;
    return joined(
      random.once(8) ? [0xef, 0xbb, 0xbf] : [],
      random.once(10) ? random.pick(['\n', '\r\n\n', '\r']).repeat(1 + random.below(4)) : [],
    );
  }

  header(): Uint8Array {
    return joined(this.#names.join(this.delimiter), this.lineEnd());
  }

  lineEnd(): string {
    return this.#random.once(30) ? this.#random.pick(['\n', '\r\n', '\r', '\n\n', '\n\r']) : this.#lineEnd;
  }

  row(): Uint8Array {
    const random = this.#random;
    const { sections } = this.#spec;
    if (sections && random.once(6)) {
      const { columns, endMarker } = random.pick(sections);
      return joined(random.pick([endMarker, columns.join(this.delimiter)]), this.lineEnd());
    }
    const cells = this.#names.map(() => this.#cell());
    if (random.once(10)) cells.splice(random.below(cells.length), 1 + random.below(2));
    if (random.once(12)) cells.push(this.#cell(), this.#cell());
    return joined(
      ...cells.flatMap((cell, index) => (index === 0 ? [cell] : [this.delimiter, cell])),
      this.lineEnd(),
    );
  }

  /** The last line, which nothing ends. */
  openEnd(): Uint8Array {
    return joined(this.#random.pick(['1', '"', '\\', `"${PRIVATE}`, 'x\r', '\0', '"a"b', this.delimiter]));
  }

  anySign(): Uint8Array {
    const random = this.#random;
    return random.once(20) ? Uint8Array.from(random.pick(wrongBytes)) : random.pick(signs);
  }

  #cell(): Uint8Array {
    const random = this.#random;
    switch (random.below(14)) {
      case 0:
        return joined('');
      case 1:
        return joined(...Array.from({ length: 1 + random.below(5) }, () => this.anySign()));
      case 2:
        return joined(`"${PRIVATE}${random.pick(['', '""', this.#lineEnd, this.delimiter, '\\"', '\\'])}"`);
      case 3:
        return joined(random.pick([PRIVATE, ` ${PRIVATE}`, `${PRIVATE}"`, `"${PRIVATE}"x`, `"${PRIVATE}`]));
      case 4:
        return joined(
          random.pick(['2026-10-01', '2026-10-01 10:00:00', '1/2/26', '2026-13-40', 'true', 'NULL']),
        );
      case 5:
        return joined(
          random.pick(['1e400', '9'.repeat(400), '-0', '+7', '७', '1,000', '0x1f', '1.', '∞', 'NaN']),
        );
      default:
        return joined(`${random.below(random.pick([3, 3, 40, 1e12]))}`);
    }
  }

  /** Names that are doubled, misspelt, dressed, missing or no names at all. */
  #otherNames(names: readonly string[]): string[] {
    const random = this.#random;
    const others = [...names];
    for (let times = 1 + random.below(3); times > 0; times--) {
      const at = random.below(others.length);
      const name = others[at] ?? '';
      const odd = [
        `${name}s`,
        name.toUpperCase(),
        ` ${name} `,
        `"${name}"`,
        `"${name}`,
        `\u200b${name}`,
        'NULL',
        '',
        '\0',
        '\u001b[31m',
      ];
      if (random.once(3)) others.splice(at, 1);
      else
        others.splice(
          at,
          random.below(2),
          random.pick([...odd, random.pick(names), 'x'.repeat(random.below(300))]),
        );
    }
    return others;
  }
}

/** A few bytes changed, taken out, put in or doubled. */
function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  let changed = bytes;
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(changed.length + 1);
    const to = Math.min(changed.length, at + random.below(random.pick([2, 2, 50])));
    const between = random.pick([
      [],
      random.pick(signs),
      random.pick(wrongBytes),
      [random.below(256)],
      changed.subarray(at, to),
    ]);
    changed = joined(changed.subarray(0, at), between, random.once(12) ? [] : changed.subarray(to));
  }
  return changed;
}

function settingsFor(random: Random, bytes: Uint8Array): CheckSettings {
  return {
    ...defaultSettings,
    today: '2026-11-23',
    variant: random.once(6) ? random.pick(['state', 'udise']) : 'auto',
    dikshaDelimiter: random.once(6) ? random.pick(['pipe', 'comma']) : 'auto',
    release: random.once(4) ? random.pick(releases) : '3.6',
    withoutMap: random.once(6),
    countsDays: random.once(3),
    maxFindings: random.pick([1, 3, 1000, 1000, Infinity]),
    ...(random.once(2) ? { rowBytes: boundFor(random, bytes) } : {}),
  };
}

/** A bound that some row of the file is as long as, more or less; that of all files for one of megabytes. */
function boundFor(random: Random, bytes: Uint8Array): number {
  const lines = Buffer.from(bytes.subarray(0, 1 << 16))
    .toString('latin1')
    .split(/\r\n|\r|\n/);
  const longest = lines.reduce((most, { length }) => Math.max(most, length), 0);
  return Math.max(1, random.once(4) ? random.below(200) : longest - 2 + random.below(6));
}

/** Pieces one behind the other; texts as UTF-8. */
export function joined(...pieces: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    pieces.map((piece) =>
      typeof piece === 'string'
        ? Buffer.from(piece)
        : piece instanceof Uint8Array
          ? piece
          : Uint8Array.from(piece),
    ),
  );
}
