import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { type Operation, type Principal, scopesOf } from '../access/access.ts';
import type { Database } from '../database/pool.ts';
import { identifier, raw, type Sql, sql } from '../database/sql.ts';
import type { NetworkGuard } from '../net/guard.ts';
import { objectOf } from '../object/model.ts';
import type { EventReader } from '../object/module.ts';
import { Problem } from '../problems/problem.ts';
import type { Workspace } from '../records/door.ts';
import type { Secrets } from '../workspace/secrets.ts';
import type { EventOperation } from './event.ts';

/** An address that hears of changes. Its owner is whoever set the address last: it gets what that person may see. */
export interface Webhook {
  id: string;
  url: string;
  description: string;
  /** Empty: of every object. */
  objects: string[];
  /** Empty: all but `derived`. */
  operations: WebhookOperation[];
  active: boolean;
  /** Why the program switched it off: `gone` (410), `failing` (nothing got through for three days). */
  note: string | null;
  owner: string;
  createdAt: string;
  updatedAt: string;
}

export interface WebhookInput {
  url: string;
  description?: string;
  objects?: string[];
  operations?: WebhookOperation[];
  active?: boolean;
}

export interface WebhookDelivery {
  id: string;
  position: number;
  /** `contact.updated` */
  type: string;
  record: string;
  /** `skipped`: the hook's owner may not see the record. */
  state: 'waiting' | 'delivered' | 'failed' | 'skipped';
  attempts: number;
  nextAt: string | null;
  status: number | null;
  error: string | null;
  /** The beginning of the answer. */
  response: string | null;
  createdAt: string;
  finishedAt: string | null;
}

/** The words of a message's type. */
export const webhookOperations = {
  create: 'created',
  update: 'updated',
  remove: 'deleted',
  restore: 'restored',
  purge: 'purged',
  derive: 'derived',
  merge: 'merged',
  unmerge: 'unmerged',
  erase: 'erased',
} as const satisfies Record<EventOperation, string>;

export type WebhookOperation = (typeof webhookOperations)[EventOperation];

export const SECRET_PURPOSE = 'webhook';

const columns = raw(
  'id::text, url, description, objects, operations, active, note, owner_id::text, created_at, updated_at',
);

export async function listWebhooks(workspace: Workspace, principal: Principal): Promise<Webhook[]> {
  const rows = await workspace.database.run(
    sql`select ${columns} from ${table(workspace)} where ${allowed(principal, 'read')} order by created_at desc, id desc limit 500`,
  );
  return rows.map(webhookOf);
}

/** @returns the hook with its secret, which is not shown again */
export async function createWebhook(
  workspace: Workspace,
  principal: Principal,
  input: WebhookInput,
  tools: { secrets: Secrets; guard: NetworkGuard },
): Promise<Webhook & { secret: string }> {
  allowed(principal, 'create');
  const { url, objects, operations, description } = checked(workspace, input, tools.guard);
  const secret = newSecret();
  const id = uuid();
  const [row] = await workspace.database.run(sql`
    insert into ${table(workspace)}
      (id, url, secret, description, objects, operations, active, from_position, owner_id, created_at, updated_at)
    select ${id}::uuid, ${url}, ${tools.secrets.seal(secret, SECRET_PURPOSE)}, ${description ?? ''}, ${objects ?? []}::text[],
      ${operations ?? []}::text[], ${input.active ?? true}::boolean, c.value, ${principal.userId}::uuid, now(), now()
    from ${raw(identifier(workspace.schema))}.counter c where c.name = 'event'
    returning ${columns}`);
  return { ...webhookOf(row!), secret };
}

/** @returns the hook, with a new secret when one was asked for */
export async function updateWebhook(
  workspace: Workspace,
  principal: Principal,
  id: string,
  input: Partial<WebhookInput> & { newSecret?: boolean },
  tools: { secrets: Secrets; guard: NetworkGuard },
): Promise<Webhook & { secret?: string }> {
  const { url, objects, operations, description } = checked(workspace, input, tools.guard);
  const secret = input.newSecret ? newSecret() : undefined;
  const isTaken = url !== undefined || secret !== undefined;
  const [row] = await workspace.database.run(sql`
    update ${table(workspace)} w set
      url = coalesce(${url ?? null}, w.url),
      secret = coalesce(${secret ? tools.secrets.seal(secret, SECRET_PURPOSE) : null}, w.secret),
      description = coalesce(${description ?? null}, w.description),
      objects = coalesce(${objects ?? null}::text[], w.objects),
      operations = coalesce(${operations ?? null}::text[], w.operations),
      owner_id = case when ${isTaken}::boolean then ${principal.userId}::uuid else w.owner_id end,
      active = coalesce(${input.active ?? null}::boolean, w.active),
      from_position = case when ${input.active ?? false}::boolean and not w.active then c.value else w.from_position end,
      note = case when ${input.active ?? false}::boolean then null else w.note end,
      failures = 0, retry_at = null, updated_at = now()
    from ${raw(identifier(workspace.schema))}.counter c
    where c.name = 'event' and w.id = ${id}::uuid and ${allowed(principal, 'update')}
    returning ${columns}`);
  if (!row) throw new Problem('webhook.not-found');
  return { ...webhookOf(row), ...(secret ? { secret } : {}) };
}

export async function removeWebhook(workspace: Workspace, principal: Principal, id: string): Promise<void> {
  await workspace.database.transaction(async (connection) => {
    const removed = await connection.execute(
      sql`delete from ${table(workspace)} where id = ${id}::uuid and ${allowed(principal, 'delete')}`,
    );
    if (removed === 0) throw new Problem('webhook.not-found');
    await connection.execute(sql`delete from ${deliveries(workspace)} where webhook_id = ${id}::uuid`);
  });
}

