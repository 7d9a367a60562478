import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  type Book,
  type BookCard,
  type BookEntry,
  putCard,
  readBook,
  readCardsNamed,
  removeCard,
} from '#app/address-book.ts';
import { isWithin } from '#app/identity/policy.ts';
import type { Runtime } from '#app/runtime.ts';
import { isAllowed } from '#kernel/access/access.ts';
import { Problem, statusOf } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { TransferError } from '#kernel/transfer/errors.ts';
import { tellToWait } from '../problems.ts';
import { visitorOfKey } from '../visitors.ts';
import { around, type DavRequest, type DavResource, element, multistatus, namespaces, readDavRequest } from './xml.ts';

const ROOT = '/carddav/';
const ME = '/carddav/me/';
const HOME = '/carddav/books/';
const BOOK = '/carddav/books/contacts/';
/** Bytes of a card; pictures are not kept. */
const LARGEST_CARD = 1024 * 1024;
const MOST_HREFS = 10_000;

const reports = ['sync-collection', 'addressbook-multiget', 'addressbook-query'];
const here = { root: ROOT, me: ME, home: HOME, book: BOOK } as const;

declare module 'fastify' {
  interface FastifyRequest {
    book?: Book;
  }
}

/**
 * CardDAV (RFC 6352, with RFC 6578 for what changed since): a person's contacts as the address book of their phone. The
 * password is a key that is good for nothing else; the name may be anything.
 */
export async function cardDavRoutes(root: FastifyInstance, runtime: Runtime): Promise<void> {
  for (const method of ['PROPFIND', 'REPORT', 'PROPPATCH'] as const) root.addHttpMethod(method, { hasBody: true });
  await root.register(async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_CARD }, (_, body, done) => done(null, body));
    app.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true };
    });
    app.decorateRequest('book', undefined);
    app.route({
      method: ['GET', 'PROPFIND'],
      url: '/.well-known/carddav',
      config: { public: true },
      handler: (_, reply) => reply.code(301).header('location', ROOT).send(),
    });
    app.addHook('onRequest', async (request, reply) => {
      reply.header('dav', '1, 3, addressbook').header('cache-control', 'private, no-cache');
      if (request.routeOptions.config.public) return;
      const book = await bookOf(runtime, request);
      if (book) request.book = book;
      else return reply.code(401).header('www-authenticate', 'Basic realm="Tendero", charset="UTF-8"').send();
    });
    app.setErrorHandler((error, request, reply) => {
      const status = statusFor(error);
      if (status >= 500) request.log.error({ err: error }, 'the address book failed');
      tellToWait(error, status, reply);
      reply.code(status).send();
    });

    for (const [kind, url] of Object.entries(here) as [keyof typeof here, string][]) {
      app.options(url, (_, reply) => allowed(reply, 'OPTIONS, PROPFIND, REPORT'));
      app.route({
        method: 'PROPFIND',
        url,
        async handler(request, reply) {
          const asked = await readDavRequest(request.body as Buffer | undefined);
          const isDeep = request.headers.depth !== '0';
          return answer(reply, 207, multistatus(await resourcesAt(bookIn(request), kind, isDeep), asked.properties));
        },
      });
      // What a client would call it, or paint it, is its own matter.
      app.route({ method: 'PROPPATCH', url, handler: (_, reply) => reply.code(403).send() });
    }
    app.route({
      method: 'REPORT',
      url: BOOK,
      handler: async (request, reply) =>
        report(bookIn(request), await readDavRequest(request.body as Buffer | undefined), reply),
    });

    const card = `${BOOK}:name`;
    type OfCard = { Params: { name: string } };
    app.options(card, (_, reply) => allowed(reply, 'OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND'));
    app.get<OfCard>(card, async (request, reply) => {
      const { name } = request.params;
      const version = /version="?4/.test(request.headers.accept ?? '') ? '4.0' : '3.0';
      const found = (await readCardsNamed(bookIn(request), [name], version)).get(name);
      if (!found) return reply.code(404).send();
      reply.header('etag', found.etag).header('content-type', 'text/vcard; charset=utf-8');
      return request.headers['if-none-match'] === found.etag ? reply.code(304).send() : reply.send(found.text);
    });
    app.route<OfCard>({
      method: 'PROPFIND',
      url: card,
      async handler(request, reply) {
        const { name } = request.params;
        const asked = await readDavRequest(request.body as unknown as Buffer | undefined);
        const found = (await readCardsNamed(bookIn(request), [name], asked.cardVersion)).get(name);
        if (!found) return reply.code(404).send();
        return answer(reply, 207, multistatus([cardResource(found)], asked.properties));
      },
    });
    app.put<OfCard>(card, async (request, reply) => {
      const { name } = request.params;
      const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
      const kept = await putCard(bookIn(request), name, body, conditionsOf(request));
      if (!kept) return reply.code(412).send();
      // Without a tag: what is kept is not byte by byte what came, so that the device reads it once more.
      return reply.code(kept.isNew ? 201 : 204).send();
    });
    app.delete<OfCard>(card, async (request, reply) => {
      const removed = await removeCard(bookIn(request), request.params.name, conditionsOf(request));
      return reply.code(removed === undefined ? 404 : removed === null ? 412 : 204).send();
    });
  });
}

