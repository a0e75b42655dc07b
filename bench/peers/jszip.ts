/**
 * JSZip as its manual has it:
 *   write CSV ZIP LEVEL   zips a CSV as a stream
 *   read ZIP              reads the only entry as a stream
 */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import JSZip from 'jszip';

async function write(csv: string, archive: string, level: number): Promise<void> {
  const zip = new JSZip();
  zip.file(path.basename(csv), createReadStream(csv));
  const options = { compression: 'DEFLATE', compressionOptions: { level }, streamFiles: true } as const;
  await pipeline(zip.generateNodeStream(options), createWriteStream(archive));
}

async function read(archive: string): Promise<number> {
  const { files } = await JSZip.loadAsync(await readFile(archive));
  let bytes = 0;
  const content = Object.values(files)[0]!.nodeStream();
  content.on('data', (chunk: Uint8Array) => (bytes += chunk.length));
  await once(content, 'end');
  return bytes;
}

const [action, file, target, level] = process.argv.slice(2);
if (action === 'write') await write(file!, target!, Number(level));
else console.log(`${await read(file!)} bytes`);
