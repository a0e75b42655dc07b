/** Addresses of the read-only files that show what is in a bucket, or in a zip on the disk. */
import * as vscode from 'vscode';
import { fileNameOf } from '../../core/bucket/file-name.ts';
import { readKey } from '../../core/bucket/key.ts';
import type { BucketRole } from '../../core/bucket/key.ts';
import { bucketScheme, rootName } from '../identifiers.ts';

/** An object of a bucket. */
export interface ObjectRef {
  readonly kind: 'object';
  /** Origin of the endpoint that it came from. */
  readonly origin: string;
  readonly role: BucketRole;
  readonly key: string;
}

/** The CSV inside a zip of an emission folder. */
export interface ZipRef {
  readonly kind: 'zip';
  /** URI of the zip. */
  readonly zip: string;
}

export type ContentRef = ObjectRef | ZipRef;

/** The path ends as the file inside does, and lies in an emission folder: so the columns get their colours. */
export function uriOf(ref: ContentRef): vscode.Uri {
  const name = fileNameOf(ref.kind === 'object' ? nameOf(ref) : vscode.Uri.parse(ref.zip).path);
  const place = ref.kind === 'object' ? ref.role : 'zip';
  const path = `/${place}/${rootName}/${name.replace(/\.zip$/i, '.csv')}`;
  return vscode.Uri.from({ scheme: bucketScheme, path, query: JSON.stringify(ref) });
}

/** Of an input key the part that a person knows. */
function nameOf({ role, key }: ObjectRef): string {
  return readKey(role, key, '').emissionKey ?? key;
}

/** Undefined for an address that is not one of ours. */
export function refOf(uri: vscode.Uri): ContentRef | undefined {
  let value: unknown;
  try {
    value = JSON.parse(uri.query);
  } catch {
    return undefined;
  }
  const { kind, origin, role, key, zip } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === 'zip' && typeof zip === 'string') return { kind, zip };
  if (kind !== 'object' || typeof origin !== 'string' || typeof key !== 'string') return undefined;
  if (role !== 'emission' && role !== 'input' && role !== 'output') return undefined;
  return { kind, origin, role, key };
}
