import type { TextBlock } from '../../csv/text-blocks.ts';
import type { TextRange } from '../findings/text-range.ts';
import type { VisitRows } from '../identity/visits.ts';
import type { RowsPart } from '../ranges/rows-part.ts';

/** A place in a document where a row starts, or its end. */
export interface RowStart {
  /** The block that it is in; the number of blocks for the end of the document. */
  readonly block: number;
  /** Bytes of that block before it. */
  readonly bytes: number;
  /** Line ends of that block before it. */
  readonly lines: number;
}

/** Rows that are compared with others, in the order of the document. 20 bytes a row, and 8 a value. */
export interface ComparedRows {
  /** Ids of the rows' fingerprints; empty where rows are not compared. */
  readonly rows: Float64Array;
  /** Ids of their keys; empty where keys are not compared. */
  readonly keys: Float64Array;
  /** Their 0-based lines, counted from the first row of the block. */
  readonly lines: Int32Array;
  /** Ids of the values that other files refer to, by columns. */
  readonly values: readonly Float64Array[];
  /** The numbers beside them, by columns; no numbers where there is none beside each value. */
  readonly numbers: readonly Float64Array[];
  /** What is kept of CRC locations besides: 17 bytes a row; undefined for other files. */
  readonly visits: Pick<VisitRows, 'inspections' | 'times' | 'states'> | undefined;
}

/** What a finding on a compared row needs. */
export interface RowView {
  readonly row: TextRange;
  readonly key: TextRange;
  /** The bytes of its values. */
  readonly values: Uint8Array;
  /** For a CRC location: where its cells stand. */
  readonly visit: { readonly inspection: TextRange; readonly inSchool: TextRange } | undefined;
}

/** What is known of the rows that start in a block of a document. It holds wherever the block stands. */
export interface BlockCheck extends RowsPart {
  /** Where the first of the rows starts in the block. */
  readonly start: Omit<RowStart, 'block'>;
  /** The blocks after it that were read because the last row goes on in them. */
  readonly tail: readonly TextBlock[];
  /** True when it holds only while the document ends with the tail. */
  readonly final: boolean;
  /** The first row that starts behind: `block` counts from this one. */
  readonly next: RowStart;
  readonly bytes: number;
  readonly compared: ComparedRows;
}

/** UTF-8 bytes of a block, and whether nothing in it can end a quoted value or be a finding inside one. */
export interface BlockFacts {
  readonly bytes: number;
  readonly quiet: boolean;
}
