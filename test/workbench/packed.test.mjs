// The packed extension in the workbench, from an empty extensions folder to the acknowledgements, with a picture of
// each thing that a person decides by. Expects the .vsix of `npm run package`.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startLocalEndpoint } from '../../local/server.ts';
import { interceptUploads, takeAndReset, tooLarge } from '../core/emit/faults.ts';
import { zipOf } from '../core/emit/fixture.ts';
import { stock } from '../local/stock.ts';
import { launchBrowser } from '../../scripts/browser.mjs';
import { installVsix, startHost } from '../../scripts/host.mjs';
import { root } from '../../scripts/install.mjs';
import { vsix } from '../../scripts/package.mjs';
import { Workbench } from './workbench.mjs';

const work = mkdtempSync(path.join(os.tmpdir(), 'cqube-workbench-'));
const folders = {
  extensionsDir: path.join(work, 'extensions'),
  serverDataDir: path.join(work, 'data'),
};
const workspace = path.join(work, 'education-data');
const empty = path.join(work, 'empty');
const emissionFolder = path.join(workspace, 'cqube_emission');
const schools = 'school_master/school_mst.csv';
const districts = 'district_master/district_mst.csv';
const attendanceFile = 'student_attendance/student_attendance.csv';

/** What ingestion has taken in before, one file of it with a fault, and what reports are made of. */
async function bucketStock() {
  const uuid = '5e160862-c5b3-4121-9a96-ecefa34fc264';
  const attendance = readFileSync(
    path.join(root, 'samples', 'state', 'cqube_emission', attendanceFile),
    'utf8',
  );
  const taken = (day) =>
    `student_attendance/2026/2026-11/2026-11-${day}_student_attendance/${day}-11-2026_10:00:00.000_${uuid}_student_attendance_202611${day}095950.zip`;
  const faulty = await zipOf('student_attendance.csv', attendance.replace(/\n\d+\|/, '\nnone|'));
  return {
    input: { [taken('21')]: faulty, [taken('22')]: faulty },
    output: { 'student_attendance/district_overall.json': '{}', 'progressCard/metadata.json': '{}' },
    emission: { 'attic/notes_20261120101500.zip': await zipOf('notes.csv', 'a|b\n') },
  };
}

/** Nothing of VS Code's own asks for attention. */
const settings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
};

const endings = [];
let endpoint;
/** Stands before the endpoint when uploads are to fail. */
let faults = () => false;
let browser;
let host;

before(async () => {
  assert.ok(existsSync(vsix), 'run `npm run package` first');
  mkdirSync(empty);
  cpSync(path.join(root, 'samples', 'state'), workspace, { recursive: true });
  cpSync(path.join(root, 'samples', 'mistakes', schools), path.join(emissionFolder, schools));
  writeFileSync(path.join(emissionFolder, 'notes.txt'), 'not for cQube\n');
  installVsix({ vsix, ...folders });
  await stock(path.join(work, 'endpoint'), await bucketStock());
  endpoint = await startLocalEndpoint({
    directory: path.join(work, 'endpoint'),
    intercept: (request, response) => faults(request, response),
  });
  endings.push(() => endpoint.stop());
  host = await startHost({ ...folders, settings, workspaceTrust: true });
  endings.push(() => host.stop());
  browser = await launchBrowser();
  endings.push(() => browser.close());
});

after(async () => {
  for (const end of endings.reverse()) await end();
  rmSync(work, { recursive: true, force: true });
});

/** Runs `act` in a window of its own on a folder; leaves a picture where it fails. */
async function inWindow(folder, act) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 850 } });
  const workbench = new Workbench(await context.newPage());
  try {
    await workbench.open(host.url(folder));
    await act(workbench);
  } catch (error) {
    await workbench.picture('failed');
    throw error;
  } finally {
    await context.close();
  }
}

test('from Restricted Mode to the acknowledgements', () =>
  inWindow(workspace, async (workbench) => {
    await restricted(workbench);
    await workbench.trust();
    await findings(workbench);
    await forecast(workbench);
    await connection(workbench);
    await emission(workbench);
    await unknownOutcome(workbench);
    await buckets(workbench);
  }));

