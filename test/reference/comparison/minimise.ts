import { differenceOf, type Sample } from './compare.ts';

/** How many times a smaller file is tried at most. */
const TRIES = 20_000;

/** A sample as small as it gets that still shows a difference: lines go first, then pieces, then single bytes. */
export function minimise(sample: Sample): Sample {
  let least = sample;
  let tries = 0;
  const keep = (smaller: Sample): boolean => {
    if (tries++ > TRIES || !differs(smaller)) return false;
    least = smaller;
    return true;
  };
  for (const dataset of sample.masters?.keys() ?? []) {
    const masters = new Map(least.masters);
    masters.delete(dataset);
    keep({ ...least, masters });
  }
  keep({ ...least, masters: undefined });
  keep({ ...least, settings: { ...least.settings, rules: {} } });
  keep({ ...least, maxFindings: undefined });
  keep({ ...least, way: { ...least.way, splits: [] } });
  keep({ ...least, way: { ...least.way, chunkBytes: Infinity, proof: 'none' } });
  for (let shrunk = true; shrunk;) {
    shrunk = false;
    for (let size = least.bytes.length; size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < least.bytes.length;) {
        const { bytes } = least;
        const without = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + size)]);
        if (keep({ ...least, bytes: without })) shrunk = true;
        else at += size;
      }
    }
  }
  return least;
}

function differs(sample: Sample): boolean {
  return failureOf(sample) !== undefined;
}

/** The difference on a sample, or what was thrown on the way. */
export function failureOf(sample: Sample): string | undefined {
  try {
    return differenceOf(sample);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** What somebody needs who mends a difference. */
export function describe(seed: number, number: number, sample: Sample): string {
  const least = minimise(sample);
  const masters = [...(least.masters ?? [])].map(([dataset, bytes]) => `Master ${dataset}: ${shown(bytes)}`);
  return [
    `Seed ${seed}, file ${number}, ${least.spec.id}.`,
    failureOf(least) ?? '',
    `Settings: ${JSON.stringify(least.settings)}; references ${least.masters ? 'checked' : 'not checked'}.`,
    ...masters,
    `The smallest file that differs, ${least.bytes.length} bytes: ${shown(least.bytes)}`,
    `In base64: ${Buffer.from(least.bytes).toString('base64')}`,
  ].join('\n');
}

function shown(bytes: Uint8Array): string {
  return JSON.stringify(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
}
