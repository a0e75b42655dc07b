import { serveChecks } from '../../../core/scan/threads/check-thread-node.ts';
import { isCheckThread } from '../../../core/scan/threads/pool-thread.ts';

if (isCheckThread()) serveChecks();
