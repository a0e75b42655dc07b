/** What a thread of this program is told to be, as its only word. */
export const CHECK_THREAD = 'cqube-emission:check-thread';

/**
 * True in a thread that a pool has started. In a module of its own, since most runs of the program need no thread and
 * nothing of what makes them.
 */
export function isCheckThread(): boolean {
  return process.argv[2] === CHECK_THREAD;
}
