import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { type AuditEntry, type AuditQuery, searchAudit } from '#kernel/audit/search.ts';
import { noteSecurityEvent } from '#kernel/audit/security-events.ts';
import { readAuditSettings, writeAuditSettings } from '#kernel/audit/settings.ts';
import { writeViews } from '#kernel/audit/views.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { queueJob } from '#kernel/jobs/jobs.ts';
import { objectOf } from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { type Cell, csvOptionsFor, writeCsv } from '#kernel/transfer/formats/write-csv.ts';
import { objectLabel } from '#kernel/transfer/labels.ts';
import { AuditPage, AuditSettings, binary } from '../answers.ts';
import { readerLanguage } from '../problems.ts';
import { administratorOfRequest } from '../session.ts';
import type { Visitor } from '../visitor.ts';

const instant = Type.String({ pattern: '^(19|20|21)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:.]{5,12}Z$' });
const filters = {
  actor: Type.Optional(Type.String({ format: 'uuid' })),
  operation: Type.Optional(Type.String({ pattern: '^[A-Za-z]{1,40}$' })),
  object: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_]{1,63}$' })),
  record: Type.Optional(Type.String({ format: 'uuid' })),
  from: Type.Optional(instant),
  until: Type.Optional(instant),
};
const Search = Type.Object(
  {
    ...filters,
    before: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|[1-4][0-9]{2}|500)$' })),
  },
  { additionalProperties: false },
);
const Exported = Type.Object(filters, { additionalProperties: false });

type Filters = Pick<AuditQuery, 'actor' | 'operation' | 'object' | 'record' | 'from' | 'until'>;

/** Who did what, and the proof that nobody changed the account of it. For administrators. */
export function auditRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['audit'];
  app.addHook('onClose', () => writeViews());

  app.get<{ Querystring: Filters & { before?: string; limit?: string } }>(
    '/api/audit',
    {
      schema: { tags, summary: 'What people did, the newest first', querystring: Search, response: { 200: AuditPage } },
    },
    async (request) => {
      const { workspace, principal } = administratorOfRequest(request);
      const { before, limit, ...rest } = request.query;
      return searchAudit(workspace, principal, {
        ...filtersOf(rest),
        ...(before === undefined ? {} : { before: Number(before) }),
        limit: Number(limit ?? 50),
      });
    },
  );

  app.get<{ Querystring: Filters }>(
    '/api/audit.csv',
    {
      schema: {
        tags,
        summary: 'The same as CSV, without an end',
        querystring: Exported,
        response: binary('text/csv; charset=utf-8'),
      },
    },
    async (request, reply) => {
      const visitor = administratorOfRequest(request);
      const language = readerLanguage(request);
      const query = filtersOf(request.query);
      const header = columns.map((column) => translator(language)(`audit.column.${column}`));
      const names = await namesOf(visitor);
      const rows = pages(visitor, query, (entry) => cellsOf(visitor, entry, names, language));
      reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="audit.csv"');
      return Readable.from(writeCsv(header, rows, csvOptionsFor(language)), { objectMode: false });
    },
  );

  app.get(
    '/api/audit/settings',
    { schema: { tags, summary: 'What is noted, and for how long', response: { 200: AuditSettings } } },
    async (request) => readAuditSettings(administratorOfRequest(request).workspace),
  );

  app.put<{ Body: AuditSettings }>(
    '/api/audit/settings',
    {
      schema: {
        tags,
        summary: 'Set what is noted, and for how long',
        body: AuditSettings,
        response: { 200: AuditSettings },
      },
    },
    async (request) => {
      const { workspace, principal, by } = administratorOfRequest(request);
      for (const name of request.body.views) objectOf(workspace.model, name);
      const settings = { ...request.body, views: [...new Set(request.body.views)] };
      await writeAuditSettings(workspace, settings);
      const details = { views: settings.views.join(', '), keepYears: settings.keepYears };
      const event = { operation: 'rights', object: 'event', actor: principal.userId, via: by, details } as const;
      await noteSecurityEvent(workspace, event);
      return settings;
    },
  );

  app.post(
    '/api/audit/verification',
    {
      schema: {
        tags,
        summary: 'Compare every event with its seal; the answer is the result of the job',
        response: { 202: Type.Object({ job: Type.String({ format: 'uuid' }) }) },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = administratorOfRequest(request);
      reply.code(202);
      const job = { workspaceId: workspace.id, kind: 'verifyAudit', payload: {}, createdBy: principal.userId };
      return { job: await queueJob(runtime.database, { ...job, key: `verifyAudit ${workspace.id}` }) };
    },
  );
}

const columns = ['at', 'actor', 'operation', 'object', 'record', 'title', 'via', 'changes', 'note'] as const;

async function* pages(
  { workspace, principal, by }: Visitor,
  query: AuditQuery,
  cells: (entry: AuditEntry) => Cell[],
): AsyncGenerator<Cell[][]> {
  let rows = 0;
  try {
    for (let before: number | undefined; ; ) {
      const page = await searchAudit(workspace, principal, { ...query, before, limit: 500 });
      rows += page.items.length;
      yield page.items.map(cells);
      if (page.next === null) return;
      before = page.next;
    }
  } finally {
    const details = { format: 'csv', rows, filter: query };
    const event = { operation: 'export', object: 'event', actor: principal.userId, via: by, details } as const;
    await noteSecurityEvent(workspace, event);
  }
}

function cellsOf(
  { workspace }: Visitor,
  entry: AuditEntry,
  names: ReadonlyMap<string, string>,
  language: string,
): Cell[] {
  const object = workspace.model.objects.get(entry.object);
  return [
    entry.at,
    entry.actor === null ? '' : (names.get(entry.actor) ?? entry.actor),
    translator(language)(`audit.operation.${entry.operation}`),
    object ? objectLabel(object, language) : translator(language)('audit.stream'),
    entry.record ?? '',
    entry.title ?? '',
    entry.via,
    entry.changes ? JSON.stringify(entry.changes) : '',
    entry.note ?? '',
  ];
}

/** Of those who work or worked here. */
async function namesOf({ workspace, principal }: Visitor): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const records = recordsFor(workspace, principal, 'audit');
  for (let cursor: string | undefined; ; ) {
    const page = await records.list('user', {
      fields: ['name'],
      sort: ['id'],
      limit: 500,
      ...(cursor ? { cursor } : {}),
    });
    for (const user of page.items) names.set(user.id, String(user.name));
    if (!page.next) return names;
    cursor = page.next;
  }
}

/** @throws Problem `request.invalid` for a day that is in no calendar */
function filtersOf({ from, until, ...rest }: Filters): AuditQuery {
  return {
    ...rest,
    ...(from ? { from: checked('from', from) } : {}),
    ...(until ? { until: checked('until', until) } : {}),
  };
}

function checked(field: string, text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Problem('request.invalid', {}, [{ field, code: 'field.not-a-date' }]);
  return new Date(time).toISOString();
}
