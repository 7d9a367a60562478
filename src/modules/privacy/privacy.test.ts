import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Role } from '#kernel/access/access.ts';
import { buildContact, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { mayContact } from './index.ts';

let world: TestWorkspace;
before(async () => {
  world = await buildWorkspace();
});

const say = (contact: string, input: Record<string, unknown>) =>
  world.records.create('consent', { contact, purpose: 'newsletter', channel: 'email', ...input });

test('the latest word of a purpose and a channel counts, and no word means no', async () => {
  const { records } = world;
  const { id } = await buildContact(records);
  const ask = async (purpose = 'newsletter', channel = 'email') => {
    const { may, reason } = await mayContact(world.workspace, world.principal, id, purpose, channel);
    return `${may} ${reason}`;
  };
  assert.equal(await ask(), 'false notAsked');
  await say(id, { at: '2026-01-01T10:00:00Z', shownText: 'Send me the newsletter', how: 'form' });
  assert.equal(await ask(), 'true given');
  assert.equal(await ask('newsletter', 'phone'), 'false notAsked');
  assert.equal(await ask('offers'), 'false notAsked');
  await say(id, { state: 'withdrawn', at: '2026-02-01T10:00:00Z' });
  assert.equal(await ask(), 'false withdrawn');
  await say(id, { at: '2025-06-01T10:00:00Z' });
  assert.equal(await ask(), 'false withdrawn', 'an older word that is recorded later changes nothing');
  await say(id, { at: '2026-02-01T10:00:00Z' });
  assert.equal(await ask(), 'true given', 'of two at one moment the one recorded last');
  await records.update('contact', id, { doNotEmail: true });
  assert.equal(await ask(), 'false doNotEmail');
  await records.update('contact', id, { doNotEmail: false, doNotCall: true, doNotContact: true });
  assert.equal(await ask(), 'false doNotContact');
  await records.update('contact', id, { doNotContact: false });
  await say(id, { channel: 'sms' });
  assert.equal(await ask('newsletter', 'sms'), 'false doNotCall');
  assert.equal(await ask('no-such-purpose').catch(({ code }) => code), 'query.invalid');
  await records.remove('contact', id);
  assert.equal(await ask(), 'false unknown');
  assert.equal(
    (await mayContact(world.workspace, world.principal, '00000000-0000-7000-8000-000000000000', 'offers', 'email'))
      .reason,
    'unknown',
  );
});

test('what somebody said counts whatever of it whoever asks may see', async () => {
  const { records, workspace } = world;
  const reads = (grants: Role['grants'], fields?: Role['fields']) =>
    world.as([{ name: 'some', grants, ...(fields ? { fields } : {}) }]);
  const askers = {
    'sees no consents': await reads({ contact: { read: 'all' } }),
    'sees their own only': await reads({ contact: { read: 'all' }, consent: { read: 'own', create: 'all' } }),
    'sees what was given only': await reads({
      contact: { read: 'all' },
      consent: { read: { filter: { state: { is: 'given' } } } },
    }),
    'does not see what was said': await reads(
      { contact: { read: 'all' }, consent: { read: 'all' } },
      { 'consent.state': 'hidden', 'consent.purpose': 'hidden', 'consent.at': 'hidden' },
    ),
    'does not see the marks': await reads(
      { contact: { read: 'all' }, consent: { read: 'all' } },
      { 'contact.doNotContact': 'hidden', 'contact.doNotEmail': 'masked', 'contact.doNotCall': 'hidden' },
    ),
  };
  const { id } = await buildContact(records);
  const answers = async (expected: string) => {
    for (const [name, { principal }] of Object.entries(askers)) {
      const { may, reason } = await mayContact(workspace, principal, id, 'newsletter', 'email');
      assert.equal(`${may} ${reason}`, expected, name);
    }
  };
  await answers('false notAsked');
  await say(id, { at: '2026-01-01T10:00:00Z' });
  await answers('true given');
  await say(id, { state: 'withdrawn', at: '2026-02-01T10:00:00Z' });
  // Their own, older word does not outweigh it.
  await askers['sees their own only'].records.create('consent', {
    ...{ contact: id, purpose: 'newsletter', channel: 'email', at: '2026-01-15T10:00:00Z' },
  });
  await answers('false withdrawn');
  await say(id, { at: '2026-03-01T10:00:00Z' });
  await records.update('contact', id, { doNotEmail: true });
  await answers('false doNotEmail');
  await records.update('contact', id, { doNotEmail: false, doNotContact: true });
  await answers('false doNotContact');
  // Of whom somebody does not know, nothing is told.
  const { principal } = await reads({ contact: { read: 'own' }, consent: { read: 'all' } });
  assert.deepEqual(await mayContact(workspace, principal, id, 'newsletter', 'email'), {
    ...{ may: false, reason: 'unknown', consent: null, at: null },
  });
});

test('a row of the ledger stays as it was', async () => {
  const { records } = world;
  const { id } = await buildContact(records);
  const row = await say(id, {});
  const fixed = { code: 'consent.append-only' };
  await assert.rejects(records.update('consent', row.id, { state: 'withdrawn' }), fixed);
  await assert.rejects(records.remove('consent', row.id), fixed);
  const many = await records.updateMany('consent', { ids: [row.id] }, { how: 'paper' });
  assert.equal(many.failed, 1);
  const removed = await records.removeMany('consent', { ids: [row.id] });
  assert.equal(removed.failed, 1);
  const changeSet = (await records.history('consent', row.id))[0]!.changeSet;
  await records.undo(changeSet).catch(() => {});
  assert.equal((await records.read('consent', row.id)).state, 'given');
  await assert.rejects(say(id, { at: '2999-01-01T00:00:00Z' }), { code: 'record.invalid' });
  await assert.rejects(say(id, { purpose: 'anything' }), { code: 'record.invalid' });
});

test('merged, a contact keeps what both said; anonymised, what they allowed and not how', async () => {
  const { records } = world;
  const [one, two] = [await buildContact(records), await buildContact(records)];
  await say(two.id, { evidence: 'heard by Rasa' });
  await records.merge('contact', { survivor: one.id, others: [two.id] });
  assert.equal((await mayContact(world.workspace, world.principal, one.id, 'newsletter', 'email')).may, true);
});
