import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { fillAddress, frameFields, frameOrigin } from './frame-address.ts';

test('an address is by https, and its variables stand behind its host', () => {
  for (const [address, origin] of [
    ['https://erp.example.com/customers?number={{taxNumber}}&id={{ id }}', 'https://erp.example.com'],
    ['https://erp.example.com:8443', 'https://erp.example.com:8443'],
    ['https://erp.example.com/{{id}}#{{name}}', 'https://erp.example.com'],
    ['http://erp.example.com/', null],
    ['https://{{name}}.example.com/', null],
    ['https://example.com{{name}}/', null],
    ['https://rasa:secret@example.com/', null],
    ['https://example.com/{name}', null],
    ['https://example.com/{{first name}}', null],
    ['https://example.com\\{{name}}', null],
    ['javascript:alert(1)//https://example.com/', null],
    ['//example.com/', null],
    ['https://', null],
  ] as const)
    assert.equal(frameOrigin(address), origin, address);
  assert.deepEqual(frameFields('https://a.example/{{id}}?a={{name}}&b={{ id }}'), ['id', 'name']);
});

test('values are text in it', () => {
  const record = {
    id: '7',
    name: 'A & B/../?x=#',
    emails: [{ value: 'a@b.lt' }],
    amount: { amount: 12.5 },
    none: null,
  };
  assert.equal(
    fillAddress('https://e.example/{{name}}?m={{emails}}&n={{amount}}&o={{none}}&p={{ id }}', record),
    'https://e.example/A%20%26%20B%2F..%2F%3Fx%3D%23?m=a%40b.lt&n=12.5&o=&p=7',
  );
});

test('no value leads elsewhere', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }).map((text) => text.toWellFormed()),
      (name) => {
        const url = new URL(fillAddress('https://erp.example.com/a/{{name}}/b?c={{name}}#{{name}}', { name }));
        assert.equal(url.origin, 'https://erp.example.com');
        assert.match(url.pathname, /^\/a\/[^/]*\/b$/);
        assert.equal([...url.searchParams.keys()].join(), 'c');
      },
    ),
  );
});
