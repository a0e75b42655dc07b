/** One HTTP exchange over node-fetch, with every network fault turned into an EmissionError. */
import type { Agent } from 'node:http';
import fetch, { AbortError, FetchError } from 'node-fetch';
import type { Headers, RequestInit, Response } from 'node-fetch';
import { cancelled, EmissionError } from './error.ts';

/** How connections are made; absent in VS Code, which applies its own proxy and certificate settings. */
export type AgentChoice = Agent | ((url: URL) => Agent | undefined);

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the whole answer must be there. */
  readonly timeOut: number;
  readonly agent?: AgentChoice | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Answers of the API are far smaller; more is not worth reading. */
const longestAnswer = 16 * 1024 * 1024;

const certificateCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_UNTRUSTED',
  'CERT_REVOKED',
]);

/** Faults before a connection stood: nothing was sent. */
const connectCodes = new Map([
  ['ENOTFOUND', 'its name is not known. Check the spelling, and that this computer has a network connection'],
  ['EAI_AGAIN', 'its name could not be looked up. Check this computer’s network connection'],
  ['ECONNREFUSED', 'it refuses connections. Check the port, and that the server runs'],
  ['EHOSTUNREACH', 'there is no way to it. Check the network, the VPN and the firewall'],
  ['ENETUNREACH', 'there is no way to it. Check the network, the VPN and the firewall'],
  ['ETIMEDOUT', 'it does not answer. Check the network, the VPN and the firewall'],
  ['EPROTO', 'it does not speak https there. Check the scheme and the port of the address'],
]);

/**
 * What a failed request means, as an EmissionError that names `host` and holds nothing else of the address.
 * Certificate faults stop the run, everything else may be tried again.
 */
export function networkError(error: unknown, host: string): EmissionError {
  if (error instanceof EmissionError) return error;
  const code = codeOf(error);
  if (code !== undefined && certificateCodes.has(code)) {
    return new EmissionError(
      'certificate',
      `The certificate of ${host} is not trusted (${code}). Ask its operator to renew it, or add your organisation’s certificate authority to this computer.`,
      { consequence: 'stop-run', code, cause: error },
    );
  }
  const connect = code === undefined ? undefined : connectCodes.get(code);
  if (connect !== undefined) {
    return new EmissionError('unreachable', `${host} could not be reached: ${connect} (${code ?? ''}).`, {
      consequence: 'retry',
      code,
      cause: error,
    });
  }
  return new EmissionError(
    'interrupted',
    `The connection to ${host} broke before it answered${code === undefined ? '' : ` (${code})`}. Check the network and try again.`,
    { consequence: 'retry', code, cause: error },
  );
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof FetchError && error.code !== undefined) return error.code;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

/** Seconds of a `Retry-After` header in either of its forms; undefined when there is none that can be read. */
export function retryAfterSeconds(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const until = Date.parse(value);
  const now = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(until - now) ? undefined : Math.max(0, (until - now) / 1000);
}

/** node-fetch's call with our defaults: redirects are never followed, so that no token or form goes astray. */
export function send(
  url: string,
  init: RequestInit & { readonly signal: AbortSignal },
  agent: AgentChoice | undefined,
): Promise<Response> {
  const choice: RequestInit = agent === undefined ? {} : { agent: agent };
  return fetch(url, { ...init, ...choice, redirect: 'manual', compress: false });
}

/** The whole body as text; what exceeds `limit` bytes is cut off. */
export async function readText(response: Response, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    length += bytes.length;
    if (length >= limit) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, limit);
}

/**
 * Sends a small request and reads the whole answer, whatever its status.
 *
 * @throws EmissionError `cancelled`, `time-out`, `certificate`, `unreachable` or `interrupted`.
 */
export async function exchange(url: string, request: Exchange): Promise<Answer> {
  const { host } = new URL(url);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), request.timeOut);
  const signal = request.signal ? AbortSignal.any([request.signal, limit.signal]) : limit.signal;
  try {
    const response = await send(
      url,
      { method: request.method, headers: { ...request.headers }, body: request.body ?? null, signal },
      request.agent,
    );
    return {
      status: response.status,
      headers: response.headers,
      text: await readText(response, longestAnswer),
    };
  } catch (error) {
    if (request.signal?.aborted) throw cancelled();
    if (limit.signal.aborted || error instanceof AbortError) {
      throw new EmissionError(
        'time-out',
        `${host} did not answer within ${Math.round(request.timeOut / 1000)} s. Check the network, or try again later.`,
        { consequence: 'retry', cause: error },
      );
    }
    throw networkError(error, host);
  } finally {
    clearTimeout(timer);
  }
}
