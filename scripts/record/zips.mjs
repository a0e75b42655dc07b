// `node scripts/record/zips.mjs`: makes the zips of test/vectors/zip with the programs and libraries that people use,
// and some by hand that no program should make, and records what Commons Compress, by which ingestion unpacks, says of
// each of them and of many random changes to them. Needs Debian's packages 7zip, zip, python3,
// libcommons-compress-java (1.22) and a JDK; takes yazl and archiver from npm. For Node 24. Long because each program's
// way to make a zip stands beside the others: a new one is added in one place.
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable, Writable } from 'node:stream';
import { crc32 } from 'node:zlib';
import JSZip from 'jszip';
import { changed, randomChanges } from '../../test/vectors/zip/changes.ts';
import { root } from '../install.mjs';

const JAR = '/usr/share/java/commons-compress-1.22.jar';
const CHANGES = 600;
const folder = path.join(root, 'test/vectors/zip');
const work = mkdtempSync(path.join(os.tmpdir(), 'record-zips-'));
// Long enough that no method is worse than none.
const rows = Array.from({ length: 60 }, (_, row) => `${7501 + row}|Ambagarh ${(row * 7919) % 101}\n`);
const csv = `DistrictId|District\n${rows.join('')}`;
const name = 'district_mst.csv';
mkdirSync(path.join(work, 'a/sub'), { recursive: true });
for (const file of [name, 'notes.txt', 'a/x.csv', 'a/sub/y.csv']) writeFileSync(path.join(work, file), csv);
// Reaches back further than deflate can, and copies more at once.
const numbers = Array.from({ length: 4000 }, (_, row) => `${(row * 7919 * 7919) % 1_000_003}|\n`).join('');
writeFileSync(path.join(work, 'long.csv'), `${csv}${numbers}${csv}${numbers}${csv.repeat(300)}`);

const run = (program, args, options = {}) =>
  execFileSync(program, args, { cwd: work, stdio: ['pipe', 'pipe', 'ignore'], ...options });

/** What Python writes into `out`, or to a `Pipe()`. */
const python = (body) =>
  run('python3', [
    '-c',
    `import io, sys, zipfile
csv = ${JSON.stringify(csv)}
class Pipe(io.RawIOBase):
    def writable(self): return True
    def seekable(self): return False
    def write(self, data): return sys.stdout.buffer.write(data)
out = io.BytesIO()
${body}
sys.stdout.buffer.write(out.getvalue())`,
  ]);

const pythonZip = (target, method, names = [name], options = '') =>
  python(`with zipfile.ZipFile(${target}, 'w', zipfile.${method}) as archive:
    for entry in ${JSON.stringify(names)}:
        with archive.open(entry, 'w'${options}) as content: content.write(b'' if entry.endswith('/') else csv.encode())`);

const toFile = (program, args) => {
  const made = path.join(work, 'made.zip');
  rmSync(made, { force: true });
  run(program, args, { stdio: 'ignore' });
  return readFileSync(made);
};
const sevenZip = (...args) => toFile('7zz', ['a', '-tzip', ...args, 'made.zip', name]);

run('npm', ['install', '--silent', '--no-save', '--prefix', work, 'yazl@3.3.1', 'archiver@7.0.1']);
const fromWork = createRequire(path.join(work, 'package.json'));

async function collect(readable) {
  const pieces = [];
  await pipeline(readable, new Writable({ write: (piece, _, done) => (pieces.push(piece), done()) }));
  return Buffer.concat(pieces);
}

async function yazl(add) {
  const { ZipFile } = fromWork('yazl');
  const zip = new ZipFile();
  add(zip);
  zip.end();
  return collect(zip.outputStream);
}

async function archiver(options, content) {
  const archive = fromWork('archiver')('zip', options);
  archive.append(content, { name });
  const bytes = collect(archive);
  await archive.finalize();
  return bytes;
}

const jszip = (options) =>
  new JSZip().file(name, csv, { createFolders: false }).generateAsync({ type: 'nodebuffer', ...options });

