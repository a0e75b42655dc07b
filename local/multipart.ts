/** Reads a form post as it arrives: the fields, then the file in pieces, without ever holding the file in memory. */

export interface FormReader {
  /**
   * The fields before the file, names in lower case, once the file part begins.
   *
   * @throws MalformedForm
   */
  readonly fields: () => Promise<ReadonlyMap<string, string>>;
  /**
   * The bytes of the `file` part. Only after `fields`; what follows that part is passed over.
   *
   * @throws MalformedForm when the body ends inside it.
   */
  readonly file: () => AsyncGenerator<Buffer, void>;
}

export class MalformedForm extends Error {
  override readonly name = 'MalformedForm';
  readonly code:
    'MalformedPOSTRequest' | 'MaxPostPreDataLengthExceededError' | 'MissingFile' | 'IncompleteBody';

  constructor(code: MalformedForm['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** S3 reads at most this many bytes before the file. */
export const longestPreamble = 20 * 1024;

/** The boundary in a `multipart/form-data` content type; undefined for any other type. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '');
  return match?.[1] ?? match?.[2];
}

/** A reader over a body in chunks of any size. It never calls the iterator's `return`: that is its owner's part. */
export function readForm(chunks: AsyncIterator<Buffer, unknown>, boundary: string): FormReader {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter stands without a line break before it.
  let buffer: Buffer = Buffer.from('\r\n');

  const more = async (): Promise<boolean> => {
    const next = await chunks.next();
    if (next.done) return false;
    buffer = buffer.length === 0 ? next.value : Buffer.concat([buffer, next.value]);
    return true;
  };

  /** Everything up to `mark`, which is taken away with it; for the small parts before the file. */
  const upTo = async (mark: Buffer, budget: { left: number }): Promise<Buffer> => {
    let found: number;
    while ((found = buffer.indexOf(mark)) < 0) {
      if (buffer.length > budget.left) throw preambleTooLong();
      if (!(await more()))
        throw new MalformedForm(
          'MalformedPOSTRequest',
          'The body of your POST request is not well-formed multipart/form-data.',
        );
    }
    budget.left -= found + mark.length;
    if (budget.left < 0) throw preambleTooLong();
    const part = buffer.subarray(0, found);
    buffer = buffer.subarray(found + mark.length);
    return part;
  };

  return {
    fields: async () => {
      const fields = new Map<string, string>();
      const budget = { left: longestPreamble };
      await upTo(delimiter, budget);
      for (;;) {
        const rest = await upTo(Buffer.from('\r\n'), budget);
        if (rest.toString().startsWith('--'))
          throw new MalformedForm('MissingFile', 'POST requires exactly one file upload per request.');
        const name = partName((await upTo(Buffer.from('\r\n\r\n'), budget)).toString());
        if (name === undefined)
          throw new MalformedForm('MalformedPOSTRequest', 'A part of the form has no name.');
        if (name === 'file') return fields;
        fields.set(name, (await upTo(delimiter, budget)).toString());
      }
    },
    file: async function* () {
      for (;;) {
        const end = buffer.indexOf(delimiter);
        if (end >= 0) {
          if (end > 0) yield buffer.subarray(0, end);
          return;
        }
        // A delimiter may begin in the last bytes of what is here.
        const safe = buffer.length - delimiter.length + 1;
        if (safe > 0) {
          yield buffer.subarray(0, safe);
          buffer = buffer.subarray(safe);
        }
        if (!(await more()))
          throw new MalformedForm(
            'IncompleteBody',
            'You did not provide the number of bytes specified by the Content-Length HTTP header.',
          );
      }
    },
  };
}

function preambleTooLong(): MalformedForm {
  return new MalformedForm(
    'MaxPostPreDataLengthExceededError',
    'Your POST request fields preceding the upload file were too large.',
  );
}

function partName(headers: string): string | undefined {
  return /^content-disposition:.*?[;\s]name="([^"]*)"/im.exec(headers)?.[1]?.toLowerCase();
}
