import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { isWithin } from '#app/identity/policy.ts';
import type { Runtime } from '#app/runtime.ts';
import { keepFile, readableFile, type StoredFile } from '#kernel/files/files.ts';
import { openStorage } from '#kernel/files/open-storage.ts';
import { receive } from '#kernel/files/storage.ts';
import { isInline, typeOf } from '#kernel/files/type.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { binary, ShownMail } from '../answers.ts';
import { readFileLink, signFileLink } from '../file-links.ts';
import { cleanFileName } from '../file-name.ts';
import { refuseMalformed, uploadedFile } from '../multipart.ts';
import { readerLanguage } from '../problems.ts';
import { visitorOfRequest } from '../session.ts';
import { readerOfSession, sessionName } from '../visitors.ts';

const Kept = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  size: Type.Integer({ minimum: 0 }),
  type: Type.String(),
});

/** Bytes. As large as a mailbox's mail may be (`SyncOptions.largest`). */
const LARGEST_MAIL = 80 * 1024 ** 2;

/**
 * Uploads, and the way back: never as something that a browser would run in our name. Who comes with a session is sent on to
 * an address that was signed for them and where no cookie counts; who comes with a key gets the content at once.
 */
export function fileRoutes(app: FastifyInstance, runtime: Runtime): void {
  const storage = openStorage(runtime.dataFolder);
  const maxBytes = Number(process.env.TENDERO_MAX_FILE_MB || 50) * 1024 ** 2;

  app.post(
    '/api/files',
    {
      schema: {
        tags: ['files'],
        summary: 'Upload a file (multipart)',
        consumes: ['multipart/form-data'],
        response: { 201: Kept },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      // What surrounds the file in the body is small.
      const announced = Number(request.headers['content-length'] ?? 0);
      if (announced > maxBytes + 64 * 1024) throw tooLarge(maxBytes);
      const part = await uploadedFile(request, maxBytes + 1);
      const received = await receive(runtime.dataFolder, part.file, maxBytes).catch(refuseMalformed);
      const name = cleanFileName(part.filename);
      const kept = await keepFile(workspace, principal.userId, storage, received, {
        name,
        type: typeOf(received.head, name),
      });
      reply.code(201).header('location', `/api/files/${kept.id}`);
      return kept;
    },
  );

  app.get<{ Params: { id: string }; Querystring: { inline?: string } }>(
    '/api/files/:id',
    {
      // A range is a range of the file, not of its compressed form.
      compress: false,
      schema: {
        tags: ['files'],
        summary: 'The content of a file; with a session, the way to it',
        response: {
          ...binary('*/*'),
          302: Type.Null({ description: 'Where it is, for at most five minutes and this session only' }),
        },
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        querystring: Type.Object({ inline: Type.Optional(Type.String()) }),
      },
    },
    async (request, reply) => {
      const { workspace, principal, by, identityId, tokenHash } = visitorOfRequest(request);
      const file = await readableFile(workspace, principal, request.params.id);
      const inline = request.query.inline === 'true';
      if (by === 'key') return answer(request, reply, file, inline);
      const link = { identityId, session: sessionName(tokenHash), file: file.id, inline };
      const signed = signFileLink(await openSecrets(runtime.dataFolder), link);
      return reply.header('cache-control', 'no-store').redirect(`/files/${signed}`, 302);
    },
  );

  app.get<{ Params: { id: string }; Querystring: { pictures?: string } }>(
    '/api/files/:id/mail',
    {
      schema: {
        tags: ['files'],
        summary: 'A file that is a mail, to be read',
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        querystring: Type.Object({
          pictures: Type.Optional(
            Type.String({ description: '`true` fetches pictures from elsewhere, which tells whoever keeps them' }),
          ),
        }),
        response: { 200: ShownMail },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const file = await readableFile(workspace, principal, request.params.id);
      if (file.type !== 'message/rfc822' || file.size > LARGEST_MAIL) throw new Problem('request.unsupported-type');
      const { parse } = await import('#kernel/mail/parse.ts');
      const { showMail } = await import('#kernel/mail/shown-mail.ts');
      const message = await parse(await buffer(await storage.get(file.storageKey)));
      const guard = request.query.pictures === 'true' ? networkGuard() : undefined;
      const words = translator(readerLanguage(request));
      const { notes, date, ...shown } = await showMail(message, guard);
      return {
        ...shown,
        date: date?.toISOString() ?? null,
        notes: notes.map(({ code, detail = '' }) => words(`mailNote.${code}`, { detail })),
      };
    },
  );

  app.get<{ Params: { link: string } }>(
    '/files/:link',
    { compress: false, schema: { hide: true, params: Type.Object({ link: Type.String({ maxLength: 200 }) }) } },
    async (request, reply) => {
      const link = readFileLink(await openSecrets(runtime.dataFolder), request.params.link);
      const reader = link && (await readerOfSession(runtime, link.identityId, link.session));
      if (!link || !reader || !isWithin(reader.networks, request.ip)) throw new Problem('file.not-found');
      // Once more: what somebody might see when they got the address they may not see any more.
      const file = await readableFile(reader.workspace, reader.principal, link.file);
      return answer(request, reply, file, link.inline);
    },
  );

  async function answer(request: FastifyRequest, reply: FastifyReply, file: StoredFile, isShown: boolean) {
    const inline = isShown && isInline(file.type);
    const etag = `"${file.sha256}"`;
    reply.headers({
      etag,
      'accept-ranges': 'bytes',
      // Kept by the browser, and asked for again each time: rights may have changed.
      'cache-control': 'private, no-cache',
      'content-type': file.type.startsWith('text/') ? `${file.type}; charset=utf-8` : file.type,
      'content-disposition': disposition(inline ? 'inline' : 'attachment', file.name),
      'x-content-type-options': 'nosniff',
      // The browser's PDF viewer does not open in a sandbox; a PDF runs nothing in our name.
      'content-security-policy':
        inline && file.type === 'application/pdf'
          ? "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
          : "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
    });
    if (request.headers['if-none-match']?.split(',').some((tag) => [etag, `W/${etag}`, '*'].includes(tag.trim()))) {
      return reply.code(304).send();
    }
    const ifRange = request.headers['if-range'];
    const range = ifRange === undefined || ifRange === etag ? rangeOf(request.headers.range, file.size) : null;
    if (range === 'unsatisfiable') {
      return reply
        .code(416)
        .header('content-range', `bytes */${file.size}`)
        .header('content-type', 'text/plain')
        .send('');
    }
    reply.header('content-length', range ? range.end - range.start + 1 : file.size);
    if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.size}`);
    // As a stream: of anything else Fastify's HEAD route would answer the length.
    if (request.method === 'HEAD') return reply.send(Readable.from([]));
    if (file.size === 0) return reply.send('');
    return reply.send(await storage.get(file.storageKey, range ?? undefined));
  }
}

/** One range; of several the whole file is an allowed answer (RFC 9110, 14.2). */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null | 'unsatisfiable' {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  return start > end ? 'unsatisfiable' : { start, end };
}

/** RFC 6266: the name in ASCII for old clients, and as it is. */
function disposition(how: 'inline' | 'attachment', name: string): string {
  const plain =
    name
      .normalize('NFD')
      .replaceAll(/[^\x20-\x7e]/g, '')
      .replaceAll(/["\\%]/g, '_')
      .trim() || 'file';
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${how}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('file.too-large', { maxMegabytes: Math.floor(maxBytes / 1024 ** 2) });
}
