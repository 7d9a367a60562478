import { EVENT_CHANNEL } from '#kernel/events/event.ts';
import type { Runtime } from './runtime.ts';

/** Commits of one workspace within this time are one NOTIFY: each takes a lock that all commits of the server share. */
const GATHERED_MS = 20;

/** Tells other processes of this one's commits: outside of their transactions, so that nobody waits for it. */
export function announceCommits({ commits, database }: Runtime): { stop(): Promise<void> } {
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const send = async (): Promise<void> => {
    timer = undefined;
    const ids = [...pending];
    pending.clear();
    // Who does not hear it finds the events in its next sweep.
    if (ids.length > 0)
      await database.run('select pg_notify($1, id) from unnest($2::text[]) id', [EVENT_CHANNEL, ids]).catch(() => {});
  };
  const onCommit = ({ id }: { id: string }): void => {
    pending.add(id);
    timer ??= setTimeout(send, GATHERED_MS);
  };
  commits.on('commit', onCommit);
  return {
    async stop() {
      commits.off('commit', onCommit);
      clearTimeout(timer);
      await send();
    },
  };
}
