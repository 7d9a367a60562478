import { join } from 'node:path';
import { asSystem, type Principal } from '#kernel/access/access.ts';
import { noteSecurityEvent } from '#kernel/audit/security-events.ts';
import { openStorage } from '#kernel/files/open-storage.ts';
import { addJob, type JobDefinition } from '#kernel/jobs/jobs.ts';
import {
  type Erasure,
  type ErasureReport,
  type ErasureRequest,
  type ErasureTools,
  eraseRecord,
  planErasure,
} from '#kernel/privacy/erase.ts';
import { type Holdings, holdingsOf } from '#kernel/privacy/holdings.ts';
import { dueFor, type RetentionRule, readRetention } from '#kernel/privacy/retention.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Door, Workspace } from '#kernel/records/door.ts';
import type { Runtime } from './runtime.ts';

/** Erasures of a night: each takes some 50 ms, and people have to be able to see what a new rule does. */
const MOST_A_NIGHT = 2_000;

/** What would be done, exactly: it is done and taken back. */
export async function planFor(runtime: Runtime, workspaceId: string, request: ErasureRequest): Promise<ErasureReport> {
  const workspace = await runtime.workspace(workspaceId);
  return planErasure(doorOf(workspace, null), request, toolsOf(runtime));
}

export async function exportHoldings(
  workspace: Workspace,
  { userId, language, timeZone }: Principal,
  object: string,
  id: string,
): Promise<Holdings> {
  const reader = { ...eraser, userId, language, timeZone };
  const holdings = await holdingsOf(workspace, reader, object, id);
  const rows = holdings.records.reduce((sum, { items }) => sum + items.length, 0);
  const details = { format: 'privacy', rows };
  await noteSecurityEvent(workspace, {
    operation: 'export',
    object,
    record: id,
    actor: userId,
    via: 'privacy',
    details,
  });
  return holdings;
}

/** Its result is an `Erasure`. */
export function eraseJob(runtime: Runtime): JobDefinition<ErasureRequest> {
  return {
    kind: 'erase',
    async run(request, { workspaceId, createdBy, progress, signal }): Promise<Erasure> {
      const workspace = await runtime.workspace(workspaceId);
      return eraseRecord(doorOf(workspace, createdBy), request, { ...toolsOf(runtime), progress, signal });
    },
  };
}

/** Does what the company's rules about keeping data say. @returns how many records each rule took care of */
export function retentionJob(runtime: Runtime): JobDefinition {
  return {
    kind: 'retention',
    run: (_, { workspaceId, createdBy, progress, signal }) =>
      applyRetention(runtime, workspaceId, { createdBy, progress, signal }),
  };
}

export async function applyRetention(
  runtime: Runtime,
  workspaceId: string,
  options: {
    createdBy?: string | null;
    now?: Date;
    progress?(done: number, total: number): void;
    signal?: AbortSignal;
  } = {},
): Promise<{ object: string; done: number; refused: number }[]> {
  const { createdBy = null, now = new Date(), progress, signal } = options;
  const workspace = await runtime.workspace(workspaceId);
  const results: { object: string; done: number; refused: number }[] = [];
  for (const rule of await rulesInForce(workspace)) {
    const ids = await dueFor(workspace, rule, now, MOST_A_NIGHT);
    const result = { object: rule.object, done: 0, refused: 0 };
    results.push(result);
    for (const id of ids) {
      signal?.throwIfAborted();
      const request = { object: rule.object, id, mode: rule.act, reason: 'retention' } as const;
      try {
        await eraseRecord(doorOf(workspace, createdBy), request, toolsOf(runtime));
        result.done++;
      } catch (error) {
        // What something else needs stays, and is looked at again the next night.
        if (!(error instanceof Problem)) throw error;
        result.refused++;
      }
      progress?.(result.done + result.refused, ids.length);
    }
  }
  return results;
}

/** Queues the night's work where there are rules. */
export async function queueRetention(
  runtime: Runtime,
  workspaceId: string,
  createdBy: string | null,
): Promise<string | null> {
  const workspace = await runtime.workspace(workspaceId);
  if ((await rulesInForce(workspace)).length === 0) return null;
  return runtime.database.transaction((connection) =>
    addJob(connection, { workspaceId, kind: 'retention', payload: {}, createdBy, key: `retention ${workspaceId}` }),
  );
}

/** A rule for an object that is not there any more says nothing. */
async function rulesInForce(workspace: Workspace): Promise<RetentionRule[]> {
  return (await readRetention(workspace)).filter(({ object }) => workspace.model.objects.has(object));
}

function toolsOf(runtime: Runtime): ErasureTools {
  return { importsFolder: join(runtime.dataFolder, 'imports'), storage: openStorage(runtime.dataFolder) };
}

const eraser = asSystem('what is held about somebody is more than one person may see, and goes whoever wrote it');

function doorOf(workspace: Workspace, userId: string | null): Door {
  return { workspace, principal: { ...eraser, userId }, via: 'privacy', trusted: true, unit: null };
}
