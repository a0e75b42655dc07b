/**
 * What one file under `schemas/` says of a dataset. The facts come from cQube's ingestion code; the JSON Schema
 * `schemas/dataset.schema.json` describes each field.
 */

export type Category = 'static' | 'transaction' | 'udise';

export type ColumnType =
  'integer' | 'long' | 'decimal' | 'double' | 'string' | 'boolean' | 'date' | 'time' | 'timestamp';

/** The Super CSV processors that ingestion puts on columns (ingestion-rules, section 7). */
export type Processor =
  | 'ParseInt'
  | 'ParseLong'
  | 'ParseDouble'
  | 'ParseBigDecimal'
  | 'ParseBool'
  | 'ParseDate'
  | 'StrNotNullOrEmpty';

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  /** The date or time pattern in which the value is written, such as `yyyy-MM-dd`; absent for other types. */
  readonly format?: string;
  /** True when ingestion drops the row, or refuses the file, if the value is empty. */
  readonly required: boolean;
  /** The type check that ingestion runs on the value; absent when it runs none. */
  readonly processor?: Processor;
  /** True when an empty value passes the processor (`Optional(…)`). Meaningless without a processor. */
  readonly optional?: boolean;
  /** `table.column type` of the database column that takes the value; absent when it is not stored. */
  readonly storedAs?: string;
  /** Smallest and largest number of the database column, as decimal text (they exceed JavaScript's numbers). */
  readonly dbRange?: readonly [string, string];
  /** Longest text of the database column, in characters. */
  readonly dbMaxLength?: number;
  readonly description: string;
  readonly note?: string;
  /** True when the null check misses an empty value: it breaks the primary key, and the write of the file fails. */
  readonly emptyFailsFile?: boolean;
  /** True when the value may be empty in an installation with `map_name=none`. */
  readonly optionalWithoutMap?: boolean;
}

export interface VariantSpec {
  /** `state` and `udise` for the masters; otherwise a name for the setting that selects it. */
  readonly id: string;
  /** The server setting that selects this header, such as `static_datasource=udise`. */
  readonly when: string;
  readonly columns: readonly ColumnSpec[];
}

/** How ingestion compares the header (ingestion-rules, section 5). */
export type HeaderMatch = 'by-name' | 'substring' | 'contains' | 'exact-key' | 'sections';

export interface HeaderSpec {
  readonly match: HeaderMatch;
  readonly orderEnforced: boolean;
  /** What becomes of a column that the spec does not name. */
  readonly extraColumns: 'dropped' | 'lose-rows';
  /** Only so many characters of the first line are looked at; absent when there is no limit. */
  readonly firstLineChars?: number;
}

/** How ingestion reads rows and values (ingestion-rules, sections 4 to 7, and the recorded vectors). */
export interface ReadingSpec {
  readonly delimiter: '|' | ',';
  /** The library that meets the file's rows first. */
  readonly reader: 'commons-csv' | 'super-csv';
  /** True when blanks around a value are cut before it is checked. */
  readonly trim: boolean;
  /** What the word NULL is read as: text, an empty value, or `0` in a day column. */
  readonly nullWord: 'text' | 'empty' | 'zero-day';
  /** True when the null step also takes NULL, in any case, in a key column for an empty value. */
  readonly nullWordInKey: boolean;
  /** True when `\"` is turned into `"` before the rows are split. */
  readonly unescapeFirst: boolean;
  /** True when a type-guessing reader writes the file again first. */
  readonly reparsed: boolean;
}

export interface PickupSpec {
  /** The object key must start so (case-sensitive). */
  readonly keyPrefix: string;
  /** The archive's name must start so (case-sensitive). */
  readonly archivePrefix: string;
  /** A key that holds this text is not taken. */
  readonly mustNotContain?: string;
  /** True when the bare CSV is taken too, not only the zip. */
  readonly bareCsv?: boolean;
}

export interface KeySpec {
  readonly columns: readonly string[];
  /** True when exact repeats of a row are removed, the first one kept. */
  readonly repeatsRemoved: boolean;
  /** What happens to rows with one key and other values (ingestion-rules, section 9). */
  readonly sameId:
    | 'reject-all-conflicting'
    | 'keep-earliest-inspection'
    | 'fail-file'
    | 'lose-file'
    | 'upsert-fails-file'
    | 'upsert'
    | 'none';
  readonly note?: string;
}

export interface ReferenceSpec {
  readonly columns: readonly string[];
  readonly dataset: string;
  readonly toColumns: readonly string[];
}

export interface RangeSpec {
  readonly column: string;
  /** Smallest value, inclusive unless `exclusiveMin`. */
  readonly min?: number;
  readonly exclusiveMin?: boolean;
  readonly max?: number;
  readonly notIn?: readonly string[];
  /** `dataset.column` that holds the largest value. */
  readonly maxFrom?: string;
  /** The later step that drops the row; absent when ingestion itself does. */
  readonly stage?: string;
  readonly why: string;
}

export interface SectionSpec {
  /** The first cell of the line that closes the section, compared exactly. */
  readonly endMarker: string;
  /** The dataset that ingestion makes of the section. */
  readonly dataset: string;
  /** Header of the section, lower case; `program_name` alone may be followed by any number of course columns. */
  readonly columns: readonly string[];
  readonly furtherColumns: boolean;
}

/** A fault of ingestion's own that loses data, whatever the file holds. */
export interface DefectSpec {
  /** Columns of the main header that it concerns; none when it concerns the whole file. */
  readonly columns: readonly string[];
  readonly effect: string;
  /** First and last release that it is known of. */
  readonly since: string;
  readonly until: string;
  /** The kind of installation that it is known of, which the setting for the header of the masters tells. */
  readonly staticDatasource?: 'state' | 'udise';
}

export interface DatasetSpec {
  readonly id: string;
  readonly title: string;
  readonly category: Category;
  readonly folder: string;
  readonly archive: string;
  readonly csv: string;
  /** False for the alternates: ingestion takes them, the published page's tree does not show them. */
  readonly published: boolean;
  readonly report?: string;
  /** The name and the cQube data source in the published page's table; absent where the table leaves the file out. */
  readonly sourceName?: string;
  readonly cqubeDataSource?: string;
  /** The first cQube release that takes the file, such as `3.6`; `3.0` stands for that or earlier. */
  readonly since: string;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly loadsInto: string;
  readonly pickup: PickupSpec;
  readonly reading: ReadingSpec;
  readonly header: HeaderSpec;
  /** The columns of the main variant in the order to write them; empty for a file of sections. */
  readonly columns: readonly ColumnSpec[];
  /** What selects the main header where there are others, and its name. */
  readonly mainVariant?: { readonly id: string; readonly when: string };
  readonly variants: readonly VariantSpec[];
  readonly key: KeySpec;
  readonly references: readonly ReferenceSpec[];
  readonly ranges: readonly RangeSpec[];
  readonly sections?: readonly SectionSpec[];
  readonly emitAfter: readonly string[];
  readonly emitBefore: readonly string[];
  /** Columns that a state may choose: how they come about, and the items that the default installation knows. */
  readonly dynamicColumns?: {
    readonly rule: string;
    readonly defaultQuery?: string;
    readonly items?: readonly {
      readonly name: string;
      readonly category: string;
      readonly score: number;
      readonly active: boolean;
    }[];
  };
  readonly defects?: readonly DefectSpec[];
  readonly valueMeaning?: Readonly<Record<string, string>>;
  readonly notes?: string;
}
