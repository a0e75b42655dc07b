/**
 * A hash of everything that decides what a check says: of `core/`, `schemas/` and the versions of the packages they
 * use. `esbuild.mjs` puts it into the bundles in the place of this module, so nobody can forget to change it. Undefined
 * in code that runs from source, where it would have to be found anew each time: nothing outlasts such a run.
 */
export default undefined as string | undefined;
