/** A client that nobody here wrote: Neovim, where it is installed (Debian 12 has 0.7). */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { blockFile, state } from './state.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const hasNeovim = spawnSync('nvim', ['--version']).status === 0;

/** Opens a file with a fault, waits for the finding, asks for a hover, and jumps to the master row of the third cell. */
const script = `
local emission, node, cli = vim.env.EMISSION, vim.env.NODE, vim.env.CLI
local client = vim.lsp.start_client({
  name = 'cqube', cmd = { node, cli, 'lsp', '--stdio' }, root_dir = vim.fn.fnamemodify(emission, ':h'),
})
vim.cmd('edit ' .. emission .. '/${blockFile}')
vim.lsp.buf_attach_client(0, client)
vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 50)
local found = {}
for _, each in ipairs(vim.diagnostic.get(0)) do
  table.insert(found, each.code .. ' ' .. each.lnum .. ':' .. each.col)
end
vim.api.nvim_win_set_cursor(0, { 3, 22 })
local params = vim.lsp.util.make_position_params(0, 'utf-16')
local answers = vim.lsp.buf_request_sync(0, 'textDocument/hover', params, 60000)
local hover = ''
for _, answer in pairs(answers) do hover = answer.result.contents.value end
vim.lsp.buf.definition()
vim.wait(60000, function() return vim.fn.expand('%:t') == 'district_mst.csv' end, 50)
local place = vim.fn.expand('%:t') .. ' ' .. vim.api.nvim_win_get_cursor(0)[1]
io.stdout:write(vim.fn.json_encode({ found = found, hover = hover, place = place }))
vim.cmd('qa!')
`;

test(
  'Neovim shows a finding and a hover, and jumps to a master row',
  { skip: !hasNeovim && 'Neovim is not installed' },
  async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'neovim-'));
    const emission = path.join(folder, 'cqube_emission');
    const files = {
      ...state,
      [blockFile]: 'BlockId|Block|DistrictId\nx|East|7501\n750201|Belgaon North|7502\n',
    };
    for (const [file, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(emission, file)), { recursive: true });
      await writeFile(path.join(emission, file), content);
    }
    const lua = path.join(folder, 'try.lua');
    await writeFile(lua, script);
    const words = ['--headless', '-u', 'NONE', '-i', 'NONE', '-n', '-c', `luafile ${lua}`];
    const env = {
      ...process.env,
      EMISSION: emission,
      NODE: process.execPath,
      CLI: cli,
      XDG_STATE_HOME: folder,
    };
    const { stdout } = await promisify(execFile)('nvim', words, { env });
    await rm(folder, { recursive: true });
    const { found, hover, place } = JSON.parse(stdout) as { found: string[]; hover: string; place: string };
    assert.deepEqual(found, ['cell/type 1:0']);
    assert.match(hover, /District: \*\*Belgaon\*\*/);
    assert.equal(place, 'district_mst.csv 3');
  },
);
