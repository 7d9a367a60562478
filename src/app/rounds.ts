import { listen } from '#kernel/database/listen.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import type { Runtime } from './runtime.ts';

export interface Rounds {
  /** There may be something to do. */
  wake(workspaceId: string): void;
  /** Ends after the round in hand. */
  stop(): Promise<void>;
}

/**
 * Looks after something in every workspace: at once where a NOTIFY on the channel names it, and every few seconds in all, for
 * what no notice told of and what a killed process left. One round at a time.
 */
export function keepRounds(
  { database }: Runtime,
  { channel, sweepMs, round }: { channel: string; sweepMs: number; round(workspaceId: string): Promise<void> },
  onError: (error: unknown) => void,
): Rounds {
  const waiting = new Set<string>();
  let running: Promise<void> | null = null;
  let isStopped = false;
  const wake = (workspaceId: string): void => {
    if (isStopped) return;
    waiting.add(workspaceId);
    running ??= goRound().finally(() => {
      running = null;
      const [next] = waiting;
      if (next) wake(next);
    });
  };
  const goRound = async (): Promise<void> => {
    for (const id of waiting) {
      waiting.delete(id);
      if (!isStopped) await round(id).catch(onError);
    }
  };
  const sweep = async (): Promise<void> => {
    for (const id of await readyWorkspaces(database)) wake(id);
  };
  const sweeping = every(sweepMs, sweep, onError);
  const listening = listen(database, channel, wake);
  return {
    wake,
    async stop() {
      isStopped = true;
      await Promise.all([listening.stop(), sweeping.stop(), running]);
    },
  };
}

/** Repeats work until stopped, the first time at once; `stop` waits for the one in hand. */
export function every(
  ms: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let running = Promise.resolve();
  let busy = false;
  const once = (): void => {
    if (busy) return;
    busy = true;
    running = work()
      .catch(onError)
      .finally(() => {
        busy = false;
      });
  };
  once();
  const timer = setInterval(once, ms);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
