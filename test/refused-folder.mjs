// Preloaded by tests: listing the folder that REFUSED_FOLDER names fails as it does where access is denied. Tests may
// run as root, to whom nothing is denied.
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { readdir } = promises;
promises.readdir = async (folder, ...rest) => {
  if (String(folder) === process.env.REFUSED_FOLDER)
    throw Object.assign(new Error(`EACCES: permission denied, scandir '${folder}'`), { code: 'EACCES' });
  return readdir(folder, ...rest);
};
syncBuiltinESMExports();
