/** Numbers as a person reads them. */
import { count as countText } from '../core/wording.ts';

export { countText };

const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** A size such as `1 byte`, `940 bytes`, `1.2 KB` or `51 MB`; 1 KB is 1,024 bytes, as in a file browser. */
export function sizeText(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  // 1023.6 KB would read as 1,024 KB.
  if (Math.round(value) === 1024 && unit < units.length - 1) {
    value = 1;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}

/** `2 errors, 1 warning`; the empty text when there is neither. */
export function findingsText(errors: number, warnings: number): string {
  const parts = [];
  if (errors > 0) parts.push(countText(errors, 'error'));
  if (warnings > 0) parts.push(countText(warnings, 'warning'));
  return parts.join(', ');
}

/** `23 Nov 2026, 14:05` in the person's own time zone. */
export function timeText(iso: string): string {
  const time = new Date(iso);
  const day = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
  return `${day}, ${time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
}