test('an empty folder becomes an emission folder with a first file', () =>
  inWindow(empty, async (workbench) => {
    await workbench.showView();
    const welcome = workbench.page.locator('.welcome-view-content', { hasText: 'no cqube_emission folder' });
    await welcome.waitFor();
    await workbench.picture('11-welcome');
    await welcome.getByRole('button', { name: 'Initialize Emission Folder' }).click();
    await workbench.row('Static, ').waitFor();
    assert.ok(existsSync(path.join(empty, 'cqube_emission', 'school_master')));

    await workbench.command('cQube: Add Dataset…');
    const school = workbench.quickPick.filter({ hasText: 'school_master/school_mst.csv' });
    await school.waitFor();
    await workbench.picture('12-add-dataset');
    await school.click();
    await workbench.quickPick.filter({ hasText: /^udise/ }).click();
    await workbench.page.locator('.editor-instance', { hasText: 'udise_sch_code' }).waitFor();
    await workbench.row('School Master, ').waitFor();
    await workbench.picture('13-first-file');
  }));

/** Files are checked, nothing can be emitted. */
async function restricted(workbench) {
  await workbench.showView();
  await workbench.row('School Master, ').waitFor();
  await workbench.picture('1-restricted-mode');
  await workbench.openSection('Bucket');
  await workbench.page.locator('.welcome-view-content', { hasText: 'nothing is asked of cQube' }).waitFor();
  await workbench.picture('1b-bucket-restricted');
  await workbench.closeSection('Bucket');
  for (const [title, isThere] of [
    ['cQube: Zip All', true],
    ['cQube: Emit to cQube', false],
    ['cQube: Download from Bucket', false],
  ]) {
    await workbench.type(`>${title}`);
    const offered = await workbench.quickPick.allInnerTexts();
    assert.equal(
      offered.some((text) => text.includes(title)),
      isThere,
      title,
    );
    await workbench.page.keyboard.press('Escape');
  }
}

async function findings(workbench) {
  await workbench.showView();
  await workbench.picture('2-tree');
  await workbench.expand('School Master, ');
  await workbench.row('school_mst.csv, ').click();
  await workbench.squiggles.first().waitFor();
  await workbench.picture('3-squiggles');
  await workbench.page.locator('.statusbar-item a[aria-label*="Language Status"]').click();
  await workbench.picture('3b-language-status');
  await workbench.page.keyboard.press('Escape');
  await workbench.command('Problems: Focus on Problems View');
  await workbench.picture('4-problems');
  await quickFix(workbench);
}

/** What the light bulb offers on the first error, and how a cell explains itself; nothing is changed. */
async function quickFix(workbench) {
  const { page } = workbench;
  await page.locator('.markers-panel .monaco-list-row', { hasText: 'header/misspelt-column' }).click();
  await workbench.squiggles.first().waitFor();
  await page
    .locator('.editor-instance .view-lines')
    .first()
    .click({ position: { x: 8, y: 8 } });
  await workbench.command('Go to Next Problem (Error, Warning, Info)');
  await page.keyboard.press('Escape');
  await workbench.command('Quick Fix...');
  await page.locator('.action-widget', { hasText: 'Rename to' }).waitFor();
  await workbench.picture('4e-quick-fix');
  await page.keyboard.press('Escape');
  await workbench.command('Show or Focus Hover');
  await page.locator('.monaco-hover', { hasText: 'column' }).first().waitFor();
  await workbench.picture('4f-hover');
  await page.keyboard.press('Escape');
}

/** The forecast of the file in the editor, by its button, and of the whole folder. */
async function forecast(workbench) {
  await workbench.page.locator('.editor-actions a[aria-label^="Forecast Ingestion"]').click();
  const list = workbench.page.locator('.editor-instance', { hasText: '1 file: ' });
  await list.waitFor();
  await workbench.picture('4b-forecast-of-a-file');
  await workbench.command('cQube: Forecast Ingestion');
  await workbench.page.locator('.editor-instance', { hasText: '28 files: ' }).waitFor();
  await workbench.picture('4c-forecast');
  await workbench.row('District Master, ').hover();
  await workbench.page.locator('.monaco-hover', { hasText: 'Forecast: ' }).waitFor();
  await workbench.picture('4d-tooltip');
}

async function connection(workbench) {
  await workbench.command('cQube: Set Endpoint…');
  await workbench.answer('cQube: Set Endpoint', endpoint.url);
  // The setting is written by then: whoever asks sooner is asked for the address again.
  await workbench.notification('The endpoint is set').waitFor();
  await workbench.command('cQube: Set Token…');
  await workbench.answer('cQube: Set Token', 'not.a.token');
  await workbench.notification('The token was not stored').waitFor();
  await workbench.picture('5-wrong-token');
  await workbench.dismissNotifications();
  await workbench.command('cQube: Set Token…');
  await workbench.answer('cQube: Set Token', ` Bearer ${endpoint.token} `);
  await workbench.notification('accepts the token. It is stored').waitFor();
  await workbench.dismissNotifications();
}

