/** A client of the local endpoint over plain node:http, so that every header is as written in the test. */
import { request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import type { LocalEndpoint } from '../../local/server.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export function send(url: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString(),
          headers: response.headers,
        }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

export const json = 'application/json';

export function post(endpoint: LocalEndpoint, call: string, body: unknown, type = json): Promise<Answer> {
  const headers = {
    Authorization: `Bearer ${endpoint.token}`,
    ...(type === '' ? {} : { 'Content-Type': type }),
  };
  return send(`${endpoint.url}/${call}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export interface Form {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export async function formFor(endpoint: LocalEndpoint, filename: string): Promise<Form> {
  return JSON.parse((await post(endpoint, 'upload-url', { filename })).text) as Form;
}

export const boundary = 'x';

export function multipart(fields: Readonly<Record<string, string>>, content: string | undefined): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file =
    content === undefined
      ? ''
      : `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x.zip"\r\n\r\n${content}\r\n`;
  return `${parts.join('')}${file}--${boundary}--\r\n`;
}

export function upload(
  { url, fields }: Form,
  content: string | undefined,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  const body = multipart(fields, content);
  return send(url, {
    method: 'POST',
    headers: {
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    },
    body,
  });
}

export const codeOf = (answer: Answer) => /<Code>(.*?)<\/Code>/.exec(answer.text)?.[1];
