/** One HTTP exchange over node-fetch, with every network fault turned into an EmissionError. */
import type { Agent } from 'node:http';
import fetch, { AbortError } from 'node-fetch';
import type { Headers, Response } from 'node-fetch';
import { cancelled, EmissionError } from '../error.ts';

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

/** Faults of the way to a server. */
const wayCodes = new Map([
  ['ENOTFOUND', 'its name is not known. Check the spelling, and that this computer has a network connection'],
  ['EAI_AGAIN', 'its name could not be looked up. Check this computer’s network connection'],
  ['ECONNREFUSED', 'it refuses connections. Check the port, and that the server runs'],
  ['EHOSTUNREACH', 'there is no way to it. Check the network, the VPN and the firewall'],
  ['ENETUNREACH', 'there is no way to it. Check the network, the VPN and the firewall'],
  ['ETIMEDOUT', 'it does not answer. Check the network, the VPN and the firewall'],
]);

/** System calls in which a standing connection can fail, with the same codes as one that was never made. */
const transferCalls = new Set(['read', 'write', 'writev', 'shutdown']);

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
  if (code === 'EPROTO' || code?.startsWith('ERR_SSL_') === true) {
    return new EmissionError(
      'unreachable',
      `${host} does not speak https there (${code}). Check the scheme and the port of the address.`,
      { consequence: 'stop-run', code, cause: error },
    );
  }
  const way = code === undefined || transferCalls.has(callOf(error)) ? undefined : wayCodes.get(code);
  if (way !== undefined) {
    return new EmissionError('unreachable', `${host} could not be reached: ${way} (${code ?? ''}).`, {
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

/** The code that node's network functions and node-fetch put on their errors. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The system call that failed, as node and node-fetch tell it; empty when the error does not. */
function callOf(error: unknown): string {
  const { syscall, erroredSysCall } = error as {
    readonly syscall?: unknown;
    readonly erroredSysCall?: unknown;
  };
  const call = syscall ?? erroredSysCall;
  return typeof call === 'string' ? call : '';
}

/**
 * Seconds of a `Retry-After` header in either of its forms; undefined when there is none that can be read. `header`
 * gives a header's value by its name in lower case.
 */
export function retryAfterSeconds(header: (name: string) => string | null | undefined): number | undefined {
  const value = header('retry-after') ?? undefined;
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const until = Date.parse(value);
  const now = Date.parse(header('date') ?? '');
  return Number.isNaN(until - now) ? undefined : Math.max(0, (until - now) / 1000);
}

/** The whole body as text; what exceeds `longestAnswer` is cut off. */
async function readText(response: Response): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    length += bytes.length;
    if (length >= longestAnswer) break;
  }
  return Buffer.concat(chunks).toString();
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
    const response = await fetch(url, {
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
      signal,
      // Followed, a redirect could carry the token astray.
      redirect: 'manual',
      compress: false,
      ...(request.agent === undefined ? {} : { agent: request.agent }),
    });
    return { status: response.status, headers: response.headers, text: await readText(response) };
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
