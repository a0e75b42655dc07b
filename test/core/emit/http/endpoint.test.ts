import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cleanToken,
  endpointOrigin,
  isLoopback,
  normaliseEndpoint,
} from '../../../../core/emit/http/endpoint.ts';

test('an endpoint loses what does not belong to it', () => {
  for (const [typed, expected] of [
    ['https://cqube.example.org/data', 'https://cqube.example.org/data'],
    ['  https://cqube.example.org/data//\n', 'https://cqube.example.org/data'],
    ['cqube.example.org/data/', 'https://cqube.example.org/data'],
    ['HTTPS://CQube.Example.Org:443/data', 'https://cqube.example.org/data'],
    ['https://cqube.example.org', 'https://cqube.example.org'],
    ['http://127.0.0.1:8000/data', 'http://127.0.0.1:8000/data'],
    ['http://localhost:8000/data/', 'http://localhost:8000/data'],
    ['http://[::1]:8000/data', 'http://[::1]:8000/data'],
  ] as const) {
    assert.equal(normaliseEndpoint(typed), expected);
  }
  assert.equal(endpointOrigin('https://cqube.example.org:8443/data'), 'https://cqube.example.org:8443');
});

test('an endpoint that would betray the token is refused', () => {
  for (const typed of [
    '',
    '   ',
    'http://cqube.example.org/data',
    'http://127.0.0.1.example.org/data',
    'ftp://cqube.example.org/data',
    'https://user:secret@cqube.example.org/data',
    'https://cqube.example.org/data?jwt=secret',
    'https://cqube.example.org/data#top',
    'https://cqube example/data',
  ]) {
    assert.throws(() => normaliseEndpoint(typed), { reason: 'bad-endpoint' }, typed);
  }
});

test('loopback is this computer alone', () => {
  assert.deepEqual(['127.0.0.1', '127.8.9.1', 'localhost', '[::1]'].map(isLoopback), [
    true,
    true,
    true,
    true,
  ]);
  assert.deepEqual(['128.0.0.1', '127.0.0.1.nip.io', 'localhost.example.org', '0.0.0.0'].map(isLoopback), [
    ...[false, false, false, false],
  ]);
});

test('a token is cleaned of what comes along when it is copied', () => {
  for (const pasted of [
    'aaa.bbb.ccc',
    '  aaa.bbb.ccc\r\n',
    'Bearer aaa.bbb.ccc',
    'bearer   aaa.bbb.ccc ',
    '"aaa.bbb.ccc"',
    "'Bearer aaa.bbb.ccc'",
    'Authorization: Bearer aaa.bbb.ccc',
  ]) {
    assert.equal(cleanToken(pasted), 'aaa.bbb.ccc');
  }
});

test('what cannot be a token is refused', () => {
  for (const pasted of [
    '',
    ' \n',
    'Bearer',
    'Bearer ',
    'aaa.bbb .ccc',
    'aaa\nbbb',
    'aaa\u0000bbb',
    'ааа.bbb.ccc',
  ]) {
    assert.throws(() => cleanToken(pasted), { reason: 'bad-token' }, JSON.stringify(pasted));
  }
});