/** A zip as its records stand one behind the other; every field can be set to what it should not be. */
function byHand(entries, { directory = entries, comment = Buffer.alloc(0) } = {}) {
  const parts = [];
  let at = 0;
  const places = new Map();
  for (const entry of entries) {
    const { local = {}, content = Buffer.from(csv), behind = Buffer.alloc(0) } = entry;
    const header = record(entry, local, content, 30);
    places.set(entry, at);
    parts.push(header, content, behind);
    at += header.length + content.length + behind.length;
  }
  let bytes = 0;
  for (const entry of directory) {
    const { central = {}, content = Buffer.from(csv) } = entry;
    const header = record(entry, central, content, 46);
    header.writeUInt32LE(places.get(entry) ?? 0, 42);
    parts.push(header);
    bytes += header.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, end, comment]);
}

/** The record of an entry before its content (30 bytes and its name) or in the directory (46). */
function record(entry, given, content, length) {
  const facts = { name, version: 20, flags: 0x0800, method: 0, extra: Buffer.alloc(0), ...entry, ...given };
  const title = Buffer.isBuffer(facts.name) ? facts.name : Buffer.from(facts.name);
  const header = Buffer.alloc(length);
  header.writeUInt32LE(length === 30 ? 0x04034b50 : 0x02014b50, 0);
  const shift = length === 30 ? 0 : 2;
  header.writeUInt16LE(facts.version, 4 + shift);
  header.writeUInt16LE(facts.flags, 6 + shift);
  header.writeUInt16LE(facts.method, 8 + shift);
  header.writeUInt16LE(0x0021, 12 + shift);
  header.writeUInt32LE(facts.crc32 ?? crc32(facts.plain ?? content), 14 + shift);
  header.writeUInt32LE(facts.compressed ?? content.length, 18 + shift);
  header.writeUInt32LE(facts.bytes ?? (facts.plain ?? content).length, 22 + shift);
  header.writeUInt16LE(title.length, 26 + shift);
  header.writeUInt16LE(facts.extra.length, 28 + shift);
  return Buffer.concat([header, title, facts.extra]);
}

const { deflateRawSync } = await import('node:zlib');
const deflated = { method: 8, plain: Buffer.from(csv), content: deflateRawSync(csv) };
const one = pythonZip('out', 'ZIP_DEFLATED');
const other = pythonZip('out', 'ZIP_DEFLATED', ['other.csv']);
const flip = (bytes, ...places) => {
  const copy = Buffer.from(bytes);
  for (const place of places) copy[place] ^= 1;
  return copy;
};
const directoryOf = (bytes) => bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
/** Sizes behind the content, 32 bits wide, with or without the signature that most programs write. */
const descriptor = (signed, facts = deflated) => {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc32(facts.plain), 4);
  bytes.writeUInt32LE(facts.content.length, 8);
  bytes.writeUInt32LE(facts.plain.length, 12);
  return signed ? bytes : bytes.subarray(4);
};
const zip64 = (bytes, compressed) => {
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigInt64LE(BigInt(bytes), 4);
  extra.writeBigInt64LE(BigInt(compressed), 12);
  return extra;
};
const unicodePath = (title, of) => {
  const text = Buffer.from(title);
  const extra = Buffer.alloc(9);
  extra.writeUInt16LE(0x7075, 0);
  extra.writeUInt16LE(5 + text.length, 2);
  extra[4] = 1;
  extra.writeUInt32LE(crc32(of), 5);
  return Buffer.concat([extra, text]);
};

