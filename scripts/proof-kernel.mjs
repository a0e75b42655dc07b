// Compiles the kernel of the row proof (core/csv/proof/proof-kernel, AssemblyScript) into dist/proof-kernel.wasm.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { main } from 'assemblyscript/asc';
import { root } from './install.mjs';

const source = 'core/csv/proof/proof-kernel/kernel.ts';
const compiled = 'dist/proof-kernel.wasm';
const pages = '38';

/** @returns the bytes of the compiled kernel */
export async function compileKernel() {
  mkdirSync(path.join(root, path.dirname(compiled)), { recursive: true });
  const options = [
    '--enable',
    'simd',
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--disableWarning',
    '112',
    '--debug',
  ];
  const memory = ['--initialMemory', pages, '--maximumMemory', pages];
  const { error, stderr } = await main([
    source,
    '--baseDir',
    root,
    '--outFile',
    compiled,
    ...options,
    ...memory,
  ]);
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
  return readFileSync(path.join(root, compiled));
}
