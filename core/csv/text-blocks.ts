/** Whole lines of a text, each with its line end; only the last block of a text may end without one. */
export interface TextBlock {
  readonly text: string;
  /** Number of line ends in it: LF, CR LF or CR. */
  readonly lineEnds: number;
}

/** A place in a text as the Language Server Protocol counts: 0-based line, 0-based UTF-16 unit. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

export interface TextSpan {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** How large a block is made. An edited one may grow to twice as much before it is split. */
export interface BlockSize {
  readonly lines: number;
  /** UTF-16 units; a longer line still stands in one block. */
  readonly units: number;
}

const usualSize: BlockSize = { lines: 256, units: 1 << 14 };

/**
 * A text in blocks of lines, for documents of many megabytes: an edit costs time by the blocks that it touches, and
 * leaves the others as the same objects, so that whatever was found out about them still holds.
 */
export class TextBlocks {
  readonly #size: BlockSize;
  #blocks: readonly TextBlock[];

  constructor(text: string, size: BlockSize = usualSize) {
    this.#size = size;
    this.#blocks = split(text, size);
  }

  /** The blocks at this moment, in order: an edit makes another list. None when the text is empty. */
  get blocks(): readonly TextBlock[] {
    return this.#blocks;
  }

  /** Number of UTF-16 units. */
  get length(): number {
    return this.#blocks.reduce((sum, { text }) => sum + text.length, 0);
  }

  /** Number of lines; behind a line end at the end of the text there is one more, empty. */
  get lineCount(): number {
    return this.#blocks.reduce((sum, { lineEnds }) => sum + lineEnds, 1);
  }

  /** The text of a span, or all of it. */
  text(span?: TextSpan): string {
    if (!span) return this.#blocks.map(({ text }) => text).join('');
    return this.#slice(this.offsetAt(span.start), this.offsetAt(span.end));
  }

  /** The offset of a place in UTF-16 units; one beyond the end of its line counts as that end. */
  offsetAt({ line, character }: TextPosition): number {
    if (line < 0) return 0;
    let offset = 0;
    let first = 0;
    for (const { text, lineEnds } of this.#blocks) {
      if (line < first + lineEnds || (line === first + lineEnds && !endsWithBreak(text))) {
        const start = lineStart(text, line - first);
        return offset + start + clamp(character, contentEnd(text, start) - start);
      }
      first += lineEnds;
      offset += text.length;
    }
    return offset;
  }

  /** The place of an offset in UTF-16 units; one between CR and LF counts as before both. */
  positionAt(offset: number): TextPosition {
    let rest = clamp(offset, this.length);
    let line = 0;
    for (const [index, { text, lineEnds }] of this.#blocks.entries()) {
      const last = index === this.#blocks.length - 1;
      if (rest < text.length || (last && !endsWithBreak(text))) {
        const walk = new LineWalk(text);
        let start = 0;
        for (;;) {
          const next = walk.next(start);
          if (next < 0 || next > rest) break;
          start = next;
          line++;
        }
        return { line, character: Math.min(rest, contentEnd(text, start)) - start };
      }
      rest -= text.length;
      line += lineEnds;
    }
    return { line, character: 0 };
  }

