import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { importHouse, newImportPath, queueImportWork } from '#app/imports.ts';
import type { Runtime } from '#app/runtime.ts';
import { isAllowed } from '#kernel/access/access.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { objectOf } from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { TransferError } from '#kernel/transfer/errors.ts';
import { valuesOfColumn } from '#kernel/transfer/import/column-values.ts';
import {
  configureImport,
  createImport,
  errorFile,
  pauseImport,
  removeImport,
} from '#kernel/transfer/import/imports.ts';
import type { ColumnSetting, ImportSettings } from '#kernel/transfer/import/settings.ts';
import { type Fixes, type Import, listImports, readErrors, readImport } from '#kernel/transfer/import/store.ts';
import { suggestTargets, targetsOf } from '#kernel/transfer/import/targets.ts';
import { importTemplate } from '#kernel/transfer/import/template.ts';
import { previewImport } from '#kernel/transfer/import/try.ts';
import { objectLabel, targetLabel } from '#kernel/transfer/labels.ts';
import { type ImportSource, openSource } from '#kernel/transfer/source.ts';
import { binary, ImportAnswer, ImportErrors, ImportList, ImportPreview, ImportValues } from '../answers.ts';
import { refuseMalformed } from '../multipart.ts';
import { readerLanguage } from '../problems.ts';
import { visitorOfRequest } from '../session.ts';
import type { Visitor } from '../visitor.ts';

/** Cells shown of each column while it is mapped. */
const SAMPLES = 5;
const LONGEST_SAMPLE = 200;

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const text = (maxLength: number) => Type.String({ maxLength });
const Column = Type.Union([
  text(200),
  Type.Null(),
  Type.Object(
    {
      target: text(200),
      values: Type.Optional(Type.Record(text(1_000), Type.Union([text(1_000), Type.Null()]))),
      createMissing: Type.Optional(Type.Boolean()),
      factor: Type.Optional(Type.Number()),
    },
    { additionalProperties: false },
  ),
]);
const Changes = Type.Object(
  {
    mapping: Type.Optional(
      Type.Record(Type.String({ pattern: '^\\d{1,3}$' }), Column, { additionalProperties: false }),
    ),
    constants: Type.Optional(Type.Record(text(200), text(4_000))),
    mode: Type.Optional(Type.Union([Type.Literal('create'), Type.Literal('update'), Type.Literal('upsert')])),
    key: Type.Optional(Type.Union([text(200), Type.Null(), Type.Array(text(200), { maxItems: 5 })])),
    duplicates: Type.Optional(Type.Union(['skip', 'update', 'create', 'review'].map((value) => Type.Literal(value)))),
    options: Type.Optional(
      Type.Object(
        {
          clearEmpty: Type.Optional(Type.Boolean()),
          leaveOutBadCells: Type.Optional(Type.Boolean()),
          createMissing: Type.Optional(Type.Boolean()),
          nullMarks: Type.Optional(Type.Array(text(50), { maxItems: 20 })),
          decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
          dateOrder: Type.Optional(Type.Union([Type.Literal('ymd'), Type.Literal('dmy'), Type.Literal('mdy')])),
        },
        { additionalProperties: false },
      ),
    ),
    fixes: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), Type.String()))),
  },
  { additionalProperties: false },
);
type ChangesBody = Omit<Partial<ImportSettings>, 'columns' | 'key'> & {
  mapping?: Record<string, string | null | ColumnSetting>;
  key?: string | null | string[];
  fixes?: Fixes;
};
type One = { Params: { id: string } };

