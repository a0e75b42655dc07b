import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serveChecks } from '../core/scan/threads/check-thread-node.ts';
import { CheckPool } from '../core/scan/threads/pool-node.ts';
import { isCheckThread } from '../core/scan/threads/pool-thread.ts';
import { serve } from './server.ts';

if (isCheckThread()) serveChecks();
else {
  const connection = createConnection(ProposedFeatures.all);
  serve(connection, new CheckPool(__filename).check);
  connection.listen();
}
