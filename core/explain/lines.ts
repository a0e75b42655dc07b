/** The text that an editor holds, line by line: whoever asks for a few lines pays for a few. */
export interface Lines {
  /** Number of lines; behind a line end at the end of the text there is one more, empty. */
  readonly count: number;
  /**
   * The lines from a 0-based one up to another, without their line ends. One of more than `LONGEST_LINE` units is empty:
   * nothing is told of it.
   */
  slice(from: number, to: number): readonly string[];
}

/** UTF-16 units of the longest line that is looked at; the widest header takes 6,000. */
export const LONGEST_LINE = 1 << 16;
