import type { Position, Range, TextDocumentContentChangeEvent } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { TextBlocks, type TextBlock } from '../core/csv/text-blocks.ts';

/** A document of any size: an edit costs time by what it changes, not by the length of the text. */
export class BlockDocument implements TextDocument {
  readonly uri: string;
  readonly languageId: string;
  readonly #text: TextBlocks;
  #version: number;

  constructor(uri: string, languageId: string, version: number, text: string) {
    this.uri = uri;
    this.languageId = languageId;
    this.#version = version;
    this.#text = new TextBlocks(text);
  }

  get version(): number {
    return this.#version;
  }

  /** The text of this version; blocks that an edit has not touched are the same objects as before. */
  get blocks(): readonly TextBlock[] {
    return this.#text.blocks;
  }

  get lineCount(): number {
    return this.#text.lineCount;
  }

  getText(range?: Range): string {
    return this.#text.text(range);
  }

  positionAt(offset: number): Position {
    return this.#text.positionAt(offset);
  }

  offsetAt(position: Position): number {
    return this.#text.offsetAt(position);
  }

  getLineRange(line: number): Range {
    return this.#text.lineSpan(line);
  }

  getEOLCharacters(line: number): string {
    return this.#text.lineEndOf(line);
  }

  update(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    for (const change of changes)
      this.#text.replace('range' in change ? change.range : undefined, change.text);
    this.#version = version;
  }
}

/** How `TextDocuments` keeps documents. */
export const blockDocuments = {
  create: (uri: string, languageId: string, version: number, text: string) =>
    new BlockDocument(uri, languageId, version, text),
  update: (document: BlockDocument, changes: TextDocumentContentChangeEvent[], version: number) => {
    document.update(changes, version);
    return document;
  },
};