async function emission(workbench) {
  await workbench.command('cQube: Emit to cQube');
  await workbench.dialog.waitFor();
  await workbench.picture('6-zip-first');
  await workbench.press('Zip Them First');
  await workbench.quickPick.first().waitFor();
  await workbench.picture('7-held-back');
  await workbench.takeList('school_mst');
  await workbench.dialog.waitFor();
  await workbench.picture('8-question');
  await workbench.press('Read the List First');
  await workbench.picture('9-list');
  await workbench.page.locator('.codelens-decoration a').first().click();
  await workbench.press(/^Emit$/);
  await workbench.notification('and acknowledged').waitFor();
  await workbench.row('District Master, emitted').waitFor();
  await workbench.page.locator('.editor-instance', { hasText: 'SENT AND ACKNOWLEDGED' }).waitFor();
  await workbench.picture('10-emitted');
  assert.equal(await workbench.row('School Master, 7 errors').count(), 1);
}

/** The answer to an upload is lost; the next emission asks what is to become of the file. */
async function unknownOutcome(workbench) {
  faults = interceptUploads([takeAndReset, tooLarge, undefined]);
  appendFileSync(path.join(emissionFolder, districts), '7599|Navagarh\n');
  await workbench.dismissNotifications();
  await workbench.command('cQube: Emit to cQube');
  await workbench.press('Zip Them First');
  await workbench.takeList('school_mst');
  await workbench.press(/^Emit$/);
  await workbench.notification('perhaps stored').waitFor();
  await workbench.picture('14-answer-lost');
  await workbench.dismissNotifications();
  await workbench.command('cQube: Emit to cQube');
  await workbench.takeList('school_mst');
  await workbench.press(/^Emit$/);
  await workbench.dialog.filter({ hasText: 'was not acknowledged' }).waitFor();
  await workbench.picture('15-unknown-outcome');
  await workbench.press('Count as Stored');
  await workbench.notification('counts as stored, as you said').waitFor();
  await workbench.picture('16-counted-as-stored');
}

/** What was sent is seen in the bucket, opened from there, compared with what is here, and told by the history. */
async function buckets(workbench) {
  await workbench.dismissNotifications();
  await workbench.command('View: Close All Editors');
  await workbench.closeSection('Datasets');
  await workbench.openSection('Bucket');
  await workbench.command('cQube: Refresh Bucket');
  const district = 'District Master, 1 object';
  await workbench.expand(district);
  await workbench.row('district_mst.zip, ').waitFor();
  await workbench.expand('Input bucket');
  await workbench.expand('Student Attendance, 2 objects');
  await workbench.expand('22 Nov 2026');
  await workbench.picture('17-bucket');
  await workbench.row('district_mst.zip, ').hover();
  await workbench.page.locator('.monaco-hover', { hasText: 'Sent from district_master' }).waitFor();
  await workbench.picture('18-bucket-tooltip');
  await workbench.row('student_attendance.zip, ').first().click();
  await workbench.page.locator('.editor-instance', { hasText: 'StudentAttendanceId' }).waitFor();
  await workbench.squiggles.first().waitFor();
  await workbench.command('Problems: Focus on Problems View');
  await workbench.picture('19-bucket-open');
  await workbench.command('View: Close All Editors');
  await workbench.command('View: Hide Panel');
  await workbench.row('district_mst.zip, ').click({ button: 'right' });
  await workbench.page.locator('.context-view .action-label', { hasText: 'Compare' }).waitFor();
  await workbench.picture('20-bucket-menu');
  await workbench.page.locator('.context-view .action-label', { hasText: 'Compare' }).click();
  await workbench.page.locator('.monaco-diff-editor').waitFor();
  await workbench.picture('21-bucket-compare');
  await workbench.command('cQube: Filter Bucket by Dataset…');
  await workbench.quickPick.filter({ hasText: 'District Master' }).waitFor();
  await workbench.picture('22-bucket-filter');
  await workbench.quickPick.filter({ hasText: 'District Master' }).click();
  await workbench.closeSection('Bucket');
  await workbench.openSection('History');
  await workbench.page.locator('.sidebar .monaco-list-row[aria-label$=" files"] .monaco-tl-twistie').click();
  await workbench.row('district_mst.zip, ').first().waitFor();
  await workbench.picture('23-history');
  await workbench.command('Preferences: Color Theme');
  await workbench.quickPick.filter({ hasText: 'Dark Modern' }).click();
  await workbench.page.locator('.monaco-workbench.vs-dark').waitFor();
  await workbench.picture('24-history-dark');
  await workbench.command('cQube: Clear Bucket Filter');
  await workbench.closeSection('History');
  await workbench.openSection('Bucket');
  await workbench.row('Emission bucket').waitFor();
  await workbench.picture('25-bucket-dark');
}
