import { serveChecks } from '../../../core/layout/check-thread-node.ts';
import { isCheckThread } from '../../../core/layout/pool-thread.ts';

if (isCheckThread()) serveChecks();
