/** How a file's bytes are split into rows and cells. */

export interface Dialect {
  /** The byte that separates cells. */
  readonly delimiter: number;
  /**
   * `commons-csv`: a quote counts only as the first byte of a cell, a backslash escapes, text after a closing quote
   * is an error. `super-csv`: a quote anywhere toggles quoting, a backslash is text.
   */
  readonly reader: 'commons-csv' | 'super-csv';
  /** True when `\"` stands for `"` before the rows are split. */
  readonly unescapeFirst: boolean;
  /** False for a reader without an escape sign. Ignored by `super-csv`. */
  readonly escapes: boolean;
  /** True when signs up to U+0020 are cut from both ends of a value, NUL among them. */
  readonly trims: boolean;
  /** A row that takes more bytes than these, its line end included, is not read; `ROW_BYTES` when absent. */
  readonly rowBytes?: number;
}

/**
 * The longest row that is held: far beyond any row of data, and what ingestion's readers, which hold a row several times
 * over in NiFi's usual heap of 512 MB, can hardly take.
 */
export const ROW_BYTES = 16 << 20;
/** So many cells of a row are told apart; the database takes 1,600 columns. */
export const ROW_CELLS = 1 << 14;

export const PIPE = 0x7c;
export const COMMA = 0x2c;
export const SEMICOLON = 0x3b;
export const TAB = 0x09;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const CR = 0x0d;
export const LF = 0x0a;
export const SPACE = 0x20;

/** The name of a delimiter byte for a message. */
export function delimiterName(delimiter: number): string {
  switch (delimiter) {
    case PIPE:
      return 'pipe "|"';
    case COMMA:
      return 'comma ","';
    case SEMICOLON:
      return 'semicolon ";"';
    case TAB:
      return 'tab';
    default:
      return `"${String.fromCharCode(delimiter)}"`;
  }
}
