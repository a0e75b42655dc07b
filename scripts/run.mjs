// `node scripts/run.mjs COMMAND ARGS…`: COMMAND with the dependencies installed and their tools on the path.
import { ensureInstalled, run, typeScriptFlag } from './install.mjs';

const [command, ...args] = process.argv.slice(2);
ensureInstalled();
run(command, command === 'node' ? [typeScriptFlag, ...args] : args);
