import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineObject } from '#kernel/object/definition.ts';
import { defineModule } from '#kernel/object/module.ts';
import { buildWorkspace } from '#test/build.ts';

const parcel = defineObject({
  name: 'parcel',
  plural: 'parcels',
  title: 'number',
  icon: 'package',
  fields: {
    number: { type: 'autoNumber', prefix: 'P-', digits: 4, search: true },
    content: { type: 'text', search: true },
  },
});
const post = defineModule({ name: 'post', objects: [parcel], catalogues: { en: {}, es: {}, lt: {} } });

test('records are numbered without gaps, one by one, many at once and by several people together', async () => {
  const { records } = await buildWorkspace({ modules: [post] });
  assert.equal((await records.create('parcel', { content: 'bread' })).number, 'P-0001');
  await records.createMany('parcel', [{ content: 'butter' }, { content: 'x'.repeat(300) }, { content: 'jam' }]);
  await Promise.all(Array.from({ length: 5 }, () => records.create('parcel', { content: 'tea' })));
  const all = await records.list('parcel', { sort: ['number'] });
  assert.deepEqual(
    all.items.map((item) => item.number),
    ['P-0001', 'P-0002', 'P-0003', 'P-0004', 'P-0005', 'P-0006', 'P-0007', 'P-0008'],
  );
  for (const words of ['p-0002', '2', 'butter']) {
    const found = await records.list('parcel', { search: words });
    assert.ok(
      found.items.some((item) => item.content === 'butter'),
      words,
    );
  }
});
