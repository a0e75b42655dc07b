import { readFileSync } from 'node:fs';

/**
 * The compiled kernel of the row proof as it lies in `dist/`; undefined when it has not been built. For code that runs
 * from source: in a bundle `esbuild.mjs` puts the bytes themselves in the place of this module.
 */
function compiledKernel(): Uint8Array | undefined {
  try {
    return readFileSync(new URL('../../../dist/proof-kernel.wasm', import.meta.url));
  } catch {
    return undefined;
  }
}

export default compiledKernel();
