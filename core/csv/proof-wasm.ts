import { LF, QUOTE } from './dialect.ts';
import { isAscii, isUtf8 } from './encoding-node.ts';
import { loadKernel, MAX_PRINTS, MAX_SPEC_NUMBERS, MAX_STEPS, MAX_WINDOW, type Kernel } from './kernel.ts';
import { mayHideDelimiter, type PrintSpec } from './prints.ts';
import { WordProof, type CellShape, type RowProof, type RowShape } from './proof.ts';

/** A call starts with a small window: where every other row is bad, hardly a byte is looked at in vain. */
const FIRST_WINDOW = 1 << 10;
/** The kernel reads the mask of a number at once. */
const MAX_DIGITS = 56;
/** Cells that may hold a number of so many digits, or nothing, need no look of their own. */
const PLAIN_DIGITS = 4;
const MIN_PLAIN_CELLS = 3;

/** Stands in a step in the place of bounds for digits that no cell keeps. */
const kinds = { decimal: 0x80000001, date: 0x80000002, text: 0x80000003 } as const;

const WHOLE_ROW = 1;
const SKIPS_EMPTY = 2;

/** In the second number of a text's step: a delimiter inside quotes is not taken. */
const NO_DELIMITER = 1;

const WITH_QUOTES = 1;
const WITH_UTF8 = 2;

/**
 * The proof over 64 bytes at a time, by WebAssembly's SIMD. It proves what `WordProof` proves, rows longer than its
 * window left out.
 */
export class BlockProof implements RowProof {
  rows = 0;
  ends = new Int32Array(1024);
  sawCrLf = false;
  sawLf = false;
  prints: Int32Array | undefined;
  readonly #kernel: Kernel;
  readonly #delimiter: number;
  readonly #steps: Uint32Array;
  readonly #lead: number;
  readonly #rest: number;
  readonly #specs: Uint32Array;
  readonly #printsOfRow: number;
  /** Cells whose bounds the fingerprints need: so many from the first on. */
  readonly #printedCells: number;
  // Looked for from the first row on that has some: most files have none.
  #quotes = false;
  #beyondAscii = false;

  private constructor(kernel: Kernel, shape: RowShape, steps: Uint32Array, specs: Uint32Array) {
    const { cells, delimiter, prints = [] } = shape;
    this.#kernel = kernel;
    this.#delimiter = delimiter;
    this.#steps = steps;
    const plain = cells.length - 1 - cells.findLastIndex((cell) => !takesPlainDigits(cell));
    this.#rest = plain >= MIN_PLAIN_CELLS ? plain : 0;
    this.#lead = cells.length - this.#rest;
    this.#specs = specs;
    this.#printsOfRow = prints.length;
    const lasts = prints.flatMap(({ parts = [] }) => parts.map(({ last }) => last));
    this.#printedCells = Math.max(-1, ...lasts) + 1;
    if (prints.length > 0) this.prints = new Int32Array(1024);
  }

  /** @returns undefined where there is no kernel, or the shape is none for it */
  static create(shape: RowShape): BlockProof | undefined {
    const kernel = loadKernel();
    const { cells, prints = [] } = shape;
    if (!kernel || cells.length === 0 || cells.length > MAX_STEPS) return undefined;
    const specs = specsOf(prints);
    if (specs.length > MAX_SPEC_NUMBERS) return undefined;
    const steps = new Uint32Array(cells.length * 4);
    for (const [index, cell] of cells.entries()) {
      const step = stepOf(cell, mayHideDelimiter(prints, index));
      if (!step) return undefined;
      steps.set(step, index * 4);
    }
    return new BlockProof(kernel, shape, steps, specs);
  }

