import { LF, QUOTE } from '../dialect.ts';
import { isAscii, isUtf8 } from '../encoding-node.ts';
import {
  inputPlace,
  loadKernel,
  MAX_SPEC_NUMBERS,
  MAX_SPECS,
  MAX_STEPS,
  MAX_WINDOW,
  mostRows,
  type Kernel,
} from './kernel.ts';
import { mayHideDelimiter, type RowFingerprints, type FingerprintSpec } from './fingerprints.ts';
import type { CellShape, RowProof, RowShape } from './proof.ts';
import { WordProof } from './proof-words.ts';

/** Behind a row that was refused the window is small: where every other row is bad, hardly a byte is looked at in vain. */
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
const CHANGES_ONLY = 4;

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
  refused = false;
  sawCrLf = false;
  sawLf = false;
  readonly ends: Int32Array;
  readonly fingerprints: readonly KernelFingerprints[];
  readonly #kernel: Kernel;
  readonly #delimiter: number;
  readonly #steps: Uint32Array;
  readonly #lead: number;
  readonly #rest: number;
  readonly #specs: Uint32Array;
  readonly #mostRows: number;
  #window = FIRST_WINDOW;
  // Looked for from the first row on that has some: most files have none.
  #quotes = false;
  #beyondAscii = false;

  private constructor(kernel: Kernel, shape: RowShape, steps: Uint32Array, specs: Uint32Array) {
    const { cells, delimiter, fingerprints = [] } = shape;
    this.#kernel = kernel;
    this.ends = kernel.ends;
    this.#delimiter = delimiter;
    this.#steps = steps;
    const lasts = fingerprints.flatMap(({ parts = [] }) => parts.map(({ last }) => last));
    // Cells that fingerprints are made of are looked at one by one.
    const lead =
      Math.max(
        cells.findLastIndex((cell) => !takesPlainDigits(cell)),
        ...lasts,
      ) + 1;
    this.#rest = cells.length - lead >= MIN_PLAIN_CELLS ? cells.length - lead : 0;
    this.#lead = cells.length - this.#rest;
    this.#specs = specs;
    this.#mostRows = mostRows(fingerprints.length);
    this.fingerprints = fingerprints.map((_, spec) => new KernelFingerprints(kernel, spec, this.#mostRows));
  }

  /** @returns undefined where there is no kernel, or the shape is none for it */
  static create(shape: RowShape): BlockProof | undefined {
    const kernel = loadKernel();
    const { cells, fingerprints = [] } = shape;
    if (!kernel || cells.length === 0 || cells.length > MAX_STEPS) return undefined;
    const specs = specsOf(fingerprints);
    if (specs.length > MAX_SPEC_NUMBERS || fingerprints.length > MAX_SPECS) return undefined;
    const steps = new Uint32Array(cells.length * 4);
    for (const [index, cell] of cells.entries()) {
      const step = stepOf(cell, mayHideDelimiter(fingerprints, index));
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
    for (;;) {
      const length = Math.min(this.#window, to - from);
      const part = bytes.subarray(from, from + length);
      const first = this.#placeOf(part);
      const rows = kernel.prove(
        first,
        first + length,
        from - first,
        this.#delimiter,
        this.#lead,
        this.#rest,
        this.#mayMeet(part),
        this.fingerprints.length,
        this.#mostRows,
      );
      const looked = kernel.answer[0]!;
      const crLfs = kernel.answer[1]!;
      const isCut = looked === 0 && length < Math.min(MAX_WINDOW, to - from);
      const at = rows > 0 ? this.ends[rows - 1]! + 1 : from;
      // What was met for the first time is looked for from now on.
      const isNew = rows < Math.max(1, looked) && this.#learn(bytes.subarray(at, from + length));
      this.refused = !isNew && (rows < looked || (looked === 0 && !isCut));
      this.#window = this.refused ? FIRST_WINDOW : Math.min(this.#window * 4, MAX_WINDOW);
      if (rows === 0 && !this.refused) continue;
      this.rows = rows;
      this.sawCrLf = crLfs > 0;
      this.sawLf = crLfs < rows;
      return at;
    }
  }

  lend(): Uint8Array | undefined {
    if (this.#kernel.isLent) return undefined;
    this.#kernel.isLent = true;
    return this.#kernel.lent;
  }

  takeBack(): void {
    this.#kernel.isLent = false;
  }

  /** The place of bytes in the kernel's input; those that lie elsewhere are copied there. */
  #placeOf(part: Uint8Array): number {
    const { buffer, copies } = this.#kernel;
    if (part.buffer === buffer) return inputPlace(part);
    copies.set(part);
    return inputPlace(copies);
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
}

/** Fingerprints as they stand in the kernel's memory. */
class KernelFingerprints implements RowFingerprints {
  readonly rows: Int32Array;
  readonly halves: Int32Array;
  readonly #taken: Int32Array;
  readonly #index: number;

  /** @param most room for so many rows */
  constructor({ fingerprints, taken }: Kernel, spec: number, most: number) {
    const start = spec * most * 3;
    this.rows = fingerprints.subarray(start, start + most);
    this.halves = fingerprints.subarray(start + most, start + most * 3);
    this.#taken = taken;
    this.#index = spec * 4;
  }

  get count(): number {
    return this.#taken[this.#index]!;
  }
}

/** What the kernel must know of the fingerprints. */
function specsOf(fingerprints: readonly FingerprintSpec[]): Uint32Array {
  const numbers = fingerprints.flatMap(({ seed, parts = [], ...flags }) => [
    (4 + parts.length * 3) * 4,
    seed,
    flagsOf(parts.length === 0, flags),
    parts.length,
    ...parts.flatMap(({ first, last, number }) => [first, last, number ? 1 : 0]),
  ]);
  return Uint32Array.from(numbers);
}

function flagsOf(
  wholeRow: boolean,
  { skipsEmpty, changesOnly }: Pick<FingerprintSpec, 'skipsEmpty' | 'changesOnly'>,
): number {
  return (
    (wholeRow ? WHOLE_ROW : 0) | (skipsEmpty === true ? SKIPS_EMPTY : 0) | (changesOnly ? CHANGES_ONLY : 0)
  );
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
