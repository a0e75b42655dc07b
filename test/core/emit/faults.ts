/** Faults of an upload, each put before the local endpoint's real storage. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Intercept } from '../../../local/server.ts';
import type { Handler } from './server.ts';

/** Hangs up at once. */
export const reset: Handler = (request) => request.socket.destroy();

/** Hangs up when the first bytes have come. */
export const resetInside: Handler = (request) => {
  request.once('data', () => request.socket.destroy());
};

/** Takes everything in, stores nothing and hangs up. */
export const takeAndReset: Handler = (request) => {
  request.resume().on('end', () => request.socket.destroy());
};

/** Takes nothing in. */
export const deaf: Handler = (request) => request.pause();

/** Takes everything in and never answers. */
export const mute: Handler = (request) => request.resume();

/** Refuses the file for itself: no further try would help, and the run goes on with the next file. */
export const tooLarge: Handler = (request, response) => {
  const body = '<Error><Code>EntityTooLarge</Code></Error>';
  request.resume().on('end', () => response.writeHead(400).end(body));
};

/** Lets the storage do its work, but loses its answer. */
export const loseAnswer: Handler = (request: IncomingMessage, response: ServerResponse) => {
  response.writeHead = () => {
    request.socket.destroy();
    return response;
  };
};

/** Refuses when the fields have come and takes no more; with `close` as abruptly as can be. */
export function refuseEarly(close: boolean): Handler {
  return (request, response) => {
    const body = '<Error><Code>SignatureDoesNotMatch</Code><RequestId>4442587FB7D0A2F9</RequestId></Error>';
    response.writeHead(403, { 'Content-Length': body.length }).write(body);
    if (close) request.socket.destroySoon();
  };
}

/** Sends every upload that comes to 127.0.0.1 on to another address. */
export function sendOn(location: (port: string, target: string) => string): Handler {
  const handler: Handler = (request, response) => {
    const [host = '', port = ''] = (request.headers.host ?? '').split(':');
    if (host !== '127.0.0.1') return;
    const headers = { Location: location(port, request.url ?? '') };
    request.resume().on('end', () => response.writeHead(307, headers).end());
  };
  return handler;
}

/** Handlers that only watch or spoil the answer: the storage goes on behind them. */
const passing = new Set<Handler>([loseAnswer]);

export type UploadFaults = readonly (Handler | undefined)[];

/** Puts faults before the uploads, one for each, the last for ever; undefined lets an upload pass to the storage. */
export function interceptUploads(faults: UploadFaults): Intercept & { readonly uploads: () => number } {
  let uploads = 0;
  const intercept: Intercept = (request, response) => {
    if (request.method !== 'POST' || request.url?.startsWith('/data/')) return false;
    const fault = faults[Math.min(uploads++, faults.length - 1)];
    fault?.(request, response);
    return fault !== undefined && !passing.has(fault);
  };
  return Object.assign(intercept, { uploads: () => uploads });
}
