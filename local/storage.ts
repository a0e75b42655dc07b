/** The S3 side of the local endpoint: form posts that are verified as S3 does, pre-signed GETs, errors in XML. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { boundaryOf, longestPreamble, MalformedForm, readForm } from './multipart.ts';
import { verifyForm } from './policy.ts';
import type { Bounds, Refusal } from './policy.ts';
import { presignFault } from './signature.ts';
import type { Keys } from './signature.ts';
import type { Bucket, Incoming } from './store.ts';

export interface StorageOptions {
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly keys: Keys;
  readonly now: () => Date;
  /** Bytes of the largest file in one post. */
  readonly largestFile: number;
  /** Answers and stores as Ceph's RADOS Gateway 16.2 does, not as AWS. */
  readonly likeCeph: boolean;
  /** A new id for each request. */
  readonly requestId: () => string;
}

/** How long the rest of a refused body is still taken in, so that the sender can read why it was refused. */
const drainTime = 2000;

/** Answers a request whose path is `/<bucket>` or `/<bucket>/<key>`. */
export async function handleStorage(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  options: StorageOptions,
): Promise<void> {
  const [, name = '', ...rest] = url.pathname.split('/');
  const bucket = options.buckets.get(name);
  response.setHeader('x-amz-request-id', options.requestId());
  if (bucket === undefined) {
    refuse(request, response, {
      status: 404,
      code: 'NoSuchBucket',
      message: 'The specified bucket does not exist',
    });
  } else if (request.method === 'POST' && rest.join('') === '') {
    const outcome = await receivePost(request, bucket, options);
    if ('code' in outcome) refuse(request, response, outcome);
    else if (options.likeCeph) response.writeHead(204).end();
    else acknowledge(response, bucket, outcome);
  } else if (request.method === 'GET') {
    await sendObject(request, response, url, decodeURIComponent(rest.join('/')), bucket, options);
  } else {
    refuse(request, response, {
      status: 405,
      code: 'MethodNotAllowed',
      message: 'The specified method is not allowed against this resource.',
    });
  }
}

interface Stored {
  readonly key: string;
  readonly etag: string;
}

async function receivePost(
  request: IncomingMessage,
  bucket: Bucket,
  options: StorageOptions,
): Promise<Stored | Refusal> {
  if (request.headers.authorization !== undefined) {
    return { status: 400, code: 'InvalidArgument', message: 'Unsupported Authorization Type' };
  }
  if (request.headers['content-length'] === undefined) {
    return {
      status: 411,
      code: 'MissingContentLength',
      message: 'You must provide the Content-Length HTTP header.',
    };
  }
  const boundary = boundaryOf(request.headers['content-type']);
  if (boundary === undefined) {
    return {
      status: 412,
      code: 'PreconditionFailed',
      message: 'Bucket POST must be of the enclosure-type multipart/form-data',
    };
  }
  // The request must outlive a refusal: its answer has yet to be read.
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, unknown>;
  const form = readForm(body, boundary);
  let incoming: Incoming | undefined;
  try {
    const fields = await form.fields();
    const key = fields.get('key');
    if (key === undefined) {
      return {
        status: 400,
        code: 'InvalidArgument',
        message:
          "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      };
    }
    const bounds = verifyForm(fields, { keys: options.keys, bucket: bucket.name, now: options.now() });
    if ('code' in bounds) return bounds;
    if (Buffer.byteLength(key) > 1024) {
      return { status: 400, code: 'KeyTooLongError', message: 'Your key is too long' };
    }
    const largest = Math.min(bounds.max, options.largestFile);
    const proposed = Number(request.headers['content-length']);
    if (proposed - longestPreamble > largest) return tooLarge(proposed, largest);
    incoming = await bucket.receive();
    const refusal = await receiveFile(form.file(), incoming, { min: bounds.min, max: largest });
    if (refusal !== undefined) {
      await incoming.discard();
      return refusal;
    }
    if (options.likeCeph) await incoming.write(cephTail(incoming.bytes(), boundary));
    const { etag } = await incoming.commit(key, options.now());
    return { key, etag };
  } catch (error) {
    await incoming?.discard();
    if (error instanceof MalformedForm) {
      const code = error.code === 'MissingFile' ? 'InvalidArgument' : error.code;
      return { status: 400, code, message: error.message };
    }
    throw error;
  } finally {
    await body.return?.();
  }
}

function tooLarge(proposed: number, largest: number): Refusal {
  return {
    status: 400,
    code: 'EntityTooLarge',
    message: 'Your proposed upload exceeds the maximum allowed size',
    elements: { ProposedSize: proposed, MaxSizeAllowed: largest },
  };
}

async function receiveFile(
  file: AsyncGenerator<Buffer, void>,
  incoming: Incoming,
  bounds: Bounds,
): Promise<Refusal | undefined> {
  for await (const chunk of file) {
    await incoming.write(chunk);
    if (incoming.bytes() > bounds.max) return tooLarge(incoming.bytes(), bounds.max);
  }
  if (incoming.bytes() >= bounds.min) return undefined;
  return {
    status: 400,
    code: 'EntityTooSmall',
    message: 'Your proposed upload is smaller than the minimum allowed size',
  };
}

/** What Ceph 16.2 stores behind a file that is up to ten bytes short of 4 MiB (findings/ceph-post-form-in-the-object.sh). */
function cephTail(bytes: number, boundary: string): Buffer {
  const short = 4 * 1024 * 1024 - bytes;
  if (short < 1 || short > 10) return Buffer.of();
  return Buffer.from(short <= 2 ? '\r\n' : `\r\n--${boundary}--\r\n`);
}

function acknowledge(response: ServerResponse, bucket: Bucket, { key, etag }: Stored): void {
  const location = `/${bucket.name}/${encodeURIComponent(key)}`;
  response.writeHead(204, { ETag: `"${etag}"`, Location: location }).end();
}

async function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  key: string,
  bucket: Bucket,
  options: StorageOptions,
): Promise<void> {
  const fault = presignFault(url, request.headers.host ?? '', options.keys, options.now());
  const object = await bucket.find(key);
  if (fault !== undefined) {
    refuse(request, response, { status: 403, ...fault });
    return;
  }
  if (object === undefined) {
    refuse(request, response, {
      status: 404,
      code: 'NoSuchKey',
      message: 'The specified key does not exist.',
    });
    return;
  }
  response.writeHead(200, {
    'Content-Type': 'binary/octet-stream',
    'Content-Length': object.bytes,
    ETag: `"${object.etag}"`,
    'Last-Modified': new Date(object.time).toUTCString(),
  });
  await pipeline(bucket.read(key), response);
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * Answers with S3's XML, early if the body is still coming. Closing at once would take the answer from a sender who
 * is still busy, so the rest of the body is taken in for a while.
 */
function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const id = String(response.getHeader('x-amz-request-id'));
  const elements = Object.entries({ ...refusal.elements, RequestId: id });
  const xml =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<Error><Code>${refusal.code}</Code><Message>${escape(refusal.message)}</Message>` +
    `${elements.map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</Error>`;
  response.writeHead(refusal.status, {
    'Content-Type': 'application/xml',
    'Content-Length': Buffer.byteLength(xml),
    Connection: 'close',
  });
  if (request.complete || request.destroyed) {
    response.end(xml);
    return;
  }
  response.write(xml);
  const finish = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, drainTime);
  request.once('end', finish).once('close', finish);
  request.resume();
}
