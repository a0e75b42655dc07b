import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createToken, tokenFault } from '../../local/token.ts';

const credential = { issuer: 'someone', secret: 'secret' };

function fault(authorization: string | undefined, query: readonly string[] = []): string | undefined {
  return tokenFault({ authorization, query }, [credential]);
}

function made(header: object | string, claims: object | string, secret = credential.secret): string {
  const part = (value: object | string) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  return `Bearer ${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const hs256 = { alg: 'HS256', typ: 'JWT' };

test('takes its own tokens from the header and from the query', () => {
  const token = createToken(credential, 1_795_000_000);
  assert.equal(fault(`Bearer ${token}`), undefined);
  assert.equal(fault(`bearer   ${token}`), undefined);
  assert.equal(fault(undefined, [token]), undefined);
});

test('takes a token whose expiry is past, as Kong with its defaults does', () => {
  assert.equal(fault(made(hs256, { iss: 'someone', exp: 1 })), undefined);
});

test('answers Kong’s words for every other token', () => {
  const good = createToken(credential, 0);
  for (const [authorization, words] of [
    [undefined, 'Unauthorized'],
    ['Basic c29tZW9uZTpzZWNyZXQ=', 'Unauthorized'],
    ['Bearer garbage', 'Bad token; invalid JSON'],
    [`Bearer ${good.slice(0, 20)}`, 'Bad token; invalid JSON'],
    [made(hs256, 'no JSON'), 'Bad token; invalid JSON'],
    [made({ alg: 'none' }, { iss: 'someone' }), 'Bad token; invalid alg'],
    [made(hs256, { sub: 'someone' }), "No mandatory 'iss' in claims"],
    [made(hs256, { iss: 'stranger' }), "No credentials found for given 'iss'"],
    [made({ ...hs256, alg: 'HS512' }, { iss: 'someone' }), 'Invalid algorithm'],
    [made(hs256, { iss: 'someone' }, 'other secret'), 'Invalid signature'],
    [`Bearer ${good}x`, 'Invalid signature'],
    [`Bearer ${good.split('.').slice(0, 2).join('.')}`, 'Invalid signature'],
  ] as const) {
    assert.equal(fault(authorization), words, authorization);
  }
  assert.equal(fault(undefined, [good, good]), 'Multiple tokens provided');
});