/** Files become records: upload, map, preview, try, run, and take back. */
export function importRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['imports'];

  app.post(
    '/api/imports',
    {
      schema: {
        tags,
        summary: 'Upload a file: multipart, first `object`, then `file`',
        consumes: ['multipart/form-data'],
        response: { 201: ImportAnswer },
      },
    },
    async (request, reply) => {
      const visitor = visitorOfRequest(request);
      const { workspace, principal } = visitor;
      const house = importHouse(runtime, workspace.id);
      if (!request.isMultipart()) throw new Problem('request.unsupported-type');
      let object: string | undefined;
      let received: { path: string; fileName: string; size: number } | undefined;
      try {
        for await (const part of request.parts()) {
          if (part.type === 'field') {
            if (part.fieldname === 'object') object = String(part.value);
            continue;
          }
          if (object === undefined)
            throw new Problem('request.invalid', {}, [{ field: 'object', code: 'field.required' }]);
          // Before gigabytes are taken in from somebody who may not.
          if (!isAllowed(principal, objectOf(workspace.model, object).name, 'import'))
            throw new Problem('access.denied');
          const path = await newImportPath(house);
          received = { path, fileName: part.filename.slice(0, 255), size: 0 };
          await pipeline(part.file, createWriteStream(join(house.folder, path), { mode: 0o600 }));
          received.size = part.file.bytesRead;
          if (part.file.truncated) throw new Problem('file.too-large', { max: '2 GB' });
        }
        if (!received || object === undefined)
          throw new Problem('request.invalid', {}, [{ field: 'file', code: 'field.required' }]);
        const made = await createImport(house, principal, { object, ...received });
        reply.code(201).header('location', `/api/imports/${made.id}`);
        return await present(runtime, visitor, made, readerLanguage(request));
      } catch (error) {
        if (received) await rm(join(house.folder, received.path), { force: true });
        return refuseMalformed(readable(error, readerLanguage(request)));
      }
    },
  );

  app.get(
    '/api/imports',
    { schema: { tags, summary: 'Own imports, newest first', response: { 200: ImportList } } },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const imports = await listImports(workspace.database, workspace.schema, principal.userId);
      return { items: imports.map((one) => summary(one, readerLanguage(request))) };
    },
  );

  app.get<{ Params: { object: string } }>(
    '/api/imports/templates/:object',
    {
      schema: {
        tags,
        summary: 'An empty workbook whose columns map themselves',
        response: binary('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
        params: Type.Object({ object: Type.String() }),
      },
    },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      const object = objectOf(workspace.model, request.params.object);
      if (!isAllowed(principal, object.name, 'import')) throw new Problem('access.denied');
      const parts = importTemplate(workspace.model, object, principal, readerLanguage(request));
      reply
        .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
        .header('content-disposition', `attachment; filename="${object.definition.plural}.xlsx"`);
      return Readable.from(parts, { objectMode: false });
    },
  );

  app.get<One>(
    '/api/imports/:id',
    { schema: { tags, summary: 'How an import goes', response: { 200: ImportAnswer }, params: Id } },
    async (request) => {
      const given = await ownImport(request);
      return present(runtime, visitorOfRequest(request), given, readerLanguage(request));
    },
  );

  app.patch<One & { Body: ChangesBody }>(
    '/api/imports/:id',
    {
      schema: {
        tags,
        summary: 'Say how columns become fields, or put cells right',
        response: { 200: ImportAnswer },
        params: Id,
        body: Changes,
      },
      bodyLimit: 5 * 1024 * 1024,
    },
    async (request) => {
      const visitor = visitorOfRequest(request);
      const given = await ownImport(request);
      const { fixes, mapping, key, ...rest } = request.body;
      const settings: Partial<ImportSettings> = {
        ...rest,
        ...(mapping ? { columns: columnsOf(mapping) } : {}),
        ...(key === undefined ? {} : { key: key === null ? [] : [key].flat() }),
      };
      const changed = await configureImport(visitor.workspace, visitor.principal, given.id, {
        ...(Object.keys(settings).length > 0 ? { settings } : {}),
        ...(fixes ? { fixes } : {}),
      });
      return present(runtime, visitor, changed, readerLanguage(request));
    },
  );

  app.delete<One>(
    '/api/imports/:id',
    {
      schema: {
        tags,
        summary: 'Forget an import that wrote nothing, or was taken back',
        params: Id,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const given = await ownImport(request);
      await removeImport(importHouse(runtime, visitorOfRequest(request).workspace.id), given.id);
      reply.code(204);
    },
  );

  app.get<One>(
    '/api/imports/:id/preview',
    {
      schema: {
        tags,
        summary: 'The first 50 rows as they would be stored',
        response: { 200: ImportPreview },
        params: Id,
      },
    },
    async (request) => {
      const given = await ownImport(request);
      const language = readerLanguage(request);
      const words = translator(language);
      const { rows, total, errors } = await previewImport(
        importHouse(runtime, visitorOfRequest(request).workspace.id),
        given,
      ).catch((error: unknown) => {
        throw readable(error, language);
      });
      return {
        rows: rows.map((row) => ({
          ...row,
          errors: row.errors.map(({ column, field, code, params }) => ({
            column,
            field,
            code,
            message: words(code, params),
          })),
        })),
        total,
        errors,
      };
    },
  );

  app.get<One & { Querystring: { column: string } }>(
    '/api/imports/:id/values',
    {
      schema: {
        tags,
        summary: 'The different texts of a column, most frequent first',
        response: { 200: ImportValues },
        params: Id,
        querystring: Type.Object({ column: Type.String({ pattern: '^\\d{1,3}$' }) }, { additionalProperties: false }),
      },
    },
    async (request) => {
      const given = await ownImport(request);
      const path = join(importHouse(runtime, visitorOfRequest(request).workspace.id).folder, given.path);
      const source = await openSource(path, { fileName: given.fileName, hints: given.hints }).catch(
        (error: unknown) => {
          throw readable(error, readerLanguage(request));
        },
      );
      try {
        return await valuesOfColumn(source, Number(request.query.column));
      } finally {
        await source.close();
      }
    },
  );

  app.get<One & { Querystring: { after?: string } }>(
    '/api/imports/:id/errors',
    {
      schema: {
        tags,
        summary: 'Rows with errors, 50 at a time, of the last try or the run',
        response: { 200: ImportErrors },
        params: Id,
        querystring: Type.Object(
          { after: Type.Optional(Type.String({ pattern: '^\\d{1,10}$' })) },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => {
      const { workspace } = visitorOfRequest(request);
      const given = await ownImport(request);
      const words = translator(readerLanguage(request));
      const after = Number(request.query.after ?? 0);
      const rows = await readErrors(workspace.database, workspace.schema, given.id, { after, limit: 51 });
      return {
        rows: rows.slice(0, 50).map(({ row, line, cells, errors }) => ({
          row,
          line,
          cells: cells.map((cell, column) => given.fixes[row]?.[column] ?? cell),
          errors: errors.map(({ column, field, code, params }) => ({
            column,
            field,
            code,
            message: words(code, params),
          })),
        })),
        next: rows.length > 50 ? rows[49]!.row : null,
      };
    },
  );

  const work = { 'dry-run': 'check', start: 'run', resume: 'run', undo: 'undo' } as const;
  for (const [verb, kind] of Object.entries(work)) {
    app.post<One>(
      `/api/imports/:id/${verb}`,
      { schema: { tags, summary: summaries[verb as keyof typeof work], params: Id, response: { 202: ImportAnswer } } },
      async (request, reply) => {
        const visitor = visitorOfRequest(request);
        const given = await ownImport(request);
        const queued = await queueImportWork(runtime, visitor.workspace.id, visitor.principal, given.id, kind);
        reply.code(202);
        return present(runtime, visitor, queued, readerLanguage(request));
      },
    );
  }

  app.post<One>(
    '/api/imports/:id/pause',
    { schema: { tags, summary: 'Stop after the batch in hand', response: { 200: ImportAnswer }, params: Id } },
    async (request) => {
      const visitor = visitorOfRequest(request);
      const given = await ownImport(request);
      return present(runtime, visitor, await pauseImport(visitor.workspace, given.id), readerLanguage(request));
    },
  );

  app.get<One>(
    '/api/imports/:id/errors.csv',
    { schema: { tags, summary: 'The rows with errors, and why', response: binary('text/csv'), params: Id } },
    async (request, reply) => {
      const given = await ownImport(request);
      const lines = errorFile(
        importHouse(runtime, visitorOfRequest(request).workspace.id),
        given.id,
        readerLanguage(request),
      );
      const name = `${given.fileName.replace(/\.\w+$/, '')}-errors.csv`;
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`);
      return Readable.from(lines);
    },
  );
}

const summaries = {
  'dry-run': 'Try it without writing: counts and errors',
  start: 'Run it',
  resume: 'Go on after a pause or a failure, or try rows again whose cells were put right',
  undo: 'Take back everything it did',
};

/** Imports are private to whoever made them. */
async function ownImport(request: FastifyRequest): Promise<Import> {
  const { workspace, principal } = visitorOfRequest(request);
  const { id } = request.params as { id: string };
  const given = await readImport(workspace.database, workspace.schema, id);
  if (given.createdBy !== principal.userId) throw new Problem('import.not-found', { id });
  return given;
}

function columnsOf(mapping: NonNullable<ChangesBody['mapping']>): ImportSettings['columns'] {
  return Object.fromEntries(
    Object.entries(mapping).flatMap(([column, to]) =>
      to === null ? [] : [[column, typeof to === 'string' ? { target: to } : to]],
    ),
  );
}

/** A file that cannot be read is the client's; the sentence says what is wrong with it. */
function readable(error: unknown, language: string): unknown {
  if (!(error instanceof TransferError)) return error;
  const reason = translator(language)(`transfer.${error.code}`, error.params);
  return new Problem('transfer.unreadable', { reason }, [
    { field: 'file', code: `transfer.${error.code}`, params: error.params },
  ]);
}

function summary(given: Import, language: string) {
  const {
    id,
    object,
    fileName,
    state,
    createdAt,
    updatedAt,
    settings,
    counts,
    position,
    total,
    dryRun,
    changeSet,
    message,
  } = given;
  return {
    ...{ id, object, file: fileName, state: state === 'undoing' ? 'running' : state, createdAt, updatedAt },
    // Shortest: a target alone is its name.
    mapping: Object.fromEntries(
      Object.entries(settings.columns).map(([column, { target, ...more }]) => [
        column,
        Object.keys(more).length > 0 ? { target, ...more } : target,
      ]),
    ),
    mode: settings.mode,
    key: settings.key[0] ?? null,
    duplicates: settings.duplicates,
    counts: { total, done: position, ...counts },
    dryRun: dryRun ? { total, done: total, ...dryRun } : null,
    changeSet,
    message: message ? translator(language)(message.code, message.params) : null,
  };
}

/** With what the mapping needs: the columns with some of their cells, what they may become, and what fits best. */
async function present(runtime: Runtime, { workspace, principal }: Visitor, given: Import, language: string) {
  const { model } = workspace;
  const object = objectOf(model, given.object);
  const source = await headOf(runtime, workspace.id, given);
  const suggested = suggestTargets(model, object, principal, source.columns, source.sample);
  const targets = targetsOf(model, object, principal, language).map(({ name, label, type, required }) => ({
    name,
    label,
    type,
    required,
  }));
  const offered = new Set(targets.map(({ name }) => name));
  for (const { target } of suggested) {
    if (target === null || offered.has(target)) continue;
    offered.add(target);
    targets.push({ name: target, label: targetLabel(object, target, language), type: 'text', required: false });
  }
  return {
    ...summary(given, language),
    label: objectLabel(object, language),
    format: given.format,
    columns: source.columns.map((header, index) => ({
      index,
      header,
      samples: source.sample.slice(0, SAMPLES).map((row) => (row[index] ?? '').slice(0, LONGEST_SAMPLE)),
      ...(suggested[index] ?? { target: null, confidence: 0, reason: null }),
    })),
    targets,
    constants: given.settings.constants,
    options: given.settings.options,
  };
}

type Head = Pick<ImportSource, 'columns' | 'sample'>;

/** The heads of files are asked for twice a second while somebody watches; opening a large workbook takes seconds. */
const heads = new Map<string, Head>();
const MOST_HEADS = 20;

async function headOf(runtime: Runtime, workspaceId: string, given: Import): Promise<Head> {
  const known = heads.get(given.id);
  if (known) return known;
  const path = join(importHouse(runtime, workspaceId).folder, given.path);
  const source = await openSource(path, { fileName: given.fileName, hints: given.hints });
  await source.close();
  const head: Head = {
    columns: source.columns,
    sample: source.sample
      .slice(0, 50)
      .map((row) => row.map((cell) => Buffer.from(cell.slice(0, LONGEST_SAMPLE)).toString())),
  };
  if (heads.size >= MOST_HEADS) heads.delete(heads.keys().next().value!);
  heads.set(given.id, head);
  return head;
}
