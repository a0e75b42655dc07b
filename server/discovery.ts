import path from 'node:path';
import type { FileSystem } from '../core/layout/file-system.ts';
import { EMISSION_FOLDER } from '../core/layout/emission-folder.ts';
import { wrapsEmissionFolder } from '../core/layout/tree.ts';

/** How deep below a workspace folder an emission folder is looked for. */
const DEPTH = 4;
const SKIPPED = new Set(['node_modules', '.git', '.hg', '.svn', '__pycache__', '.venv']);

export interface Discovery {
  /** Paths of the emission folders, sorted. */
  readonly found: readonly string[];
  /** How many folders were listed for it. */
  readonly listed: number;
}

/**
 * The emission folders of a workspace folder: itself when it bears the name, else those below it. A folder that cannot
 * be read is passed over.
 */
export async function findEmissionFolders(files: FileSystem, workspaceFolder: string): Promise<Discovery> {
  if (path.basename(workspaceFolder) === EMISSION_FOLDER) {
    return {
      found: (await isFolder(files, workspaceFolder)) ? [await innermost(files, workspaceFolder)] : [],
      listed: 1,
    };
  }
  const found: string[] = [];
  let listed = 0;
  let level = [workspaceFolder];
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      listed++;
      for (const name of await subfolders(files, folder)) {
        const inside = path.join(folder, name);
        if (name === EMISSION_FOLDER) found.push(await innermost(files, inside));
        else if (!SKIPPED.has(name)) next.push(inside);
      }
    }
    level = next;
  }
  return { found: found.sort(), listed };
}

/** The emission folder that is meant: one that holds nothing but another one is only its wrapping. */
async function innermost(files: FileSystem, folder: string): Promise<string> {
  const entries = await files.list(folder).catch(() => []);
  return wrapsEmissionFolder(entries) ? innermost(files, path.join(folder, EMISSION_FOLDER)) : folder;
}

async function subfolders(files: FileSystem, folder: string): Promise<string[]> {
  try {
    const entries = await files.list(folder);
    return entries.filter((entry) => entry.kind === 'directory').map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** True for a folder that is there and can be read. */
export async function isFolder(files: FileSystem, folder: string): Promise<boolean> {
  try {
    await files.list(folder);
    return true;
  } catch {
    return false;
  }
}
