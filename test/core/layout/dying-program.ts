/** A thread that dies of a range in the middle of a file. */
import { parentPort } from 'node:worker_threads';
import { serveChecks, type Request } from '../../../core/scan/threads/check-thread-node.ts';
import { isCheckThread } from '../../../core/scan/threads/pool-thread.ts';

if (isCheckThread()) {
  parentPort?.on('message', ({ task }: Request) => {
    if (task?.kind === 'range' && task.range !== task.plan.ranges[0] && task.range.from > 1000)
      process.exit(1);
  });
  serveChecks();
}
