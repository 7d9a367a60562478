/**
 * Strangers send forms while the program is killed in the middle of it, again and again: whoever was thanked is there, nobody is
 * there twice, and of each submission records are made once.
 *
 *   FORM_SUBMISSIONS   200, or as many as are wanted; 900 to each form, as no form takes more in ten minutes
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { pageToken } from '#server/public-pages/visit.ts';
import { eventually, openSite, type Site } from './site.ts';

const SUBMISSIONS = Number(process.env.FORM_SUBMISSIONS ?? 200);
const TO_ONE_FORM = 900;
const KILLS = 2;
const AT_ONCE = 8;
const AGO_MS = 60_000;

test('the program killed while forms are sent: who was thanked is there, once', async (t) => {
  const site = await openSite();
  const secrets = await openSecrets(site.folder);
  const forms: { id: string; slug: string }[] = [];
  for (let index = 0; index < Math.ceil(SUBMISSIONS / TO_ONE_FORM); index++) forms.push(await makeForm(site, index));

  let next = 0;
  let thanked = 0;
  let again = 0;
  let isOver = false;
  t.after(() => {
    isOver = true;
  });
  /** Until it is thanked, as a browser is told to try again; the page with its token is the same each time. */
  const send = async (number: number): Promise<void> => {
    const form = forms[Math.floor(number / TO_ONE_FORM)]!;
    const token = pageToken(secrets, form.id, Date.now() - AGO_MS);
    while (!isOver) {
      const body = new FormData();
      for (const [name, value] of Object.entries({
        ...{ token, 'contact.lastName': `Nr ${number}`, 'contact.emails': `nr${number}@client.example` },
        'own.message': 'Two doors, please',
      }))
        body.set(name, value);
      const status = await fetch(`${site.server.url}/f/${form.slug}`, {
        ...{ method: 'POST', redirect: 'manual', body },
        headers: { 'x-forwarded-for': `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}` },
      }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 303) {
        thanked++;
        return;
      }
      assert.ok(status === 0 || status >= 500, `${status} for number ${number}`);
      again++;
      await sleep(50);
    }
  };
  const began = performance.now();
  const clients = Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < SUBMISSIONS && !isOver) await send(next++);
    }),
  );
  clients.catch(() => {});
  for (let kill = 1; kill <= KILLS; kill++) {
    const enough = Math.floor((SUBMISSIONS * kill) / (KILLS + 1));
    await eventually(`${enough} were thanked`, 90_000 + SUBMISSIONS * 200, async () =>
      thanked >= enough ? [] : [`${thanked}`],
    );
    await site.server.stop('SIGKILL');
    // As if the minute had passed after which a job without a word is somebody else's.
    await site.inside(async (client) => {
      await client.query(`update platform.job_progress set updated_at = now() - interval '1 minute'`);
      await client.query(
        `update graphile_worker._private_jobs set locked_at = now() - interval '1 minute' where locked_at is not null`,
      );
    });
    await site.start();
  }
  await clients;
  const sentIn = performance.now() - began;

  const counts = async () =>
    site.inside(async (client) => {
      const { rows } = await client.query(`
        select count(*)::integer as kept, count(distinct key)::integer as keys, count(distinct email)::integer as addresses,
          count(distinct contact_id)::integer as contacts, count(distinct interaction_id)::integer as talks,
          (select count(*)::integer from ws_kill.contact where last_name like 'Nr %') as people,
          (select count(*)::integer from ws_kill.interaction where channel = 'form') as told
        from ws_kill.form_submission`);
      return rows[0] as Record<string, number>;
    });
  const each = ['kept', 'keys', 'addresses', 'contacts', 'talks', 'people', 'told'];
  const wanted = Object.fromEntries(each.map((name) => [name, SUBMISSIONS]));
  await eventually('records of all', 90_000 + SUBMISSIONS * 200, async () => {
    const now = await counts();
    return now.told! >= SUBMISSIONS ? [] : [JSON.stringify(now), site.server.output().slice(-2_000)];
  });
  assert.deepEqual(await counts(), wanted);
  const took = performance.now() - began;
  t.diagnostic(
    `${SUBMISSIONS} sent in ${Math.round(sentIn)} ms, ${again} more tries; records of all ${Math.round(took)} ms`,
  );
  assert.equal((await site.server.stop()).code, 0);
});

async function makeForm(site: Site, index: number): Promise<{ id: string; slug: string }> {
  const slug = `doors-${index}`;
  const answer = await fetch(`${site.server.url}/api/records/webForm`, {
    method: 'POST',
    headers: { authorization: `Bearer ${site.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ name: `Doors ${index}`, slug, state: 'open', texts: { title: { en: 'Ask for doors' } } },
      questions: [
        { key: 'contact.lastName', required: true },
        { key: 'contact.emails', required: true },
        { key: 'own.message', type: 'longText', label: { en: 'Your message' }, required: true },
      ],
    }),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  const { id } = (await answer.json()) as { id: string };
  return { id, slug };
}
