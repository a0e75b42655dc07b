// Uploads a file to the local endpoint: `ours SAID FOLDER` as an emission of one planned zip does, `raw SAID FOLDER` with
// nothing but node:http and a read stream. The token stands in what the endpoint said, in a file.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { createApi } from '../../core/emit/api/api.ts';
import { journalPath } from '../../core/emit/journal/journal.ts';
import { emit } from '../../core/emit/run.ts';

const [, , way, said = '', root = ''] = process.argv;
const [, endpoint = '', token = ''] =
  /endpoint: (\S+)\nToken[^:]*: (\S+)\n/.exec(readFileSync(said, 'utf8')) ?? [];
const name = 'student_attendance/student_attendance.zip';
const file = path.join(root, name);
const { size } = statSync(file);

async function ours(): Promise<void> {
  await rm(journalPath(root), { force: true });
  const planned = { dataset: 'student_attendance', path: name, bytes: size, after: [] };
  const wave = { number: 1, title: 'Upload', files: [planned] };
  const summary = await emit({ root, waves: [wave], heldBack: [], warnings: [] }, { endpoint, token });
  if (summary.sent.length !== 1)
    throw new Error(summary.stoppedBy?.message ?? 'The file was not acknowledged.');
}

async function raw(): Promise<void> {
  const { url, fields } = await createApi({ endpoint, token }).requestForm(name);
  const boundary = 'cqube-bench-boundary';
  const part = (field: string) => `--${boundary}\r\nContent-Disposition: form-data; name="${field}"`;
  const head = fields.map(([field, value]) => `${part(field)}\r\n\r\n${value}\r\n`).join('');
  const before = Buffer.from(`${head}${part('file')}; filename="x.zip"\r\n\r\n`);
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const post = request(url, {
      method: 'POST',
      headers: {
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
        'Content-Length': before.length + size + after.length,
      },
    });
    post.on('error', reject).on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    post.write(before);
    createReadStream(file)
      .on('error', reject)
      .on('end', () => post.end(after))
      .pipe(post, { end: false });
  });
  if (status !== 204) throw new Error(`The endpoint answered ${status ?? 'nothing'}.`);
}

await (way === 'raw' ? raw() : ours());
console.log(`${size} bytes`);
