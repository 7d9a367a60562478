import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { confirmSubmission, readConfirmLink, receiveSubmission, replaySubmission } from '#app/forms.ts';
import { countVisit, programRecords, publicPageOf } from '#app/public-pages.ts';
import type { Runtime } from '#app/runtime.ts';
import { requireAllowed } from '#kernel/access/access.ts';
import type { FileValue } from '#kernel/fields/file/index.ts';
import { keepFiles } from '#kernel/files/files.ts';
import { openStorage } from '#kernel/files/open-storage.ts';
import { type Language, languageOf, translator } from '#kernel/i18n/translate.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import {
  askedOf,
  chosenLanguage,
  isWellFormed,
  languagesOf,
  offeredFields,
  originOf,
  readAnswers,
  sitesOf,
  wordsIn,
} from '#modules/forms/index.ts';
import { FormFields } from '../answers.ts';
import { type FormDesign, formDesign, formFrame, formPage, TRAP } from '../public-pages/form-page.ts';
import { html, paragraphs } from '../public-pages/html.ts';
import { messagePage, pageDocument, sendPage } from '../public-pages/layout.ts';
import { networkOf, pacer } from '../public-pages/limits.ts';
import type { SentForm } from '../public-pages/receive-form.ts';
import { buttonRoutes, type NotTaken, sendMessage, takeForm } from '../public-pages/take-form.ts';
import { carriedOf, originOfVisit, pageToken, readPageToken, requireOwnPage, sourceOf } from '../public-pages/visit.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';

type Page = { Params: { slug: string }; Querystring: Record<string, string> };
/** A page that was asked for, and how. */
interface Found {
  readonly workspace: Workspace;
  readonly page: Record<string, unknown> & { readonly id: string };
  readonly design: FormDesign;
  readonly language: Language;
  readonly isFramed: boolean;
  readonly carried: Record<string, string>;
}

const Slug = Type.Object({ slug: Type.String({ maxLength: 60 }) });
const scripts = new Map(
  ['page.js', 'embed.js'].map((name) => [
    name,
    readFileSync(new URL(`../public-pages/${name}`, import.meta.url), 'utf8'),
  ]),
);

/**
 * Web forms: the pages that strangers open and send, without a session and without a cookie; and what those who make the forms
 * ask about them.
 */
