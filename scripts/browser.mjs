// A headless Chromium for the tests, wherever one can be had: named by CHROMIUM_PATH, on the PATH, out of the npm
// package @sparticuz/chromium, or as Debian's package.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { hostDir, node24 } from './host.mjs';

/** Nothing is asked of the network beyond the pages that a test opens. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/**
 * Unpacks the browser of @sparticuz/chromium, once. The package unpacks into the folder for temporary files and takes
 * whatever it finds there for complete, so it gets a folder of its own, which is named only when it is whole.
 */
function unpackedFromNpm() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const target = path.join(hostDir, 'chromium');
  if (!existsSync(target)) {
    const module = fileURLToPath(import.meta.resolve('@sparticuz/chromium'));
    const script = `
      const { default: chromium, inflate } = await import(${JSON.stringify(pathToFileURL(module).href)});
      await chromium.executablePath();
      await inflate(${JSON.stringify(path.join(path.dirname(module), '..', 'bin', 'al2023.tar.br'))});`;
    const making = `${target}.${process.pid}`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    const result = spawnSync(node24, ['--input-type=module', '--eval', script], {
      env: { ...process.env, TMPDIR: making },
      encoding: 'utf8',
    });
    if (result.status !== 0) {
      rmSync(making, { recursive: true, force: true });
      console.error(`The browser of @sparticuz/chromium could not be unpacked: ${result.stderr.trim()}`);
      return undefined;
    }
    const fonts = path.join(target, 'fonts');
    writeFileSync(
      path.join(making, 'fonts.conf'),
      `<?xml version="1.0"?>\n<fontconfig><dir>${fonts}</dir><cachedir>${fonts}-cache</cachedir></fontconfig>\n`,
    );
    renameSync(making, target);
  }
  return target;
}

function fromDebian() {
  if (!onPath('apt-get')) return undefined;
  console.error('Installing Debian’s Chromium …');
  const apt = (args) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  const install = ['install', '-y', '--no-install-recommends', 'chromium'];
  if (!apt(install) && !(apt(['update']) && apt(install))) return undefined;
  const file = onPath('chromium');
  return file && { executablePath: file };
}

function* candidates() {
  if (process.env.CHROMIUM_PATH) yield { executablePath: process.env.CHROMIUM_PATH };
  for (const name of names) {
    const file = onPath(name);
    if (file) yield { executablePath: file };
  }
  const unpacked = unpackedFromNpm();
  if (unpacked) {
    const executablePath = path.join(unpacked, 'chromium');
    const env = existsSync('/etc/fonts/fonts.conf')
      ? {}
      : { FONTCONFIG_FILE: path.join(unpacked, 'fonts.conf') };
    yield { executablePath, env };
    // A bare system lacks libraries that Chromium needs; the package brings them.
    yield { executablePath, env: { ...env, LD_LIBRARY_PATH: path.join(unpacked, 'al2023', 'lib') } };
  }
  const debian = fromDebian();
  if (debian) yield debian;
}

/** Starts the first browser that will start. The caller closes it. */
export async function launchBrowser() {
  const failures = [];
  for (const { executablePath, env } of candidates()) {
    try {
      return await chromium.launch({ executablePath, args: flags, env: { ...process.env, ...env } });
    } catch (error) {
      failures.push(`${executablePath}: ${String(error.message).split('\n')[0]}`);
    }
  }
  throw new Error(`No Chromium could be started. Name one in CHROMIUM_PATH.\n${failures.join('\n')}`);
}