  prove(bytes: Uint8Array, from: number, to: number): number {
    const kernel = this.#kernel;
    if (kernel.owner !== this) {
      kernel.steps.set(this.#steps);
      kernel.specs.set(this.#specs);
      kernel.owner = this;
    }
    let at = from;
    let rows = 0;
    let crLfs = 0;
    let size = FIRST_WINDOW;
    while (at < to) {
      const length = Math.min(size, to - at);
      const part = bytes.subarray(at, at + length);
      kernel.input.set(part);
      const count = kernel.prove(length, at, this.#delimiter, this.#lead, this.#rest, this.#mayMeet(part));
      const lines = kernel.answer[0]!;
      const end = at + length;
      if (count > 0) {
        if (rows + count > this.ends.length) this.ends = enlarged(this.ends, rows + count);
        this.ends.set(kernel.ends.subarray(0, count), rows);
        if (this.prints) this.#makePrints(this.prints, rows, count, at);
        rows += count;
        crLfs += kernel.answer[1]!;
        at = this.ends[rows - 1]! + 1;
      }
      if (count < lines || lines === 0) {
        if (this.#learn(bytes.subarray(at, end))) continue;
        const isCut = lines === 0 && size < MAX_WINDOW && end < to && !part.includes(LF);
        if (!isCut) break;
      }
      size = Math.min(size * 4, MAX_WINDOW);
    }
    this.rows = rows;
    this.sawCrLf = crLfs > 0;
    this.sawLf = crLfs < rows;
    return at;
  }

  /** What the kernel may take for good in a window. */
  #mayMeet(part: Uint8Array): number {
    const utf8 = this.#beyondAscii && isUtf8(part.subarray(0, part.lastIndexOf(LF) + 1));
    return (this.#quotes ? WITH_QUOTES : 0) | (utf8 ? WITH_UTF8 : 0);
  }

  /** @returns true when the rest of a window, from a row on that was not proved, has what was not looked for before */
  #learn(rest: Uint8Array): boolean {
    const quotes = !this.#quotes && rest.includes(QUOTE);
    const beyondAscii = !this.#beyondAscii && !isAscii(rest);
    this.#quotes ||= quotes;
    this.#beyondAscii ||= beyondAscii;
    return quotes || beyondAscii;
  }

  /** @param base index of the window's first byte, which is that of the first row */
  #makePrints(prints: Int32Array, rows: number, count: number, base: number): void {
    const kernel = this.#kernel;
    const ofRow = this.#printsOfRow;
    const numbers = (rows + count) * ofRow * 2;
    const all = numbers > prints.length ? enlarged(prints, numbers) : prints;
    this.prints = all;
    const most = Math.floor(MAX_PRINTS / ofRow);
    let start = 0;
    for (let first = 0; first < count; first += most) {
      const some = Math.min(most, count - first);
      const delimiter = this.#quotes ? this.#delimiter : 0;
      start = kernel.fingerprint(first, start, some, base, this.#printedCells, ofRow, delimiter);
      all.set(kernel.prints.subarray(0, some * ofRow * 2), (rows + first) * ofRow * 2);
    }
  }
}

function enlarged(numbers: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(needed, numbers.length * 2));
  larger.set(numbers);
  return larger;
}

/** What the kernel must know of the fingerprints. */
function specsOf(prints: readonly PrintSpec[]): Uint32Array {
  const numbers = prints.flatMap(({ seed, parts, skipsEmpty }) => [
    seed,
    flagsOf(parts === undefined, skipsEmpty === true),
    parts?.length ?? 0,
    ...(parts ?? []).flatMap(({ first, last, number }) => [first, last, number ? 1 : 0]),
  ]);
  return Uint32Array.from(numbers);
}

function flagsOf(wholeRow: boolean, skipsEmpty: boolean): number {
  return (wholeRow ? WHOLE_ROW : 0) | (skipsEmpty ? SKIPS_EMPTY : 0);
}

/**
 * The four numbers of the kernel's step: bounds for digits alone, bounds of the cell. Bounds are the smallest length
 * and how many bytes more there may be; a decimal and a date have 0 or 1 for the smallest, and 1 behind it where a date
 * may have a time.
 *
 * @param mayHide false where a delimiter inside quotes is left to the scanner
 * @returns undefined for bounds that no cell keeps
 */
function stepOf(cell: CellShape, mayHide: boolean): readonly number[] | undefined {
  if (cell.kind === 'decimal') return [kinds.decimal, 0, cell.empty ? 0 : 1, 0];
  if (cell.kind === 'date') return [kinds.date, 0, cell.empty ? 0 : 1, cell.time ? 1 : 0];
  const { min } = cell;
  const more = Math.min(cell.max, cell.kind === 'digits' ? MAX_DIGITS : cell.max) - min;
  if (more < 0) return undefined;
  return cell.kind === 'digits'
    ? [min, more, min, more]
    : [kinds.text, mayHide ? 0 : NO_DELIMITER, min, more];
}

/** True when every number of up to four digits, and no byte at all, has this shape. */
function takesPlainDigits(cell: CellShape): boolean {
  return (cell.kind === 'digits' || cell.kind === 'text') && cell.min === 0 && cell.max >= PLAIN_DIGITS;
}

/**
 * The fastest proof that this machine has. `CQUBE_EMISSION_PROOF=words` in the environment leaves WebAssembly out.
 *
 * @param shape what the cells of each row may hold
 */
export function createProof(shape: RowShape): RowProof {
  const wordsAsked = process.env.CQUBE_EMISSION_PROOF === 'words';
  return (wordsAsked ? undefined : BlockProof.create(shape)) ?? new WordProof(shape);
}
