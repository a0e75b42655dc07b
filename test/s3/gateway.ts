/** The S3 server of these tests, as its owner reaches it. `npm run test:s3` starts it and tells where it is. */
import { presign } from '../../local/signature.ts';

export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set. Start these tests with: npm run test:s3`);
  return value;
}

export const storage = {
  endpoint: setting('CQUBE_S3_ENDPOINT'),
  keys: {
    accessKeyId: setting('CQUBE_S3_ACCESS_KEY'),
    secretAccessKey: setting('CQUBE_S3_SECRET_KEY'),
    region: 'us-east-1',
  },
};

/** @param key of an object; of the bucket itself when empty */
export function s3(
  method: 'GET' | 'PUT' | 'DELETE',
  bucket: string,
  key = '',
  body?: Uint8Array,
): Promise<Response> {
  const address = presign({
    ...{ method, keys: storage.keys, bucketUrl: `${storage.endpoint}/${bucket}`, key },
    ...{ time: new Date(), expires: 60 },
  });
  return fetch(address, { method, ...(body === undefined ? {} : { body: Buffer.from(body) }) });
}
