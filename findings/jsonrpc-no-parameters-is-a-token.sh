#!/bin/sh
# vscode-jsonrpc 10.0.0, below vscode-languageclient 11.0.0: a handler of requests takes (params, token). Where the request
# comes without parameters, its first argument is not `undefined`: it is the cancellation token, and the second one is
# missing. A handler that says `params ?? {}` works on the token, and `token.isCancellationRequested` throws. `undefined`
# as parameter gives `null` and the token, so that `sendRequest(m)` and `sendRequest(m, undefined)` are not the same.
# Expected: the token is the second argument, whatever the first one is.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error vscode-jsonrpc@10.0.0
cat >call.cjs <<'JS'
const { PassThrough } = require('node:stream');
const { CancellationToken, createMessageConnection, StreamMessageReader, StreamMessageWriter } = require('vscode-jsonrpc/node');

const [up, down] = [new PassThrough(), new PassThrough()];
const server = createMessageConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
const client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
server.onRequest('rescan', (...given) =>
  given.map((argument) => (CancellationToken.is(argument) ? 'token' : JSON.stringify(argument))).join(', '),
);
server.listen();
client.listen();

(async () => {
  const seen = {
    'sendRequest(m, { a: 1 })': await client.sendRequest('rescan', { a: 1 }),
    'sendRequest(m, undefined)': await client.sendRequest('rescan', undefined),
    'sendRequest(m)': await client.sendRequest('rescan'),
  };
  for (const [call, given] of Object.entries(seen)) console.log(`${call}: the handler is given (${given})`);
  const asFound = JSON.stringify(Object.values(seen)) === JSON.stringify(['{"a":1}, token', 'null, token', 'token']);
  console.log(asFound ? 'As found: the token stands where the parameters are looked for.' : 'This has changed.');
  process.exit(asFound ? 0 : 1);
})();
JS
node call.cjs
