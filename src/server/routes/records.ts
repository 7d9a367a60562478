import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { noteView } from '#kernel/audit/views.ts';
import { createUnlessDuplicate } from '#kernel/duplicates/create.ts';
import { objectOf } from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { AggregateQuery, ListQuery } from '#kernel/query/query.ts';
import { offeredActions, runAction } from '#kernel/records/actions.ts';
import { newId } from '#kernel/records/new-id.ts';
import type { BulkResult, BulkRow, BulkTarget, Records } from '#kernel/records/records.ts';
import { Undone } from '../answers.ts';
import { problemDocument, readerLanguage } from '../problems.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';
import { doorOf } from './duplicates.ts';

type ObjectParams = { Params: { object: string } };
type RecordParams = { Params: { object: string; id: string } };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The generic routes of every object, shipped or added at run time. The door checks all values against the definitions;
 * here only the form of the request is read. The OpenAPI document lists them once per object (`openapi.ts`).
 */
export function recordRoutes(app: FastifyInstance): void {
  const hidden = { schema: { hide: true } as object };

  app.get<ObjectParams & { Querystring: Record<string, unknown> }>('/api/records/:object', hidden, (request) =>
    recordsOf(request).list(request.params.object, listQuery(request.query)),
  );

  app.post<ObjectParams>('/api/records/:object/query', { ...hidden, config: { reads: true } }, (request) =>
    recordsOf(request).list(request.params.object, listQuery(bodyOf(request))),
  );

  app.post<ObjectParams>('/api/records/:object', hidden, async (request, reply) => {
    const { input, note } = notedOf(request);
    const { duplicates } = only(request.query as Record<string, unknown>, ['duplicates']);
    if (duplicates !== undefined && duplicates !== 'check') throw wrong('duplicates');
    const record =
      duplicates === 'check'
        ? await createUnlessDuplicate(doorOf(request), request.params.object, input, { note })
        : await recordsOf(request).create(request.params.object, input, { note });
    reply.code(201).header('location', `/api/records/${request.params.object}/${record.id}`);
    return record;
  });

  app.get<RecordParams & { Querystring: Record<string, unknown> }>(
    '/api/records/:object/:id',
    hidden,
    async (request) => {
      const { fields, expand, deleted } = only(request.query, ['fields', 'expand', 'deleted']);
      const record = await recordsOf(request).read(request.params.object, idOf(request), {
        fields: namesOf(fields, 'fields'),
        expand: namesOf(expand, 'expand'),
        deleted: booleanOf(deleted, 'deleted'),
      });
      const { workspace, principal, viewer, by } = visitorOfRequest(request);
      const actor = viewer ?? principal.userId;
      await noteView(workspace, { object: request.params.object, record: record.id, actor, via: by });
      return record;
    },
  );

  app.patch<RecordParams>('/api/records/:object/:id', hidden, (request) => {
    const { input, note } = notedOf(request);
    const { version, ...changes } = input;
    const options = { version: versionOf(version), note };
    return recordsOf(request).update(request.params.object, idOf(request), changes, options);
  });

  app.delete<RecordParams & { Querystring: Record<string, unknown> }>(
    '/api/records/:object/:id',
    hidden,
    async (request) => {
      const { version, purge } = only(request.query, ['version', 'purge']);
      const records = recordsOf(request);
      if (booleanOf(purge, 'purge')) {
        await records.purge(request.params.object, idOf(request));
        return { changeSet: null };
      }
      const changeSet = newId();
      await records.remove(request.params.object, idOf(request), { version: versionOf(version), changeSet });
      return { changeSet };
    },
  );

  app.post<RecordParams>('/api/records/:object/:id/restore', hidden, (request) =>
    recordsOf(request).restore(request.params.object, idOf(request)),
  );

  app.get<RecordParams & { Querystring: Record<string, unknown> }>(
    '/api/records/:object/:id/history',
    hidden,
    async (request) => {
      const query = only(request.query, ['limit', 'before', 'fields', 'actor', 'derived']);
      const limit = integerOf(query.limit, 'limit', 1, 200) ?? 50;
      const items = await recordsOf(request).history(request.params.object, idOf(request), {
        limit,
        before: integerOf(query.before, 'before', 1, Number.MAX_SAFE_INTEGER),
        fields: namesOf(query.fields, 'fields'),
        actor: query.actor === undefined ? undefined : checkId(query.actor, 'actor'),
        derived: booleanOf(query.derived, 'derived'),
      });
      return { items, next: items.length === limit ? items.at(-1)!.position : null };
    },
  );

  app.post<ObjectParams>('/api/records/:object/bulk', { ...hidden, bodyLimit: 20 * 1024 * 1024 }, async (request) => {
    const { results, ...summary } = await bulkWrite(recordsOf(request), request.params.object, bodyOf(request));
    const language = readerLanguage(request);
    const told = ({ problem, ...row }: BulkRow) => {
      if (!problem) return row;
      const { code, params, errors } = problem;
      return { ...row, problem: problemDocument(new Problem(code, params, errors), language, request.url) };
    };
    return { ...summary, results: results.map(told) };
  });

  app.post<ObjectParams>('/api/records/:object/aggregate', { ...hidden, config: { reads: true } }, async (request) => {
    const body = only(bodyOf(request), ['measures', 'groupBy', 'sort', 'filter', 'limit']);
    const { measures, groupBy, sort, filter, limit } = body;
    if (typeof measures !== 'object' || measures === null || Array.isArray(measures)) throw wrong('measures');
    const query = {
      measures: measures as AggregateQuery['measures'],
      groupBy: namesOf(groupBy, 'groupBy'),
      sort: namesOf(sort, 'sort'),
      filter: filter as AggregateQuery['filter'],
      limit: integerOf(limit, 'limit', 1, 10_000),
    };
    return { rows: await recordsOf(request).aggregate(request.params.object, query) };
  });

  app.get<RecordParams>('/api/records/:object/:id/actions', hidden, async (request) => {
    const { workspace, principal } = visitorOfRequest(request);
    const { name } = objectOf(workspace.model, request.params.object);
    return { actions: await offeredActions(workspace, principal, name, idOf(request)) };
  });

  app.post<RecordParams & { Params: { action: string } }>(
    '/api/records/:object/:id/actions/:action',
    hidden,
    (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { object, action } = request.params as { object: string; action: string };
      objectOf(workspace.model, object);
      return runAction(
        workspace,
        principal,
        object,
        idOf(request),
        action,
        bodyOf(request, {}),
        request.idempotency?.changeSet,
      );
    },
  );

  app.post<{ Params: { changeSet: string } }>(
    '/api/changes/:changeSet/undo',
    {
      schema: {
        summary: 'Takes back what a change set did',
        tags: ['changes'],
        params: Type.Object({ changeSet: Type.String({ format: 'uuid' }) }),
        response: { 200: Undone },
      },
    },
    (request) => recordsOf(request).undo(checkId(request.params.changeSet, 'changeSet')),
  );
}

