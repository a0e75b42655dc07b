/** Where answers stay between two runs, so that tests and other hosts can bring their own. */
export interface ResultStore {
  /** What was put under a key, in this run or an earlier one; undefined when it is not there or not whole. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Puts bytes under a key, in place of what was there. They may be forgotten at any time. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Makes what was put outlast this run, as far as that is possible: nobody is told when it is not. */
  flush(): Promise<void>;
}
