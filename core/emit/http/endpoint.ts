/** The two settings of an emission, made safe before use (emission-protocol, section 7, step 1). */
import { EmissionError } from '../error.ts';

/** True for names and addresses that never leave this computer. `hostname` as `URL.hostname` gives it. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function refuse(message: string): never {
  throw new EmissionError('bad-endpoint', message, { consequence: 'stop-run' });
}

/**
 * The base address of the emission API, such as `https://cqube.example.org/data`, from what a person typed: `https`
 * is assumed where no scheme is given, slashes at the end go.
 *
 * @throws EmissionError `bad-endpoint` for what is no web address, holds a user name, query or fragment, or would
 * send the token over plain http to another computer.
 */
export function normaliseEndpoint(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '')
    refuse('The endpoint is empty. Give the emission address, such as https://cqube.example.org/data.');
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  if (!URL.canParse(withScheme)) {
    refuse(
      'The endpoint is not a web address. Give the emission address, such as https://cqube.example.org/data.',
    );
  }
  const url = new URL(withScheme);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    refuse('The endpoint must begin with https://.');
  }
  if (url.username !== '' || url.password !== '') {
    refuse('The endpoint must not hold a user name or password. Give the token with “Set Token…” instead.');
  }
  if (url.search !== '' || url.hash !== '') {
    refuse(
      'The endpoint must end with its path, such as /data. Remove everything from the first “?” or “#”.',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    refuse('The endpoint must begin with https://: over plain http others could read the token.');
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** Scheme, host and port of an endpoint, under which its token is kept and its acknowledgements are written. */
export function endpointOrigin(endpoint: string): string {
  return new URL(endpoint).origin;
}

/**
 * The token alone from what a person pasted: blanks, line breaks and quotes around it and a leading `Bearer` go.
 *
 * @throws EmissionError `bad-token` when nothing is left, or when a character is left that no token holds.
 */
export function cleanToken(text: string): string {
  const token = text
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim()
    .replace(/^(authorization\s*:\s*)?bearer(\s+|$)/i, '')
    .trim();
  if (token === '') {
    throw new EmissionError(
      'bad-token',
      'The token is empty. Ask the cQube administrator for an emission token.',
      {
        consequence: 'stop-run',
      },
    );
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new EmissionError(
      'bad-token',
      'The token holds a blank, a line break or another character that tokens never have. Copy the whole token again, in one piece.',
      { consequence: 'stop-run' },
    );
  }
  return token;
}
