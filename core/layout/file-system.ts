/** The few things that the layout asks of a file system, so that tests and other hosts can bring their own. */

/** What a look at a file tells without reading it. Times are milliseconds since 1970, with their fraction. */
export interface FileStamp {
  /** Size in bytes; 0 for what is no file. */
  readonly bytes: number;
  /** Time of the last change of the content; programs may set it to any other. */
  readonly modified: number;
  /** Time of the last change of content, name or attributes (ctime); absent where it is not kept. */
  readonly changed?: number;
}

export interface DirectoryEntry extends FileStamp {
  readonly name: string;
  /** `link`: a symbolic link, wherever it points. */
  readonly kind: 'file' | 'directory' | 'link' | 'other';
}

export interface FileSystem {
  /**
   * The entries of a folder, sorted by name.
   *
   * @throws the file system's error when the folder cannot be read
   */
  list(folder: string): Promise<DirectoryEntry[]>;
  /** @throws the file system's error when the file is not there */
  stat(file: string): Promise<FileStamp>;
  /**
   * The bytes of a file, in chunks; each is good only until the next one is asked for.
   *
   * @throws the file system's error when the file cannot be read
   */
  read(file: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}
