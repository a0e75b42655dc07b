/** cQube's emission API with the real one's answers and their quirks (emission-protocol, sections 2 to 4). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BadBody, mergeArguments, readBody } from './arguments.ts';
import type { Arguments } from './arguments.ts';
import type { Backing } from './backing.ts';
import { tokenFault } from './token.ts';
import type { Credential } from './token.ts';

export interface BucketNames {
  readonly input: string;
  readonly output: string;
  readonly emission: string;
}

export interface ApiOptions {
  readonly buckets: BucketNames;
  readonly backing: Backing;
  readonly credentials: readonly Credential[];
  readonly now: () => Date;
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

const largestBody = 1024 * 1024;

const statusNames: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
};

/** Flask's error page: HTML, whatever the caller accepts. */
function flaskError(status: number, message: string): Reply {
  const title = statusNames[status] ?? 'Error';
  return {
    status,
    type: 'text/html',
    body: `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${message}</p>\n`,
  };
}

const internalError = flaskError(
  500,
  'The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.',
);

/** An error of Kong, which stands in front of Flask. */
function kongError(status: number, message: string): Reply {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify({ message }) };
}

/** What Kong says of every path, host or method that it does not route. */
export const noRoute = kongError(404, 'no Route matched with those values');

function json(value: unknown, type = 'application/json'): Reply {
  return { status: 200, type, body: `${JSON.stringify(value)}\n` };
}

/**
 * The key of an emitted file: the server's local time, in whole seconds, before the LAST dot of the whole path, even
 * when that dot is a folder's. Nothing else of the name is changed or refused.
 */
export function objectKey(filename: string, time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const stamp = [
    String(time.getFullYear()).padStart(4, '0'),
    ...[time.getMonth() + 1, time.getDate(), time.getHours(), time.getMinutes(), time.getSeconds()].map(two),
  ].join('');
  const dot = filename.lastIndexOf('.');
  const at = dot < 0 ? filename.length : dot;
  return `${filename.slice(0, at)}_${stamp}${filename.slice(at)}`;
}

/** Answers a request to a path below `/data`. */
export async function handleApi(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  options: ApiOptions,
): Promise<void> {
  const reply = await replyTo(request, url, options);
  response
    .writeHead(reply.status, { 'Content-Type': reply.type, 'Content-Length': Buffer.byteLength(reply.body) })
    .end(reply.body);
}

async function replyTo(request: IncomingMessage, url: URL, options: ApiOptions): Promise<Reply> {
  const body = await readBody(request, largestBody);
  if (request.method !== 'GET' && request.method !== 'POST') return noRoute;
  const fault = tokenFault(
    { query: url.searchParams.getAll('jwt'), authorization: request.headers.authorization },
    options.credentials,
  );
  if (fault !== undefined) return kongError(401, fault);
  const call = calls.get(url.pathname.slice('/data/'.length));
  if (call === undefined) {
    return flaskError(
      404,
      'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
    );
  }
  if (call.method !== request.method)
    return flaskError(405, 'The method is not allowed for the requested URL.');
  try {
    // A GET takes no arguments, and so minds no content type without content.
    const type = request.headers['content-type'];
    const values = call.method === 'GET' ? new Map() : mergeArguments(type, body, url.searchParams);
    return await call.answer(options, values);
  } catch (error) {
    if (!(error instanceof BadBody)) throw error;
    return error.status === 500 ? internalError : flaskError(400, 'Failed to decode JSON object');
  }
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly answer: (options: ApiOptions, values: Arguments) => Reply | Promise<Reply>;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number'
      ? String(value)
      : undefined;
}

/** The bucket that a call names, when it is one of the installation's. */
function namedBucket({ buckets }: ApiOptions, values: Arguments): string | undefined {
  const name = text(values.get('bucket')?.[0]);
  return name !== undefined && Object.values(buckets).includes(name) ? name : undefined;
}

const wrongBucket = flaskError(400, 'Bad request, not cqube bucket - validate the bucket name');

const calls = new Map<string, Call>([
  ['upload-url', { method: 'POST', answer: uploadUrl }],
  // The real one labels its JSON as text/html.
  ['list_s3_buckets', { method: 'GET', answer: ({ buckets }) => json(buckets, 'text/html; charset=utf-8') }],
  ['list_s3_files', { method: 'POST', answer: listFiles }],
  ['download_uri', { method: 'POST', answer: downloadUri }],
  ['download_url', { method: 'POST', answer: downloadUrl }],
  ['download', { method: 'POST', answer: download }],
]);

function uploadUrl({ backing, buckets, now }: ApiOptions, values: Arguments): Reply {
  const filename = text(values.get('filename')?.[0]);
  if (filename === undefined) return flaskError(400, 'Bad request, validate the payload');
  const { url, fields } = backing.form(buckets.emission, objectKey(filename, now()));
  return json({ fields, url });
}

async function listFiles(options: ApiOptions, values: Arguments): Promise<Reply> {
  const bucket = namedBucket(options, values);
  if (bucket === undefined) return wrongBucket;
  const { objects, truncated } = await options.backing.list(bucket);
  const owner = { DisplayName: 'local', ID: 'local' };
  const contents = objects.map(({ key, bytes, etag, time }) => ({
    ETag: `"${etag}"`,
    Key: key,
    LastModified: new Date(time).toUTCString(),
    Owner: owner,
    Size: bytes,
    StorageClass: 'STANDARD',
  }));
  return json({
    ...(contents.length === 0 ? {} : { Contents: contents }),
    EncodingType: 'url',
    IsTruncated: truncated,
    Marker: '',
    MaxKeys: 1000,
    Name: bucket,
    Prefix: '',
    ResponseMetadata: { HTTPStatusCode: 200, RetryAttempts: 0 },
  });
}

function downloadUri(options: ApiOptions, values: Arguments): Reply {
  const bucket = namedBucket(options, values);
  if (bucket === undefined) return wrongBucket;
  const keys = (values.get('filename') ?? []).map(text).filter((key) => key !== undefined);
  if (keys.length === 0) return internalError;
  return json(Object.fromEntries(keys.map((key) => [key, options.backing.address(bucket, key, 3600)])));
}

function downloadUrl(options: ApiOptions, values: Arguments): Reply {
  const bucket = namedBucket(options, values);
  if (bucket === undefined) return wrongBucket;
  const key = text(values.get('filename')?.[0]);
  if (key === undefined) return internalError;
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: options.backing.address(bucket, key, 86_400),
  };
}

async function download(options: ApiOptions, values: Arguments): Promise<Reply> {
  const bucket = namedBucket(options, values);
  if (bucket === undefined) return wrongBucket;
  const key = text(values.get('filename')?.[0]);
  const bytes = key === undefined ? undefined : await options.backing.read(bucket, key);
  return bytes === undefined
    ? internalError
    : { status: 200, type: 'text/plain; charset=utf-8', body: bytes };
}
