import { deliverWebhooks, type SenderTools } from '#kernel/events/webhook-sender.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import { principalOf } from './principal.ts';
import type { Runtime } from './runtime.ts';

/** Finds what a killed process left behind. */
const SWEEP_MS = 60_000;

export interface Deliveries {
  /** There may be something to send. */
  wake(workspaceId: string): void;
  stop(): Promise<void>;
}

/** Sends webhooks: one run at a time for each workspace, the next one when something is due. */
export function keepDeliveries(runtime: Runtime, onError: (error: unknown) => void): Deliveries {
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const wanted = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();
  let tools: Promise<SenderTools> | undefined;
  const openTools = async (): Promise<SenderTools> => {
    return { secrets: await openSecrets(runtime.dataFolder), guard: networkGuard(), principalOf };
  };

  const deliver = async (id: string): Promise<void> => {
    tools ??= openTools();
    const next = await deliverWebhooks(await runtime.workspace(id), await tools, stopping.signal);
    if (next && !stopping.signal.aborted) {
      const wait = Math.min(Math.max(next.getTime() - Date.now(), 200), SWEEP_MS);
      timers.set(id, setTimeout(wake, wait, id));
    }
  };
  const wake = (id: string): void => {
    if (stopping.signal.aborted) return;
    wanted.add(id);
    clearTimeout(timers.get(id));
    if (running.has(id)) return;
    wanted.delete(id);
    const run = deliver(id)
      .catch(onError)
      .finally(() => {
        running.delete(id);
        if (wanted.has(id)) wake(id);
      });
    running.set(id, run);
  };
  const sweep = async (): Promise<void> => {
    for (const id of await readyWorkspaces(runtime.database)) wake(id);
  };
  const sweeping = setInterval(() => sweep().catch(onError), SWEEP_MS);
  sweep().catch(onError);

  return {
    wake,
    async stop() {
      stopping.abort();
      clearInterval(sweeping);
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running.values());
    },
  };
}
