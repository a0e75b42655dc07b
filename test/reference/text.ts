/** A file as an editor shows it: text, lines, and where the text is not what the bytes say. */

export interface FileText {
  /** Without a byte order mark; a wrong byte is U+FFFD. */
  readonly text: string;
  readonly hasMark: boolean;
  /** True for the U+FFFD at an index of the text that stands for wrong bytes. */
  readonly isWrong: (index: number) => boolean;
  readonly placeOf: (index: number) => { readonly line: number; readonly column: number };
}

const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

export function textOf(bytes: Uint8Array): FileText {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = hasMark ? bytes.subarray(3) : bytes;
  const text = lossy.decode(body);
  const wrong = wrongPlaces(body);
  const lineStarts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((end) => end.index + end[0].length)];
  return {
    text,
    hasMark,
    isWrong: (index) => wrong?.charAt(index) === '\uFFFD',
    placeOf: (index) => {
      const line = lineStarts.findLastIndex((start) => start <= index);
      const isInLineEnd = text[index - 1] === '\r' && text[index] === '\n';
      return { line, column: index - lineStarts[line]! - (isInLineEnd ? 1 : 0) };
    },
  };
}

/** The text with every U+FFFD that the file really holds replaced by another sign; undefined when no byte is wrong. */
function wrongPlaces(bytes: Uint8Array): string | undefined {
  try {
    strict.decode(bytes);
    return undefined;
  } catch {
    const marked = bytes.slice();
    for (let at = 0; at + 2 < marked.length; at++) {
      if (marked[at] === 0xef && marked[at + 1] === 0xbf && marked[at + 2] === 0xbd) marked[at + 2] = 0xbe;
    }
    return lossy.decode(marked);
  }
}

/** Java's String.trim: everything up to U+0020 goes from both ends. */
export function javaTrim(text: string): string {
  return text.replace(/^[\0-\x20]+/, '').replace(/[\0-\x20]+$/, '');
}

/** Where the last line of a text starts, the empty one behind a line end too. */
export function lastLineOf(text: string): number {
  return Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
}
