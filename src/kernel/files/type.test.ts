import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInline, typeOf } from './type.ts';

const cases: [content: string | Buffer, name: string, type: string][] = [
  ['plain', 'a.txt', 'text/plain'],
  ['a;b\n1;2', 'a.CSV', 'text/csv'],
  ['{}', 'a.json', 'application/json'],
  ['MZ\u0000\u0001', 'a.txt', 'application/octet-stream'],
  ['\uFEFF  <!DOCTYPE html><p>', 'a.txt', 'text/html'],
  ['<script>1</script>', 'a.csv', 'text/html'],
  ['<svg xmlns="x">', 'a.png', 'image/svg+xml'],
  ['<?xml version="1.0"?><!-- x --><svg>', 'a.xml', 'image/svg+xml'],
  ['%PDF-1.4', 'a', 'application/pdf'],
  ['BM is how this text begins', 'a.txt', 'text/plain'],
  [Buffer.from('ffd8ffe000104a464946', 'hex'), 'a', 'image/jpeg'],
  [Buffer.from('524946460000000057454250', 'hex'), 'a', 'image/webp'],
  [Buffer.from('0000001866747970617669660000', 'hex'), 'a', 'image/avif'],
  [
    Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.from('[Content_Types].xml xl/workbook.xml')]),
    'a.zip',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ],
  [
    Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.from('mimetypeapplication/vnd.oasis.opendocument.textPK')]),
    'a',
    'application/vnd.oasis.opendocument.text',
  ],
  [Buffer.from('504b0304', 'hex'), 'a.docx', 'application/zip'],
  [Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'a.doc', 'application/msword'],
  [Buffer.from('c4', 'hex'), 'cut.txt', 'text/plain'],
  [Buffer.from('c4c4c4c4', 'hex'), 'latin.txt', 'application/octet-stream'],
  [Buffer.from('Subject: \u00e9t\u00e9\r\n\r\n\u00e9', 'latin1'), 'latin.eml', 'message/rfc822'],
  [Buffer.from('c4c4c4c4', 'hex'), 'nothing.eml', 'application/octet-stream'],
  ['', 'a', 'text/plain'],
];

test('the type is known by the content', () => {
  for (const [content, name, type] of cases) assert.equal(typeOf(Buffer.from(content as string), name), type, name);
});

test('nothing that a browser runs is shown', () => {
  for (const type of ['text/html', 'image/svg+xml', 'application/xml', 'text/plain', 'application/octet-stream'])
    assert.equal(isInline(type), false, type);
});
