/** Random files with any damage: mending does no harm, whatever it leaves. */
import assert from 'node:assert/strict';
import { FileMender } from '../../../core/fix/file/mender.ts';
import { mendText } from '../../../core/fix/file/mend.ts';
import { FileSurvey } from '../../../core/fix/file/survey.ts';
import { EncodingError } from '../../../core/fix/file/text-stream.ts';
import { sampleOf } from '../../reference/comparison/compare.ts';
import { checkWhole } from '../check/whole.ts';

/**
 * Mends the random file of a seed and a number: no error more than before but for what was hidden, nothing that a second time would change, and
 * the same in chunks of any size and without proofs.
 *
 * @returns whether something was mended
 */
export function mendDamaged(seed: number, number: number): boolean {
  const { spec, bytes, settings: given, way } = sampleOf(seed, number);
  // Repeated rows are for whoever has all of the file, not for chunks of it.
  const settings = { ...given, rules: { ...given.rules, 'key/duplicate-record': 'off' } } as const;
  const name = `seed ${seed}, file ${number}: ${spec.id}`;
  const first = mended(() => mendText(spec, settings, bytes));
  if (!first) return false;
  const again = mendText(spec, settings, first.bytes);
  assert.equal(text(again.bytes), text(first.bytes), `${name}, a second time`);
  assert.equal(text(inChunks()), text(first.bytes), `${name}, in chunks of ${way.chunkBytes}`);
  // A row that was dropped is compared with others once it is mended. Totals count each row of a run.
  const alone = { ...settings.rules, 'key/duplicate-key': 'off', 'key/not-earliest': 'off' } as const;
  const errors = (of: Uint8Array) =>
    checkWhole(spec, spec.csv, of, { ...settings, rules: alone }).totals.errors;
  const [before, after] = [errors(bytes), errors(first.bytes)];
  // Behind a fault of the whole file, or of a row's width, cells were not looked at.
  const wasHidden = [...first.mended.keys()].some((rule) => /^(header|encoding|dialect|row)\//.test(rule));
  assert.ok(after <= before || wasHidden, `${name}: ${before} errors before, ${after} after`);
  return first.isChanged;

  function inChunks(): Uint8Array {
    const size = Math.max(1, Math.min(way.chunkBytes, bytes.length));
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    const survey = new FileSurvey(spec, settings);
    for (const chunk of chunks) survey.push(chunk);
    const parts: Uint8Array[] = [];
    const write = (part: Uint8Array) => parts.push(part.slice());
    const mender = new FileMender(spec, settings, survey.end(), { write }, { makeProof: () => undefined });
    for (const chunk of chunks) mender.push(chunk);
    mender.end();
    return Buffer.concat(parts);
  }
}

/** What is mended; undefined for bytes that only seem to be UTF-16. */
function mended<T>(mend: () => T): T | undefined {
  try {
    return mend();
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
