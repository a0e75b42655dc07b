/** The few things that the layout asks of a file system, so that tests and other hosts can bring their own. */

export interface DirectoryEntry {
  readonly name: string;
  /** `link`: a symbolic link, wherever it points. */
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Size in bytes; 0 for what is no file. */
  readonly bytes: number;
  /** Time of the last change, in milliseconds. */
  readonly modified: number;
}

export interface FileSystem {
  /**
   * The entries of a folder, sorted by name.
   *
   * @throws the file system's error when the folder cannot be read
   */
  list(folder: string): Promise<DirectoryEntry[]>;
  /**
   * The bytes of a file, in chunks; each is good only until the next one is asked for.
   *
   * @throws the file system's error when the file cannot be read
   */
  read(file: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}
