import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceOf, isPhone } from './device.ts';

test('browsers are known by what they say of themselves', () => {
  const like = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  const cases: [string, string | null, boolean][] = [
    [`Mozilla/5.0 (X11; Linux x86_64) ${like} Chrome/140.0.0.0 Safari/537.36`, 'Chrome · Linux', false],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${like} Chrome/140.0 Safari/537.36 Edg/140.0`, 'Edge · Windows', false],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 15.1; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · macOS', false],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1',
      'Safari · iPhone',
      true,
    ],
    [`Mozilla/5.0 (Linux; Android 15) ${like} Chrome/140.0.0.0 Mobile Safari/537.36`, 'Chrome · Android', true],
    ['curl/8.5', null, false],
    ['', null, false],
  ];
  for (const [text, name, phone] of cases) assert.deepEqual([deviceOf(text), isPhone(text)], [name, phone], text);
});
