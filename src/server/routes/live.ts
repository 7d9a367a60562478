import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Runtime } from '#app/runtime.ts';
import { asSystem } from '#kernel/access/access.ts';
import { sql } from '#kernel/database/sql.ts';
import { openFeeds } from '#kernel/events/feed.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { binary } from '../answers.ts';
import { visitorOfRequest } from '../session.ts';
import { liveSessions } from '../visitors.ts';
import { presenceRoutes } from './presence.ts';

/** A session that was ended hears nothing more after this time. */
const RECHECK_MS = 3_000;
/** A browser needs one; programs that forget to close theirs are stopped here. */
const MOST_PER_PERSON = 100;
/** Bytes waiting for a client that does not read. It is dropped, and continues where it was when it comes back. */
const MOST_WAITING = 1024 * 1024;

interface Connection {
  readonly tokenHash: string;
  readonly identityId: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly response: ServerResponse;
}

/** `GET /api/live`: what happens, as it happens, to each only what it may see. */
export function liveRoutes(app: FastifyInstance, runtime: Runtime): void {
  const connections = new Set<Connection>();
  const feeds = openFeeds({
    database: runtime.database,
    commits: runtime.commits,
    workspace: runtime.workspace,
    addressed: { object: 'notification', to: 'user' },
    onError: (error) => app.log.error({ err: error }, 'live feed'),
  });
  presenceRoutes(app, runtime, feeds);
  let isChecking = false;
  const recheck = setInterval(async () => {
    if (isChecking || connections.size === 0) return;
    isChecking = true;
    try {
      // Those who come while this is asked are not among the answers.
      const asked = [...connections];
      const welcome = await stillWelcome(runtime, asked);
      for (const connection of asked) if (!welcome.has(connection)) connection.response.end();
    } catch (error) {
      app.log.error({ err: error }, 'live feed');
    } finally {
      isChecking = false;
    }
  }, RECHECK_MS);
  app.addHook('preClose', async () => {
    clearInterval(recheck);
    await feeds.close();
    // Whoever does not read would never see the end, and the server would wait for them.
    for (const { response } of connections) response.writableLength > 0 ? response.destroy() : response.end();
  });

  app.get<{ Querystring: { since?: string } }>(
    '/api/live',
    {
      // A HEAD request would wait for an end that never comes.
      exposeHeadRoute: false,
      schema: {
        tags: ['live'],
        summary: 'What happens, as server-sent events',
        response: binary('text/event-stream'),
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const { tokenHash, identityId, workspace, principal } = visitorOfRequest(request);
      const rights = workspace.rightsVersion();
      const since = positionOf(request.headers['last-event-id'] ?? request.query.since);
      if ([...connections].filter((other) => other.identityId === identityId).length >= MOST_PER_PERSON) {
        throw new Problem('request.too-many');
      }
      const workspaceId = workspace.id;
      const headers = reply.getHeaders() as Record<string, string>;
      reply.hijack();
      const response = reply.raw;
      const connection: Connection = { tokenHash, identityId, workspaceId, userId: principal.userId!, response };
      connections.add(connection);
      let leave = () => {};
      let isGone = false;
      response.once('close', () => {
        isGone = true;
        connections.delete(connection);
        leave();
      });
      response.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        // So that the server, when it stops, need not wait for somebody else's connection pool.
        connection: 'close',
      });
      // Not all at the same moment after a restart.
      response.write(`retry: ${1_000 + Math.floor(Math.random() * 3_000)}\n\n`);
      const send = (frames: Buffer) => {
        if (response.writableLength > MOST_WAITING) response.destroy();
        else if (response.writable) response.write(frames);
      };
      try {
        leave = await feeds.connect(workspaceId, { principal, send }, since);
        if (isGone) leave();
        // Changed while they sat down: they come back as who they are now.
        if (workspace.rightsVersion() !== rights) response.end();
      } catch (error) {
        app.log.error({ err: error }, 'live feed');
        response.end();
      }
    },
  );
}

/** Those whose session or key still holds, and whose person may still sign in. Two statements for all of one workspace. */
async function stillWelcome(runtime: Runtime, connections: readonly Connection[]): Promise<Set<Connection>> {
  const tokens = connections.map(({ tokenHash }) => tokenHash);
  const rows = await runtime.database.run(sql`
    select s.token_hash from ${liveSessions} and s.token_hash = any(${tokens})
    union all
    select k.token_hash from platform.api_key k join platform.identity i on i.id = k.identity_id and i.active
    where k.token_hash = any(${tokens}) and (k.expires_at is null or k.expires_at > now())`);
  const valid = new Set(rows.map(([token]) => token as string));
  const welcome = new Set<Connection>();
  for (const [id, all] of Map.groupBy(connections, ({ workspaceId }) => workspaceId)) {
    const records = recordsFor(await runtime.workspace(id), asSystem('whether those who listen may still'), 'session');
    const users = [...new Set(all.map(({ userId }) => userId))];
    const active = new Set<string>();
    for (let at = 0; at < users.length; at += 500) {
      const filter = { id: { in: users.slice(at, at + 500) }, active: true };
      for (const user of (await records.list('user', { filter, fields: [], limit: 500 })).items) active.add(user.id);
    }
    for (const one of all) if (valid.has(one.tokenHash) && active.has(one.userId)) welcome.add(one);
  }
  return welcome;
}

function positionOf(text: string | string[] | undefined): number | null {
  if (text === undefined || text === '') return null;
  const position = Number(text);
  if (!Number.isSafeInteger(position) || position < 0) {
    throw new Problem('request.invalid', {}, [{ field: 'since', code: 'field.invalid' }]);
  }
  return position;
}
