import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import type { FieldEnv } from '../field-type.ts';
import { richText } from './index.ts';

const field = { name: 'notes' };
const clean = (html: string) => richText.normalise(html, field, {} as FieldEnv) as string;

test('nothing that runs comes through', () => {
  const attacks = [
    '<img src=x onerror=alert(1)>',
    '<svg><script>alert(1)</script></svg>',
    '<a href="jAvAsCrIpT&#58;alert(1)">x</a>',
    '<a href="//evil.example">x</a>',
    '<p style="background:url(javascript:alert(1))">x</p>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<b>&#x338; onmouseover=alert(1)//</b>',
    '<p>&lt;img src=x onerror=alert(1)&gt;',
  ];
  for (const attack of attacks) {
    const html = clean(attack);
    for (const tag of html.normalize('NFC').match(/<[^>]*>/g) ?? []) {
      assert.match(tag, /^<\/?[a-z\d]+( (href|start|colspan|rowspan)="[^"<>]*")*( \/)?>$/, html);
      assert.doesNotMatch(tag, /script|\/\/evil/i);
    }
  }
});

test('a combining mark from an entity cannot swallow the end of a tag', () => {
  const html = clean('<b>&#x338; onmouseover=alert(1) x=</b>');
  assert.equal(html.normalize('NFC'), html);
});

test('what was sanitised once is left as it is', () => {
  const pieces = [
    '<p>',
    '</p>',
    '<b',
    '>',
    ' onclick=',
    '"',
    '&',
    '&lt;',
    '&#x338;',
    '&#1',
    '&#x0;',
    '\u0338',
    '<table><tr><td>',
    'ą',
    '<a href="',
    'http://x.lt',
  ];
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 12 }), (parts) => {
      const input = parts.join('').replaceAll('\u0000', '').toWellFormed();
      const html = clean(input);
      assert.equal(clean(html), html);
      assert.equal(html.normalize('NFC'), html);
    }),
    { numRuns: 300 },
  );
});

test('markup without content is nothing', () => {
  for (const html of ['<p></p>', '<p><br></p>', '<script>x</script>', ' ']) assert.equal(clean(html), '');
  assert.equal(clean('<hr>'), '<hr />');
});
