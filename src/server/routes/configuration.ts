import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { queueRecompute } from '#app/recompute.ts';
import type { Runtime } from '#app/runtime.ts';
import { requireAdministrator } from '#kernel/access/access.ts';
import { compareOverlays, type Refusal } from '#kernel/object/compare-overlays.ts';
import type { Overlay } from '#kernel/object/overlay.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { readZip, writeZip } from '#kernel/transfer/formats/zip.ts';
import {
  type ConfigurationFiles,
  compareConfiguration,
  type Difference,
  overlayOf,
  readConfiguration,
  writeConfiguration,
} from '#kernel/workspace/configuration.ts';
import { changeDefinitions } from '#kernel/workspace/definitions.ts';
import { listDefinitionVersions, readOverlay } from '#kernel/workspace/workspace.ts';
import {
  binary,
  Configuration,
  ConfigurationDifference,
  ConfigurationRead,
  ConfigurationVersions,
} from '../answers.ts';
import { problemDocument, readerLanguage } from '../problems.ts';
import { visitorOfRequest } from '../session.ts';
import type { Visitor } from '../visitor.ts';

const Files = Type.Record(Type.String({ maxLength: 200 }), Type.String({ maxLength: 1_000_000 }));
const Wanted = Type.Object(
  {
    files: Files,
    version: Type.Optional(Type.Integer({ description: 'Of the definitions that the difference was made from' })),
  },
  { additionalProperties: false },
);
const limits = { parts: 500, bytes: 10_000_000 };

/** What administrators made of a workspace: as files, compared with another one's, applied, and taken back. */
export function configurationRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database, shipped } = runtime;
  const tags = ['configuration'];
  const visit = (request: FastifyRequest) => {
    const visitor = visitorOfRequest(request);
    requireAdministrator(visitor.principal);
    return visitor;
  };
  const filesOf = async ({ workspace }: Visitor) => writeConfiguration(await readOverlay(database, workspace.schema));

  app.get(
    '/api/configuration',
    { schema: { tags, summary: 'The configuration as files', response: { 200: Configuration } } },
    async (request) => {
      const visitor = visit(request);
      return { version: visitor.workspace.version, files: await filesOf(visitor) };
    },
  );

  app.get(
    '/api/configuration.zip',
    { schema: { tags, summary: 'The configuration as one archive', response: binary('application/zip') } },
    async (request, reply) => {
      const visitor = visit(request);
      const files = await filesOf(visitor);
      const name = `${visitor.workspace.slug}-configuration-${visitor.workspace.version}.zip`;
      reply.type('application/zip').header('content-disposition', `attachment; filename="${name}"`);
      return Readable.from(writeZip(Object.entries(files).map(([path, text]): [string, string[]] => [path, [text]])), {
        objectMode: false,
      });
    },
  );

  app.post(
    '/api/configuration/read',
    {
      schema: {
        tags,
        summary: 'The files of an archive, to be compared',
        response: { 200: ConfigurationRead },
        consumes: ['multipart/form-data'],
      },
    },
    async (request) => {
      visit(request);
      if (!request.isMultipart()) throw new Problem('request.unsupported-type');
      const part = await request.file({ limits: { fileSize: limits.bytes } });
      if (!part) throw new Problem('request.invalid', {}, [{ field: 'file', code: 'field.required' }]);
      const bytes = await part.toBuffer();
      try {
        return { files: await readZip(bytes, limits) };
      } catch {
        throw new Problem('configuration.invalid', {}, [{ field: 'file', code: 'configuration.unreadable' }]);
      }
    },
  );

  app.post<{ Body: { files: ConfigurationFiles } }>(
    '/api/configuration/compare',
    {
      bodyLimit: limits.bytes,
      schema: { tags, summary: 'What would change here', response: { 200: ConfigurationDifference }, body: Wanted },
    },
    async (request) => {
      const visitor = visit(request);
      const { workspace } = visitor;
      const wanted = readConfiguration(request.body.files);
      return presentDifference(await compareConfiguration(database, workspace, shipped, wanted), request);
    },
  );

  app.post<{ Body: { files: ConfigurationFiles; version?: number } }>(
    '/api/configuration/apply',
    {
      bodyLimit: limits.bytes,
      schema: {
        tags,
        summary: 'Make this workspace so: all of it or nothing',
        response: { 200: ConfigurationDifference },
        body: Wanted,
      },
    },
    async (request) => {
      const visitor = visit(request);
      const wanted = readConfiguration(request.body.files);
      return apply(visitor, wanted, request.body.version, request);
    },
  );

  app.get(
    '/api/configuration/versions',
    { schema: { tags, summary: 'Who changed the definitions when', response: { 200: ConfigurationVersions } } },
    async (request) => {
      const { workspace } = visit(request);
      return { version: workspace.version, items: await listDefinitionVersions(database, workspace.schema) };
    },
  );

  const Version = Type.Object({ version: Type.Integer({ minimum: 1 }) });
  app.post<{ Params: { version: number } }>(
    '/api/configuration/versions/:version/compare',
    {
      schema: {
        tags,
        summary: 'What going back to a version would change',
        response: { 200: ConfigurationDifference },
        params: Version,
      },
    },
    async (request) => {
      const { workspace } = visit(request);
      const own = await readOverlay(database, workspace.schema);
      const wanted = await overlayOf(database, workspace.schema, request.params.version);
      return presentDifference({ version: workspace.version, ...compareOverlays(shipped, own, wanted) }, request);
    },
  );
  app.post<{ Params: { version: number } }>(
    '/api/configuration/versions/:version/restore',
    {
      schema: {
        tags,
        summary: 'Make the definitions as they were in a version',
        response: { 200: ConfigurationDifference },
        params: Version,
      },
    },
    async (request) => {
      const visitor = visit(request);
      const wanted = await overlayOf(database, visitor.workspace.schema, request.params.version);
      return apply(visitor, wanted, undefined, request);
    },
  );

  async function apply(visitor: Visitor, wanted: Overlay, version: number | undefined, request: FastifyRequest) {
    const { workspace, principal } = visitor;
    const difference = await compareConfiguration(database, workspace, shipped, wanted);
    if (version !== undefined && version !== difference.version) throw new Problem('configuration.changed');
    if (difference.refused.length > 0) throw refusal(difference.refused);
    if (difference.changes.length > 0) {
      await changeDefinitions(
        database,
        workspace,
        { kind: 'several', changes: difference.changes },
        {
          shipped,
          userId: principal.userId,
          onDerived: (connection, { id }, changes) => queueRecompute(connection, id, changes, principal.userId),
        },
      );
    }
    const { version: now } = await runtime.workspace(workspace.id);
    return { ...presentDifference(difference, request), before: difference.version, version: now };
  }
}

function presentDifference({ version, changes, refused }: Difference, request: FastifyRequest) {
  const language = readerLanguage(request);
  return {
    version,
    changes,
    refused: refused.map(({ change, problem }) => {
      const { title, detail, code, errors } = problemDocument(problem, language, '');
      return { change, problem: { title, detail, code, errors } };
    }),
  };
}

function refusal(refused: readonly Refusal[]): Problem {
  const errors = refused.flatMap(({ change, problem }) => {
    const object = change.kind === 'addObject' ? change.definition.name : change.object;
    const at = 'name' in change ? `${object}.${change.name}` : object;
    return problem.errors.length > 0
      ? problem.errors.map((error) => ({ ...error, field: `${at}.${error.field}` }))
      : [{ field: at, code: `problem.${problem.code}.title`, params: problem.params }];
  });
  return new Problem('configuration.invalid', {}, errors.slice(0, 50));
}
