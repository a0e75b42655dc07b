import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { bucketLookOf } from '../../../client/bucket/model.ts';
import type { BucketTreeNode } from '../../../client/bucket/model.ts';
import type { DownloadResult } from '../../../client/commands/bucket.ts';
import type { TestApi } from '../../../client/extension.ts';
import { historyLookOf } from '../../../client/bucket/history-model.ts';
import { bucketScheme, commands } from '../../../client/identifiers.ts';
import { startLocalEndpoint } from '../../../local/server.ts';
import type { LocalEndpoint } from '../../../local/server.ts';
import { zipOf } from '../../core/emit/fixture.ts';
import { stock } from '../../local/stock.ts';
import { activated, answering, closeAll, connect, emissionPath, eventually, layOut } from './harness.ts';

const uuid = '5e160862-c5b3-4121-9a96-ecefa34fc264';
const bad = 'district_master/district_mst_20261123122513.zip';
const taken = `district_master/2026/2026-11/2026-11-22_district_master/22-11-2026_10:00:00.000_${uuid}_district_mst_20261122095950.zip`;
const damaged = 'block_master/block_mst_20261123122513.zip';
const report = 'student_attendance/district.json';

suite('bucket', () => {
  let api: TestApi;
  let endpoint: LocalEndpoint;
  let directory: string;
  let disconnect: () => Promise<void>;
  let requests: string[] = [];

  suiteSetup(async () => {
    api = await activated();
    directory = mkdtempSync(path.join(os.tmpdir(), 'cqube-endpoint-'));
    await stock(directory, {
      emission: {
        [bad]: await zipOf('district_mst.csv', 'DistrictId|District\n24x1|Kutch\n'),
        [damaged]: 'no zip',
      },
      input: { [taken]: await zipOf('district_mst.csv', 'DistrictId|District\n2401|Kutch\n') },
      output: { [report]: '{}' },
    });
    endpoint = await startLocalEndpoint({
      directory,
      intercept: (request) => {
        requests.push(request.url ?? '');
        return false;
      },
    });
  });

  suiteTeardown(async () => {
    await endpoint.stop();
    rmSync(directory, { recursive: true });
  });

  setup(async () => {
    layOut();
    await api.state.refresh();
    disconnect = await connect(api, endpoint);
    await eventually('the new endpoint is asked', async () => {
      const opened = await api.bucket.source.open().catch(() => undefined);
      return typeof opened === 'object' && opened.origin === new URL(endpoint.url).origin;
    });
  });

  teardown(async () => {
    await closeAll();
    await disconnect();
    await eventually('nothing is known any more', () => api.bucket.source.origin === undefined);
  });

  const look = (node: BucketTreeNode) => bucketLookOf(node, new Map());

  /** The node with these labels, one below the other. */
  const nodeAt = async (...labels: readonly string[]): Promise<BucketTreeNode> => {
    let node: BucketTreeNode | undefined;
    for (const label of labels) {
      const below = await api.bucket.tree.getChildren(node);
      const found = below.find((each) => look(each).label === label);
      assert.ok(found, `${label} is not among ${below.map((each) => look(each).label).join(', ')}`);
      node = found;
    }
    assert.ok(node);
    return node;
  };

  const badNode = () => nodeAt('Emission', 'District Master', 'district_mst.zip');

  test('the buckets are listed when they are opened, and no sooner', async () => {
    await vscode.commands.executeCommand(commands.refreshBucket);
    requests = [];
    const buckets = await api.bucket.tree.getChildren();
    assert.deepEqual(
      buckets.map((node) => look(node).label),
      ['Emission', 'Input', 'Output'],
    );
    await nodeAt('Input', 'District Master', '22 Nov 2026', 'district_mst.zip');
    await nodeAt('Output', 'student_attendance/', 'district.json');
    const listed = requests.filter((url) => url === '/data/list_s3_files').length;
    assert.ok(listed >= 2 && listed <= 3, requests.join());
    requests = [];
    await nodeAt('Input', 'District Master', '22 Nov 2026');
    assert.deepEqual(requests, [], 'what is known is not asked for again');
  });

  test('an object opens as a read-only text with its findings, and nothing of it stays on the disk', async () => {
    const before = readdirSync(os.tmpdir()).filter((name) => name.startsWith('cqube-bucket-'));
    const uri = await vscode.commands.executeCommand<vscode.Uri>(commands.openObject, await badNode());
    assert.equal(uri.scheme, bucketScheme);
    const document = await eventually('the text is shown', () =>
      vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString()),
    );
    assert.equal(document.getText(), 'DistrictId|District\n24x1|Kutch\n');
    assert.equal(document.languageId, 'cqube-csv');
    const [finding] = await eventually('the finding is shown', () => {
      const found = vscode.languages.getDiagnostics(uri);
      return found.length > 0 && found;
    });
    assert.ok(finding);
    assert.equal(document.getText(finding.range), '24x1');
    assert.equal(finding.severity, vscode.DiagnosticSeverity.Error);
    assert.ok(vscode.workspace.fs.isWritableFileSystem(bucketScheme) === false);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(uri, Buffer.from('x')));
    assert.deepEqual(
      readdirSync(os.tmpdir()).filter((name) => name.startsWith('cqube-bucket-')),
      before,
    );
    assert.ok(!uri.toString().includes('X-Amz'));
    await closeAll();
    await eventually(
      'the findings go with the editor',
      () => vscode.languages.getDiagnostics(uri).length === 0,
    );
  });

  test('a text of the output bucket opens too; what is no zip is told', async () => {
    const output = await nodeAt('Output', 'student_attendance/', 'district.json');
    const uri = await vscode.commands.executeCommand<vscode.Uri>(commands.openObject, output);
    assert.equal(Buffer.from(await vscode.workspace.fs.readFile(uri)).toString(), '{}');
    const broken = await nodeAt('Emission', 'Block Master', 'block_mst.zip');
    const { messages } = await answering({}, async () =>
      vscode.commands.executeCommand(commands.openObject, broken),
    );
    assert.equal(messages.length, 1);
    assert.match(messages[0] ?? '', /not a zip/);
  });

  test('it is compared with the CSV here', async () => {
    const uri = await vscode.commands.executeCommand<vscode.Uri>(commands.compareObject, await badNode());
    const { label, input } = await eventually('the comparison is shown', () => {
      const shown = vscode.window.tabGroups.activeTabGroup.activeTab;
      return shown?.input instanceof vscode.TabInputTextDiff && { label: shown.label, input: shown.input };
    });
    assert.equal(input.original.toString(), uri.toString());
    assert.equal(input.modified.fsPath, emissionPath('district_master/district_mst.csv'));
    assert.equal(label, 'district_mst.csv: cQube 2026-11-23 12:25:13 ↔ here');
  });

  test('where only the zip is here, its CSV is compared', async () => {
    writeFileSync(
      emissionPath('district_master/district_mst.zip'),
      await zipOf('district_mst.csv', 'DistrictId|District\n2401|Kutch\n'),
    );
    rmSync(emissionPath('district_master/district_mst.csv'));
    await vscode.commands.executeCommand(commands.rescan);
    await vscode.commands.executeCommand(commands.compareObject, await badNode());
    const { modified } = await eventually('the comparison is shown', () => {
      const shown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return shown instanceof vscode.TabInputTextDiff && shown;
    });
    assert.equal(
      Buffer.from(await vscode.workspace.fs.readFile(modified)).toString(),
      'DistrictId|District\n2401|Kutch\n',
    );
  });

  test('keys are copied', async () => {
    await vscode.commands.executeCommand(commands.copyKey, await badNode());
    assert.equal(await vscode.env.clipboard.readText(), bad);
  });

  test('a filter shows one dataset, and is cleared', async () => {
    await nodeAt('Emission', 'Block Master');
    const { offered } = await answering({ picks: ['District Master'] }, async () =>
      vscode.commands.executeCommand(commands.filterBucket),
    );
    assert.deepEqual(offered, ['All datasets', 'District Master', 'Block Master']);
    const below = await api.bucket.tree.getChildren(await nodeAt('Emission'));
    assert.deepEqual(
      below.map((node) => look(node).label),
      ['District Master'],
    );
    assert.equal(api.bucket.tree.view.description, 'District Master');
    await vscode.commands.executeCommand(commands.clearBucketFilter);
    await nodeAt('Emission', 'Block Master');
  });

  /** Stands in for the dialogues that choose a place. */
  const choosing = async (
    place: { readonly file?: string; readonly folder?: string },
    act: () => Thenable<unknown>,
  ): Promise<string[]> => {
    const window = vscode.window as unknown as Record<'showSaveDialog' | 'showOpenDialog', unknown>;
    const { showSaveDialog, showOpenDialog } = window;
    Object.assign(window, {
      showSaveDialog: () =>
        Promise.resolve(place.file === undefined ? undefined : vscode.Uri.file(place.file)),
      showOpenDialog: () =>
        Promise.resolve(place.folder === undefined ? undefined : [vscode.Uri.file(place.folder)]),
    });
    try {
      const { messages } = await answering({}, async () => act());
      return messages;
    } finally {
      Object.assign(window, { showSaveDialog, showOpenDialog });
    }
  };

  test('one object is downloaded to a file, several to a folder where nothing is replaced', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'cqube-download-'));
    try {
      const file = path.join(folder, 'one.zip');
      const node = await badNode();
      const [done] = await choosing({ file }, () =>
        vscode.commands.executeCommand(commands.downloadObject, node),
      );
      assert.equal(done, `Downloaded to ${file}.`);
      assert.deepEqual(readFileSync(file), readFileSync(path.join(endpoint.emissionFolder, bad)));

      const other = await nodeAt('Emission', 'Block Master', 'block_mst.zip');
      const name = 'block_mst_20261123122513.zip';
      writeFileSync(path.join(folder, name), 'mine');
      const [told] = await choosing({ folder }, () =>
        vscode.commands.executeCommand(commands.downloadObject, node, [node, other]),
      );
      assert.match(told ?? '', /^1 of 2 objects downloaded\. block_mst_20261123122513\.zip is there already/);
      assert.equal(readFileSync(path.join(folder, name), 'utf8'), 'mine');
      const turnedAway = await choosing({}, () =>
        vscode.commands.executeCommand(commands.downloadObject, node),
      );
      assert.deepEqual(turnedAway, []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('what was sent from here is known again, in the bucket and in the history', async () => {
    const yes = { buttons: ['Zip Them First', 'Emit'] };
    await answering(yes, async () => vscode.commands.executeCommand(commands.emit));
    await vscode.commands.executeCommand(commands.refreshBucket);
    await api.bucket.source.list('emission');
    const [day] = await eventually('the history is read', () => {
      const days = api.bucket.history.getChildren();
      return days.length > 0 && days;
    });
    assert.ok(day);
    const sendings = api.bucket.history.getChildren(day);
    assert.equal(sendings.length, 7);
    const district = sendings.find(
      (node) => node.kind === 'sending' && node.sending.dataset === 'district_mst',
    );
    assert.ok(district);
    const words = historyLookOf(district, (sending) => api.bucket.history.whereaboutsOf(sending));
    assert.match(words.description, /acknowledged, in the bucket, waits for ingestion$/);

    const folder = mkdtempSync(path.join(os.tmpdir(), 'cqube-download-'));
    try {
      const file = path.join(folder, 'back.zip');
      let results: readonly DownloadResult[] | undefined;
      const [told] = await choosing({ file }, async () => {
        results = await vscode.commands.executeCommand(commands.downloadObject, district);
      });
      assert.match(told ?? '', /These are the very bytes that were sent from here\.$/);
      assert.equal(results?.[0]?.same, true);
      assert.deepEqual(readFileSync(file), readFileSync(emissionPath('district_master/district_mst.zip')));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('without a token nothing is asked; with a wrong one the view says what to do', async () => {
    const { origin } = new URL(endpoint.url);
    await api.tokens.remove(origin);
    await eventually('the token is gone', async () => (await api.bucket.source.open()) === 'no-token');
    requests = [];
    assert.deepEqual(await api.bucket.tree.getChildren(), []);
    assert.deepEqual(requests, []);
    await api.tokens.store(origin, 'some.revoked.token');
    const [first] = await eventually('the wrong token is told', async () => {
      const nodes = await api.bucket.tree.getChildren();
      return nodes.length > 0 && nodes;
    });
    assert.equal(first?.kind === 'note' && first.command, commands.setToken);
    assert.match(api.bucket.tree.view.message ?? '', /does not accept the token/);
    assert.ok(!api.bucket.tree.view.message?.includes('some.revoked.token'));
  });

  test('a server that is away is named, and asked again when the user says so', async () => {
    const dead = 'http://127.0.0.1:9/data';
    await api.tokens.store('http://127.0.0.1:9', 'some.stored.token');
    const configuration = vscode.workspace.getConfiguration('cqubeEmission');
    await configuration.update('endpoint', dead, vscode.ConfigurationTarget.Global);
    try {
      const nodes = await eventually('the server is away', async () => {
        const top = await api.bucket.tree.getChildren();
        return api.bucket.tree.view.message?.includes('127.0.0.1:9 could not be reached') && top;
      });
      assert.ok(nodes.some((node) => node.kind === 'note' && node.command === commands.refreshBucket));
    } finally {
      await api.tokens.remove('http://127.0.0.1:9');
    }
  });

  test('an object of another endpoint is not fetched with this one’s token', async () => {
    const uri = await vscode.commands.executeCommand<vscode.Uri>(commands.openObject, await badNode());
    await closeAll();
    const query = uri.query.replace(new URL(endpoint.url).origin, 'https://other.example.org');
    requests = [];
    await assert.rejects(
      async () => vscode.workspace.fs.readFile(uri.with({ query })),
      /other\.example\.org/,
    );
    await assert.rejects(async () => vscode.workspace.fs.readFile(uri.with({ query: 'x' })));
    assert.deepEqual(
      requests.filter((url) => url === '/data/download_uri'),
      [],
    );
    assert.ok(!existsSync(emissionPath('district_mst_20261123122513.csv')));
  });
});
