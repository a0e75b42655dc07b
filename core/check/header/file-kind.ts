/** Files that are no CSV at all, by their first bytes. */
import { CR, LF } from '../../csv/dialect.ts';

export interface FileKind {
  /** Such as "an Excel workbook". */
  readonly title: string;
  /** How to make a CSV of it. */
  readonly remedy: string;
}

const UNPACK = 'Unpack it, and give the CSV inside.';
const EXPORT = 'Save the sheet as CSV: renaming the file does not convert it.';

const signatures: readonly (readonly [first: readonly number[], kind: FileKind])[] = [
  [
    [0x50, 0x4b, 3, 4],
    { title: 'a zip or an Excel workbook (XLSX)', remedy: `${EXPORT} A zip must end with .zip.` },
  ],
  [[0xd0, 0xcf, 0x11, 0xe0], { title: 'an old Excel workbook (XLS)', remedy: EXPORT }],
  [[0x1f, 0x8b], { title: 'packed with gzip', remedy: UNPACK }],
  [[0x37, 0x7a, 0xbc, 0xaf], { title: 'a 7-Zip archive', remedy: UNPACK }],
  [[0x52, 0x61, 0x72, 0x21, 0x1a], { title: 'a RAR archive', remedy: UNPACK }],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], { title: 'a PDF', remedy: 'Export the data as CSV.' }],
];

/**
 * What a file is that is no text of cells.
 *
 * @param bytes its first ones
 * @param firstLine the text of its first line that is not blank
 * @returns undefined for one that may be a CSV
 */
export function kindOfFile(bytes: Uint8Array, firstLine: string): FileKind | undefined {
  const found = signatures.find(([first]) => first.every((byte, index) => bytes[index] === byte));
  if (found) return found[1];
  if (
    /^\s*<(!doctype|html|head|body|table|meta|\?xml)\b/i.test(firstLine) ||
    /^\s*<\?xml\b/i.test(firstLine)
  ) {
    return {
      title: 'HTML or XML',
      remedy: 'It may be the page of a login or an error in place of the data: download it again.',
    };
  }
  return /^\s*(\{\s*("|$)|\[\s*(\{|\[|"|$))/.test(firstLine)
    ? { title: 'JSON', remedy: 'Convert it to CSV with the columns of the published page.' }
    : undefined;
}

/**
 * True for UTF-16 without a mark: every second byte of the first line is 0.
 *
 * @param bytes the first ones of the file, the end of its first line among them
 */
export function isBareUtf16(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 32);
  const end = start.findIndex((byte) => byte === LF || byte === CR);
  const first = end < 0 ? start : start.subarray(0, end);
  const zeros = (odd: number) => first.every((byte, index) => (byte === 0) === (index % 2 === odd));
  return first.length >= 4 && (zeros(1) || zeros(0));
}
