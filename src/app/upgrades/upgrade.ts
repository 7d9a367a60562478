import type { Database } from '#kernel/database/pool.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { exclusively } from '#kernel/schema/apply.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import type { Runtime } from '../runtime.ts';
import { notesOfContacts } from './notes-of-contacts.ts';
import { bringStandardRoles } from './standard-roles.ts';

/** What the tables of a company hold, brought along once. Killed at any moment, the next call continues. */
interface UpgradeStep {
  /** One line in English for the terminal. */
  readonly description: string;
  run(workspace: Workspace, onProgress: (done: number) => void): Promise<void>;
}

/**
 * Number n of this list brings a company's data to step n; a number that has landed is never taken away or changed, what has
 * to be moved next is a new one. Whatever a step finds done already it leaves as it is.
 */
const steps: readonly UpgradeStep[] = [
  { description: 'notes of calls, meetings and mails become conversations', run: notesOfContacts },
];

/** What a company that is set up now has behind it. */
export const newestStep = steps.length;

/**
 * Brings what companies have to what this version works with, after `upgradeWorkspaces` did their tables: the numbered steps
 * that are still before each, then the roles it began with.
 */
export function upgradeContents(runtime: Runtime, onProgress: (line: string) => void = () => {}): Promise<void> {
  const { database } = runtime;
  return exclusively(database, 'upgrade of contents', async () => {
    for (const id of await readyWorkspaces(database)) {
      const workspace = await runtime.workspace(id);
      for (let done = await stepsDone(database, id); done < newestStep; done++) {
        const { description, run } = steps[done]!;
        await run(workspace, (count) => onProgress(`Upgrading ${workspace.slug} … ${description}: ${count}`));
        await noteSteps(database, id, done + 1);
      }
      await bringStandardRoles(workspace);
    }
  });
}

/** In words, the steps that are still before each company. */
export async function stepsToCome({ database }: Runtime): Promise<{ slug: string; steps: string[] }[]> {
  const rows = await database.run('select slug, steps_done from platform.workspace order by created_at, id');
  return rows.flatMap(([slug, done]) => {
    const to = steps.slice(done as number).map(({ description }) => description);
    return to.length > 0 ? [{ slug: slug as string, steps: to }] : [];
  });
}

/** A company of this version has nothing of an older one. */
export async function noteSteps(database: Database, workspaceId: string, done = newestStep): Promise<void> {
  await database.execute('update platform.workspace set steps_done = $2 where id = $1', [workspaceId, done]);
}

async function stepsDone(database: Database, workspaceId: string): Promise<number> {
  const [row] = await database.run('select steps_done from platform.workspace where id = $1', [workspaceId]);
  return (row?.[0] as number | undefined) ?? newestStep;
}
