// Preloaded by tests: listing the folder that REFUSED_FOLDER names fails as it does where access is denied. With
// REFUSED_AT=look it fails from the first look on, otherwise only once the folder is found. Tests may run as root, to
// whom nothing is denied.
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

function refuse(folder) {
  if (String(folder) !== process.env.REFUSED_FOLDER) return;
  const more = { code: process.env.REFUSED_CODE ?? 'EACCES', syscall: 'scandir', path: folder };
  throw Object.assign(new Error(`${more.code}: permission denied, scandir '${folder}'`), more);
}

const { readdir } = promises;
promises.readdir = async (folder, ...rest) => {
  refuse(folder);
  return readdir(folder, ...rest);
};
if (process.env.REFUSED_AT === 'look') {
  const { readdirSync } = fs;
  fs.readdirSync = (folder, ...rest) => {
    refuse(folder);
    return readdirSync(folder, ...rest);
  };
}
syncBuiltinESMExports();
