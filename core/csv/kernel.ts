import kernelBytes from './proof-kernel-node.ts';

// Addresses of the kernel's memory; `proof-kernel/memory.ts` has the same.
const ANSWER = 1024;
const STEPS = 2048;
const ENDS = 128 * 1024;
const INPUT = 512 * 1024;
const SPECS = 640 * 1024;
const PRINTS = 768 * 1024;

/** The kernel looks at so many bytes at a time at most. */
export const MAX_WINDOW = 1 << 16;
export const MAX_STEPS = 4096;
/** Numbers that say what the fingerprints are made of. */
export const MAX_SPEC_NUMBERS = 1 << 14;
export const MAX_PRINTS = 1 << 16;

/** The compiled kernel and views of its memory. One for all proofs of a thread: each call starts anew. */
export interface Kernel {
  /** See `prove` in `proof-kernel/kernel.ts`. */
  prove(length: number, base: number, delimiter: number, lead: number, rest: number, may: number): number;
  /** See `proof-kernel/prints.ts`. */
  fingerprint(
    first: number,
    from: number,
    count: number,
    base: number,
    cells: number,
    specs: number,
    delimiter: number,
  ): number;
  readonly input: Uint8Array;
  readonly steps: Uint32Array;
  readonly ends: Int32Array;
  readonly answer: Int32Array;
  readonly specs: Uint32Array;
  readonly prints: Int32Array;
  /** Whose steps and specs are in the memory. */
  owner: object | undefined;
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
      fingerprint: exports.fingerprint as Kernel['fingerprint'],
      input: new Uint8Array(buffer, INPUT, MAX_WINDOW),
      steps: new Uint32Array(buffer, STEPS, MAX_STEPS * 4),
      ends: new Int32Array(buffer, ENDS, MAX_WINDOW),
      answer: new Int32Array(buffer, ANSWER, 2),
      specs: new Uint32Array(buffer, SPECS, MAX_SPEC_NUMBERS),
      prints: new Int32Array(buffer, PRINTS, MAX_PRINTS * 2),
      owner: undefined,
    };
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}
