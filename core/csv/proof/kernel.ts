import kernelBytes from './proof-kernel-node.ts';

// Addresses of the kernel's memory; `proof-kernel/memory.ts` has the same.
const ANSWER = 1024;
const STEPS = 2048;
const SPECS = 512 * 1024;
const TAKEN = 576 * 1024;
const ENDS = 640 * 1024;
const INPUT = 896 * 1024;
const PRINTS = 1536 * 1024;
const PRINT_BYTES = 768 * 1024;

/** The kernel looks at so many bytes at a time at most. */
export const MAX_WINDOW = 1 << 16;
export const MAX_STEPS = 4096;
/** Numbers that say what the fingerprints are made of. */
export const MAX_SPEC_NUMBERS = 1 << 14;
/** More kinds of fingerprints than any file wants. */
export const MAX_SPECS = 256;
/** Bytes of the kernel's memory that one caller at a time may keep its own in. */
const LENT_BYTES = 512 * 1024;

/** The compiled kernel and views of its memory. One for all proofs of a thread: each call starts anew. */
export interface Kernel {
  /** See `prove` in `proof-kernel/kernel.ts`. */
  prove(
    from: number,
    to: number,
    base: number,
    delimiter: number,
    lead: number,
    rest: number,
    may: number,
    specs: number,
    most: number,
  ): number;
  readonly buffer: ArrayBufferLike;
  /** Bytes that a caller may keep its own in. */
  readonly lent: Uint8Array;
  /** Takes copies of bytes that lie elsewhere. */
  readonly copies: Uint8Array;
  readonly steps: Uint32Array;
  readonly ends: Int32Array;
  readonly answer: Int32Array;
  readonly specs: Uint32Array;
  /** For each kind of fingerprint four numbers; the first is how many rows have one. */
  readonly taken: Int32Array;
  /** For each kind the numbers of those rows, as many as there may be, then two halves for each. */
  readonly fingerprints: Int32Array;
  /** Whose steps and specs are in the memory. */
  owner: object | undefined;
  isLent: boolean;
}

/** The place of bytes in the kernel's input, which `copies` and `lent` are part of. */
export function inputPlace(bytes: Uint8Array): number {
  return bytes.byteOffset - INPUT;
}

/** So many rows may be proved in one call that makes so many fingerprints of each. */
export function mostRows(specs: number): number {
  return specs === 0 ? MAX_WINDOW : Math.floor(PRINT_BYTES / 12 / specs);
}

let loaded: { readonly kernel: Kernel | undefined } | undefined;

/** @returns undefined where the kernel has not been built, or this machine has no SIMD in WebAssembly */
export function loadKernel(): Kernel | undefined {
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
      buffer,
      lent: new Uint8Array(buffer, INPUT, LENT_BYTES),
      copies: new Uint8Array(buffer, INPUT + LENT_BYTES, MAX_WINDOW),
      steps: new Uint32Array(buffer, STEPS, MAX_STEPS * 4),
      ends: new Int32Array(buffer, ENDS, MAX_WINDOW),
      answer: new Int32Array(buffer, ANSWER, 2),
      specs: new Uint32Array(buffer, SPECS, MAX_SPEC_NUMBERS),
      taken: new Int32Array(buffer, TAKEN, MAX_SPECS * 4),
      fingerprints: new Int32Array(buffer, PRINTS, PRINT_BYTES / 4),
      owner: undefined,
      isLent: false,
    };
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}
