import { filesText, inspectArchive, readEntry } from './inspect.ts';
import { ArchiveError, RefusedError } from '../refusal.ts';

export interface OnlyFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * The content of the one file in a zip as ingestion reads it (ingestion-rules, section 3), in memory.
 *
 * @param file path of the archive
 * @param most bytes of content that are taken
 * @returns undefined when there are more
 * @throws ArchiveError when the zip cannot be read, or holds no or several files; the signal's reason
 */
export async function readOnlyFile(
  file: string,
  most: number,
  signal?: AbortSignal,
): Promise<OnlyFile | undefined> {
  const { entries, files, refusal } = await inspectArchive(file, { signal });
  if (refusal) throw new RefusedError(refusal);
  const entry = entries.find(({ directory }) => !directory);
  if (!entry) throw new ArchiveError('The zip is empty.', 'refused');
  if (files > 1) throw new ArchiveError(`The zip holds ${filesText(files)} instead of one.`, 'refused');
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of readEntry(file, entry, { signal })) {
    bytes += chunk.length;
    if (bytes > most) return undefined;
    // The next one takes its place.
    chunks.push(chunk.slice());
  }
  return { name: entry.name, content: Buffer.concat(chunks) };
}
