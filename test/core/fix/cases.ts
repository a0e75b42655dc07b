/** The files of `test/fixtures/check`, and those of `test/fixtures/fix` that are of the same form. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { datasetNamed } from '../../../core/catalogue/match.ts';
import type { DatasetSpec } from '../../../core/catalogue/spec.ts';
import { defaultSettings, type CheckSettings } from '../../../core/check/settings.ts';
import { knowTable, type TableKnowledge } from '../../../core/fix/knowledge.ts';
import type { Finding } from '../../../core/finding.ts';
import type { Lines } from '../../../core/fix/fixes-of.ts';
import { checkWhole } from '../check/whole.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures');

export interface Case {
  readonly name: string;
  readonly csv: string;
  readonly spec: DatasetSpec;
  readonly bytes: Uint8Array;
  readonly settings: CheckSettings;
}

/** Every case, those of the check first. */
export const cases: readonly Case[] = ['check', 'fix'].flatMap((kind) =>
  readdirSync(path.join(fixtures, kind), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => caseIn(path.join(fixtures, kind, name), name)),
);

function caseIn(folder: string, name: string): Case {
  const csv = readdirSync(folder).find((file) => file.endsWith('.csv') && file !== 'after.csv');
  assert.ok(csv, `${name} holds a CSV`);
  const spec = datasetNamed(csv);
  assert.ok(spec, `${csv} is the name of a dataset’s CSV`);
  const own = path.join(folder, 'settings.json');
  const given = existsSync(own) ? (JSON.parse(readFileSync(own, 'utf8')) as Partial<CheckSettings>) : {};
  const settings = { ...defaultSettings, rules: { 'release/defect': 'off' }, ...given } as const;
  return { name, csv, spec, bytes: readFileSync(path.join(folder, csv)), settings };
}

export function findingsOf({ spec, csv, settings }: Case, bytes: Uint8Array): readonly Finding[] {
  return checkWhole(spec, csv, bytes, settings).findings;
}

/** Bytes of a byte order mark. */
function markOf(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

export function knowledgeOf({ spec, settings, bytes }: Case): TableKnowledge | undefined {
  return knowTable(bytes, spec, settings);
}

/** The lines from a finding’s on, from the start of the text where it stands inside quotes; and where they start. */
export function linesOf(bytes: Uint8Array, { line }: Finding): Lines & { readonly start: number } {
  const mark = markOf(bytes);
  let at = mark;
  for (let each = 0; each < line; each++) at = lineAfter(bytes, at);
  const isInside = bytes.subarray(0, at).filter((byte) => byte === 0x22).length % 2 === 1;
  return isInside
    ? { bytes: bytes.subarray(mark), line: 0, start: mark }
    : { bytes: bytes.subarray(at), line, start: at };
}

function lineAfter(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++;
  return at + (bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? 2 : 1);
}
