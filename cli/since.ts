import { UsageError } from './command.ts';

const units = { h: 3_600_000, d: 86_400_000 } as const;

/**
 * The time that `--since` means, in milliseconds since 1970: a day (from its first second here), a day and a time, or so
 * many days (`7d`) or hours (`12h`) ago.
 *
 * @throws UsageError
 */
export function sinceOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ago = /^(\d{1,5})([hd])$/.exec(text);
  if (ago) return now - Number(ago[1]) * units[ago[2] as keyof typeof units];
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.test(text);
  const time = isDay ? Date.parse(`${text}T00:00:00`) : isTime ? Date.parse(text.replace(' ', 'T')) : NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(
      '--since takes a day such as 2026-11-23, a time such as 2026-11-23T08:00, 7d or 12h.',
    );
  }
  return time;
}
