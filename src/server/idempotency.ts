import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuid } from 'uuid';
import type { Runtime } from '#app/runtime.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';

/** A request whose process died is given to whoever asks next. One that still runs says so three times as often. */
const ABANDONED = '1 minute';
const STILL_HERE_MS = 20_000;
const KEPT = '24 hours';
/** Characters. A longer answer is not kept: the request is done again. */
const LONGEST_ANSWER = 5_000_000;

interface Claim {
  identityId: string;
  key: string;
  /** Of all that the request writes, also when it is done again after a crash. */
  changeSet: string;
  timer: NodeJS.Timeout;
}

declare module 'fastify' {
  interface FastifyRequest {
    idempotency?: Claim;
  }
}

/**
 * `Idempotency-Key` on any unsafe request of somebody who signed in: the first one is done, the same one again gets the
 * same answer. What failed on our side (5xx) is not kept, so that it can be tried again. Where a crash, or a database that
 * went away, leaves open whether the first one was done, its change set tells, and it is not done twice.
 */
export function replayRequests(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;
  app.decorateRequest('idempotency', undefined);

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    const { visitor } = request;
    if (key === undefined || !visitor || ['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return;
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw new Problem('request.invalid', {}, [{ field: 'idempotency-key', code: 'field.invalid' }]);
    }
    const { identityId } = visitor;
    const hash = hashOf(request);
    const fresh = uuid();
    // Ours when nobody had it, when it is too old, or when whoever had it is gone.
    const [claimed] = await database.run(sql`
      insert into platform.idempotency as i (identity_id, key, request_hash, answer, created_at)
      values (${identityId}::uuid, ${key}, ${hash}, ${JSON.stringify({ changeSet: fresh })}::jsonb, now())
      on conflict (identity_id, key) do update set request_hash = excluded.request_hash, status = null, created_at = now(),
        answer = case when i.status is null and i.created_at >= now() - ${KEPT}::interval then coalesce(i.answer, excluded.answer)
          else excluded.answer end
      where i.created_at < now() - ${KEPT}::interval
        or (i.status is null and i.request_hash = excluded.request_hash and i.created_at < now() - ${ABANDONED}::interval)
      returning answer->>'changeSet'`);
    if (claimed) {
      const changeSet = claimed[0] as string;
      const stillHere = () =>
        database
          .execute(
            sql`update platform.idempotency set created_at = now() where identity_id = ${identityId}::uuid and key = ${key} and status is null`,
          )
          .catch((error) => request.log.error({ err: error }, 'idempotency'));
      request.idempotency = { identityId, key, changeSet, timer: setInterval(stillHere, STILL_HERE_MS) };
      if (changeSet !== fresh && (await hasWritten(visitor.workspace, changeSet)))
        throw new Problem('request.answer-lost', { changeSet });
      return;
    }
    const [row] = await database.run(
      sql`select request_hash, status, answer from platform.idempotency where identity_id = ${identityId}::uuid and key = ${key}`,
    );
    const [of, status, answer] = (row ?? [hash, null, null]) as [string, number | null, Answer | null];
    if (of !== hash) throw new Problem('request.idempotency-key-reused');
    if (status === null || answer === null) {
      reply.header('retry-after', '1');
      throw new Problem('request.in-progress');
    }
    return reply
      .code(status)
      .headers(answer.headers)
      .header('idempotent-replayed', 'true')
      .send(answer.body ?? undefined);
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const claim = request.idempotency;
    if (!claim) return payload;
    const body = payload === undefined || payload === null || payload === '' ? null : payload;
    // What failed because the client hung up in the middle is not the request's answer.
    const isBroken = reply.statusCode >= 400 && (request.raw.readableAborted || request.raw.socket.destroyed);
    const isKept =
      reply.statusCode < 500 &&
      !isBroken &&
      (body === null || (typeof body === 'string' && body.length <= LONGEST_ANSWER));
    await settle(runtime, request, isKept ? { headers: headersOf(reply), body } : null, reply.statusCode);
    return payload;
  });

  // A hijacked answer is never sent: its key is free again after a minute.
  app.addHook('onResponse', async (request) => {
    if (request.idempotency) clearInterval(request.idempotency.timer);
  });
}

interface Answer {
  headers: Record<string, string>;
  body: string | null;
}

async function settle(runtime: Runtime, request: FastifyRequest, answer: Answer | null, status: number): Promise<void> {
  const { identityId, key, timer } = request.idempotency!;
  clearInterval(timer);
  const isMine = sql`identity_id = ${identityId}::uuid and key = ${key} and status is null`;
  await runtime.database
    .execute(
      answer
        ? sql`update platform.idempotency set status = ${status}, answer = ${JSON.stringify(answer)}::jsonb where ${isMine}`
        : sql`update platform.idempotency set created_at = now() - ${ABANDONED}::interval where ${isMine}`,
    )
    // The request itself was answered; its key is free again after a minute.
    .catch((error) => request.log.error({ err: error }, 'idempotency'));
}

async function hasWritten({ database, schema }: Workspace, changeSet: string): Promise<boolean> {
  const rows = await database.run(
    sql`select 1 from ${raw(identifier(schema))}.event where change_set = ${changeSet}::uuid limit 1`,
  );
  return rows.length > 0;
}

/** Of an upload only the address counts: its content passes by once. */
function hashOf(request: FastifyRequest): string {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`);
  if (request.body !== undefined && request.body !== null) hash.update(JSON.stringify(request.body));
  return hash.digest('base64url');
}

function headersOf(reply: FastifyReply): Record<string, string> {
  const kept = ['content-type', 'location', 'cache-control'];
  return Object.fromEntries(
    kept.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])),
  );
}
