import { isCheckThread, serveChecks } from '../../../core/layout/pool-node.ts';

if (isCheckThread()) serveChecks();
