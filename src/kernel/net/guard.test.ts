import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkGuard } from './guard.ts';

const guard = networkGuard('');

test('addresses inside the own network are refused, however they are written', () => {
  for (const host of [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '0177.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:10.0.0.1]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[2001:db8::1]',
    '[::7f00:1]',
    '[100::1]',
  ]) {
    assert.throws(() => guard.check(`http://${host}/`), { code: 'webhook.address-refused' }, host);
  }
});

test('other protocols, credentials and ports of other services are refused', () => {
  for (const url of [
    'ftp://example.com',
    'file:///etc/passwd',
    'gopher://example.com',
    'https://u:p@example.com',
    'http://example.com:25',
    'http://example.com:22',
    'javascript:1',
    '',
    'x',
    '//example.com',
  ]) {
    assert.throws(() => guard.check(url), { code: 'webhook.address-refused' }, url);
  }
});

test('public addresses pass', () => {
  for (const url of [
    'https://example.com/a?b',
    'http://example.com',
    'https://example.com:8443',
    'http://8.8.8.8',
    'http://[2606:4700::1111]',
    'http://[::ffff:8.8.8.8]',
  ]) {
    assert.equal(guard.check(url).href, new URL(url).href);
  }
});

test('a name is checked by what it resolves to', async () => {
  const resolve = (of: typeof guard, host: string, all: boolean) =>
    new Promise((done) =>
      of.lookup(host, { all }, (error, address) => done(error ? (error as { message?: string }).message : address)),
    );
  assert.match(String(await resolve(guard, 'localhost', true)), /address-refused/);
  assert.match(String(await resolve(guard, 'localhost', false)), /address-refused/);
  const lenient = networkGuard('127.0.0.0/8, ::1');
  assert.match(String(await resolve(lenient, 'localhost', false)), /^(127\.0\.0\.1|::1)$/);
});

test('an administrator may let some through', () => {
  const lenient = networkGuard('127.0.0.1/32,fd00::/8');
  assert.ok(lenient.check('http://127.0.0.1:3000/'));
  assert.ok(lenient.check('http://[fd00::1]/'));
  assert.throws(() => lenient.check('http://127.0.0.2/'), { code: 'webhook.address-refused' });
  assert.throws(() => networkGuard('everything'), /not a range/);
});
