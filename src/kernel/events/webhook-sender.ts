import http from 'node:http';
import https from 'node:https';
import { Webhook as Signer } from 'standardwebhooks';
import { type Principal, scopesOf } from '../access/access.ts';
import { identifier, raw, type Sql, sql } from '../database/sql.ts';
import type { NetworkGuard } from '../net/guard.ts';
import { Problem } from '../problems/problem.ts';
import type { Workspace } from '../records/door.ts';
import { recordsFor } from '../records/open.ts';
import type { Secrets } from '../workspace/secrets.ts';
import type { EventOperation } from './event.ts';
import { SECRET_PURPOSE, webhookOperations } from './webhooks.ts';

/** The body of a message. */
export interface WebhookMessage {
  /** `contact.updated` */
  type: string;
  /** When it happened. */
  timestamp: string;
  data: {
    id: string;
    version: number;
    /** Field → `[from, to]`; of the fields that the hook's owner may see. */
    changes: Readonly<Record<string, readonly [unknown, unknown]>> | null;
    /** As it was when first sent; null when it is gone for good. */
    record: Record<string, unknown> | null;
  };
}

export interface SenderTools {
  readonly secrets: Secrets;
  readonly guard: NetworkGuard;
  /** The hook's owner as they may act now; null when they may no longer. */
  principalOf(workspace: Workspace, userId: string): Promise<Principal | null>;
}

/** Seconds before each further attempt, three days in all. */
const RETRY_AFTER_S = [5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400];
/** After as many attempts (13 minutes) a delivery no longer holds up later ones of its record. */
const HOLDS_UP = 4;
const TIMEOUT_MS = 10_000;
/** A hook that does not answer rests, all its deliveries with it: from 5 s up to 5 minutes. */
const LONGEST_REST_S = 300;
const AT_ONCE = 4;
/** Claimed at once for each hook. If all of them time out, that takes 40 s of the claim's two minutes. */
const CLAIM = 16;
const EXCERPT = 1_000;

interface Claimed {
  id: string;
  webhookId: string;
  position: number;
  object: string;
  record: string;
  operation: EventOperation;
  attempts: number;
  payload: string | null;
  url: string;
  secret: string;
  owner: string;
}

/**
 * Sends everything of a workspace that is due. What a process claimed and did not finish, because it was killed, is sent
 * again after two minutes: a receiver gets each message at least once, with a `webhook-id` that stays the same.
 *
 * @returns when the next delivery is due, null when none waits
 */
export async function deliverWebhooks(
  workspace: Workspace,
  tools: SenderTools,
  signal: AbortSignal,
): Promise<Date | null> {
  while (!signal.aborted) {
    const claimed = await claim(workspace);
    if (claimed.length === 0) break;
    const byHook = [...Map.groupBy(claimed, ({ webhookId }) => webhookId).values()];
    await Promise.all(byHook.map((batch) => sendBatch(workspace, tools, batch, signal)));
  }
  const [row] = await workspace.database.run(sql`
    select min(greatest(d.next_at, h.retry_at)) from ${at(workspace)}.webhook_delivery d
    join ${at(workspace)}.webhook h on h.id = d.webhook_id and h.active where d.state = 'waiting' and ${isFirstOfRecord(workspace)}`);
  return row?.[0] ? new Date(row[0] as string) : null;
}

async function claim(workspace: Workspace): Promise<Claimed[]> {
  const rows = await workspace.database.run(sql`
    update ${at(workspace)}.webhook_delivery c set next_at = now() + interval '2 minutes', first_at = coalesce(c.first_at, now())
    from (
      select due.id, h.url, h.secret, h.owner_id from ${at(workspace)}.webhook h cross join lateral (
        select d.id from ${at(workspace)}.webhook_delivery d
        where d.webhook_id = h.id and d.state = 'waiting' and d.next_at <= now() and ${isFirstOfRecord(workspace)}
        order by d.next_at, d.position limit ${raw(String(CLAIM))} for update skip locked
      ) due where h.active and (h.retry_at is null or h.retry_at <= now())
    ) f where c.id = f.id and c.state = 'waiting' and c.next_at <= now()
    returning c.id::text, c.webhook_id::text, c.position, c.object, c.record_id::text, c.operation, c.attempts, c.payload, f.url, f.secret, f.owner_id::text`);
  return rows.map(([id, webhookId, position, object, record, operation, attempts, payload, url, secret, owner]) => {
    return { id, webhookId, position, object, record, operation, attempts, payload, url, secret, owner } as Claimed;
  });
}

