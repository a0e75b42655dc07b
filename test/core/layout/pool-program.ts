import { isCheckThread, serveChecks } from '../../../core/layout/check-thread-node.ts';

if (isCheckThread()) serveChecks();
