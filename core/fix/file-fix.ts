import type { RuleId } from '../finding.ts';

/** What may be done to a file as a whole: every row is written anew, its values stay as they are. */
export type FileChange =
  /** Take the byte order mark away; UTF-16 becomes UTF-8. */
  | 'encoding'
  /** Write the delimiter of the dataset between cells. */
  | 'delimiter'
  /** Write the line end of the first line everywhere. */
  | 'line-ends'
  /** Put the columns into the specified order, each with its data. */
  | 'order'
  /** Add the columns that are missing, without values. */
  | 'add-columns'
  /** Take away the columns that the specification does not name. */
  | 'remove-columns'
  /** Take away columns at the end that have neither name nor values. */
  | 'remove-empty-columns';

export interface FileFix {
  readonly change: FileChange;
  readonly rule: RuleId;
  readonly title: string;
  /** False where values are lost or none are known: a choice that a person makes. */
  readonly certain: boolean;
}

/** Every fix that needs the whole file, by its rule. A rule of two has the certain one first. */
export const fileFixes: readonly FileFix[] = [
  { change: 'encoding', rule: 'encoding/bom', title: 'Remove the byte order mark', certain: true },
  { change: 'encoding', rule: 'encoding/invalid-utf8', title: 'Write the file as UTF-8', certain: true },
  {
    change: 'delimiter',
    rule: 'dialect/delimiter',
    title: 'Write the expected delimiter between the cells',
    certain: true,
  },
  {
    change: 'line-ends',
    rule: 'dialect/line-ending',
    title: 'Write the line end of the first line everywhere',
    certain: true,
  },
  {
    change: 'order',
    rule: 'header/column-order',
    title: 'Put the columns into the specified order',
    certain: true,
  },
  {
    change: 'add-columns',
    rule: 'header/missing-column',
    title: 'Add the missing columns without values',
    certain: false,
  },
  {
    change: 'remove-empty-columns',
    rule: 'header/unknown-column',
    title: 'Remove the delimiter at the end of each line',
    certain: true,
  },
  {
    change: 'remove-columns',
    rule: 'header/unknown-column',
    title: 'Remove the unknown columns and their values',
    certain: false,
  },
];

/** The fixes of the whole file for the findings of a rule; none for a rule that is mended in its own lines. */
export function fileFixesOf(rule: RuleId): readonly FileFix[] {
  return fileFixes.filter((fix) => fix.rule === rule);
}
