// The files that are measured, each made once and kept in bench/.work.
import { Buffer } from 'node:buffer';
import { randomFillSync } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { generate } from '../generate.mjs';

const BLOCK = 1 << 20;

/** A generated file, its size in `options.bytes` at the usual scale. */
export function dataFile({ work, scale }, folder, name, options) {
  const file = path.join(work, scale === 1 ? 'data' : `data-${scale}`, folder, name);
  if (!existsSync(file)) generate({ ...options, bytes: options.bytes * scale }, file);
  return file;
}

/** A generated student_attendance.csv. */
export const attendance = (context, folder, megabytes, more = {}) =>
  dataFile(context, folder, 'student_attendance.csv', {
    kind: 'attendance',
    bytes: megabytes * 1e6,
    ...more,
  });

/** A file of 1 kB at every scale: its check is hardly more than the start. */
export const tinyFile = (context) => attendance({ ...context, scale: 1 }, 'tiny', 0.001, { rows: 8 });

/** The rows of a CSV so often that there are at least so many bytes. */
export function repeatRows(csv, bytes, file) {
  if (existsSync(file)) return;
  const all = readFileSync(csv);
  const rows = all.subarray(all.indexOf(10) + 1);
  const descriptor = openNew(file);
  for (let written = writeSync(descriptor, all); written < bytes;) written += writeSync(descriptor, rows);
  closeSync(descriptor);
}

/** A district_mst of so many bytes between two good rows. @param unit what it is made of */
export function fillFile(file, begin, unit, bytes) {
  if (existsSync(file)) return;
  const descriptor = openNew(file);
  writeSync(descriptor, `DistrictId|District\n7501|Ambagarh\n${begin}`);
  const block = Buffer.from(unit.repeat(Math.ceil(BLOCK / unit.length)));
  for (let written = 0; written < bytes;) written += writeSync(descriptor, block);
  writeSync(descriptor, '\n7503|Belgaon\n');
  closeSync(descriptor);
}

/** A file of random bytes, which no archiver would make smaller. */
export function randomFile(file, bytes) {
  if (existsSync(file) && statSync(file).size === bytes) return;
  const descriptor = openNew(file);
  const block = Buffer.alloc(BLOCK);
  for (let left = bytes; left > 0; left -= block.length) {
    writeSync(descriptor, randomFillSync(block), 0, Math.min(left, block.length));
  }
  closeSync(descriptor);
}

function openNew(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  return openSync(file, 'w');
}