const bulkVerbs = ['create', 'update', 'updateEach', 'delete', 'restore'];

function bulkWrite(records: Records, object: string, body: Record<string, unknown>): Promise<BulkResult> {
  const { atomic, note, ...rest } = only(body, [...bulkVerbs, 'atomic', 'note']);
  const options = { atomic: booleanOf(atomic, 'atomic'), note: note === undefined ? undefined : textOf(note, 'note') };
  const [verb, ...others] = Object.keys(rest);
  if (!verb) throw wrong('create', 'field.required');
  if (others.length > 0) throw wrong(others[0]!);
  const given = rest[verb];
  switch (verb) {
    case 'create':
      return records.createMany(object, rowsOf(given, verb), options);
    case 'updateEach': {
      const rows = rowsOf(given, verb).map((row, index) => ({
        id: checkId(row.id, `${verb}.${index}.id`),
        version: versionOf(row.version),
        changes: objectOfFields(row.changes, `${verb}.${index}.changes`),
      }));
      return records.updateEach(object, rows, options);
    }
    case 'update': {
      const { changes } = objectOfFields(given, verb);
      return records.updateMany(object, targetOf(given, verb), objectOfFields(changes, `${verb}.changes`), options);
    }
    case 'delete':
      return records.removeMany(object, targetOf(given, verb), options);
    default: {
      const target = targetOf(given, verb);
      if (!('ids' in target)) throw wrong(`${verb}.ids`);
      return records.restoreMany(object, target.ids, options);
    }
  }
}

