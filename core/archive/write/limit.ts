/** S3 takes at most this many bytes in one form post (emission-protocol, section 5): 5 GiB. */
export const MAX_UPLOAD_BYTES = 5 * 1024 ** 3;

/** Bytes that one byte of deflated data stands for at the very most: 258 of them in two bits, and a little. */
const MOST_DEFLATED = 1032;

/** The archive of a CSV would be larger than S3 takes; nothing was written. */
export class ArchiveTooLargeError extends Error {
  override readonly name = 'ArchiveTooLargeError';

  /**
   * @param csv name of the CSV
   * @param limit bytes that an archive may have
   */
  constructor(csv: string, limit: number) {
    const most = limit === MAX_UPLOAD_BYTES ? '5 GiB' : `${limit} bytes`;
    super(`The zip of ${csv} would be larger than ${most}, the most that S3 takes. Split the export.`);
  }
}

/**
 * True when no archive of a CSV can be within the limit, however well its rows compress; whether others are is known
 * only once they are zipped.
 *
 * @param bytes size of the CSV
 * @param limit bytes that an archive may have
 */
export function isSurelyTooLarge(bytes: number, limit: number): boolean {
  return bytes / MOST_DEFLATED > limit;
}
