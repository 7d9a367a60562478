import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '#kernel/database/pool.ts';
import { prepareJobs } from '#kernel/jobs/jobs.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { preparePlatform } from '#kernel/workspace/platform.ts';
import { createWorkspace, listWorkspaces } from '#kernel/workspace/workspace.ts';
import { testDatabase } from '#test/database.ts';
import { createRuntime } from './runtime.ts';
import { setUpCompany } from './set-up.ts';

const company = {
  company: 'Litera UAB',
  email: 'rasa@example.com',
  password: 'correct horse battery',
  language: 'lt',
  currency: 'EUR',
  timeZone: 'Europe/Vilnius',
} as const;

test('one company comes of any number of attempts, killed, refused or at the same time', async () => {
  const database = openDatabase((await testDatabase()).connection);
  await preparePlatform(database, 'test');
  await prepareJobs(database);
  const runtime = createRuntime(database, '/nowhere');
  // What a set-up leaves that was killed before its administrator was there.
  await createWorkspace(
    database,
    { name: company.company, language: 'lt', currency: 'EUR', timeZone: 'Europe/Vilnius', country: 'LT' },
    runtime.shipped,
  );
  await assert.rejects(setUpCompany(runtime, { ...company, email: 'nobody' }), Problem);
  const both = await Promise.allSettled([setUpCompany(runtime, company), setUpCompany(runtime, company)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.deepEqual(
    (await listWorkspaces(database)).map(({ slug }) => slug),
    ['litera_uab'],
  );
  const [stages] = await database.run('select count(*) from ws_litera_uab.stage');
  assert.ok((stages![0] as number) > 3);
  await database.close();
});