function listQuery(from: Record<string, unknown>): ListQuery {
  const known = ['filter', 'search', 'sort', 'fields', 'expand', 'limit', 'cursor', 'count', 'deleted'];
  const { filter, search, sort, fields, expand, limit, cursor, count, deleted } = only(from, known);
  if (count !== undefined && count !== 'none' && count !== 'estimate' && count !== 'exact') throw wrong('count');
  return {
    filter: filterOf(filter),
    search: search === undefined ? undefined : textOf(search, 'search'),
    sort: namesOf(sort, 'sort'),
    fields: namesOf(fields, 'fields'),
    expand: namesOf(expand, 'expand'),
    limit: integerOf(limit, 'limit', 1, 500),
    cursor: cursor === undefined ? undefined : textOf(cursor, 'cursor'),
    count,
    deleted: booleanOf(deleted, 'deleted'),
  };
}

function filterOf(filter: unknown): ListQuery['filter'] {
  if (filter === undefined || filter === '') return undefined;
  if (typeof filter !== 'string') return filter as ListQuery['filter'];
  try {
    return JSON.parse(filter) as ListQuery['filter'];
  } catch {
    throw new Problem('query.invalid', { reason: 'not-json', path: 'filter' });
  }
}

function namesOf(value: unknown, field: string): string[] | undefined {
  if (value === undefined || value === '') return undefined;
  const names = Array.isArray(value) ? value : String(value).split(',');
  if (names.length > 200 || names.some((name) => typeof name !== 'string')) throw wrong(field);
  return names.map((name: string) => name.trim()).filter(Boolean);
}

function bodyOf(request: FastifyRequest, empty?: Record<string, unknown>): Record<string, unknown> {
  const { body } = request;
  if ((body === undefined || body === null) && empty) return empty;
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Problem('request.invalid', {}, [{ field: '', code: 'field.not-an-object' }]);
  return body as Record<string, unknown>;
}

/** `note` is the reason of a change, unless the object has a field of that name. */
function notedOf(request: FastifyRequest<ObjectParams>): { input: Record<string, unknown>; note?: string } {
  const body = bodyOf(request);
  const object = visitorOfRequest(request).workspace.model.objects.get(request.params.object);
  if (body.note === undefined || object?.fields.has('note')) return { input: body };
  const { note, ...input } = body;
  return { input, note: textOf(note, 'note') };
}

/** What is not known is a mistake of whoever wrote it, and better said than passed over. */
function only(given: Record<string, unknown>, known: readonly string[]): Record<string, unknown> {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw wrong(unknown, 'field.unknown');
  return given;
}

function idOf(request: FastifyRequest): string {
  const { id, object } = request.params as { id: string; object: string };
  // An id that cannot be one does not exist.
  if (!uuid.test(id)) throw new Problem('record.not-found', { object, id });
  return id.toLowerCase();
}

function checkId(value: unknown, field: string): string {
  if (typeof value !== 'string' || !uuid.test(value)) throw wrong(field, 'field.not-a-reference');
  return value.toLowerCase();
}

function versionOf(value: unknown): number | undefined {
  return integerOf(value, 'version', 1, 2 ** 31 - 1);
}

function integerOf(value: unknown, field: string, min: number, max: number): number | undefined {
  if (value === undefined || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) throw wrong(field);
  return number;
}

function booleanOf(value: unknown, field: string): boolean | undefined {
  if (value === undefined || value === '') return undefined;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw wrong(field);
}

function textOf(value: unknown, field: string): string {
  if (typeof value !== 'string' || value.length > 4_000 || value.includes('\u0000') || !value.isWellFormed())
    throw wrong(field);
  return value;
}

function rowsOf(value: unknown, field: string): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw wrong(field);
  if (value.length > 10_000) throw new Problem('bulk.too-many', { max: 10_000 });
  value.forEach((row, index) => {
    objectOfFields(row, `${field}.${index}`);
  });
  return value as Record<string, unknown>[];
}

function objectOfFields(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(field, 'field.not-an-object');
  return value as Record<string, unknown>;
}

function targetOf(value: unknown, field: string): BulkTarget {
  const { ids, filter } = (value ?? {}) as { ids?: unknown; filter?: unknown };
  if (Array.isArray(ids)) return { ids: ids.map((id, index) => checkId(id, `${field}.ids.${index}`)) };
  if (typeof filter === 'object' && filter !== null) return { filter: filter as ListQuery['filter'] & object };
  throw wrong(`${field}.ids`);
}

function wrong(field: string, code = 'field.invalid'): Problem {
  return new Problem('request.invalid', {}, [{ field, code }]);
}
