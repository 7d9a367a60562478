import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldShape, RecordShape } from '../api/types.ts';
import { mayOverflow, shownText } from './column-widths.ts';

const field = (type: string) => ({ name: 'field', type }) as FieldShape;
const record = (value: unknown, expanded?: unknown) =>
  ({ id: '1', version: 1, field: value, expanded: { field: expanded } }) as unknown as RecordShape;

test('a text that fits its column for certain is not cut', () => {
  assert.equal(mayOverflow('Ona Kazlauskienė', 260), false);
  assert.equal(mayOverflow('Ona Kazlauskienė, director of everything', 260), true);
  assert.equal(mayOverflow('日本語の会社', 260), true);
  assert.equal(mayOverflow('🙂', 260), true);
  assert.equal(mayOverflow('', 60), false);
});

test('what is not known without drawing it may be anything', () => {
  assert.equal(mayOverflow(shownText(field('richText'), record('<p>a</p>')), 900), true);
  assert.equal(mayOverflow(shownText(field('reference'), record('id')), 900), true);
  assert.equal(mayOverflow(shownText(field('reference'), record('id', { title: 'Litera' })), 180), false);
});

test('moments fit the width they are given, and not a narrower one', () => {
  assert.equal(mayOverflow(shownText(field('datetime'), record('2026-11-22T10:00:00Z')), 170), false);
  assert.equal(mayOverflow(shownText(field('datetime'), record('2026-11-22T10:00:00Z')), 120), true);
});

test('of several addresses the first is shown, with their number', () => {
  const many = [{ value: 'a@example.com' }, { value: 'b@example.com' }];
  assert.equal(mayOverflow(shownText(field('email'), record(many)), 210), false);
  assert.equal(mayOverflow(shownText(field('email'), record('somebody.with.a.long.name@example.com')), 210), true);
});