/** A receiver hears of one record in the order of the events, unless one of them is refused again and again. */
function isFirstOfRecord(workspace: Workspace): Sql {
  return sql`not exists (
    select from ${at(workspace)}.webhook_delivery e where e.webhook_id = d.webhook_id and e.record_id = d.record_id
      and e.position < d.position and e.state = 'waiting' and e.attempts < ${raw(String(HOLDS_UP))})`;
}

async function sendBatch(workspace: Workspace, tools: SenderTools, batch: readonly Claimed[], signal: AbortSignal) {
  const waiting = batch.values();
  let isDown = false;
  const send = async () => {
    for (const delivery of waiting) {
      if (isDown || signal.aborted) await release(workspace, delivery);
      else isDown = (await sendOne(workspace, tools, delivery)) === 'down' || isDown;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
}

/** @returns `down` when the receiver as a whole does not answer */
async function sendOne(workspace: Workspace, tools: SenderTools, delivery: Claimed): Promise<'down' | 'up'> {
  const body = delivery.payload ?? (await messageOf(workspace, tools, delivery));
  if (body === null) {
    await finish(workspace, delivery, 'skipped', {});
    return 'up';
  }
  if (delivery.payload === null) {
    await workspace.database.execute(
      sql`update ${at(workspace)}.webhook_delivery set payload = ${body} where id = ${delivery.id}::uuid`,
    );
  }
  const answer = await post(delivery, body, tools);
  if (answer.status !== null && answer.status >= 200 && answer.status < 300) {
    await finish(workspace, delivery, 'delivered', answer);
    await workspace.database.execute(sql`
      update ${at(workspace)}.webhook set failures = 0, retry_at = null, succeeded_at = now() where id = ${delivery.webhookId}::uuid`);
    return 'up';
  }
  const delay = RETRY_AFTER_S[delivery.attempts];
  if (answer.status === 410) {
    await finish(workspace, delivery, 'failed', answer);
    await switchOff(workspace, delivery, 'gone', raw('true'));
    return 'down';
  }
  if (delay === undefined) {
    await finish(workspace, delivery, 'failed', answer);
    const isSilent = sql`(h.succeeded_at is null or h.succeeded_at < (
      select d.first_at from ${at(workspace)}.webhook_delivery d where d.id = ${delivery.id}::uuid))`;
    await switchOff(workspace, delivery, 'failing', isSilent);
    return 'down';
  }
  // Not all that failed together again together.
  const seconds = Math.max(delay * (0.9 + Math.random() * 0.2), answer.retryAfter);
  await workspace.database.execute(sql`
    update ${at(workspace)}.webhook_delivery set attempts = attempts + 1, next_at = now() + ${`${seconds} seconds`}::interval,
      status = ${answer.status}, error = ${answer.error}, response = ${answer.text} where id = ${delivery.id}::uuid`);
  const isDown = answer.status === null || answer.status >= 500 || answer.status === 429;
  if (!isDown) return 'up';
  await workspace.database.execute(sql`
    update ${at(workspace)}.webhook set failures = failures + 1,
      retry_at = now() + greatest(least(5 * 2 ^ least(failures, 10), ${raw(String(LONGEST_REST_S))}), ${answer.retryAfter}::integer) * interval '1 second'
    where id = ${delivery.webhookId}::uuid`);
  return 'down';
}

/** The message as the hook's owner may see it; null when they may not. */
async function messageOf(workspace: Workspace, tools: SenderTools, delivery: Claimed): Promise<string | null> {
  const { object, record: id, operation, position } = delivery;
  const principal = await tools.principalOf(workspace, delivery.owner);
  if (!principal || !workspace.model.objects.has(object)) return null;
  const [row] = await workspace.database.run(sql`
    select at, version from ${at(workspace)}.event where record_id = ${id}::uuid and position = ${position}::bigint`);
  if (!row) return null;
  const message = (changes: WebhookMessage['data']['changes'], record: WebhookMessage['data']['record']): string => {
    const [timestamp, version] = row as [string, number];
    const body: WebhookMessage = {
      type: `${object}.${webhookOperations[operation]}`,
      timestamp,
      data: { id, version, changes, record },
    };
    return JSON.stringify(body);
  };
  const records = recordsFor(workspace, principal, 'webhook');
  try {
    const record = await records.read(object, id, { deleted: true });
    const [event] = await records.history(object, id, { before: position + 1, limit: 1 });
    return message(event?.position === position ? event.changes : null, record);
  } catch (error) {
    if (!(error instanceof Problem) || !['record.not-found', 'access.denied'].includes(error.code)) throw error;
    // Of what is gone for good only those hear who could have seen it whatever was in it.
    return scopesOf(principal, object, 'read').includes('all') ? message(null, null) : null;
  }
}

interface Answer {
  status: number | null;
  text: string;
  error: string | null;
  /** Seconds; 0 when the receiver did not say. */
  retryAfter: number;
}

async function post(delivery: Claimed, body: string, { guard, secrets }: SenderTools): Promise<Answer> {
  const now = new Date();
  try {
    const url = guard.check(delivery.url);
    const signature = new Signer(secrets.open(delivery.secret, SECRET_PURPOSE)).sign(delivery.id, now, body);
    const headers = {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'Tendero',
      'webhook-id': delivery.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': signature,
    };
    return await request(url, headers, body, guard);
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    const reason = name === 'AbortError' || name === 'TimeoutError' ? 'timeout' : (code ?? message);
    return { status: null, text: '', error: reason.slice(0, 200), retryAfter: 0 };
  }
}

/** node:http does not follow redirects, and asks the guard for the address it connects to. */
function request(url: URL, headers: Record<string, string>, body: string, guard: NetworkGuard): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { request: open } = url.protocol === 'https:' ? https : http;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sent = open(url, { method: 'POST', headers, lookup: guard.lookup, agent: false, signal }, (response) => {
      const status = response.statusCode!;
      const given = Number(response.headers['retry-after']);
      const retryAfter = Number.isFinite(given) ? Math.min(Math.max(Math.ceil(given), 0), 86_400) : 0;
      let text = '';
      const done = () => {
        const clean = text.replaceAll('\u0000', '').slice(0, EXCERPT);
        const error = status >= 300 && status < 400 ? 'redirect' : null;
        resolve({ status, text: clean.toWellFormed(), error, retryAfter });
        response.destroy();
      };
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length >= EXCERPT) done();
      });
      response.once('end', done);
      // The status is what counts; an answer that breaks off after it is an answer.
      response.once('error', done);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

async function finish(workspace: Workspace, delivery: Claimed, state: string, answer: Partial<Answer>): Promise<void> {
  await workspace.database.execute(sql`
    update ${at(workspace)}.webhook_delivery set state = ${state}, attempts = attempts + ${state === 'skipped' ? 0 : 1}::integer,
      status = ${answer.status ?? null}, error = ${answer.error ?? null}, response = ${answer.text ?? null}, finished_at = now()
    where id = ${delivery.id}::uuid`);
}

async function release(workspace: Workspace, { id }: Claimed): Promise<void> {
  await workspace.database.execute(
    sql`update ${at(workspace)}.webhook_delivery set next_at = now() where id = ${id}::uuid`,
  );
}

async function switchOff(workspace: Workspace, { webhookId }: Claimed, note: string, condition: Sql): Promise<void> {
  await workspace.database.execute(sql`
    update ${at(workspace)}.webhook h set active = false, note = ${note}, updated_at = now() where h.id = ${webhookId}::uuid and ${condition}`);
}

function at(workspace: Workspace): Sql {
  return raw(identifier(workspace.schema));
}
