/** The part of the WebAssembly interface that is used here: neither ES2023 nor Node's types declare it. */
declare namespace WebAssembly {
  class CompileError extends Error {}
  type Module = object;
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  const Module: new (bytes: Uint8Array) => Module;
  const Instance: new (module: Module, imports: object) => Instance;
}