/** Newest first. */
export async function listDeliveries(
  workspace: Workspace,
  principal: Principal,
  webhookId: string,
  page: { before?: number | undefined; limit: number },
): Promise<WebhookDelivery[]> {
  await find(workspace, principal, webhookId, 'read');
  const rows = await workspace.database.run(sql`
    select id::text, position, object, operation, record_id::text, state, attempts, next_at, status, error, response, created_at, finished_at
    from ${deliveries(workspace)}
    where webhook_id = ${webhookId}::uuid and position < ${page.before ?? Number.MAX_SAFE_INTEGER}::bigint
    order by position desc limit ${page.limit}`);
  return rows.map(deliveryOf);
}

/** Sends it once more, with the same id and body, as if for the first time. */
export async function replayDelivery(
  workspace: Workspace,
  principal: Principal,
  webhookId: string,
  id: string,
): Promise<void> {
  await find(workspace, principal, webhookId, 'update');
  const changed = await workspace.database.execute(sql`
    update ${deliveries(workspace)} set state = 'waiting', attempts = 0, first_at = null, next_at = now(), finished_at = null
    where id = ${id}::uuid and webhook_id = ${webhookId}::uuid`);
  if (changed === 0) throw new Problem('webhook.not-found');
}

/** Deliveries that are through are kept for a month. */
export async function sweepDeliveries(database: Database, schema: string): Promise<void> {
  await database.execute(
    `delete from ${identifier(schema)}.webhook_delivery where created_at < now() - interval '30 days'`,
  );
}

/** Notes which hook has to hear of which event; sending is another matter (`webhook-sender.ts`). */
export const webhookReader: EventReader = {
  name: 'webhooks',
  async isIdle({ connection, schema }) {
    const active = await connection.run(sql`select 1 from ${raw(identifier(schema))}.webhook where active limit 1`);
    return active.length === 0;
  },
  async run(events, { connection, schema, now }) {
    const at = raw(identifier(schema));
    const hooks = await connection.run(
      sql`select id::text, objects, operations, from_position from ${at}.webhook where active`,
    );
    const rows = (hooks as [string, string[], string[], number][]).flatMap(([id, objects, operations, from]) =>
      events
        .filter(({ position, object, operation }) => {
          const word = webhookOperations[operation];
          const isAsked = operations.length === 0 ? operation !== 'derive' : operations.includes(word);
          return position > from && isAsked && (objects.length === 0 || objects.includes(object));
        })
        .map((event) => ({ id: uuid(), hook: id, event })),
    );
    if (rows.length === 0) return;
    await connection.execute(sql`
      insert into ${at}.webhook_delivery (id, webhook_id, position, object, record_id, operation, state, next_at, created_at)
      select d.id::uuid, d.hook::uuid, d.position, d.object, d.record::uuid, d.operation, 'waiting', ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz
      from unnest(
        ${rows.map(({ id }) => id)}::text[], ${rows.map(({ hook }) => hook)}::text[],
        ${rows.map(({ event }) => event.position)}::bigint[], ${rows.map(({ event }) => event.object)}::text[],
        ${rows.map(({ event }) => event.record)}::text[], ${rows.map(({ event }) => event.operation)}::text[]
      ) d(id, hook, position, object, record, operation)
      on conflict (webhook_id, position) do nothing`);
  },
};

async function find(workspace: Workspace, principal: Principal, id: string, operation: Operation): Promise<void> {
  const rows = await workspace.database.run(
    sql`select 1 from ${table(workspace)} where id = ${id}::uuid and ${allowed(principal, operation)}`,
  );
  if (rows.length === 0) throw new Problem('webhook.not-found');
}

/** Roles grant `webhook` like an object, all of them or one's own. @throws Problem `access.denied` */
function allowed(principal: Principal, operation: Operation): Sql {
  const scopes = scopesOf(principal, 'webhook', operation);
  if (scopes.includes('all')) return raw('true');
  if (!scopes.includes('own')) throw new Problem('access.denied');
  return sql`owner_id = ${principal.userId}::uuid`;
}

function checked(workspace: Workspace, input: Partial<WebhookInput>, guard: NetworkGuard): Partial<WebhookInput> {
  for (const name of input.objects ?? []) objectOf(workspace.model, name);
  const { url, description } = input;
  if (description !== undefined && (description.includes('\u0000') || !description.isWellFormed())) {
    throw new Problem('request.invalid', {}, [{ field: 'description', code: 'field.invalid' }]);
  }
  return { ...input, ...(url === undefined ? {} : { url: guard.check(url).href }) };
}

/** 192 bits, written as Standard Webhooks says. */
function newSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

function table(workspace: Workspace): Sql {
  return raw(`${identifier(workspace.schema)}.webhook`);
}

function deliveries(workspace: Workspace): Sql {
  return raw(`${identifier(workspace.schema)}.webhook_delivery`);
}

function webhookOf(row: readonly unknown[]): Webhook {
  const [id, url, description, objects, operations, active, note, owner, createdAt, updatedAt] = row;
  return { id, url, description, objects, operations, active, note, owner, createdAt, updatedAt } as Webhook;
}

function deliveryOf(row: readonly unknown[]): WebhookDelivery {
  const [id, position, object, operation, record, state, attempts, nextAt, ...rest] = row;
  const [status, error, response, createdAt, finishedAt] = rest;
  const type = `${object}.${webhookOperations[operation as EventOperation]}`;
  const next = state === 'waiting' ? nextAt : null;
  return {
    id,
    position,
    type,
    record,
    state,
    attempts,
    nextAt: next,
    status,
    error,
    response,
    createdAt,
    finishedAt,
  } as WebhookDelivery;
}
