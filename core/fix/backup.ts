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

/** What is said of a backup in an emission folder; undefined for a file that is none. */
export function backupMessage(name: string): string | undefined {
  if (!isBackup(name)) return undefined;
  return `${name} is a CSV as it was before it was mended. It is not sent from here; the reference script uploads everything it finds: remove it with \`cqube-emission check --fix --discard-backups\`.`;
}
