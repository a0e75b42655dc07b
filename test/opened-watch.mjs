// Loaded into a program with --import: notes the CSVs and zips that it opens in the file $OPENED, and lets writes fail
// as on a full disk when $FULL_DISK is set.
import fs from 'node:fs';
import promises from 'node:fs/promises';

for (const [module, name] of [
  [fs, 'open'],
  [fs, 'openSync'],
  [promises, 'open'],
]) {
  const open = module[name];
  module[name] = (file, ...more) => {
    if (/\.(csv|zip)$/.test(String(file))) fs.appendFileSync(process.env.OPENED, `${file}\n`);
    return open(file, ...more);
  };
}
if (process.env.FULL_DISK) {
  promises.writeFile = () =>
    Promise.reject(Object.assign(new Error('No space is left.'), { code: 'ENOSPC' }));
}
