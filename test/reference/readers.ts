/**
 * The two readers behind ingestion, sign by sign and slowly: Commons CSV 1.9 as NiFi configures it and Super CSV 2.4
 * (ingestion-rules, section 6, and the recorded vectors). After an error they go on with the next row, which the real
 * ones do not: one fault shall not hide the others. A row of too many bytes ends at the first line end behind them, in
 * quotes or not.
 */

export interface SourceCell {
  /** As the reader hands it over, not trimmed. */
  readonly value: string;
  /** Where the cell stands in the text, its quotes included. */
  readonly from: number;
  readonly to: number;
  /** What stands there. */
  readonly raw: string;
  readonly quoted: boolean;
  /** True when a backslash made the value another one. */
  readonly escaped: boolean;
  /** NUL signs: where each stands in the value and in the text. */
  readonly nuls: readonly { readonly inValue: number; readonly inText: number }[];
}

export interface ReaderFault {
  readonly kind: 'text-after-quote' | 'unterminated-quote' | 'escape-at-end' | 'too-long';
  readonly from: number;
  readonly to: number;
}

export interface SourceRow {
  readonly cells: readonly SourceCell[];
  readonly from: number;
  /** Without the line end. */
  readonly to: number;
  readonly faults: readonly ReaderFault[];
}

export interface Reading {
  readonly rows: readonly SourceRow[];
  /** Where each blank line starts. */
  readonly blankLines: readonly number[];
  /** The kinds of line ends between rows and blank lines. */
  readonly lineEnds: ReadonlySet<string>;
}

/** A sign as a reader sees it, and where it stands in the text. */
interface Sign {
  readonly sign: string;
  readonly from: number;
  readonly to: number;
}

const END: Sign = { sign: '', from: Infinity, to: Infinity };

export interface CommonsOptions {
  readonly delimiter: string;
  readonly escapes: boolean;
  /** True when `\"` becomes `"` before the reader sees the text. */
  readonly unescapeFirst: boolean;
  /** The longest row with its line end, in ASCII signs; any when absent. */
  readonly rowBytes?: number | undefined;
}

export function readCommons(text: string, options: CommonsOptions): Reading {
  return new CommonsReader(text, options).read();
}

export function readSuper(text: string, delimiter: string, rowBytes?: number): Reading {
  return new SuperReader(text, { delimiter, escapes: false, unescapeFirst: false, rowBytes }).read();
}

/** A value under construction. */
class Value {
  text = '';
  escaped = false;
  readonly nuls: { inValue: number; inText: number }[] = [];

  put(sign: string, from: number): void {
    if (sign === '\0') this.nuls.push({ inValue: this.text.length, inText: from });
    this.text += sign;
  }
}

abstract class Reader {
  protected readonly text: string;
  protected readonly options: CommonsOptions;
  protected readonly signs: readonly Sign[];
  protected at = 0;
  protected cells: SourceCell[] = [];
  protected faults: ReaderFault[] = [];
  readonly #lineEnds = new Set<string>();

  constructor(text: string, options: CommonsOptions) {
    this.text = text;
    this.options = options;
    this.signs = signsOf(text, options.unescapeFirst);
  }

