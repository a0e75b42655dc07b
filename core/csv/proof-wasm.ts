import kernelBytes from './proof-kernel-node.ts';
import { WordProof, type CellShape, type RowProof, type RowShape } from './proof.ts';

// Addresses of the kernel's memory; `proof-kernel/kernel.ts` has the same.
const ANSWER = 1024;
const STEPS = 2048;
const ENDS = 128 * 1024;
const INPUT = 512 * 1024;

const MAX_STEPS = 4096;
const MAX_WINDOW = 1 << 16;
/** A call starts with a small window: where every other row is bad, hardly a byte is looked at in vain. */
const FIRST_WINDOW = 1 << 10;
/** The kernel reads the mask of a number at once. */
const MAX_DIGITS = 56;
/** Cells that may hold a number of so many digits, or nothing, need no look of their own. */
const PLAIN_DIGITS = 4;
const MIN_PLAIN_CELLS = 3;

/** Stands in a step in the place of bounds for digits that no cell keeps. */
const kinds = { decimal: 0x80000001, date: 0x80000002, text: 0x80000003 } as const;

/** The compiled kernel and views of its memory. One for all proofs of a thread: each call starts anew. */
interface Kernel {
  prove(length: number, base: number, delimiter: number, lead: number, rest: number): number;
  readonly input: Uint8Array;
  readonly steps: Uint32Array;
  readonly ends: Int32Array;
  readonly answer: Int32Array;
  /** The proof whose steps are in the memory. */
  owner: BlockProof | undefined;
}

let loaded: { readonly kernel: Kernel | undefined } | undefined;

/** @returns undefined where the kernel has not been built, or this machine has no SIMD in WebAssembly */
function loadKernel(): Kernel | undefined {
  loaded ??= { kernel: kernelBytes && instantiate(kernelBytes) };
  return loaded.kernel;
}

function instantiate(bytes: Uint8Array): Kernel | undefined {
  if (!('WebAssembly' in globalThis)) return undefined;
  try {
    const module = new WebAssembly.Module(bytes);
    const { exports } = new WebAssembly.Instance(module, {});
    const { buffer } = exports.memory as WebAssembly.Memory;
    return {
      prove: exports.prove as Kernel['prove'],
      input: new Uint8Array(buffer, INPUT, MAX_WINDOW),
      steps: new Uint32Array(buffer, STEPS, MAX_STEPS * 4),
      ends: new Int32Array(buffer, ENDS, MAX_WINDOW),
      answer: new Int32Array(buffer, ANSWER, 2),
      owner: undefined,
    };
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}

/**
 * The proof over 64 bytes at a time, by WebAssembly's SIMD. It proves what `WordProof` proves, rows longer than its
 * window left out.
 */
export class BlockProof implements RowProof {
  rows = 0;
  ends = new Int32Array(1024);
  sawCrLf = false;
  sawLf = false;
  readonly #kernel: Kernel;
  readonly #delimiter: number;
  readonly #steps: Uint32Array;
  readonly #lead: number;
  readonly #rest: number;

  private constructor(kernel: Kernel, shape: RowShape, steps: Uint32Array) {
    const { cells, delimiter } = shape;
    this.#kernel = kernel;
    this.#delimiter = delimiter;
    this.#steps = steps;
    const plain = cells.length - 1 - cells.findLastIndex((cell) => !takesPlainDigits(cell));
    this.#rest = plain >= MIN_PLAIN_CELLS ? plain : 0;
    this.#lead = cells.length - this.#rest;
  }

  /** @returns undefined where there is no kernel, or the shape is none for it */
  static create(shape: RowShape): BlockProof | undefined {
    const kernel = loadKernel();
    const { cells } = shape;
    if (!kernel || cells.length === 0 || cells.length > MAX_STEPS) return undefined;
    const steps = new Uint32Array(cells.length * 4);
    for (const [index, cell] of cells.entries()) {
      const step = stepOf(cell);
      if (!step) return undefined;
      steps.set(step, index * 4);
    }
    return new BlockProof(kernel, shape, steps);
  }

  prove(bytes: Uint8Array, from: number, to: number): number {
    const kernel = this.#kernel;
    if (kernel.owner !== this) {
      kernel.steps.set(this.#steps);
      kernel.owner = this;
    }
    let at = from;
    let rows = 0;
    let crLfs = 0;
    let size = FIRST_WINDOW;
    while (at < to) {
      const length = Math.min(size, to - at);
      kernel.input.set(bytes.subarray(at, at + length));
      const count = kernel.prove(length, at, this.#delimiter, this.#lead, this.#rest);
      const lines = kernel.answer[0]!;
      if (count > 0) {
        if (rows + count > this.ends.length) this.#grow(rows + count);
        this.ends.set(kernel.ends.subarray(0, count), rows);
        rows += count;
        crLfs += kernel.answer[1]!;
        at = this.ends[rows - 1]! + 1;
      }
      const isCut = lines === 0 && size < MAX_WINDOW && length < to - at;
      if (count < lines || (lines === 0 && !isCut)) break;
      size = Math.min(size * 4, MAX_WINDOW);
    }
    this.rows = rows;
    this.sawCrLf = crLfs > 0;
    this.sawLf = crLfs < rows;
    return at;
  }

  #grow(needed: number): void {
    const larger = new Int32Array(Math.max(needed, this.ends.length * 2));
    larger.set(this.ends);
    this.ends = larger;
  }
}

/**
 * The four numbers of the kernel's step: bounds for digits alone, bounds of the cell. Bounds are the smallest length
 * and how many bytes more there may be; a decimal and a date have 0 or 1 for the smallest, and 1 behind it where a date
 * may have a time.
 *
 * @returns undefined for bounds that no cell keeps
 */
function stepOf(cell: CellShape): readonly number[] | undefined {
  if (cell.kind === 'decimal') return [kinds.decimal, 0, cell.empty ? 0 : 1, 0];
  if (cell.kind === 'date') return [kinds.date, 0, cell.empty ? 0 : 1, cell.time ? 1 : 0];
  const { min } = cell;
  const more = Math.min(cell.max, cell.kind === 'digits' ? MAX_DIGITS : cell.max) - min;
  if (more < 0) return undefined;
  return cell.kind === 'digits' ? [min, more, min, more] : [kinds.text, 0, min, more];
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
