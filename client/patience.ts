/** Progress that is shown only where somebody would begin to wonder. */
import * as vscode from 'vscode';

export type Progress = vscode.Progress<{ readonly message?: string; readonly increment?: number }>;

/** What takes less than this is done before a message could be read. */
const wonderMilliseconds = 700;

/** Does `work`; if it takes a while, a notification shows its progress and can cancel it. */
export async function withPatience<T>(
  title: string,
  work: (progress: Progress, cancellation: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const cancelling = new vscode.CancellationTokenSource();
  const early: Parameters<Progress['report']>[0][] = [];
  let shown: Progress | undefined;
  const progress: Progress = { report: (step) => (shown ? shown.report(step) : early.push(step)) };
  const working = work(progress, cancelling.token);
  try {
    let timer: NodeJS.Timeout | undefined;
    const wonder = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), wonderMilliseconds);
    });
    const first = await Promise.race([working.then(() => 'done' as const), wonder]).finally(() =>
      clearTimeout(timer),
    );
    if (first === 'done') return await working;
    const location = vscode.ProgressLocation.Notification;
    return await vscode.window.withProgress(
      { location, title, cancellable: true },
      (notification, cancellation) => {
        cancellation.onCancellationRequested(() => cancelling.cancel());
        for (const step of early) notification.report(step);
        shown = notification;
        return working;
      },
    );
  } finally {
    cancelling.dispose();
  }
}