  read(): Reading {
    const rows: SourceRow[] = [];
    const blankLines: number[] = [];
    while (this.at < this.signs.length) {
      const { from } = this.peek();
      if (this.atBreak()) blankLines.push(from);
      else {
        this.cells = [];
        this.faults = [];
        this.readRow();
        const limit = from + (this.options.rowBytes ?? Infinity);
        if (this.#isWithin(limit))
          rows.push({ cells: this.cells, from, to: this.place(), faults: this.faults });
        else {
          rows.push({ cells: [], from, to: from, faults: [this.#tooLong(from, limit)] });
          this.at = this.signs.findIndex(({ sign, from: at }) => at >= limit - 1 && /[\r\n]/.test(sign));
          if (this.at < 0) this.at = this.signs.length;
        }
      }
      if (this.atBreak()) this.#lineEnds.add(this.takeBreak());
    }
    return { rows, blankLines, lineEnds: this.#lineEnds };
  }

  /** True when the row that was read, with its line end, stands before a place. */
  #isWithin(limit: number): boolean {
    const [first, second] = [this.peek(), this.peek(1)];
    if (this.atEnd()) return this.text.length <= limit;
    return first.to + (first.sign === '\r' && second.sign === '\n' ? 1 : 0) <= limit;
  }

  /** The fault of a row that goes on at a place, or behind: it is shown on the quote that is open there. */
  #tooLong(from: number, limit: number): ReaderFault {
    const start = this.text.slice(from, limit);
    const [row] = this.again(start).rows;
    const open = row?.faults.find(({ kind }) => kind === 'unterminated-quote');
    const place = from + (open?.from ?? 0);
    return { kind: 'too-long', from: place, to: place + 1 };
  }

  /** What such a reader makes of another text. */
  protected abstract again(text: string): Reading;

  /** Reads cells up to the line end that closes the row, which stays. */
  protected abstract readRow(): void;

  protected peek(ahead = 0): Sign {
    return this.signs[this.at + ahead] ?? END;
  }

  protected atEnd(): boolean {
    return this.at >= this.signs.length;
  }

  protected atBreak(): boolean {
    const { sign } = this.peek();
    return sign === '\r' || sign === '\n';
  }

  protected takeBreak(): string {
    const crLf = this.peek().sign === '\r' && this.peek(1).sign === '\n';
    const sign = crLf ? '\r\n' : this.peek().sign;
    this.at += sign.length;
    return sign;
  }

  protected add(value: Value, from: number, to: number, quoted: boolean): void {
    const { text, escaped, nuls } = value;
    this.cells.push({ value: text, from, to, raw: this.text.slice(from, to), quoted, escaped, nuls });
  }

  /** Where the sign that comes next stands, or the end of the text. */
  protected place(): number {
    return this.atEnd() ? this.text.length : this.peek().from;
  }
}

/** `\"` is one sign where ingestion replaces it before it reads rows. */
function signsOf(text: string, unescapeFirst: boolean): Sign[] {
  const signs: Sign[] = [];
  for (let from = 0; from < text.length;) {
    const pair = unescapeFirst && text.startsWith('\\"', from);
    const to = from + (pair ? 2 : 1);
    signs.push({ sign: pair ? '"' : text[from]!, from, to });
    from = to;
  }
  return signs;
}

const namedEscapes = new Map([
  ['r', '\r'],
  ['n', '\n'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
]);
const selfEscapes = '\r\n\f\t\b\\"';
/** Character.isWhitespace, line breaks left out. */
function isJavaBlank(sign: string): boolean {
  return (
    '\t\v\f\x1c\x1d\x1e\x1f'.includes(sign) || /^(?![\u00a0\u2007\u202f])[\p{Zs}\p{Zl}\p{Zp}]$/u.test(sign)
  );
}

class CommonsReader extends Reader {
  protected override again(text: string): Reading {
    return new CommonsReader(text, { ...this.options, rowBytes: undefined }).read();
  }

  protected override readRow(): void {
    for (;;) {
      if (this.peek().sign === '"') this.#encapsulated();
      else this.#simple();
      if (this.peek().sign !== this.options.delimiter) return;
      this.at++;
      // A delimiter as the last sign of the file: one more empty cell.
      if (this.atEnd()) {
        this.add(new Value(), this.text.length, this.text.length, false);
        return;
      }
    }
  }

  #simple(): void {
    const from = this.place();
    const value = new Value();
    while (!this.atEnd() && !this.atBreak() && this.peek().sign !== this.options.delimiter) {
      if (this.options.escapes && this.peek().sign === '\\') this.#escape(value);
      else this.#copy(value);
    }
    this.add(value, from, this.place(), false);
  }

  #encapsulated(): void {
    const opening = this.peek();
    const value = new Value();
    this.at++;
    for (;;) {
      if (this.atEnd()) {
        this.faults.push({ kind: 'unterminated-quote', from: opening.to - 1, to: opening.to });
        this.add(value, opening.from, this.text.length, true);
        return;
      }
      const { sign, to } = this.peek();
      if (this.options.escapes && sign === '\\') this.#escape(value);
      else if (sign === '"' && this.peek(1).sign === '"') {
        this.at++;
        this.#copy(value);
      } else if (sign === '"') {
        this.at++;
        this.add(value, opening.from, to, true);
        this.#afterQuote();
        return;
      } else this.#copy(value);
    }
  }

  /** Blanks may stand between a closing quote and the delimiter, nothing else. */
  #afterQuote(): void {
    let stray = -1;
    while (!this.atEnd() && !this.atBreak() && this.peek().sign !== this.options.delimiter) {
      if (stray < 0 && !isJavaBlank(this.peek().sign)) stray = this.place();
      this.at++;
    }
    if (stray >= 0) this.faults.push({ kind: 'text-after-quote', from: stray, to: this.place() });
  }

  #copy(value: Value): void {
    const { sign, from } = this.peek();
    value.put(sign, from);
    this.at++;
  }

  #escape(value: Value): void {
    const { from, to } = this.peek();
    this.at++;
    if (this.atEnd()) {
      this.faults.push({ kind: 'escape-at-end', from, to });
      value.put('\\', from);
      return;
    }
    const next = this.peek();
    const named = namedEscapes.get(next.sign);
    if (named !== undefined || next.sign === this.options.delimiter || selfEscapes.includes(next.sign)) {
      value.put(named ?? next.sign, next.from);
      value.escaped = true;
    } else {
      value.put('\\', from);
      value.put(next.sign, next.from);
    }
    this.at++;
  }
}

class SuperReader extends Reader {
  protected override again(text: string): Reading {
    return new SuperReader(text, { ...this.options, rowBytes: undefined }).read();
  }

  protected override readRow(): void {
    let from = this.place();
    let value = new Value();
    let quote: Sign | undefined;
    let quoted = false;
    for (;;) {
      if (this.atEnd() || (this.atBreak() && !quote)) {
        if (quote) this.faults.push({ kind: 'unterminated-quote', from: quote.from, to: quote.to });
        this.add(value, from, this.place(), quoted);
        return;
      }
      const next = this.peek();
      if (next.sign === '"') {
        quoted = true;
        if (quote && this.peek(1).sign === '"') {
          value.put('"', next.from);
          this.at++;
        } else quote = quote ? undefined : next;
        this.at++;
      } else if (this.atBreak()) {
        this.takeBreak();
        value.put('\n', next.from);
      } else if (next.sign === this.options.delimiter && !quote) {
        this.add(value, from, next.from, quoted);
        this.at++;
        from = this.place();
        value = new Value();
        quoted = false;
      } else {
        value.put(next.sign, next.from);
        this.at++;
      }
    }
  }
}

/** The starts of the first and the last of blank lines that follow each other. */
export function blankRuns(text: string, reading: Reading): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const start of reading.blankLines) {
    const last = runs.at(-1);
    if (last && /^[\r\n]*$/.test(text.slice(last.to, start))) last.to = start;
    else runs.push({ from: start, to: start });
  }
  return runs;
}