/** Name of each zip, how it was made, and the bytes. */
const made = [
  ['python-deflated', 'Python zipfile, deflated', one],
  ['python-stored', 'Python zipfile, stored', pythonZip('out', 'ZIP_STORED')],
  ['python-pipe-deflated', 'Python zipfile into a pipe, deflated', pythonZip('Pipe()', 'ZIP_DEFLATED')],
  ['python-pipe-stored', 'Python zipfile into a pipe, stored', pythonZip('Pipe()', 'ZIP_STORED')],
  ['python-bzip2', 'Python zipfile, bzip2', pythonZip('out', 'ZIP_BZIP2')],
  ['python-lzma', 'Python zipfile, LZMA', pythonZip('out', 'ZIP_LZMA')],
  [
    'python-zip64',
    'Python zipfile, 64-bit sizes',
    pythonZip('out', 'ZIP_DEFLATED', [name], ', force_zip64=True'),
  ],
  [
    'python-pipe-zip64',
    'Python zipfile into a pipe, 64-bit sizes',
    pythonZip('Pipe()', 'ZIP_DEFLATED', [name], ', force_zip64=True'),
  ],
  ['python-two', 'Python zipfile, two files', pythonZip('out', 'ZIP_DEFLATED', [name, 'notes.txt'])],
  [
    'python-pipe-two',
    'Python zipfile into a pipe, two files',
    pythonZip('Pipe()', 'ZIP_DEFLATED', [name, 'notes.txt']),
  ],
  ['python-twice', 'Python zipfile, one name twice', pythonZip('out', 'ZIP_DEFLATED', [name, name])],
  [
    'python-folder',
    'Python zipfile, a folder and a file in it',
    pythonZip('out', 'ZIP_DEFLATED', ['a/', `a/${name}`]),
  ],
  ['python-folder-alone', 'Python zipfile, nothing but a folder', pythonZip('out', 'ZIP_DEFLATED', ['a/'])],
  [
    'python-pipe-folder',
    'Python zipfile into a pipe, a folder and a file in it',
    pythonZip('Pipe()', 'ZIP_DEFLATED', ['a/', `a/${name}`]),
  ],
  [
    'python-pipe-folder-stored',
    'Python zipfile into a pipe, stored, a folder alone',
    pythonZip('Pipe()', 'ZIP_STORED', ['a/']),
  ],
  ['python-parent', 'Python zipfile, ../ in the name', pythonZip('out', 'ZIP_DEFLATED', [`../${name}`])],
  [
    'python-absolute',
    'Python zipfile, a name from the root',
    pythonZip('out', 'ZIP_DEFLATED', [`/tmp/${name}`]),
  ],
  [
    'python-devanagari',
    'Python zipfile, a name in Devanagari',
    pythonZip('out', 'ZIP_DEFLATED', ['अम्बागढ़.csv']),
  ],
  [
    'python-appended',
    'Python zipfile, a file added to an existing zip',
    python(`out.write(bytes.fromhex('${one.toString('hex')}'))
with zipfile.ZipFile(out, 'a') as archive: archive.writestr('more.csv', csv)`),
  ],
  [
    'python-comment',
    'Python zipfile, with a comment',
    python(`with zipfile.ZipFile(out, 'w') as archive:
    archive.writestr('${name}', csv)
    archive.comment = b'school year 2026-27'`),
  ],
  ['python-none', 'Python zipfile, no entry', pythonZip('out', 'ZIP_DEFLATED', [])],
  [
    'python-blank',
    'Python zipfile, an empty file',
    python(`with zipfile.ZipFile(out, 'w', 8) as archive: archive.writestr('${name}', '')`),
  ],
  ['7zip-deflate', '7-Zip, Deflate', sevenZip('-mm=Deflate')],
  ['7zip-deflate64', '7-Zip, Deflate64', sevenZip('-mm=Deflate64')],
  [
    '7zip-deflate64-long',
    '7-Zip, Deflate64, with long copies from far',
    toFile('7zz', ['a', '-tzip', '-mm=Deflate64', '-mx=9', 'made.zip', 'long.csv']),
  ],
  ['7zip-bzip2', '7-Zip, bzip2', sevenZip('-mm=BZip2')],
  ['7zip-lzma', '7-Zip, LZMA', sevenZip('-mm=LZMA')],
  ['7zip-ppmd', '7-Zip, PPMd', sevenZip('-mm=PPMd')],
  ['7zip-copy', '7-Zip, stored', sevenZip('-mm=Copy')],
  ['7zip-password', '7-Zip, ZipCrypto', sevenZip('-psecret')],
  ['7zip-password-aes', '7-Zip, AES-256', sevenZip('-psecret', '-mem=AES256')],
  ['7zip-folder', '7-Zip, a folder with files', toFile('7zz', ['a', '-tzip', 'made.zip', 'a'])],
  ['info-zip', 'Info-ZIP', toFile('zip', ['made.zip', name])],
  ['info-zip-stored', 'Info-ZIP, stored', toFile('zip', ['-0', 'made.zip', name])],
  ['info-zip-pipe', 'Info-ZIP into a pipe', run('sh', ['-c', `zip - ${name} 2>/dev/null | cat`])],
  [
    'info-zip-pipe-stored',
    'Info-ZIP into a pipe, stored',
    run('sh', ['-c', `zip -0 - ${name} 2>/dev/null | cat`]),
  ],
  [
    'info-zip-from-pipe',
    'Info-ZIP from a pipe into a pipe',
    run('sh', ['-c', `cat ${name} | zip - - 2>/dev/null | cat`]),
  ],
  [
    'info-zip-from-pipe-stored',
    'Info-ZIP from a pipe into a pipe, stored',
    run('sh', ['-c', `cat ${name} | zip -0 - - 2>/dev/null | cat`]),
  ],
  ['info-zip-password', 'Info-ZIP, with a password', toFile('zip', ['-P', 'secret', 'made.zip', name])],
  ['info-zip-bzip2', 'Info-ZIP, bzip2', toFile('zip', ['-Z', 'bzip2', 'made.zip', name])],
  ['info-zip-folder', 'Info-ZIP, a folder with files', toFile('zip', ['-r', 'made.zip', 'a'])],
  ['jszip', 'JSZip, as it comes: stored', await jszip({})],
  ['jszip-deflate', 'JSZip, deflated', await jszip({ compression: 'DEFLATE' })],
  [
    'jszip-stream',
    'JSZip with streamFiles, deflated',
    await jszip({ compression: 'DEFLATE', streamFiles: true }),
  ],
  ['jszip-stream-stored', 'JSZip with streamFiles, as it comes: stored', await jszip({ streamFiles: true })],
  ['yazl', 'yazl, from a buffer', await yazl((zip) => zip.addBuffer(Buffer.from(csv), name))],
  [
    'yazl-stored',
    'yazl, from a buffer, stored',
    await yazl((zip) => zip.addBuffer(Buffer.from(csv), name, { compress: false })),
  ],
  ['yazl-stream', 'yazl, from a stream', await yazl((zip) => zip.addReadStream(Readable.from([csv]), name))],
  [
    'yazl-stream-stored',
    'yazl, from a stream, stored',
    await yazl((zip) => zip.addReadStream(Readable.from([csv]), name, { compress: false })),
  ],
  ['archiver', 'archiver, from a buffer', await archiver({}, Buffer.from(csv))],
  ['archiver-stored', 'archiver, from a buffer, stored', await archiver({ store: true }, Buffer.from(csv))],
  ['archiver-stream', 'archiver, from a stream', await archiver({}, Readable.from([csv]))],
  [
    'archiver-stream-stored',
    'archiver, from a stream, stored',
    await archiver({ store: true }, Readable.from([csv])),
  ],
  ['archiver-zip64', 'archiver, 64-bit sizes', await archiver({ forceZip64: true }, Buffer.from(csv))],
  [
    'archiver-stream-zip64',
    'archiver, from a stream, 64-bit sizes',
    await archiver({ forceZip64: true }, Readable.from([csv])),
  ],
  ['hand-stored', 'by hand: stored', byHand([{}])],
  ['hand-deflated', 'by hand: deflated', byHand([deflated])],
  [
    'hand-descriptor',
    'by hand: deflated, sizes behind the content',
    byHand([{ ...deflated, flags: 0x0808, behind: descriptor(true) }]),
  ],
  [
    'hand-descriptor-unsigned',
    'by hand: sizes behind the content without signature',
    byHand([{ ...deflated, flags: 0x0808, behind: descriptor(false) }]),
  ],
  [
    'hand-descriptor-two',
    'by hand: two files, sizes behind the content',
    byHand([
      { ...deflated, flags: 0x0808, behind: descriptor(true) },
      { ...deflated, name: 'b.csv', flags: 0x0808, behind: descriptor(false) },
    ]),
  ],
  [
    'hand-twice',
    'by hand: one name twice, other content',
    byHand([{}, { content: Buffer.from('DistrictId|District\n1|x\n') }]),
  ],
  ['hand-parent', 'by hand: .. in the name', byHand([{ name: '..' }])],
  ['hand-backslash', 'by hand: backslashes in the name', byHand([{ name: `a\\b\\${name}` }])],
  [
    'hand-backslash-folder',
    'by hand: a name that ends with a backslash, and a file',
    byHand([{ name: 'a\\', content: Buffer.alloc(0) }, {}]),
  ],
  [
    'hand-backslash-folder-unix',
    'by hand: the same, said to be made on Unix',
    byHand([{ name: 'a\\', version: 0x0314, content: Buffer.alloc(0) }, {}]),
  ],
  ['hand-folder-with-content', 'by hand: a folder with content, and a file', byHand([{ name: 'a/' }, {}])],
  [
    'hand-folder-lzma',
    'by hand: a folder in a method that is not read, and a file',
    byHand([{ name: 'a/', method: 14 }, {}]),
  ],
  [
    'hand-folder-encrypted',
    'by hand: a folder with a password, and a file',
    byHand([{ name: 'a/', flags: 0x0801 }, {}]),
  ],
  ['hand-no-name', 'by hand: an empty name', byHand([{ name: '' }])],
  ['hand-nul-name', 'by hand: a NUL byte in the name', byHand([{ name: 'a\0b.csv' }])],
  [
    'hand-latin-name',
    'by hand: a name that is no UTF-8',
    byHand([{ name: Buffer.from([0x61, 0xe9, 0x2e, 0x63]), flags: 0 }]),
  ],
  [
    'hand-unicode-path',
    'by hand: the name in an extra field',
    byHand([{ name: 'a', flags: 0, extra: unicodePath(name, 'a') }]),
  ],
  [
    'hand-unicode-path-stale',
    'by hand: the name in an extra field that belongs to another',
    byHand([{ name: 'a', flags: 0, extra: unicodePath(name, 'b') }]),
  ],
  ['hand-wrong-crc', 'by hand: a wrong checksum', byHand([{ ...deflated, crc32: 1 }])],
  ['hand-wrong-crc-stored', 'by hand: a wrong checksum, stored', byHand([{ crc32: 1 }])],
  ['hand-damaged-stored', 'by hand: a byte of stored content has changed', flip(byHand([{}]), 60)],
  [
    'hand-damaged-deflated',
    'by hand: the first byte of deflated content has changed',
    (() => {
      const bytes = byHand([deflated]);
      bytes[46] = 0xff;
      return bytes;
    })(),
  ],
  [
    'hand-size-smaller',
    'by hand: a smaller size before the content',
    byHand([{ ...deflated, local: { bytes: 5 } }]),
  ],
  [
    'hand-size-larger',
    'by hand: a larger size before the content',
    byHand([{ ...deflated, local: { bytes: 5000 } }]),
  ],
  [
    'hand-stored-size-smaller',
    'by hand: stored, a smaller size before the content',
    byHand([{ local: { bytes: 5 } }]),
  ],
  [
    'hand-stored-size-larger',
    'by hand: stored, a larger size before the content',
    byHand([{ local: { bytes: csv.length + 10 } }]),
  ],
  [
    'hand-compressed-smaller',
    'by hand: a smaller compressed size before the content',
    byHand([{ ...deflated, local: { compressed: 5 } }]),
  ],
  [
    'hand-compressed-larger',
    'by hand: a larger compressed size before the content',
    byHand([{ ...deflated, local: { compressed: deflated.content.length + 10 } }]),
  ],
  [
    'hand-compressed-beyond',
    'by hand: a compressed size beyond the end',
    byHand([{ ...deflated, local: { compressed: 5000 } }]),
  ],
  [
    'hand-directory-size',
    'by hand: another size in the directory',
    byHand([{ ...deflated, central: { bytes: 5 } }]),
  ],
  [
    'hand-directory-name',
    'by hand: another name in the directory',
    byHand([{ ...deflated, central: { name: 'other.csv' } }]),
  ],
  [
    'hand-directory-method',
    'by hand: another method in the directory',
    byHand([{ ...deflated, central: { method: 14 } }]),
  ],
  [
    'hand-unlisted',
    'by hand: two files, and a directory of none',
    byHand([{ ...deflated, name: `${'n'.repeat(60)}.csv` }, { name: 'x' }], { directory: [] }),
  ],
  ...(() => {
    const [first, second] = [{ ...deflated, name: `${'n'.repeat(80)}.csv` }, { ...deflated }];
    const [short, hidden] = [
      { ...deflated, name: 'a' },
      { ...deflated, name: 'b' },
    ];
    return [
      [
        'hand-updated-in-place',
        'by hand: the old file stands in the zip, the directory has the new one, of a long name',
        byHand([second, first], { directory: [first] }),
      ],
      [
        'hand-updated-in-place-short',
        'by hand: the same with short names',
        byHand([hidden, short], { directory: [short] }),
      ],
      [
        'hand-listed-only',
        'by hand: the directory has an entry that does not stand in the zip',
        byHand([short], { directory: [short, hidden] }),
      ],
    ];
  })(),
  [
    'hand-junk-before',
    'by hand: bytes before the first entry',
    Buffer.concat([Buffer.from('#!/bin/sh\n'), one]),
  ],
  [
    'hand-blank-before',
    'by hand: a line break before the first entry',
    Buffer.concat([Buffer.from('\n'), one]),
  ],
  [
    'hand-split-marker',
    'by hand: the mark of a zip that was not split',
    Buffer.concat([Buffer.from('PK00'), one]),
  ],
  ['hand-split', 'by hand: the mark of a split zip', Buffer.concat([Buffer.from([0x50, 0x4b, 7, 8]), one])],
  [
    'hand-junk-between',
    'by hand: bytes between entry and directory',
    Buffer.concat([
      one.subarray(0, directoryOf(one)),
      Buffer.from('junk and more of it, so that a record fits'),
      one.subarray(directoryOf(one)),
    ]),
  ],
  ['hand-junk-behind', 'by hand: bytes behind the zip', Buffer.concat([one, Buffer.from('more')])],
  ['hand-second-behind', 'by hand: a second zip behind the first', Buffer.concat([one, other])],
  [
    'hand-entry-before-second',
    'by hand: an entry without directory, and a whole zip behind it',
    Buffer.concat([one.subarray(0, directoryOf(one)), other]),
  ],
  ['hand-no-directory', 'by hand: no directory', one.subarray(0, directoryOf(one))],
  ['hand-directory-alone', 'by hand: a directory alone', one.subarray(directoryOf(one))],
  [
    'hand-cut-directory-early',
    'by hand: cut 10 bytes into the directory',
    one.subarray(0, directoryOf(one) + 10),
  ],
  ['hand-cut-directory', 'by hand: cut 40 bytes into the directory', one.subarray(0, directoryOf(one) + 40)],
  ['hand-cut-end', 'by hand: the last byte is missing', one.subarray(0, one.length - 1)],
  ['hand-cut-content', 'by hand: cut amid the content', one.subarray(0, 60)],
  ['hand-cut-stored', 'by hand: cut amid stored content', byHand([{}]).subarray(0, 60)],
  ['hand-cut-header', 'by hand: cut amid the name', one.subarray(0, 40)],
  [
    'hand-cut-descriptor',
    'by hand: cut amid the sizes behind the content',
    (() => {
      const bytes = byHand([{ ...deflated, flags: 0x0808, behind: descriptor(true) }]);
      return bytes.subarray(0, directoryOf(bytes) - 6);
    })(),
  ],
  ['hand-csv', 'by hand: a CSV named like a zip', Buffer.from(csv)],
  ['hand-no-bytes', 'by hand: no bytes', Buffer.alloc(0)],
  [
    'hand-zip64',
    'by hand: 64-bit sizes before the content',
    byHand([
      {
        ...deflated,
        local: {
          bytes: 0xffffffff,
          compressed: 0xffffffff,
          extra: zip64(csv.length, deflated.content.length),
        },
      },
    ]),
  ],
  [
    'hand-zip64-missing',
    'by hand: 64-bit sizes announced and not given',
    byHand([{ ...deflated, local: { bytes: 0xffffffff, compressed: 0xffffffff } }]),
  ],
  [
    'hand-zip64-short',
    'by hand: an extra field for 64-bit sizes that is too short',
    byHand([{ ...deflated, local: { extra: Buffer.from([1, 0, 4, 0, 0, 0, 0, 0]) } }]),
  ],
  [
    'hand-zip64-negative',
    'by hand: a negative 64-bit size',
    byHand([{ ...deflated, local: { bytes: 0xffffffff, extra: zip64(-5, 20) } }]),
  ],
  [
    'hand-deflate64-descriptor',
    'by hand: Deflate64, sizes behind the content',
    (() => {
      const plain = Buffer.from(csv);
      const zip = sevenZip('-mm=Deflate64');
      const start = 30 + zip.readUInt16LE(26) + zip.readUInt16LE(28);
      const content = zip.subarray(start, start + zip.readUInt32LE(18));
      const facts = { method: 9, plain, content };
      return byHand([{ ...facts, flags: 0x0808, behind: descriptor(true, facts) }]);
    })(),
  ],
  ['hand-implode', 'by hand: said to be imploded', byHand([{ method: 6 }])],
  ['hand-unknown-method', 'by hand: a method that nobody knows', byHand([{ method: 77 }])],
];

