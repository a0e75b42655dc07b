import assert from 'node:assert/strict';
import * as vscode from 'vscode';

suite('activation', () => {
  test('the extension is there', () => {
    assert.ok(vscode.extensions.getExtension('cqube-emission.cqube-emission'));
  });
});
