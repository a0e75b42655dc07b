/** Text of others, such as a key, made fit to be shown: anybody may have put it into the bucket. */

/** Signs that move the cursor, colour a terminal, or turn the direction of writing. */
const unfit = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** `text` with every sign that is not seen as what it is in the form `\u{1b}`. */
export function shown(text: string): string {
  return text.replace(unfit, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
}
