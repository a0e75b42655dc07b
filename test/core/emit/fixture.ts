/** A small emission folder on disk with its plan, a pace without waiting, and a run that keeps its events. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import JSZip from 'jszip';
import { emit } from '../../../core/emit/run.ts';
import type { EmitEvent, EmitOptions } from '../../../core/emit/types.ts';
import { realPace } from '../../../core/emit/http/pace.ts';
import type { Pace } from '../../../core/emit/http/pace.ts';
import type { Plan, PlannedFile } from '../../../core/plan/types.ts';
import { startLocalEndpoint } from '../../../local/server.ts';
import type { LocalEndpoint, LocalEndpointOptions } from '../../../local/server.ts';

/** A folder that is removed after the test. */
export async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cqube-emit-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function hash(algorithm: 'md5' | 'sha256', bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

export async function zipOf(name: string, text: string): Promise<Buffer> {
  const zip = new JSZip();
  zip.file(name, text, { date: new Date('2026-01-01T00:00:00Z') });
  return zip.generateAsync({ type: 'nodebuffer' });
}

/** Long ago for every test, so that no file counts as just written. */
const written = new Date('2026-01-01T00:00:00Z');

export interface EmissionFolder {
  readonly root: string;
  readonly plan: Plan;
  /** Bytes of each zip by its path. */
  readonly zips: ReadonlyMap<string, Buffer>;
}

/** An emission folder with one zip per path; each inner list of paths is a wave. */
export async function emissionFolder(
  context: TestContext,
  waves: readonly (readonly string[])[] = [
    ['district_master/district_mst.zip', 'block_master/block_mst.zip'],
    ['student_attendance/student_attendance.zip'],
  ],
): Promise<EmissionFolder> {
  const root = path.join(await temporaryFolder(context), 'cqube_emission');
  const zips = new Map<string, Buffer>();
  for (const name of waves.flat()) {
    const csv = `${path.basename(name, '.zip')}.csv`;
    const zip = await zipOf(csv, `name|id\n${csv}|1\n`);
    await write(path.join(root, name), zip);
    zips.set(name, zip);
  }
  return { root, zips, plan: planOf(root, waves, (name) => zips.get(name)!.length) };
}

/** Writes a file, and its folders, that looks long settled. */
export async function write(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  await utimes(file, written, written);
}

export function planOf(
  root: string,
  waves: readonly (readonly string[])[],
  bytesOf: (name: string) => number,
): Plan {
  const planned = (name: string): PlannedFile => ({
    dataset: path.basename(name, '.zip'),
    path: name,
    bytes: bytesOf(name),
    after: [],
  });
  return {
    root,
    waves: waves.map((names, index) => ({
      number: index + 1,
      title: `Wave ${index + 1}`,
      files: names.map(planned),
    })),
    heldBack: [],
    warnings: [],
  };
}

export async function stateOf(file: string): Promise<{ bytes: number; mtimeMs: number }> {
  const { size, mtimeMs } = await stat(file);
  return { bytes: size, mtimeMs };
}

/** Waits for nothing and remembers how long it would have; chance always says one half. */
export function quickPace(): Pace & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    ...realPace,
    slept,
    random: () => 0.5,
    sleep: (milliseconds, signal) => {
      slept.push(milliseconds);
      return realPace.sleep(0, signal);
    },
  };
}

export async function localEndpoint(
  context: TestContext,
  options: Partial<LocalEndpointOptions> = {},
): Promise<LocalEndpoint> {
  const endpoint = await startLocalEndpoint({ directory: await temporaryFolder(context), ...options });
  context.after(() => endpoint.stop());
  return endpoint;
}

/** Emits and returns the summary with every event. */
export async function emitted(plan: Plan, options: EmitOptions) {
  const events: EmitEvent[] = [];
  const summary = await emit(plan, {
    pace: quickPace(),
    ...options,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  return { summary, events };
}
