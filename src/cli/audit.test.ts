import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealEvents } from '#kernel/audit/seal.ts';
import { identifier } from '#kernel/database/sql.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { buildAccount, buildWorkspace } from '#test/build.ts';
import { verifyAudit } from './audit.ts';
import type { Call } from './command.ts';

test('`audit verify` says that everything fits, or ends badly with the first event that does not', async () => {
  const { runtime, workspace, records } = await buildWorkspace();
  const secrets = await openSecrets(runtime.dataFolder);
  for (let index = 0; index < 5; index++) await buildAccount(records);
  await sealEvents(workspace, secrets);
  const run = async (options: Record<string, string> = {}) => {
    const printed: string[] = [];
    let failed = false;
    const call = {
      text: (name: string) => options[name],
      runtime: async () => runtime,
      dataFolder: runtime.dataFolder,
      print: (line: string) => void printed.push(line),
      progress: () => {},
      fail: () => {
        failed = true;
      },
      signal: new AbortController().signal,
    } as unknown as Call;
    const answer = (await verifyAudit.run(call)) as { workspaces: { head: string; fault: object | null }[] };
    return { ...answer.workspaces[0]!, printed: printed.join('\n'), failed };
  };
  const whole = await run();
  assert.equal(whole.failed, false);
  assert.match(whole.printed, /events fit, 0 of them not sealed yet[\s\S]*head 1:[0-9a-f]{64}/);
  assert.equal((await run({ workspace: workspace.slug, expect: whole.head })).failed, false);
  await assert.rejects(run({ workspace: 'nobody' }), /no workspace/);

  await runtime.database.run(`update ${identifier(workspace.schema)}.event set via = 'import' where position = 4`);
  const broken = await run();
  assert.equal(broken.failed, true);
  assert.deepEqual(broken.fault, { position: 4, reason: 'changed' });
  assert.match(broken.printed, /event 4 does not fit/);
});
