import type { DatasetSpec } from '../catalogue/spec.ts';
import type { Finding } from '../finding.ts';
import type { FileStamp } from './file-system.ts';

export interface TreeFile extends FileStamp {
  /** Path below the emission folder, with `/`. */
  readonly path: string;
}

/** The files of one dataset that stand where they should. */
export interface DatasetFiles {
  readonly spec: DatasetSpec;
  readonly csv?: TreeFile;
  readonly zip?: TreeFile;
}

/** A file that an emission leaves out, and why. */
export interface LeftOut {
  readonly path: string;
  readonly message: string;
  /** `stranger`: it has nothing to do with cQube. */
  readonly kind: 'stranger' | 'misnamed' | 'link' | 'unreadable';
  /** Ids of the datasets that it was probably meant to be, or to hold; empty for a stranger. */
  readonly meant: readonly string[];
}

/** What stands in an emission folder. */
export interface EmissionTree {
  /** Every dataset of the catalogue, in its order; without files where there are none. */
  readonly datasets: readonly DatasetFiles[];
  readonly findings: readonly Finding[];
  /** Files and folders that belong to no dataset. */
  readonly leftOut: readonly LeftOut[];
  /** How many names the folder and its folders hold. */
  readonly entries: number;
}

/** A file system error in words that a person knows. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'it is not there any more';
    case 'EACCES':
    case 'EPERM':
      return 'access is denied';
    case 'EBUSY':
      return 'another program holds it';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOTDIR':
      return 'a file stands where a folder is expected';
    case 'EIO':
      return 'the disk reports a fault';
    case 'ENOSPC':
      return 'the disk is full';
    case 'EROFS':
      return 'the disk cannot be written to';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open';
    default:
      // Of "EXDEV: cross-device link not permitted, rename '/a' -> '/b'" the words alone.
      return /^E\w+: (?<words>[^,]+), /.exec(message)?.groups?.words ?? message;
  }
}
