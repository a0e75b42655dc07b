/** The local emission endpoint: API and storage in one server that this computer alone can reach. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { isLoopback } from '../core/emit/http/endpoint.ts';
import { handleApi, noRoute } from './api.ts';
import type { BucketNames } from './api.ts';
import { diskBacking, remoteBacking } from './backing.ts';
import type { Keys } from './signature.ts';
import { handleStorage } from './storage.ts';
import { openBucket } from './store.ts';
import type { Bucket } from './store.ts';
import { createToken } from './token.ts';

/** An S3 server that takes the files instead of this computer's disk. */
export interface RemoteStorage {
  /** Address below which the buckets lie (path-style), such as `http://127.0.0.1:7480`. */
  readonly endpoint: string;
  readonly keys: Keys;
}

/** Stands before the server in tests: it answers a request itself and returns true, or leaves it and returns false. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface LocalEndpointOptions {
  /** Folder that holds the buckets; made where there is none. Not used with `storage`. */
  readonly directory: string;
  /** 0, or absent, takes any free port. */
  readonly port?: number;
  /** Loopback address to listen on; `127.0.0.1` when absent. */
  readonly host?: string;
  /** What tokens are signed with; made up for this run when absent. A lasting secret makes a lasting token. */
  readonly secret?: string;
  readonly buckets?: BucketNames;
  /** The server's clock: for keys, forms and their expiry. */
  readonly now?: () => Date;
  /** Bytes of the largest file in one post; 5 GiB, as S3, when absent. */
  readonly largestFile?: number;
  /** Plays Ceph's RADOS Gateway 16.2: success has no ETag, and files of just under 4 MiB are not stored as they came. */
  readonly likeCeph?: boolean;
  readonly storage?: RemoteStorage;
  /** What forms and addresses begin with, when clients reach the server through something that stands before it. */
  readonly publicOrigin?: string;
  readonly intercept?: Intercept;
}

export interface LocalEndpoint {
  /** The endpoint setting: `http://127.0.0.1:<port>/data`. */
  readonly url: string;
  readonly token: string;
  readonly buckets: BucketNames;
  /** Folder of the emission bucket's objects. */
  readonly emissionFolder: string;
  /** Ends all connections and the server. */
  readonly stop: () => Promise<void>;
}

export const defaultBuckets: BucketNames = {
  input: 'cqube-local-input',
  output: 'cqube-local-output',
  emission: 'cqube-local-emission',
};

const issuer = 'cqube-local-emission-user';

/**
 * Starts the local endpoint.
 *
 * @throws Error when `host` is not a loopback address: the token and the data are for trying out, not for a network.
 */
export async function startLocalEndpoint(options: LocalEndpointOptions): Promise<LocalEndpoint> {
  const host = options.host ?? '127.0.0.1';
  const shown = host.includes(':') ? `[${host}]` : host;
  if (!isLoopback(shown)) {
    throw new Error(
      `The local endpoint listens on this computer alone; ${host} is not one of its own addresses.`,
    );
  }
  const now = options.now ?? (() => new Date());
  const names = options.buckets ?? defaultBuckets;
  const credential = { issuer, secret: options.secret ?? randomBytes(24).toString('base64url') };
  const keys = options.storage?.keys ?? {
    accessKeyId: 'LOCALENDPOINTKEYID00',
    secretAccessKey: randomBytes(30).toString('base64url'),
    region: 'us-east-1',
  };
  const buckets =
    options.storage === undefined ? await openBuckets(options.directory, names) : new Map<string, Bucket>();

  let origin = '';
  const remote = options.storage?.endpoint.replace(/\/+$/, '');
  const backing =
    remote === undefined
      ? diskBacking({ keys, now, base: () => options.publicOrigin ?? origin, buckets })
      : remoteBacking({ keys, now, base: () => remote });
  const api = { buckets: names, backing, credentials: [credential], now };
  const largestFile = options.largestFile ?? 5 * 1024 ** 3;
  const likeCeph = options.likeCeph ?? false;
  let requests = 0;
  const requestId = () => (++requests).toString(16).toUpperCase().padStart(16, '0');

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('Date', now().toUTCString());
    if (options.intercept?.(request, response)) return;
    const target = request.url ?? '/';
    // A path that begins with two slashes must not be taken for a host.
    const url = new URL(`${origin}${target.startsWith('/') ? target : '/'}`);
    if (!isOwnHost(request.headers.host)) {
      sendNoRoute(response);
    } else if (url.pathname.startsWith('/data/')) {
      await handleApi(request, response, url, api);
    } else if (buckets.has(url.pathname.split('/')[1] ?? '')) {
      await handleStorage(request, response, url, { buckets, keys, now, largestFile, likeCeph, requestId });
    } else {
      sendNoRoute(response);
    }
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      // The other side has gone, or the disk failed: an answer is possible in the second case alone.
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end();
    });
  });
  // Uploads may take their time.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  origin = `http://${shown}:${port}`;
  return {
    url: `${origin}/data`,
    token: createToken(credential, Math.floor(now().getTime() / 1000)),
    buckets: names,
    emissionFolder: path.join(options.directory, names.emission),
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function openBuckets(directory: string, names: BucketNames): Promise<ReadonlyMap<string, Bucket>> {
  // What an earlier run had not received to its end.
  await rm(path.join(directory, '.incoming'), { recursive: true, force: true });
  const buckets = new Map<string, Bucket>();
  for (const name of Object.values(names) as string[]) buckets.set(name, await openBucket(directory, name));
  return buckets;
}

/** Kong routes by host; here it also keeps web pages of other hosts from reaching the server by a name of theirs. */
function isOwnHost(host: string | undefined): boolean {
  return isLoopback((host ?? '').replace(/:\d+$/, ''));
}

function sendNoRoute(response: ServerResponse): void {
  response
    .writeHead(noRoute.status, {
      'Content-Type': noRoute.type,
      'Content-Length': Buffer.byteLength(noRoute.body),
    })
    .end(noRoute.body);
}
