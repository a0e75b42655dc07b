/** A compressed stream that ends before its time, or makes no sense. */
export class InflateError extends Error {
  override readonly name = 'InflateError';
  readonly kind: 'cut' | 'damaged';

  constructor(kind: 'cut' | 'damaged') {
    super(kind === 'cut' ? 'The compressed stream is cut off.' : 'The compressed stream is damaged.');
    this.kind = kind;
  }
}
