import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  applyConfiguration,
  type Before,
  compareConfiguration,
  configurationFilesOf,
  type Difference,
  parseConfiguration,
  restoreDefinitions,
  takeBackConfiguration,
} from '#app/configuration.ts';
import type { Runtime } from '#app/runtime.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { readZip, writeZip } from '#kernel/transfer/formats/zip.ts';
import { type ConfigurationFiles, overlayOf } from '#kernel/workspace/configuration.ts';
import { listDefinitionVersions } from '#kernel/workspace/workspace.ts';
import {
  binary,
  Configuration,
  ConfigurationBefore,
  ConfigurationDifference,
  ConfigurationRead,
  ConfigurationVersions,
} from '../answers.ts';
import { refuseMalformed, uploadedFile } from '../multipart.ts';
import { problemDocument, readerLanguage } from '../problems.ts';
import { administratorOfRequest, visitorOfRequest } from '../session.ts';

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
  const { database } = runtime;
  const tags = ['configuration'];

  app.get(
    '/api/configuration',
    { schema: { tags, summary: 'The configuration as files', response: { 200: Configuration } } },
    async (request) => {
      const visitor = administratorOfRequest(request);
      return { version: visitor.workspace.version, files: await configurationFilesOf(runtime, visitor) };
    },
  );

  app.get(
    '/api/configuration.zip',
    { schema: { tags, summary: 'The configuration as one archive', response: binary('application/zip') } },
    async (request, reply) => {
      const visitor = administratorOfRequest(request);
      const files = await configurationFilesOf(runtime, visitor);
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
      administratorOfRequest(request);
      const part = await uploadedFile(request, limits.bytes);
      const bytes = await part.toBuffer().catch(refuseMalformed);
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
      const visitor = administratorOfRequest(request);
      const wanted = parseConfiguration(runtime, request.body.files);
      return presentDifference(await compareConfiguration(runtime, visitor, wanted), request);
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
      const visitor = administratorOfRequest(request);
      const wanted = parseConfiguration(runtime, request.body.files);
      return presentApplied(await applyConfiguration(runtime, visitor, wanted, request.body.version), request);
    },
  );

  app.post<{ Body: Before }>(
    '/api/configuration/take-back',
    {
      schema: {
        tags,
        summary: 'The way back from what was applied: what it answered as `before`',
        response: { 200: Type.Object({ version: Type.Integer() }) },
        body: ConfigurationBefore,
      },
    },
    async (request) => {
      const visitor = administratorOfRequest(request);
      await takeBackConfiguration(runtime, visitor, request.body);
      return { version: (await runtime.workspace(visitor.workspace.id)).version };
    },
  );

  app.get(
    '/api/configuration/versions',
    { schema: { tags, summary: 'Who changed what in the definitions when', response: { 200: ConfigurationVersions } } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      return {
        version: workspace.version,
        items: await listDefinitionVersions(database, workspace.schema, runtime.shipped),
      };
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
      const visitor = administratorOfRequest(request);
      const overlay = await overlayOf(database, visitor.workspace.schema, request.params.version);
      return presentDifference(await compareConfiguration(runtime, visitor, { overlay }), request);
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
      return presentApplied(
        await restoreDefinitions(runtime, administratorOfRequest(request), request.params.version),
        request,
      );
    },
  );

  async function presentApplied(applied: Awaited<ReturnType<typeof applyConfiguration>>, request: FastifyRequest) {
    const { version } = await runtime.workspace(visitorOfRequest(request).workspace.id);
    return { ...presentDifference(applied, request), before: applied.before, version };
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
