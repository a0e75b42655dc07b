/** Bearer tokens as Kong's jwt plugin makes and checks them (emission-protocol, section 2). */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** A Kong credential: tokens name it as `iss` and are signed with its secret. */
export interface Credential {
  readonly issuer: string;
  readonly secret: string;
}

/** Algorithms that Kong can decode at all; the credential itself is always HS256. */
const knownAlgorithms = new Set(['HS256', 'HS384', 'HS512', 'RS256', 'RS512', 'ES256']);

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signature(text: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

/** An emission token as the admin console makes it: HS256, without expiry. `issuedAt` in seconds since 1970. */
export function createToken({ issuer, secret }: Credential, issuedAt: number): string {
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: issuer, iat: issuedAt })}`;
  return `${text}.${signature(text, secret).toString('base64url')}`;
}

export interface TokenSources {
  /** Every `jwt` of the query. */
  readonly query: readonly string[];
  readonly authorization: string | undefined;
}

/** Kong's message of the 401 answer; undefined when the token is good. An `exp` in the past is, as there, ignored. */
export function tokenFault(sources: TokenSources, credentials: readonly Credential[]): string | undefined {
  if (sources.query.length > 1) return 'Multiple tokens provided';
  const token = sources.query.at(0) ?? /^\s*[Bb]earer\s+(.+)$/.exec(sources.authorization ?? '')?.[1];
  if (token === undefined || token === '') return 'Unauthorized';
  const [head = '', body = '', tail = ''] = token.split('.');
  const header = decode(head);
  const claims = decode(body);
  if (header === undefined || claims === undefined) return 'Bad token; invalid JSON';
  if (typeof header.alg !== 'string' || !knownAlgorithms.has(header.alg)) return 'Bad token; invalid alg';
  const issuer = claims.iss ?? header.iss;
  if (typeof issuer !== 'string') return "No mandatory 'iss' in claims";
  const credential = credentials.find((candidate) => candidate.issuer === issuer);
  if (credential === undefined) return "No credentials found for given 'iss'";
  if (header.alg !== 'HS256') return 'Invalid algorithm';
  const expected = signature(`${head}.${body}`, credential.secret);
  const actual = Buffer.from(tail, 'base64url');
  const same = actual.length === expected.length && timingSafeEqual(actual, expected);
  return same ? undefined : 'Invalid signature';
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
