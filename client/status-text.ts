/** What the language status says of a document. Knows nothing of VS Code. */
import type { ColumnAt, DocumentSpec } from '../server/messages.ts';
import { countText, findingsText, sizeText } from './wording.ts';

export interface StatusLook {
  readonly text: string;
  readonly detail: string;
  readonly severity: 'information' | 'warning' | 'error';
}

const megabyte = 1024 * 1024;
/** Above this VS Code hands no document to extensions. */
const notSynchronised = 50 * megabyte;
/** Above this VS Code leaves out colours, folding and more (`editor.largeFileOptimizations`). */
const plainEditor = 20 * megabyte;

/** Which dataset the document is checked as, and why. */
export function specStatus(spec: DocumentSpec | null): StatusLook {
  if (spec === null) {
    return {
      text: 'No cQube dataset',
      detail: 'The name or folder of this file is none that cQube takes, so it is not checked.',
      severity: 'warning',
    };
  }
  const { errors, warnings } = spec;
  const variant = spec.variant === undefined ? '' : ` (${spec.variant})`;
  const found = findingsText(errors, warnings) || 'No errors';
  const checked = `${found} in ${countText(spec.rows, 'row')}, ${durationText(spec.milliseconds)}.`;
  const why = spec.reason === undefined ? '' : ` Header${variant}: ${spec.reason}.`;
  return {
    text: `${spec.title}${variant}`,
    detail: checked + why,
    severity: errors > 0 ? 'error' : warnings > 0 ? 'warning' : 'information',
  };
}

function durationText(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** What is different about a large file; undefined for others. `bytes`: size on the disk. */
export function sizeStatus(bytes: number): StatusLook | undefined {
  if (bytes > notSynchronised) {
    return {
      text: `Checked from the disk: ${sizeText(bytes)}`,
      detail: 'VS Code gives extensions no file above 50 MB. The findings are those of the saved file.',
      severity: 'information',
    };
  }
  if (bytes > plainEditor) {
    return {
      text: `Large file: ${sizeText(bytes)}`,
      detail: 'VS Code shows files above 20 MB without colours and folding. Checking is the same.',
      severity: 'information',
    };
  }
  return undefined;
}

/** Which column the cursor is in, such as "5/36 · Month · whole number 1 to 12 · required". */
export function columnStatus({ place, of, name, type, need }: ColumnAt): StatusLook {
  const words = type === undefined ? ['not read by ingestion'] : [type, need ?? ''];
  const parts = [`${place}/${of}`, name, ...words].filter((part) => part !== '');
  return { text: parts.join(' · '), detail: 'Column under the cursor', severity: 'information' };
}