  /** The span of a line without its line end; of the first or last line when there is no such line. */
  lineSpan(line: number): TextSpan {
    const known = Math.min(line, this.lineCount - 1);
    if (known < 0) return { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const start = { line: known, character: 0 };
    const length = this.offsetAt({ line: known, character: Infinity }) - this.offsetAt(start);
    return { start, end: { line: known, character: length } };
  }

  /** The line end of a line: LF, CR LF, CR, or nothing. */
  lineEndOf(line: number): string {
    if (line < 0 || line >= this.lineCount) return '';
    const next = this.offsetAt({ line: line + 1, character: 0 });
    return this.#slice(this.offsetAt({ line, character: Infinity }), next);
  }

  /** Puts a text in the place of a span, or of the whole text. */
  replace(span: TextSpan | undefined, text: string): void {
    if (!span) {
      this.#blocks = split(text, this.#size);
      return;
    }
    const [from, to] = [this.offsetAt(span.start), this.offsetAt(span.end)].sort((a, b) => a - b);
    this.#replace(from ?? 0, to ?? 0, text);
  }

  #replace(from: number, to: number, text: string): void {
    const blocks = this.#blocks;
    // A block is kept when the edit is behind its last line end, or before its first unit.
    let first = 0;
    let offset = 0;
    while (first < blocks.length - 1 && offset + blocks[first]!.text.length <= from) {
      offset += blocks[first++]!.text.length;
    }
    let last = first;
    let lastOffset = offset;
    while (last < blocks.length - 1 && lastOffset + blocks[last]!.text.length < to) {
      lastOffset += blocks[last++]!.text.length;
    }
    const before = blocks[first]?.text.slice(0, from - offset) ?? '';
    const after = blocks[last]?.text.slice(to - lastOffset) ?? '';
    let changed = before + text + after;
    let next = Math.min(last + 1, blocks.length);
    // What is left of a line goes on in the next block, and a CR joins the LF that comes to stand behind it.
    if (changed === '' && next < blocks.length) changed = blocks[next++]!.text;
    while (next < blocks.length && !isClosed(changed, blocks[next]!.text)) changed += blocks[next++]!.text;
    if (first > 0 && changed.startsWith('\n') && blocks[first - 1]!.text.endsWith('\r')) {
      changed = blocks[--first]!.text + changed;
    }
    const made = changed === '' ? [] : splitWhenLarge(changed, this.#size);
    this.#blocks = [...blocks.slice(0, first), ...made, ...blocks.slice(next)];
  }

  #slice(from: number, to: number): string {
    let offset = 0;
    let found = '';
    for (const { text } of this.#blocks) {
      if (offset >= to) break;
      if (offset + text.length > from) found += text.slice(Math.max(0, from - offset), to - offset);
      offset += text.length;
    }
    return found;
  }
}

/** Finds line ends one after the other, each sign looked for only as far as needed. */
class LineWalk {
  readonly #text: string;
  #cr = -1;
  #lf = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** @returns the start of the line after the one that `from` is in, -1 when no line end follows */
  next(from: number): number {
    if (this.#lf < from) this.#lf = indexOrNever(this.#text, '\n', from);
    if (this.#cr < from) this.#cr = indexOrNever(this.#text, '\r', from);
    if (this.#cr < this.#lf) return this.#cr + (this.#cr + 1 === this.#lf ? 2 : 1);
    return this.#lf === Infinity ? -1 : this.#lf + 1;
  }
}

function indexOrNever(text: string, sign: string, from: number): number {
  const index = text.indexOf(sign, from);
  return index < 0 ? Infinity : index;
}

function split(text: string, size: BlockSize): TextBlock[] {
  const blocks: TextBlock[] = [];
  const walk = new LineWalk(text);
  let start = 0;
  while (start < text.length) {
    let at = start;
    let lineEnds = 0;
    while (at < text.length && lineEnds < size.lines && at - start < size.units) {
      const next = walk.next(at);
      if (next >= 0) lineEnds++;
      at = next < 0 ? text.length : next;
    }
    blocks.push({ text: text.slice(start, at), lineEnds });
    start = at;
  }
  return blocks;
}

function splitWhenLarge(text: string, size: BlockSize): TextBlock[] {
  const [only, ...others] = split(text, { lines: size.lines * 2, units: size.units * 2 });
  return only && others.length === 0 ? [only] : split(text, size);
}

/** The start of a line that is known to be there. */
function lineStart(text: string, line: number): number {
  const walk = new LineWalk(text);
  let start = 0;
  for (let i = 0; i < line; i++) start = walk.next(start);
  return start;
}

/** The end of the line that begins at `start`, before its line end. */
function contentEnd(text: string, start: number): number {
  const next = new LineWalk(text).next(start);
  if (next < 0) return text.length;
  return next - (next - 2 >= start && text.startsWith('\r\n', next - 2) ? 2 : 1);
}

function endsWithBreak(text: string): boolean {
  return text.endsWith('\n') || text.endsWith('\r');
}

function isClosed(text: string, following: string): boolean {
  return text.endsWith('\n') || (text.endsWith('\r') && !following.startsWith('\n'));
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(value, max));
}
