/** Another value for a cell, and what can be said where there is none. */
export interface ValueFix {
  readonly value: string;
  readonly title: string;
  /** True when the value has no other reading. */
  readonly certain: boolean;
}

export interface ValueMending {
  /** The likeliest first. */
  readonly fixes: readonly ValueFix[];
  /** Why there is no certain fix, where more can be said than that nothing is known. */
  readonly reason?: string;
}

/** A fix that writes another value, and says which. */
export function write(value: string, certain: boolean): ValueFix {
  return { value, title: `Write ${value}`, certain };
}
