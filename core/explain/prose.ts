/** Text that a client shows as Markdown or as plain text: names and values in it are never read as Markdown. */
export type Piece = string | { readonly code: string } | { readonly strong: string };
export type Sentence = readonly Piece[];

/** Paragraphs as Markdown. */
export function asMarkdown(paragraphs: readonly Sentence[]): string {
  return paragraphs.map((sentence) => plainStart(sentence.map(markdownOf).join(''))).join('\n\n');
}

/** Paragraphs as plain text. */
export function asPlainText(paragraphs: readonly Sentence[]): string {
  return paragraphs.map((sentence) => sentence.map(plainOf).join('')).join('\n');
}

function plainOf(piece: Piece): string {
  if (typeof piece === 'string') return piece;
  return 'code' in piece ? piece.code : piece.strong;
}

function markdownOf(piece: Piece): string {
  if (typeof piece === 'string') return escaped(piece);
  return 'code' in piece ? codeOf(piece.code) : `**${escaped(piece.strong)}**`;
}

function escaped(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>&|~$]/g, '\\$&');
}

/** A paragraph that is no heading, list or rule, whatever sign it starts with. */
function plainStart(text: string): string {
  return text.replace(/^\s*([#+=-])/, '\\$1').replace(/^\s*(\d+)([.)])/, '$1\\$2');
}

/** A code span that ends behind the text, whatever quotes are in it. */
function codeOf(text: string): string {
  const bare = text.replace(/[\r\n]+/g, ' ');
  if (!bare.includes('`')) return `\`${bare}\``;
  const longest = Math.max(...[...bare.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${bare} ${fence}`;
}
