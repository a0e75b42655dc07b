import type { Dialect } from '../../csv/dialect.ts';
import type { RowProof } from '../../csv/proof/proof.ts';
import { RowReader } from '../../csv/row-reader.ts';
import { Scanner } from '../../csv/scanner.ts';
import type { TextBlock } from '../../csv/text-blocks.ts';
import { takePart } from '../ranges/rows-part.ts';
import type { FindingCollector } from '../findings/collector.ts';
import { FirstPass, type HeaderState } from '../rows/first-pass.ts';
import type { TableRows } from '../table.ts';
import { BlockBytes } from './block-bytes.ts';
import { RowRecorder } from './row-recorder.ts';
import type { BlockCheck, RowStart, RowView } from './rows.ts';

/** What the rows of a document's blocks are checked with. */
export interface BlockTools {
  readonly dialect: Dialect;
  /** Has taken the header; gives its findings to `collector`, and the rows that are compared to `recorder`. */
  readonly rows: TableRows;
  readonly header: HeaderState;
  readonly proof: RowProof | undefined;
  readonly recorder: RowRecorder;
  /** Takes the findings of one block at a time. */
  readonly collector: FindingCollector;
  readonly buffer: BlockBytes;
}

/** Checks the rows that start in one block of a document. */
export class BlockChecker {
  readonly #tools: BlockTools;

  constructor(tools: BlockTools) {
    this.#tools = tools;
  }

  /**
   * Checks the rows of the block that `start` is in, from there on.
   *
   * @param whole takes the findings next; none are kept that it has no room for
   * @param line 0-based editor line of `start`
   */
  check(blocks: readonly TextBlock[], start: RowStart, whole: FindingCollector, line: number): BlockCheck {
    const { rows, collector, recorder } = this.#tools;
    collector.follow(whole, line);
    const look = this.#newPass();
    const rowsBefore = rows.rows;
    const walked = this.#walk(look, blocks, start);
    return {
      start: { bytes: start.bytes, lines: start.lines },
      ...walked,
      ...takePart(look, rows.rows - rowsBefore, collector),
      compared: recorder.taken(),
    };
  }

  /** Looks once more at compared rows of a block, by their index in `BlockCheck.compared`. */
  viewsOf(
    blocks: readonly TextBlock[],
    start: RowStart,
    wanted: ReadonlySet<number>,
  ): ReadonlyMap<number, RowView> {
    const { collector, recorder } = this.#tools;
    const views = recorder.viewsOf(wanted, () => this.#walk(this.#newPass(), blocks, start));
    collector.detach();
    return views;
  }

  #newPass(): FirstPass {
    const { dialect, rows, collector, header } = this.#tools;
    const pass = new FirstPass(dialect, rows, collector, header);
    // No block ends between CR and LF.
    pass.scanner.endsLines = true;
    return pass;
  }

  #walk(
    look: FirstPass,
    blocks: readonly TextBlock[],
    start: RowStart,
  ): Pick<BlockCheck, 'tail' | 'final' | 'next' | 'bytes'> {
    const { scanner } = look;
    const { buffer, proof, rows } = this.#tools;
    const index = start.block;
    const block = blocks[index]!;
    const reader = new RowReader(scanner);
    if (proof) reader.prove(proof, rows);
    buffer.clear();
    buffer.append(block);
    const bytes = buffer.length;
    let following = index + 1;
    let final = following === blocks.length;
    const at = reader.take(buffer.bytes, start.bytes, bytes, final);
    let next = at;
    let more = 1;
    while (next === at && at < bytes) {
      // The last row goes on in the next block, and perhaps in many.
      if (more > 1 && this.#runsToTheEnd(scanner, blocks, following, at)) {
        scanner.next(buffer.bytes, at, buffer.length, true);
        const tail = blocks.slice(index + 1);
        return { tail, final: true, next: { block: 1 + tail.length, bytes: 0, lines: 0 }, bytes };
      }
      for (let i = 0; i < more && following < blocks.length && buffer.length - at <= scanner.rowBytes; i++)
        buffer.append(blocks[following++]!);
      more *= 2;
      final = following === blocks.length;
      next = scanner.next(buffer.bytes, at, buffer.length, final);
    }
    const tail = blocks.slice(index + 1, following);
    return { tail, final, bytes, next: this.#after(block, tail, next - bytes, start.lines + scanner.line) };
  }

  /**
   * True when the row at `at` is in a quoted value that nothing from block `following` on can end, and is not too long
   * at the end of the document.
   */
  #runsToTheEnd({ rowBytes }: Scanner, blocks: readonly TextBlock[], following: number, at: number): boolean {
    const { buffer, dialect } = this.#tools;
    let length = buffer.length - at;
    for (let i = following; i < blocks.length; i++) {
      length += buffer.bytesOf(blocks[i]!);
      if (length > rowBytes || !buffer.isQuiet(blocks[i]!)) return false;
    }
    let open = false;
    const scanner = new Scanner(dialect, {
      row: () => undefined,
      blankLines: () => undefined,
      fault: (kind) => {
        open ||= kind === 'unterminated-quote';
      },
    });
    scanner.next(buffer.bytes, at, buffer.length, true);
    return open;
  }

  /** Where the row after the last one starts, `bytes` behind the end of a block and `lines` behind its start. */
  #after(block: TextBlock, tail: readonly TextBlock[], bytes: number, lines: number): RowStart {
    let rest = bytes;
    let restLines = lines - block.lineEnds;
    let count = 1;
    for (const each of tail) {
      const length = this.#tools.buffer.bytesOf(each);
      if (rest < length) break;
      rest -= length;
      restLines -= each.lineEnds;
      count++;
    }
    return { block: count, bytes: rest, lines: rest === 0 ? 0 : restLines };
  }
}
