/** What a check found, and the registry of the rules that can find something. Plain data: no text is shown here. */

export type Severity = 'error' | 'warning' | 'information';

export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** Path below the emission folder, with `/`; a CSV inside a zip is `folder/name.zip/entry.csv`. */
  readonly file: string;
  /** 0-based editor line. */
  readonly line: number;
  /** 0-based, in UTF-16 units. */
  readonly column: number;
  readonly endLine: number;
  /** Exclusive. */
  readonly endColumn: number;
  readonly message: string;
}

export interface Rule {
  /** The usual severity; a finding of the rule may have a lower one where the server's effect is lesser. */
  readonly severity: Severity;
  readonly title: string;
  /** What the server would do. */
  readonly effect: string;
}

const registry = {
  'encoding/bom': {
    severity: 'warning',
    title: 'Byte order mark',
    effect:
      'Ingestion drops the mark; the published page wants none. The script that splits diksha_enrolment fails on it.',
  },
  'encoding/invalid-utf8': {
    severity: 'error',
    title: 'Not UTF-8',
    effect: 'Ingestion reads UTF-8 and puts a replacement character in place of each wrong byte.',
  },
  'encoding/other-format': {
    severity: 'error',
    title: 'Not a CSV file',
    effect: 'Ingestion reads the bytes as text, finds no header in them and refuses the file.',
  },
  'encoding/nul-byte': {
    severity: 'error',
    title: 'NUL byte',
    effect: 'PostgreSQL stores no NUL byte in text, so the write of the whole file fails.',
  },
  'encoding/replacement-character': {
    severity: 'warning',
    title: 'Replacement character',
    effect: 'The value is stored with the sign that stands for a lost character.',
  },
  'encoding/lost-letters': {
    severity: 'warning',
    title: 'Question marks for letters',
    effect: 'The value is stored with the question marks; the letters are lost.',
  },
  'dialect/delimiter': {
    severity: 'error',
    title: 'Other delimiter',
    effect: 'Ingestion reads each line as one column, misses all the others and refuses the file.',
  },
  'dialect/diksha-delimiter': {
    severity: 'information',
    title: 'Comma or pipe in a DIKSHA file',
    effect: 'Ingestion 3.6 reads this file with commas; the published page asks for pipes.',
  },
  'dialect/quoting': {
    severity: 'error',
    title: 'Text after a closing quote',
    effect: 'The reader stops there with an error: the file is not ingested.',
  },
  'dialect/unterminated-quote': {
    severity: 'error',
    title: 'Quote that is never closed',
    effect: 'Everything after the quote is one cell; the reader meets the end of the file and fails.',
  },
  'dialect/stray-quote': {
    severity: 'warning',
    title: 'Quote inside an unquoted value',
    effect: 'The quotes are kept as part of the value.',
  },
  'dialect/escape': {
    severity: 'warning',
    title: 'Backslash',
    effect:
      'Ingestion takes a backslash for an escape sign, so the stored value differs from what the file shows.',
  },
  'dialect/line-ending': {
    severity: 'warning',
    title: 'Mixed line ends',
    effect: 'Ingestion reads each kind, but the published files use one.',
  },
  'dialect/blank-line': {
    severity: 'information',
    title: 'Blank line',
    effect: 'Blank lines are counted and skipped.',
  },
  'header/missing': {
    severity: 'error',
    title: 'No header',
    effect: 'Ingestion takes the first line for the header, finds none of the columns and refuses the file.',
  },
  'header/missing-column': {
    severity: 'error',
    title: 'Missing column',
    effect: 'Ingestion refuses the whole file ("columns did not match"); no row is loaded.',
  },
  'header/misspelt-column': {
    severity: 'error',
    title: 'Misspelt column',
    effect: 'Ingestion misses the column and refuses the whole file.',
  },
  'header/unknown-column': {
    severity: 'warning',
    title: 'Unknown column',
    effect: 'Where ingestion reads by name the column is dropped; in CRC files every row then fails.',
  },
  'header/duplicate-column': {
    severity: 'error',
    title: 'Column name twice',
    effect:
      'Only the last of equal names is kept, and the cells behind the others move to the left, into other columns.',
  },
  'header/column-order': {
    severity: 'warning',
    title: 'Other column order',
    effect: 'Tolerated where ingestion reads by name; CRC and UDISE files are refused.',
  },
  'header/case': {
    severity: 'warning',
    title: 'Other spelling of capitals',
    effect: 'Ingestion compares names without case; the published page shows another spelling.',
  },
  'header/form': {
    severity: 'error',
    title: 'Header in a form that is not read',
    effect: 'This header is compared as plain text: quotes or blanks in it make ingestion refuse the file.',
  },
  'section/marker': {
    severity: 'error',
    title: 'Section without its end marker',
    effect: 'The split of the file finds no end of the section, so its rows are not loaded.',
  },
  'section/too-few-rows': {
    severity: 'warning',
    title: 'Section with too few rows',
    effect: 'The split skips the section.',
  },
  'row/column-count': {
    severity: 'error',
    title: 'Wrong number of cells',
    effect:
      'Surplus cells are left out, so values shift; a row without its required cells is dropped, and so is any CRC row.',
  },
  'row/empty': {
    severity: 'warning',
    title: 'Row without a value',
    effect: 'The row is dropped and counted as a null value.',
  },
  'row/too-long': {
    severity: 'error',
    title: 'Row that is too long',
    effect:
      'Ingestion’s readers hold a row in memory as a whole and fail on one of this size: the file is not loaded.',
  },
  'row/none': {
    severity: 'warning',
    title: 'No data rows',
    effect: 'Nothing is loaded.',
  },
  'cell/type': {
    severity: 'error',
    title: 'Wrong type',
    effect: 'The row is dropped and counted as a data type mismatch, or the write of the whole file fails.',
  },
  'cell/required': {
    severity: 'error',
    title: 'Missing value',
    effect: 'The row is dropped and counted as a null value.',
  },
  'cell/format': {
    severity: 'error',
    title: 'Wrong date or time',
    effect: 'The row is dropped, or the write of the whole file fails.',
  },
  'cell/range': {
    severity: 'error',
    title: 'Number too large for the database',
    effect: 'The write of the whole file fails.',
  },
  'cell/length': {
    severity: 'error',
    title: 'Text too long for the database',
    effect: 'The write of the whole file fails.',
  },
  'cell/whitespace': {
    severity: 'warning',
    title: 'Blanks round a value',
    effect: 'Ingestion does not cut them in this file, so they are stored.',
  },
  'cell/allowed-value': {
    severity: 'error',
    title: 'Value taken for missing',
    effect: 'The row is dropped and counted as a null value.',
  },
  'cell/not-counted': {
    severity: 'warning',
    title: 'Value that is not counted',
    effect: 'The row is stored, and a later step leaves it out.',
  },
  'cell/exam-date': {
    severity: 'warning',
    title: 'Exam date other than in the code',
    effect:
      'Both dates are stored as they are; results of the exam are kept or deleted by the one in its code.',
  },
  'cell/leading-zeros': {
    severity: 'warning',
    title: 'Leading zeros',
    effect:
      'Ingestion guesses the types of this file and writes it again: the zeros may be lost (read from the code, not run).',
  },
  'row/future-month': {
    severity: 'error',
    title: 'Month in the future',
    effect: 'Ingestion refuses the whole file ("Data emitted is future data").',
  },
  'row/retention': {
    severity: 'warning',
    title: 'Row older than the retention period',
    effect:
      'With the default period of 90 days the row is deleted before the reports, unless a data replay asks for it.',
  },
  'release/defect': {
    severity: 'warning',
    title: 'Fault of ingestion itself',
    effect: 'Data is lost whatever the file holds, in the releases that the finding names.',
  },
  'key/duplicate-record': {
    severity: 'warning',
    title: 'Row that stands twice',
    effect: 'The first one is kept, the others are dropped and counted as duplicate records.',
  },
  'key/duplicate-key': {
    severity: 'error',
    title: 'One key, other values',
    effect:
      'Rows that share a key and differ elsewhere are all dropped, or the write of the whole file fails.',
  },
  'key/not-earliest': {
    severity: 'warning',
    title: 'Inspection with several rows',
    effect:
      'The earliest row of each inspection is kept; others are dropped, and so are rows out of school or inspection.',
  },
  'reference/unknown': {
    severity: 'warning',
    title: 'Value without its master row',
    effect:
      'The row is loaded; reports that join it with the master leave it out or show it under "unknown".',
  },
  'reference/no-master': {
    severity: 'information',
    title: 'Master file not there',
    effect: 'None here: whether the values have their master rows in cQube cannot be told.',
  },
  'layout/unknown-folder': {
    severity: 'error',
    title: 'Unknown folder',
    effect: 'Files of this folder fit no route: they stay in the emission bucket and nobody is told.',
  },
  'layout/unknown-file': {
    severity: 'error',
    title: 'Unknown file name',
    effect: 'Ingestion does not know the name: the file is dropped, or stays in the emission bucket.',
  },
  'layout/misplaced-file': {
    severity: 'error',
    title: 'File in the wrong place',
    effect: 'The key fits no route, or not the one that is meant, so the file is not ingested.',
  },
  'layout/file-name': {
    severity: 'warning',
    title: 'Other file name',
    effect:
      'Ingestion takes the file because the start of its name fits; the published page shows another name.',
  },
  'layout/release': {
    severity: 'error',
    title: 'Not taken by this release',
    effect: 'The release has no route for the file: it stays in the emission bucket and nobody is told.',
  },
  'layout/missing-dataset': {
    severity: 'information',
    title: 'Empty dataset folder',
    effect: 'Nothing is emitted for the dataset.',
  },
  'layout/missing-zip': {
    severity: 'information',
    title: 'Not zipped yet',
    effect: 'Only zips are emitted.',
  },
  'layout/stale-zip': {
    severity: 'warning',
    title: 'Zip differs from its CSV',
    effect: 'The zip is what would be emitted, not the CSV.',
  },
  'layout/zip-content': {
    severity: 'error',
    title: 'Unusable zip',
    effect:
      'Ingestion reads every entry as the dataset that the archive is named after, or cannot read the archive and loads nothing.',
  },
  'layout/zip-checksum': {
    severity: 'warning',
    title: 'Damaged content of a zip',
    effect: 'Ingestion compares neither checksum nor size: what comes out is loaded, damaged or not.',
  },
  'layout/zip-unchecked': {
    severity: 'warning',
    title: 'Content of a zip that is not checked',
    effect: 'Ingestion reads it, whatever it holds.',
  },
  'layout/stray-file': {
    severity: 'warning',
    title: 'Stray file',
    effect:
      'It is not sent from here; the reference script would upload it, and it would stay in the bucket.',
  },
  'layout/unreadable': {
    severity: 'error',
    title: 'Unreadable file',
    effect: 'The file cannot be checked or sent.',
  },
  'summary/not-shown': {
    severity: 'information',
    title: 'More findings than shown',
    effect: 'None: this finding only counts the others.',
  },
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof registry;

/** Every rule by its id. */
export const rules: Readonly<Record<RuleId, Rule>> = registry;

/** Every rule id, in the order of the groups. */
export const ruleIds = Object.keys(registry) as readonly RuleId[];

/** What a user may set for a rule: another severity, or nothing at all. */
export const severityChoices = ['error', 'warning', 'information', 'off'] as const satisfies readonly (
  Severity | 'off'
)[];

export type RuleSetting = (typeof severityChoices)[number];

export type RuleSettings = Readonly<Partial<Record<RuleId, RuleSetting>>>;

/**
 * The severity to show for a finding of a rule.
 *
 * @param given the severity by the server's effect in this place
 * @returns undefined when the user has turned the rule off
 */
export function severityOf(rule: RuleId, given: Severity, settings: RuleSettings): Severity | undefined {
  const set = settings[rule];
  if (set === 'off') return undefined;
  return set ?? given;
}

/** 0 for errors, 1 for warnings, 2 for information: the order in which findings are shown. */
export function severityRank(severity: Severity): number {
  return severity === 'error' ? 0 : severity === 'warning' ? 1 : 2;
}