export function webFormRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database, dataFolder } = runtime;
  const storage = openStorage(dataFolder);
  // A family behind one address, and a class in which everybody registers.
  const mayOpen = pacer({ most: 300, perMs: 60_000 });
  const maySend = pacer({ most: 20, perMs: 10 * 60_000 });
  const mayCome = pacer({ most: 1_000, perMs: 10 * 60_000 });

  for (const [name, script] of scripts)
    app.get(`/f/${name}`, { config: { public: true }, schema: { hide: true } }, (_request, reply) =>
      reply
        .headers({
          'content-type': 'text/javascript; charset=utf-8',
          'cache-control': 'public, max-age=3600',
          // Other sites load it.
          'cross-origin-resource-policy': 'cross-origin',
        })
        .send(script),
    );

  app.get<Page>(
    '/f/:slug',
    { config: { public: true }, schema: { hide: true, params: Slug } },
    async (request, reply) => {
      const found = await pageFor(request, reply);
      if (!found) return reply;
      const { workspace, page, design, language, isFramed, carried } = found;
      const { state, redirect } = page;
      const headers = { sites: sitesOf(page.sites as string | null), color: design.color };
      if (state === 'closed') return sendClosed(reply, found);
      await count(workspace, page.id, 'views', sourceOf(carried));
      const token = pageToken(await openSecrets(dataFolder), page.id);
      const document = formPage(workspace, design, { language, token, isFramed, carried });
      return sendPage(reply, document, { ...headers, leadsTo: redirect ? originOf(String(redirect)) : null });
    },
  );

  app.post<{ Params: { slug: string } }>(
    '/f/:slug',
    { config: { public: true }, schema: { hide: true, params: Slug } },
    async (request, reply) => {
      const words = translator(languageOf(request.headers['accept-language'] ?? 'en'));
      const found = await publicPageOf(runtime, 'webForm', request.params.slug.toLowerCase());
      if (found?.page.state !== 'open') {
        const closed = await pageFor(request as FastifyRequest<Page>, reply);
        return closed ? sendClosed(reply, closed) : reply;
      }
      const { workspace, page } = found;
      const design = formDesign(page);
      const company = workspace.settings.language;
      const headers = {
        sites: sitesOf(page.sites as string | null),
        color: design.color,
        leadsTo: page.redirect ? originOf(String(page.redirect)) : null,
      };
      const say = ({ code, what }: NotTaken) => {
        const frame = {
          ...formFrame(workspace, design, { language: languageOf(company), isFramed: false, carried: {} }),
        };
        const language = languageOf(request.headers['accept-language'] ?? company);
        const text = words(`publicPage.${what}Text`);
        const document = messagePage({ ...frame, language, languages: [] }, words(`publicPage.${what}Title`), text);
        return sendPage(reply.code(code), document, headers);
      };
      const wanted = new Set(design.questions.flatMap(({ key, type }) => (type === 'file' ? [key] : [])));
      const sent = await takeForm(
        request,
        dataFolder,
        () => maySend(networkOf(request.ip)) && mayCome(page.id),
        (name) => wanted.has(name),
      );
      if ('what' in sent) {
        if (sent.what === 'tooMany') reply.header('retry-after', '60');
        return say(sent);
      }
      let isKept = false;
      try {
        const first = (name: string) => sent.given.get(name)?.[0] ?? '';
        const language = chosenLanguage(
          languagesOf(design.texts),
          first('lang'),
          request.headers['accept-language'] ?? '',
          company,
        );
        const own = translator(language);
        const isFramed = first('embed') === '1';
        const carried = carriedOf(Object.fromEntries([...sent.given].map(([name, [value]]) => [name, value])));
        const thanks = () => {
          const query = new URLSearchParams({ lang: language, ...(isFramed ? { embed: '1' } : {}) });
          const target = page.redirect && !page.doubleOptIn && !isFramed ? String(page.redirect) : null;
          return reply.redirect(target && originOf(target) ? target : `/f/${design.slug}/thanks?${query}`, 303);
        };
        // A program that fills what nobody sees is thanked, and nothing is kept.
        if (first(TRAP) !== '') return thanks();
        const secrets = await openSecrets(dataFolder);
        const token = readPageToken(secrets, page.id, first('token'));
        const asked = askedOf(workspace, design.questions, language);
        const { answers, refused } = readAnswers(workspace, asked, sent.given, language);
        const errors = new Map(refused.map(({ key, message }) => [key, message]));
        for (const [key, { code, name }] of sent.refused)
          errors.set(key, own(`publicPage.${code}`, { name, size: 10 }));
        for (const { key, kind, isRequired } of asked)
          if (kind === 'file' && isRequired && !errors.has(key) && !sent.files.some((file) => file.field === key))
            errors.set(key, own('publicPage.required'));
        const consents = design.consents.flatMap((one, index) => {
          const key = `consent.${index}`;
          if (!sent.given.has(key)) {
            if (one.required) errors.set(key, own('publicPage.required'));
            return [];
          }
          return [{ purpose: one.purpose, channel: one.channel, text: wordsIn(one.text, language, company) }];
        });
        if (errors.size > 0 || typeof token === 'string') {
          const note = errors.size > 0 ? undefined : own(`publicPage.${token as 'quick' | 'expired'}`);
          // Whoever typed for a while need not wait again.
          const next = token === 'expired' ? pageToken(secrets, page.id) : first('token');
          const hadFiles = sent.files.length > 0 || sent.refused.size > 0;
          const again = { language, token: next, given: sent.given, errors, note, hadFiles, isFramed, carried };
          return sendPage(reply.code(422), formPage(workspace, design, again), headers);
        }
        const files = await keepSentFiles(workspace, sent);
        isKept = true;
        const hash = createHash('sha256')
          .update(JSON.stringify([answers, consents, sent.files.map(({ received }) => received.sha256)]))
          .digest('base64url');
        const source = sourceOf(carried);
        const { isNew } = await receiveSubmission(workspace, {
          // Sent twice, it is one; sent again with other answers, it is another.
          key: `${token.nonce}.${hash}`.slice(0, 80),
          form: page.id,
          name: nameIn(answers),
          email: addressIn(answers),
          language,
          answers,
          consents,
          files,
          source,
          origin: originOfVisit(carried),
          formVersion: page.version,
        });
        if (isNew) await count(workspace, page.id, 'submissions', source);
        return thanks();
      } finally {
        if (!isKept) await sent.discard();
      }
    },
  );

  app.get<Page>(
    '/f/:slug/thanks',
    { config: { public: true }, schema: { hide: true, params: Slug } },
    async (request, reply) => {
      const found = await pageFor(request, reply);
      if (!found) return reply;
      const { workspace, page, design, language, isFramed, carried } = found;
      const words = translator(language);
      const mustConfirm = page.doubleOptIn === true;
      const title = words(mustConfirm ? 'publicPage.checkMailTitle' : 'publicPage.thanksTitle');
      const own = wordsIn(design.texts.thanks, language, workspace.settings.language);
      const text = mustConfirm ? words('publicPage.checkMailText') : own || words('publicPage.thanksText');
      const redirect = page.redirect && !mustConfirm && originOf(String(page.redirect)) ? String(page.redirect) : null;
      const content = html`<div class="message" role="status"><h1>${title}</h1>${paragraphs(text)}${
        redirect
          ? html`<div class="actions"><a class="link-button" href="${redirect}" target="_top" rel="noopener">${words('publicPage.goOn')}</a></div>`
          : null
      }</div>`;
      const frame = formFrame(workspace, design, { language, isFramed, carried });
      const document = pageDocument({
        ...{ ...frame, languages: [] },
        ...{ title: `${title} · ${workspace.name}`, content, scripts: ['page.js'] },
      });
      return sendPage(reply, document, { sites: sitesOf(page.sites as string | null), color: design.color });
    },
  );

  app.post<{ Params: { slug: string }; Querystring: Record<string, string> }>(
    '/f/:slug/began',
    { config: { public: true }, schema: { hide: true, params: Slug } },
    async (request, reply) => {
      requireOwnPage(request);
      const found = await publicPageOf(runtime, 'webForm', request.params.slug.toLowerCase());
      if (found?.page.state === 'open' && mayOpen(`began ${networkOf(request.ip)}`)) {
        const source = sourceOf(carriedOf({ utm_source: request.query.source }));
        await count(found.workspace, found.page.id, 'starts', source);
      }
      return reply.code(204).send();
    },
  );

  // Programs that look after mailboxes open links: only a person presses the button.
  app.get<{ Params: { link: string } }>(
    '/f/confirm/:link',
    { config: { public: true }, schema: { hide: true } },
    async (request, reply) => confirmPage(request, reply, false),
  );
  buttonRoutes(app, (alone) => {
    alone.post<{ Params: { link: string } }>(
      '/f/confirm/:link',
      { config: { public: true }, schema: { hide: true } },
      async (request, reply) => {
        requireOwnPage(request);
        return confirmPage(request, reply, true);
      },
    );
  });

  const tags = ['web forms'];

  app.get(
    '/api/web-forms/fields',
    {
      schema: {
        tags,
        summary: 'Which fields a web form may ask for',
        response: { 200: FormFields },
      },
    },
    (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      requireAllowed(principal, 'webForm', 'update');
      return {
        items: offeredFields(workspace, principal.language).map(({ key, object, kind, label, options }) => {
          return { key, object, type: kind, label, options: [...options] };
        }),
      };
    },
  );

  app.post<{ Body: { form: Record<string, unknown>; language?: string } }>(
    '/api/web-forms/preview',
    {
      config: { reads: true },
      schema: {
        tags,
        summary: 'The page of a form that is still being made, as a document for a frame',
        body: Type.Object(
          { form: Type.Record(Type.String(), Type.Unknown()), language: Type.Optional(Type.String({ maxLength: 2 })) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ document: Type.String() }) },
      },
    },
    (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      requireAllowed(principal, 'webForm', 'update');
      const { form, language: asked } = request.body;
      for (const part of ['texts', 'questions', 'consents'] as const)
        if (!isWellFormed(part, form[part] ?? (part === 'texts' ? {} : [])))
          throw new Problem('request.invalid', {}, [{ field: part, code: 'field.invalid' }]);
      const design: FormDesign = { ...formDesign(form), slug: 'preview' };
      const language = languageOf(asked ?? principal.language);
      const state = { language, token: '', isFramed: false, isPreview: true, carried: {} };
      return { document: formPage(workspace, design, state) };
    },
  );

  app.post<{ Params: { id: string } }>(
    '/api/web-forms/submissions/:id/replay',
    {
      schema: {
        tags,
        summary: 'Try once more to make records of a submission that waits',
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        response: { 202: Type.Object({ queued: Type.Boolean() }) },
      },
    },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      requireAllowed(principal, 'formSubmission', 'update');
      const { id } = await recordsOf(request).read('formSubmission', request.params.id, { fields: [] });
      reply.code(202);
      return { queued: await replaySubmission(runtime, workspace.id, id) };
    },
  );

  /** The page that was asked for, or null once it was said why there is none. */
  async function pageFor(request: FastifyRequest<Page>, reply: FastifyReply): Promise<Found | null> {
    const { query } = request;
    const words = translator(languageOf(request.headers['accept-language'] ?? 'en'));
    if (!mayOpen(networkOf(request.ip))) {
      reply.code(429).header('retry-after', '60');
      sendMessage(reply, request, words('publicPage.tooManyTitle'), words('publicPage.tooManyText'));
      return null;
    }
    const found = await publicPageOf(runtime, 'webForm', request.params.slug.toLowerCase());
    if (!found) {
      reply.code(404);
      sendMessage(reply, request, words('publicPage.unknownTitle'), words('publicPage.unknownText'));
      return null;
    }
    const { workspace, page } = found;
    const design = formDesign(page);
    const asked = typeof query.lang === 'string' ? query.lang : undefined;
    const preferred = request.headers['accept-language'] ?? '';
    const language = chosenLanguage(languagesOf(design.texts), asked, preferred, workspace.settings.language);
    return { workspace, page, design, language, isFramed: query.embed === '1', carried: carriedOf(query, request) };
  }

  async function confirmPage(
    request: FastifyRequest<{ Params: { link: string } }>,
    reply: FastifyReply,
    isSure: boolean,
  ) {
    const known = mayOpen(networkOf(request.ip)) ? await readConfirmLink(runtime, request.params.link) : null;
    const workspace = known && (await runtime.workspace(known.workspaceId).catch(() => null));
    const records = workspace && programRecords(workspace);
    const sent = known && records ? await records.find('formSubmission', { id: known.id }) : null;
    const form = sent && records ? await records.find('webForm', { id: String(sent.form) }) : null;
    const language = languageOf(String(sent?.language ?? request.headers['accept-language'] ?? 'en'));
    const words = translator(language);
    if (!workspace || !sent || !form || !known)
      return sendMessage(reply.code(404), request, words('publicPage.goneTitle'), words('publicPage.goneText'));
    const design = formDesign(form);
    const frame = {
      ...formFrame(workspace, design, { language, isFramed: false, carried: {} }),
      languages: [],
    };
    const headers = { color: design.color };
    if (isSure && (await confirmSubmission(runtime, known.workspaceId, known.id))) {
      const text = words('publicPage.confirmedText');
      return sendPage(reply, messagePage(frame, words('publicPage.confirmedTitle'), text), headers);
    }
    if (sent.state !== 'unconfirmed') {
      const isDone = sent.confirmedAt !== null;
      const title = words(isDone ? 'publicPage.confirmedTitle' : 'publicPage.goneTitle');
      const text = words(isDone ? 'publicPage.confirmedText' : 'publicPage.goneText');
      return sendPage(reply.code(isDone ? 200 : 404), messagePage(frame, title, text), headers);
    }
    const title = wordsIn(design.texts.title, language, workspace.settings.language) || design.name;
    const text = words('publicPage.confirmText', { company: workspace.name, form: title });
    const button = html`<form method="post"><div class="actions"><button class="send" type="submit">${words('publicPage.confirm')}</button></div></form>`;
    return sendPage(reply, messagePage(frame, words('publicPage.confirmTitle'), text, button), headers);
  }

  function sendClosed(reply: FastifyReply, { workspace, page, design, ...state }: Found) {
    const words = translator(state.language);
    const text = words('publicPage.closedText', { company: workspace.name });
    const document = messagePage(formFrame(workspace, design, state), words('publicPage.closedTitle'), text);
    return sendPage(reply.code(410), document, { sites: sitesOf(page.sites as string | null), color: design.color });
  }

  async function count(workspace: Workspace, page: string, what: 'views' | 'starts' | 'submissions', source: string) {
    // What is counted is worth no page.
    await countVisit(database, workspace.id, page, what, source).catch(() => {});
  }

  function keepSentFiles(workspace: Workspace, { files }: SentForm): Promise<FileValue[]> {
    return keepFiles(
      workspace,
      null,
      storage,
      files.map(({ received, name, type }) => ({ received, name, type })),
    );
  }
}

/** Who sent it, in the words of a list. */
function nameIn(answers: Readonly<Record<string, unknown>>): string {
  const name = [answers['contact.firstName'], answers['contact.lastName']].filter(Boolean).join(' ');
  return (name || addressIn(answers) || String(answers['account.name'] ?? '') || '?').slice(0, 250);
}

function addressIn(answers: Readonly<Record<string, unknown>>): string | null {
  const [first] = (answers['contact.emails'] ?? []) as { value: string }[];
  return first?.value ?? null;
}
