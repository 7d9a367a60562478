import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { backupFolder } from '#app/backups.ts';
import type { Runtime } from '#app/runtime.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import { readerStates } from '#kernel/events/readers.ts';
import { queueJob } from '#kernel/jobs/jobs.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { newestPlatform, platformVersion } from '#kernel/workspace/platform.ts';
import { planUpgrade } from '#kernel/workspace/upgrade.ts';
import { listWorkspaces } from '#kernel/workspace/workspace.ts';
import { Backups, binary, HealthDetails } from '../answers.ts';
import { administratorOfRequest } from '../session.ts';

const BACKUP_NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\\.tar\\.gz$';
const Backup = Type.Object({ name: Type.String({ pattern: BACKUP_NAME }) });

/** Backups, and whether everything is well. For administrators. */
export function operationRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;
  const tags = ['operations'];
  const folder = backupFolder(runtime.dataFolder);
  /** A backup holds all companies of the database: with several it is the matter of whoever runs the program. */
  const visitAlone = async (request: FastifyRequest) => {
    const visitor = administratorOfRequest(request);
    if ((await listWorkspaces(database)).length > 1) throw new Problem('access.denied');
    return visitor;
  };

  app.get(
    '/api/backups',
    { schema: { tags, summary: 'Backups in the data folder, the newest first', response: { 200: Backups } } },
    async (request) => {
      await visitAlone(request);
      const names = (await readdir(folder).catch(() => [])).filter((name) => new RegExp(BACKUP_NAME).test(name));
      const items = await Promise.all(
        names.map(async (name) => {
          const { size, mtime } = await stat(join(folder, name));
          return { name, bytes: size, madeAt: mtime.toISOString() };
        }),
      );
      return { items: items.sort((a, b) => (a.madeAt < b.madeAt ? 1 : -1)), folder };
    },
  );

  app.post(
    '/api/backups',
    { schema: { tags, summary: 'Make a backup', response: { 202: Type.Object({ job: Type.String() }) } } },
    async (request, reply) => {
      const { workspace, principal } = await visitAlone(request);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      reply.code(202);
      const job = { workspaceId: workspace.id, kind: 'backup', payload: {}, createdBy: principal.userId };
      return { job: await queueJob(database, { ...job, key: 'backup' }) };
    },
  );

  app.get<{ Params: { name: string } }>(
    '/api/backups/:name',
    {
      schema: {
        tags,
        summary: 'A backup as a file; it holds everything, keep it safe',
        response: binary('application/gzip'),
        params: Backup,
      },
    },
    async (request, reply) => {
      await visitAlone(request);
      const { name } = request.params;
      const file = await stat(join(folder, name)).catch(() => null);
      if (!file?.isFile()) throw new Problem('backup.not-found');
      reply
        .type('application/gzip')
        .header('cache-control', 'no-store')
        .header('content-length', file.size)
        .header('content-disposition', `attachment; filename="${name}"`);
      return createReadStream(join(folder, name));
    },
  );

  app.delete<{ Params: { name: string } }>(
    '/api/backups/:name',
    { schema: { tags, summary: 'Remove a backup', params: Backup, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await visitAlone(request);
      await rm(join(folder, request.params.name)).catch(() => {
        throw new Problem('backup.not-found');
      });
      reply.code(204);
    },
  );

  app.get(
    '/api/health/details',
    { schema: { tags, summary: 'How everything is; for administrators', response: { 200: HealthDetails } } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const asked = performance.now();
      const [server] = await database.run(
        `select current_setting('server_version'), pg_database_size(current_database()),
         (select count(*) from pg_stat_activity where datname = current_database()),
         current_setting('max_connections')::integer, pg_postmaster_start_time()`,
      );
      const latencyMs = performance.now() - asked;
      const [postgres, bytes, connections, maxConnections, startedAt] = server as [
        string,
        number,
        number,
        number,
        string,
      ];
      const jobs = await database.run(sql`
      select state, count(*), min(created_at) from platform.job_progress
      where workspace_id = ${workspace.id}::uuid group by state order by state`);
      const counts = await database.run(
        sql`select object, live, trash from ${raw(identifier(workspace.schema))}.object_count where live > 0 or trash > 0 order by live desc`,
      );
      const disk = await statfs(runtime.dataFolder).catch(() => null);
      const [entry] = (await listWorkspaces(database)).filter(({ id }) => id === workspace.id);
      return {
        program: {
          version: runtime.version,
          node: process.version,
          upSince: new Date(Date.now() - process.uptime() * 1000).toISOString(),
          memoryBytes: process.memoryUsage().rss,
        },
        database: {
          version: postgres,
          bytes,
          connections,
          maxConnections,
          startedAt,
          latencyMs: Math.round(latencyMs * 10) / 10,
        },
        readers: await readerStates(workspace),
        jobs: jobs.map(([state, count, oldest]) => ({ state, count, oldest })),
        disk: disk && { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
        records: counts.map(([object, live, trash]) => ({ object, live, trash })),
        upgrade: {
          state: entry?.state ?? 'ready',
          definitionsVersion: workspace.version,
          platform: await platformVersion(database),
          newestPlatform,
          due: (await planUpgrade(database, runtime.shipped)).flatMap(({ slug, steps }) =>
            slug === workspace.slug ? steps : [],
          ),
        },
      };
    },
  );
}
