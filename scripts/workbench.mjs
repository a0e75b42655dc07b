// `node scripts/workbench.mjs VSIX FOLDER ENDPOINT`: the hosted VS Code on a folder with the packed extension installed,
// until it is told to end. Prints its address. For Node 24.
import path from 'node:path';
import { ensureHost, installVsix, startHost } from './host.mjs';

const [vsix, folder, endpoint] = process.argv.slice(2);
const data = path.join(folder, '..', 'workbench');
const extensionsDir = path.join(data, 'extensions');
const serverDataDir = path.join(data, 'server');

ensureHost();
installVsix({ vsix, extensionsDir, serverDataDir });
const host = await startHost({
  extensionsDir,
  serverDataDir,
  settings: { 'cqubeEmission.endpoint': endpoint },
});
process.once('SIGTERM', () => void host.stop().then(() => process.exit(0)));
console.log(`Open this address in a browser: ${host.url(folder)}`);