/** What Commons Compress says of files, one after the other. */
function verdictsOf(files) {
  const environment = { ...process.env, LC_ALL: 'C.UTF-8' };
  const input = files.map((file) => `${file}\n`).join('');
  const out = run('java', ['-cp', JAR, path.join(folder, 'RecordZip.java')], {
    input,
    env: environment,
    maxBuffer: 2 ** 28,
  });
  return out
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

for (const old of readdirSync(folder).filter((file) => file.endsWith('.zip'))) rmSync(path.join(folder, old));
const files = made.map(([title, , bytes]) => {
  const file = path.join(folder, `${title}.zip`);
  writeFileSync(file, bytes);
  return file;
});
const verdicts = verdictsOf(files);
const table = made.map(([title, how], index) => ({ zip: title, made: how, ...verdicts[index] }));
writeFileSync(path.join(folder, 'verdicts.json'), lines(table));

const changes = randomChanges(new Map(made.map(([title, , bytes]) => [title, bytes])), CHANGES);
const changedFiles = changes.map((change, index) => {
  const file = path.join(work, `${index}.zip`);
  writeFileSync(file, changed(readFileSync(path.join(folder, `${change.zip}.zip`)), change.edits));
  return file;
});
const changedVerdicts = verdictsOf(changedFiles);
writeFileSync(
  path.join(folder, 'changes.json'),
  lines(changes.map((change, index) => ({ ...change, ...changedVerdicts[index] }))),
);
rmSync(work, { recursive: true });

function lines(rows) {
  return `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`;
}
