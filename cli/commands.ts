import type { Command } from './command.ts';

/** A command before it is wanted: the modules of the others are never read. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every command, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'check',
    summary: 'Says what cQube’s ingestion would refuse, drop or change.',
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'forecast',
    summary: 'Tells what ingestion will do with each file, in the numbers of its log.',
    load: async () => (await import('./commands/forecast.ts')).forecast,
  },
  {
    name: 'plan',
    summary: 'Shows what an emission would send, in which order, and what not and why.',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  {
    name: 'zip',
    summary: 'Zips each CSV whose zip is missing or holds something else.',
    load: async () => (await import('./commands/zip.ts')).zip,
  },
  {
    name: 'emit',
    summary: 'Sends the zips to cQube in order. Never sends a dataset with errors unless told to.',
    load: async () => (await import('./commands/emit.ts')).emit,
  },
  {
    name: 'test',
    summary: 'Tries endpoint and token; sends nothing.',
    load: async () => (await import('./commands/test.ts')).test,
  },
  {
    name: 'status',
    summary: 'Shows the state of every dataset: missing, has errors, needs zip, ready, emitted …',
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'bucket',
    summary: 'Lists cQube’s buckets and what they hold, and downloads from them.',
    load: async () => (await import('./commands/bucket.ts')).bucket,
  },
  {
    name: 'history',
    summary: 'Lists what was sent from here, and whether the bucket still holds it.',
    load: async () => (await import('./commands/history.ts')).history,
  },
  {
    name: 'init',
    summary: 'Makes an emission folder, and a CSV with the header for each dataset named.',
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    name: 'spec',
    summary: 'Lists the datasets, or tells everything about one.',
    load: async () => (await import('./commands/spec.ts')).spec,
  },
  {
    name: 'lsp',
    summary: 'Runs the language server for an editor (docs/editors.md).',
    load: async () => (await import('./commands/lsp.ts')).lsp,
  },
  {
    name: 'serve',
    summary: 'Runs an emission endpoint on this computer alone, for trying out.',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
];
