/** Where a file is kept as it was before it was mended. */

/** Hidden, and no name that ingestion, a zip or an emission takes: `.school_mst.csv.before-fix.bak`. */
const BACKUP = /^\.(.+\.csv)\.before-fix\.bak$/i;

/** Path of the backup of a CSV, beside it. @param file path with `/`, or the system's own separator */
export function backupOf(file: string): string {
  const at = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1;
  return `${file.slice(0, at)}.${file.slice(at)}.before-fix.bak`;
}

/** True for the name of a backup. */
export function isBackup(name: string): boolean {
  return BACKUP.test(name);
}
