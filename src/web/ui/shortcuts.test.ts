import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ariaKeys, keysOf, pressedKeys, showKeys } from './shortcuts.ts';

const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
  pressedKeys({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test('what is pressed is written as shortcuts are', () => {
  assert.equal(press('K', { ctrlKey: true, shiftKey: true }), 'mod+shift+k');
  assert.equal(press('?', { shiftKey: true }), '?');
  assert.equal(press('Enter', { ctrlKey: true, altKey: true }), 'mod+alt+enter');
  assert.equal(press(' '), 'space');
  assert.equal(press('Control', { ctrlKey: true }), null);
});

test('keys a person chose stand in for those of the program', () => {
  assert.equal(keysOf('c', { c: 'mod+shift+n' }), 'mod+shift+n');
  assert.equal(keysOf('j', { c: 'n' }), 'j');
});

test('keys are shown to people and named to screen readers', () => {
  assert.deepEqual(showKeys('mod+alt+enter'), ['Ctrl', 'Alt', '↵']);
  assert.deepEqual(showKeys('mod++'), ['Ctrl', '+']);
  assert.equal(ariaKeys('mod+k'), 'Control+K');
  assert.equal(ariaKeys('arrowleft'), 'ArrowLeft');
  assert.equal(ariaKeys('?'), '?');
});
