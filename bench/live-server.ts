/** The server of `live.ts`, in a process of its own so that its memory can be told from that of a thousand clients. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey } from '#app/identity/keys.ts';
import { createIdentity } from '#app/identity/people.ts';
import { setUpCompany } from '#app/set-up.ts';
import { startRuntime } from '#app/start.ts';
import { buildApp } from '#server/app.ts';

const PEOPLE = 20;

const dataFolder = mkdtempSync(join(tmpdir(), 'tendero-bench-live-'));
const { runtime, stop } = await startRuntime({ dataFolder, own: true, upgrade: 'leave' });
const person = (number: number) => ({
  name: `Person ${number}`,
  email: `person${number}@example.com`,
  password: 'correct horse battery',
  language: 'en' as const,
  timeZone: 'Europe/Vilnius',
});
const company = { company: 'Bench', currency: 'EUR' };
const { workspaceId, identityId } = await setUpCompany(runtime, { ...company, ...person(0) });
const workspace = await runtime.workspace(workspaceId);
const keys = [(await createKey(runtime.database, identityId, 'bench')).key];
while (keys.length < PEOPLE) {
  const created = await createIdentity(runtime.database, workspace, person(keys.length));
  keys.push((await createKey(runtime.database, created.identityId, 'bench')).key);
}
const app = await buildApp(runtime);
const url = await app.listen({ port: 0, host: '127.0.0.1' });

process.on('message', async (message) => {
  if (message === 'memory') {
    globalThis.gc?.();
    process.send?.(process.memoryUsage.rss());
    return;
  }
  await app.close();
  await stop();
  rmSync(dataFolder, { recursive: true, force: true });
  process.exit(0);
});
process.send?.({ url, keys });
