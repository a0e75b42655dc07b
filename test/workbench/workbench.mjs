// Drives the workbench of the hosted VS Code as a person would: by what is on the screen and by the keyboard.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/install.mjs';

const pictures = path.join(root, 'test-results');
/** Far longer than anything takes; a step that is not there by then has failed. */
const patience = 30_000;

export class Workbench {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(patience);
  }

  /** Opens the workbench at an address and waits until it can be used. */
  async open(url) {
    await this.page.goto(url);
    await this.page.locator('.monaco-workbench .activitybar').waitFor();
  }

  /** Saves what is on the screen as `test-results/<name>.png`. */
  async picture(name) {
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: path.join(pictures, `${name}.png`) });
  }

  /** Opens our view. */
  async showView() {
    const shown = this.page.locator('.sidebar .composite.title', { hasText: /cQube Emission/i });
    // Clicking the icon of the view that is shown would hide it. The badge lies over the icon's middle.
    if (await shown.isVisible()) return;
    const icon = this.page.locator('.activitybar a[aria-label^="cQube Emission"]');
    await icon.click({ position: { x: 6, y: 6 } });
    await shown.waitFor();
  }

  /** Leaves Restricted Mode. */
  async trust() {
    await this.command('Workspaces: Manage Workspace Trust');
    const editor = this.page.locator('.workspace-trust-editor');
    await editor.getByRole('button', { name: 'Trust', exact: true }).click();
    await this.page.locator('.workspace-trust-editor.trusted').press('Escape');
    await editor.waitFor({ state: 'hidden' });
  }

  /** The line of the tree that begins with a label; its spoken label holds the state too. */
  row(label) {
    return this.page.locator(`.sidebar .monaco-list-row[aria-label^="${label}"]`);
  }

  /** Opens a view of our container that is closed. */
  async openSection(name) {
    const header = this.page.locator(`.sidebar .pane-header[aria-label^="${name}"]`);
    if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
  }

  /** Closes a view of our container, so that another one has its place. */
  async closeSection(name) {
    const header = this.page.locator(`.sidebar .pane-header[aria-label^="${name}"]`);
    if ((await header.getAttribute('aria-expanded')) === 'true')
      await header.click({ position: { x: 8, y: 8 } });
  }

  async expand(label) {
    const row = this.row(label).first();
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'false')
      await row.locator('.monaco-tl-twistie').click();
  }

  /** Types into the quick input that the palette opens. */
  async type(text) {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget .quick-input-box input');
    await input.waitFor();
    await input.fill(text);
    await this.quickPick.first().waitFor();
  }

  /** Runs a command by its title in the palette. */
  async command(title) {
    await this.type(`>${title}`);
    await this.quickPick.filter({ hasText: title }).first().click();
  }

  /** Types into the input box of that title, and confirms. */
  async answer(title, text) {
    const box = this.page.locator('.quick-input-widget', {
      has: this.page.getByText(title, { exact: true }),
    });
    await box.waitFor();
    await box.locator('input').first().fill(text);
    await this.page.keyboard.press('Enter');
    await box.waitFor({ state: 'hidden' });
  }

  /** The list from which something is chosen. */
  get quickPick() {
    return this.page.locator('.quick-input-widget .quick-input-list .monaco-list-row');
  }

  /** Takes the list, from which several may be chosen, as it is. */
  async takeList(first) {
    await this.quickPick.filter({ hasText: first }).first().waitFor();
    await this.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  }

  get dialog() {
    return this.page.locator('.monaco-dialog-box');
  }

  async press(button) {
    await this.dialog.getByRole('button', { name: button }).click();
  }

  notification(text) {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  get squiggles() {
    return this.page.locator('.editor-instance .squiggly-error');
  }

  async dismissNotifications() {
    await this.command('Notifications: Clear All Notifications');
  }
}