async function bookOf(runtime: Runtime, request: FastifyRequest): Promise<Book | null> {
  const [, encoded] = /^Basic ([\w+/]+={0,2})$/i.exec(request.headers.authorization ?? '') ?? [];
  const [, key] = /^[^:]*:\s*(tnd_[\w-]+)\s*$/.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  const visitor = key ? await visitorOfKey(runtime, key) : null;
  if (visitor?.scope.kind !== 'contacts' || !isWithin(visitor.networks, request.ip)) return null;
  const { workspace, principal, tokenHash, scope } = visitor;
  return { workspace, principal, device: tokenHash, choice: scope.choice };
}

function bookIn(request: FastifyRequest): Book {
  return request.book!;
}

function conditionsOf({ headers }: FastifyRequest) {
  return { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] };
}

async function resourcesAt(book: Book, kind: keyof typeof here, isDeep: boolean): Promise<DavResource[]> {
  if (kind === 'root') return [{ href: ROOT, properties: collection('', {}) }];
  if (kind === 'me') return [{ href: ME, properties: await personProperties(book) }];
  if (kind === 'home') {
    const own = { href: HOME, properties: collection('', {}) };
    return isDeep ? [own, await bookResource(book)] : [own];
  }
  const entries = isDeep ? (await readBook(book))!.entries : [];
  return [await bookResource(book), ...entries.map(entryResource)];
}

async function personProperties({ workspace, principal }: Book) {
  const records = recordsFor(workspace, principal, 'carddav');
  const { name } = await records.read('user', principal.userId!, { fields: ['name'] });
  return collection('<D:principal/>', {
    displayname: element('D:displayname', String(name)),
    'principal-URL': around('D:principal-URL', element('D:href', ME)),
    'addressbook-home-set': around('C:addressbook-home-set', element('D:href', HOME)),
  });
}

async function bookResource(book: Book): Promise<DavResource> {
  const { token } = (await readBook(book, null))!;
  const { principal, workspace } = book;
  const mayWrite = isAllowed(principal, 'contact', 'create') || isAllowed(principal, 'contact', 'update');
  const ofReports = reports.map((name) => {
    const inner = `<${name === 'sync-collection' ? 'D' : 'C'}:${name}/>`;
    return around('D:supported-report', around('D:report', inner));
  });
  return {
    href: BOOK,
    properties: collection('<C:addressbook/>', {
      displayname: element('D:displayname', `Tendero · ${workspace.name}`),
      getctag: element('S:getctag', token),
      'sync-token': element('D:sync-token', token),
      'current-user-privilege-set': privileges(mayWrite),
      'supported-report-set': around('D:supported-report-set', ofReports.join('')),
      'supported-address-data': around(
        'C:supported-address-data',
        ['3.0', '4.0']
          .map((version) => `<C:address-data-type content-type="text/vcard" version="${version}"/>`)
          .join(''),
      ),
      'max-resource-size': element('C:max-resource-size', String(LARGEST_CARD)),
    }),
  };
}

