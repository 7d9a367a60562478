/** The process that `crash.test.ts` kills: takes an import of an embedded database that is running, and runs it. */

import { createRuntime } from '#app/runtime.ts';
import { memberRole } from '#kernel/access/access.ts';
import { startEmbedded } from '#kernel/database/embedded.ts';
import { openDatabase } from '#kernel/database/pool.ts';
import { runImport } from '#kernel/transfer/import/run.ts';
import { listWorkspaces } from '#kernel/workspace/workspace.ts';
import { houseOf } from './house.ts';

const [folder, id, userId] = process.argv.slice(2) as [string, string, string];
const embedded = await startEmbedded({ dataFolder: folder });
const runtime = createRuntime(openDatabase(embedded.connection), folder);
const [entry] = await listWorkspaces(runtime.database);
const workspace = await runtime.workspace(entry!.id);
const principal = { userId, roles: [memberRole], language: 'en', timeZone: 'UTC' };
await runImport(houseOf({ runtime, workspace, principal }), id).catch((error: unknown) => {
  if ((error as { code?: string }).code !== 'database.unavailable') throw error;
});
process.exit(0);
