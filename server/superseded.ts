/** Work was given up because newer work of the same kind has begun. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}