function collection(type: string, more: Record<string, string>): Record<string, string> {
  return {
    resourcetype: around('D:resourcetype', `<D:collection/>${type}`),
    'current-user-principal': around('D:current-user-principal', element('D:href', ME)),
    owner: around('D:owner', element('D:href', ME)),
    ...more,
  };
}

function privileges(mayWrite: boolean): string {
  const names = ['read', ...(mayWrite ? ['write', 'write-content', 'bind', 'unbind'] : [])];
  return around('D:current-user-privilege-set', names.map((name) => around('D:privilege', `<D:${name}/>`)).join(''));
}

function entryResource({ name, etag }: BookEntry): DavResource {
  return {
    href: `${BOOK}${encodeURIComponent(name)}`,
    properties: {
      resourcetype: '<D:resourcetype/>',
      getetag: element('D:getetag', etag),
      getcontenttype: element('D:getcontenttype', 'text/vcard; charset=utf-8'),
    },
  };
}

function cardResource(card: BookCard): DavResource {
  const { href, properties } = entryResource(card);
  const more = {
    'address-data': element('C:address-data', card.text),
    'current-user-privilege-set': privileges(card.mayChange || card.mayDelete),
  };
  return { href, properties: { ...properties, ...more } };
}

async function report(book: Book, asked: DavRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { root, properties, hrefs, syncToken, cardVersion } = asked;
  if (root === 'addressbook-multiget') {
    if (hrefs.length > MOST_HREFS) return reply.code(413).send();
    const names = new Map([...new Set(hrefs)].map((href) => [href, nameIn(href)]));
    const wanted = new Set([...names.values()].filter((name) => name !== null));
    const found = await readCardsNamed(book, [...wanted], cardVersion);
    const missing = [...names].flatMap(([href, name]): DavResource[] =>
      name !== null && found.has(name) ? [] : [{ href, properties: null }],
    );
    const resources = [...[...found.values()].map(cardResource), ...missing];
    return answer(reply, 207, multistatus(resources, properties));
  }
  if (root === 'addressbook-query') {
    if (asked.hasFilter) return answer(reply, 403, refusal('<C:supported-filter/>'));
    const { entries } = (await readBook(book))!;
    return answer(reply, 207, multistatus(await resourcesOf(book, entries, asked), properties));
  }
  if (root !== 'sync-collection') return answer(reply, 403, refusal('<D:supported-report/>'));
  const changes = await readBook(book, syncToken || null);
  if (!changes) return answer(reply, 403, refusal('<D:valid-sync-token/>'));
  const gone = changes.gone.map(
    (name): DavResource => ({ href: `${BOOK}${encodeURIComponent(name)}`, properties: null }),
  );
  const resources = [...(await resourcesOf(book, changes.entries, asked)), ...gone];
  return answer(reply, 207, multistatus(resources, properties, element('D:sync-token', changes.token)));
}

/** With the cards themselves only where they are asked for. */
async function resourcesOf(book: Book, entries: readonly BookEntry[], { properties, cardVersion }: DavRequest) {
  if (!properties.includes('address-data')) return entries.map(entryResource);
  const names = entries.map(({ name }) => name);
  return [...(await readCardsNamed(book, names, cardVersion)).values()].map(cardResource);
}

/** The name of a card from its address, whatever the client made of it; null when it is none of the book. */
function nameIn(href: string): string | null {
  try {
    const { pathname } = new URL(href, 'http://here');
    return pathname.startsWith(BOOK) ? decodeURIComponent(pathname.slice(BOOK.length)) : null;
  } catch {
    return null;
  }
}

function refusal(inner: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<D:error ${namespaces}>${inner}</D:error>`;
}

function answer(reply: FastifyReply, status: number, xml: string): FastifyReply {
  return reply.code(status).header('content-type', 'application/xml; charset=utf-8').send(xml);
}

function allowed(reply: FastifyReply, methods: string): FastifyReply {
  return reply.code(200).header('allow', methods).send();
}

function statusFor(error: unknown): number {
  if (error instanceof Problem) return statusOf(error.code);
  if (error instanceof TransferError) return 400;
  const { statusCode } = error as { statusCode?: number };
  return statusCode ?? 500;
}
