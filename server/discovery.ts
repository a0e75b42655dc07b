import path from 'node:path';
import type { FileSystem } from '../core/layout/file-system.ts';
import { EMISSION_FOLDER } from '../core/layout/tree.ts';

/** How deep below a workspace folder an emission folder is looked for. */
const DEPTH = 4;
const SKIPPED = new Set(['node_modules', '.git', '.hg', '.svn', '__pycache__', '.venv']);

/**
 * The emission folders of a workspace folder: itself when it bears the name, else those below it.
 *
 * @returns paths, sorted; a folder that cannot be read is passed over
 */
export async function findEmissionFolders(files: FileSystem, workspaceFolder: string): Promise<string[]> {
  if (path.basename(workspaceFolder) === EMISSION_FOLDER) {
    return (await exists(files, workspaceFolder)) ? [workspaceFolder] : [];
  }
  const found: string[] = [];
  let level = [workspaceFolder];
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      for (const name of await subfolders(files, folder)) {
        const inside = path.join(folder, name);
        if (name === EMISSION_FOLDER) found.push(inside);
        else if (!SKIPPED.has(name)) next.push(inside);
      }
    }
    level = next;
  }
  return found.sort();
}

async function subfolders(files: FileSystem, folder: string): Promise<string[]> {
  try {
    const entries = await files.list(folder);
    return entries.filter((entry) => entry.kind === 'directory').map((entry) => entry.name);
  } catch {
    return [];
  }
}

async function exists(files: FileSystem, folder: string): Promise<boolean> {
  try {
    await files.list(folder);
    return true;
  } catch {
    return false;
  }
}
