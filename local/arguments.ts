/** The arguments of an API call, read as Flask-RESTful's request parser does (emission-protocol, section 3). */
import type { IncomingMessage } from 'node:http';
import { boundaryOf } from './multipart.ts';

/** A call whose body could not be read as what it claims to be, or is JSON that is no object. */
export class BadBody extends Error {
  override readonly name = 'BadBody';
  /** 400 for JSON that does not parse, 500 for JSON that upstream's code cannot use. */
  readonly status: 400 | 500;

  constructor(status: 400 | 500) {
    super('The body cannot be read.');
    this.status = status;
  }
}

export type Arguments = ReadonlyMap<string, readonly unknown[]>;

/** The whole body of a small request; more than `limit` bytes are not waited for. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) break;
  }
  return Buffer.concat(chunks);
}

/**
 * Values by name from the JSON body, the query string and the form body, in this order: the first value of a name
 * counts. JSON of another content type counts as nothing.
 *
 * @throws BadBody
 */
export function mergeArguments(
  contentType: string | undefined,
  body: Buffer,
  query: URLSearchParams,
): Arguments {
  const values = new Map<string, unknown[]>();
  const add = (name: string, value: unknown) => values.set(name, [...(values.get(name) ?? []), value]);
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') {
    for (const [name, value] of Object.entries(jsonObject(body))) {
      for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) add(name, item);
    }
  }
  for (const [name, value] of query) add(name, value);
  const boundary = boundaryOf(contentType);
  if (type === 'application/x-www-form-urlencoded') {
    for (const [name, value] of new URLSearchParams(body.toString())) add(name, value);
  } else if (boundary !== undefined) {
    for (const [name, value] of formFields(body.toString(), boundary)) add(name, value);
  }
  return values;
}

function jsonObject(body: Buffer): object {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw new BadBody(400);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadBody(500);
  return value;
}

function formFields(body: string, boundary: string): (readonly [string, string])[] {
  const part = /^\r\n[^]*?\bname="(?<name>[^"]*)"[^]*?\r\n\r\n(?<value>[^]*)\r\n$/;
  return body
    .split(`--${boundary}`)
    .map((text) => part.exec(text)?.groups)
    .filter((groups) => groups !== undefined)
    .map(({ name, value }) => [name ?? '', value ?? ''] as const);
}
