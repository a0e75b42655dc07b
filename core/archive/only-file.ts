import { ArchiveError, inspectArchive, readEntry } from './inspect.ts';

export interface OnlyFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * The content of the one file in a zip, in memory.
 *
 * @param file path of the archive
 * @param most bytes of content that are taken
 * @returns undefined when there are more
 * @throws ArchiveError when the zip cannot be read, has a password, or holds no or several files; the signal's reason
 */
export async function readOnlyFile(
  file: string,
  most: number,
  signal?: AbortSignal,
): Promise<OnlyFile | undefined> {
  const files = (await inspectArchive(file)).filter(({ directory }) => !directory);
  const [entry, ...others] = files;
  if (!entry) throw new ArchiveError('The zip is empty.');
  if (others.length > 0) throw new ArchiveError(`The zip holds ${files.length} files instead of one.`);
  if (entry.encrypted) throw new ArchiveError('The zip has a password.');
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of readEntry(file, entry.name, signal)) {
    bytes += chunk.length;
    if (bytes > most) return undefined;
    // The next one takes its place.
    chunks.push(chunk.slice());
  }
  return { name: entry.name, content: Buffer.concat(chunks) };
}
