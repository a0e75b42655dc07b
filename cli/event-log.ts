/** The events of a run as JSON lines on standard output and at the end of a log file. */
import { appendFileSync } from 'node:fs';
import { EOL } from 'node:os';
import { UsageError, type Terminal } from './command.ts';

export interface EventLog {
  /** Writes an event with its time. */
  readonly write: (event: object) => void;
}

/**
 * @param file log file; opened anew for each line, so that it may be renamed or removed at any time (log rotation)
 * @param printed true to print the events as well
 * @throws UsageError when the file cannot be written to
 */
export function openEventLog(terminal: Terminal, file: string | undefined, printed: boolean): EventLog {
  let broken = false;
  const append = (file: string, text: string) => appendFileSync(file, text, { mode: 0o640 });
  if (file !== undefined) {
    try {
      append(file, '');
    } catch {
      throw new UsageError(`The log file ${file} cannot be written to.`);
    }
  }
  return {
    write: (event) => {
      const line = JSON.stringify({ time: new Date().toISOString(), ...event });
      if (printed) terminal.print(line);
      if (file === undefined || broken) return;
      try {
        append(file, `${line}${EOL}`);
      } catch {
        // What was sent is in the journal; the run goes on without its log.
        broken = true;
        terminal.tell(`The log file ${file} cannot be written to any more.`);
      }
    },
  };
}
