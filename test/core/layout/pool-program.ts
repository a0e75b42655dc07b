import { serveChecks } from '../../../core/layout/pool-node.ts';
import { isCheckThread } from '../../../core/layout/pool-thread.ts';

if (isCheckThread()) serveChecks();
