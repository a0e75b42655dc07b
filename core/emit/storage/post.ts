/**
 * A streamed POST over node's own http and https, which VS Code's proxy and certificate settings reach as they reach
 * node-fetch. It tells what node-fetch hides: whether the whole body has left this process. Measured, it is also the
 * fastest way (emission-protocol, section 8).
 */
import http from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AgentChoice } from '../http/http.ts';

/** The answer to one post, read as far as it came. */
export interface PostAnswer {
  readonly status: number;
  /** The value of a header by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Empty when there was no body or when the connection broke inside it. */
  readonly text: string;
  /** False when the connection broke inside the body. */
  readonly complete: boolean;
}

export interface PostRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Asked for a chunk only when the one before was handed to the operating system, so that it may reuse its memory. */
  readonly body: AsyncGenerator<Buffer, void>;
  readonly agent: AgentChoice | undefined;
  /** Aborting it ends the post at any time, also behind an early answer. */
  readonly signal: AbortSignal;
  readonly onHandedOver: () => void;
}

export interface Posting {
  /** The answer, which may come before the body has left. Rejects with the error of the network or of the body. Follows nothing. */
  readonly answer: Promise<PostAnswer>;
  /** True once the last byte of the body was handed to the operating system: the other side may have all of it. */
  readonly handedOver: () => boolean;
}

/** An error's XML is short; more is not worth reading. */
const longestText = 64 * 1024;

/** Starts a POST. */
export function post({ url, headers, body, agent, signal, onHandedOver }: PostRequest): Posting {
  let handedOver = false;
  const answer = new Promise<PostAnswer>((resolve, reject) => {
    // The function is looked up at each call, because VS Code puts its own in its place.
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers,
      agent: typeof agent === 'function' ? agent(url) : agent,
      signal,
    });
    request.once('finish', () => {
      handedOver = true;
      onHandedOver();
    });
    request.once('response', (response) => resolve(readAnswer(response)));
    request.on('error', reject);
    sendBody(body, request).catch((error: unknown) => {
      reject(error instanceof Error ? error : new Error(String(error)));
      request.destroy();
    });
  });
  return { answer, handedOver: () => handedOver };
}

/** Sends a body to its end, or until the request has ended. */
async function sendBody(body: AsyncGenerator<Buffer, void>, request: ClientRequest): Promise<void> {
  let settle = (): void => undefined;
  // A chunk that waits for a connection which never comes is told nothing.
  request.once('close', () => settle());
  for await (const chunk of body) {
    await new Promise<void>((resolve) => {
      settle = resolve;
      request.write(chunk, () => resolve());
    });
    if (request.destroyed) return;
  }
  request.end();
}

async function readAnswer(response: IncomingMessage): Promise<PostAnswer> {
  const header = (name: string) => {
    const value = response.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const status = response.statusCode ?? 0;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= longestText) break;
    }
    return { status, header, text: Buffer.concat(chunks).toString(), complete: true };
  } catch {
    // The connection often breaks right behind an early error; its status still counts.
    return { status, header, text: '', complete: false };
  }
}
