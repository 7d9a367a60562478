import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  type BookingLink,
  book,
  bookingLink,
  cancelBooking,
  moveBooking,
  readBookingLink,
  shownUntil,
  withHosts,
} from '#app/bookings.ts';
import { type Counted, countVisit, programRecords, publicPageOf } from '#app/public-pages.ts';
import type { Runtime } from '#app/runtime.ts';
import { addDays, dayIn, isDay, startOfDay } from '#kernel/fields/calendar.ts';
import { cleanLine } from '#kernel/fields/clean.ts';
import { languageOf, translator } from '#kernel/i18n/translate.ts';
import { FieldProblem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { normalAddress } from '#modules/channels/index.ts';
import {
  askedOf,
  booking,
  bookingPage,
  chosenLanguage,
  type FormTexts,
  freeSlots,
  languagesOf,
  type Question,
  readAnswers,
  sitesOf,
} from '#modules/forms/index.ts';
import {
  type BookingStep,
  bookingFrame,
  detailsPage,
  durationsOf,
  facts,
  SHOWN_DAYS,
  timesPage,
} from '../public-pages/booking-page.ts';
import { TRAP } from '../public-pages/form-page.ts';
import { html } from '../public-pages/html.ts';
import { messagePage, type PageHeaders, sendPage } from '../public-pages/layout.ts';
import { networkOf, pacer } from '../public-pages/limits.ts';
import { buttonRoutes, sendMessage, takeForm } from '../public-pages/take-form.ts';
import { carriedOf, pageToken, readPageToken, requireOwnPage, sourceOf } from '../public-pages/visit.ts';

type Query = Record<string, string | undefined>;
const Slug = Type.Object({ slug: Type.String({ maxLength: 60 }) });
const hidden = { config: { public: true }, schema: { hide: true } } as const;

/** Booking pages: anybody chooses a time, and with the links of their letter another one, or none. */
export function bookingPageRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database, dataFolder } = runtime;
  const mayOpen = pacer({ most: 200, perMs: 60_000 });
  const maySend = pacer({ most: 10, perMs: 10 * 60_000 });

  app.get<{ Params: { slug: string }; Querystring: Query }>(
    '/b/:slug',
    { config: { public: true }, schema: { hide: true, params: Slug } },
    async (request, reply) => {
      const found = await pageFor(request, reply, request.query);
      if (!found) return reply;
      const { workspace, page, step } = found;
      const at = momentOf(request.query.at);
      if (at && (await isFree(workspace, page, step.minutes, at))) {
        const token = pageToken(await openSecrets(dataFolder), page.id);
        const asked = askedOf(workspace, questionsOf(page), step.language);
        return sendPage(reply, detailsPage(workspace, page, step, { at, asked, token }), shownOn(page));
      }
      // Each step says its zone: who comes without one opens the page.
      if (!at && request.query.zone === undefined) await count(workspace, page.id, 'views', step.source);
      const note = at ? translator(step.language)('publicBooking.taken') : undefined;
      return sendTimes(reply, found, note);
    },
  );

  app.post<{ Params: { slug: string }; Querystring: Query }>(
    '/b/:slug/began',
    { config: { public: true }, schema: { hide: true, params: Slug } },
    async (request, reply) => {
      requireOwnPage(request);
      const found = await publicPageOf(runtime, 'bookingPage', request.params.slug.toLowerCase());
      if (found?.page.state === 'open' && mayOpen(`began ${networkOf(request.ip)}`))
        await count(
          found.workspace,
          found.page.id,
          'starts',
          sourceOf(carriedOf({ utm_source: request.query.source })),
        );
      return reply.code(204).send();
    },
  );

  app.post<{ Params: { slug: string } }>(
    '/b/:slug',
    { config: { public: true }, schema: { hide: true, params: Slug } },
    async (request, reply) => {
      const words = translator(languageOf(request.headers['accept-language'] ?? 'en'));
      const sent = await takeForm(request, dataFolder, () => maySend(networkOf(request.ip)));
      if ('what' in sent) {
        const { code, what } = sent;
        const refusing = await publicPageOf(runtime, 'bookingPage', request.params.slug.toLowerCase());
        const [title, text] = [words(`publicPage.${what}Title`), words(`publicPage.${what}Text`)];
        return sendMessage(reply.code(code), request, title, text, refusing ? shownOn(refusing.page) : {});
      }
      const first = (name: string) => sent.given.get(name)?.[0] ?? '';
      const query = Object.fromEntries(
        ['lang', 'zone', 'minutes', 'embed', 'utm_source'].map((one) => [one, first(one)]),
      );
      const found = await pageFor(request, reply, query);
      if (!found) return reply;
      const { workspace, page, step } = found;
      const at = momentOf(first('at'));
      if (!at || first(TRAP) !== '') return sendTimes(reply, found);
      const own = translator(step.language);
      const secrets = await openSecrets(dataFolder);
      const token = readPageToken(secrets, page.id, first('token'));
      const asked = askedOf(workspace, questionsOf(page), step.language);
      const { answers, refused } = readAnswers(workspace, asked, sent.given, step.language);
      const errors = new Map(refused.map(({ key, message }) => [key, message]));
      const name = lineOf(first('name'));
      const email = normalAddress(first('email'));
      if (!name) errors.set('name', own('publicPage.required'));
      if (!email?.includes('@'))
        errors.set('email', own(first('email') ? 'field.not-an-email' : 'publicPage.required'));
      if (errors.size > 0 || typeof token === 'string') {
        const note = errors.size > 0 ? undefined : own(`publicPage.${token as 'quick' | 'expired'}`);
        const next = token === 'expired' ? pageToken(secrets, page.id) : first('token');
        const again = { at, asked, token: next, given: sent.given, errors, note };
        return sendPage(reply.code(422), detailsPage(workspace, page, step, again), shownOn(page));
      }
      const hash = createHash('sha256')
        .update(JSON.stringify([name, email, at, answers]))
        .digest('base64url');
      const booked = await book(runtime, workspace.id, {
        ...{ page: page.id, at, minutes: step.minutes, name: name!, email: email!, answers },
        ...{ language: step.language, timeZone: step.timeZone, key: `${token.nonce}.${hash}`.slice(0, 80) },
      });
      if (!booked) return sendTimes(reply.code(409), found, own('publicBooking.taken'));
      if (booked.isNew) await count(workspace, page.id, 'submissions', step.source);
      const known = { workspaceId: workspace.id, id: booked.id, sequence: 0 };
      const shown = `/b/booked/${await bookingLink(runtime, known, 'show', shownUntil())}`;
      return reply.redirect(step.isFramed ? `${shown}?embed=1` : shown, 303);
    },
  );

  app.get<{ Params: { link: string }; Querystring: Query }>('/b/booked/:link', hidden, async (request, reply) => {
    const found = await bookingFor(request, reply, 'show');
    if (!found) return reply;
    const { page, step, ...rest } = found;
    const words = translator(step.language);
    const shown = { ...rest, page, step: { ...step, isFramed: request.query.embed === '1' } };
    return say(reply, shown, words('publicBooking.bookedTitle'), words('publicBooking.bookedText'), shownOn(page));
  });

  app.get<{ Params: { link: string }; Querystring: Query }>('/b/move/:link', hidden, async (request, reply) => {
    const found = await bookingFor(request, reply, 'move', request.query);
    if (!found) return reply;
    const words = translator(found.step.language);
    const at = momentOf(request.query.at);
    const { workspace, page, booked, step } = found;
    const ways = { ...page, ...withHosts(page, booked.hosts) };
    if (at && (await isFree(workspace, ways, step.minutes, at, booked))) {
      const query = new URLSearchParams({ at: at.toISOString(), lang: step.language, zone: step.timeZone }).toString();
      const button = html`<form method="post" action="${step.path}?${query}"><div class="actions"><button class="send" type="submit">${words('publicBooking.move')}</button></div></form>`;
      const text = html`${facts(page, step, at)}${button}`;
      const document = messagePage(frameOf(found), words('publicBooking.moveTitle'), '', text);
      return sendPage(reply, document, { color: page.color });
    }
    const slots = await slotsOf(workspace, ways, step, booked);
    const note = at ? words('publicBooking.taken') : undefined;
    const more = { heading: words('publicBooking.moveTitle'), note, isFirst: isFirst(step) };
    return sendPage(reply, timesPage(workspace, page, step, slots, more), { color: page.color });
  });

  app.get<{ Params: { link: string } }>('/b/cancel/:link', hidden, async (request, reply) => {
    const found = await bookingFor(request, reply, 'cancel');
    if (!found) return reply;
    const words = translator(found.step.language);
    const button = html`${facts(found.page, found.step, new Date(found.booked.at))}<form method="post"><div class="actions"><button class="send" type="submit">${words('publicBooking.cancel')}</button></div></form>`;
    const document = messagePage(frameOf(found), words('publicBooking.cancelTitle'), '', button);
    return sendPage(reply, document, { color: found.page.color });
  });

  buttonRoutes(app, (alone) => {
    alone.post<{ Params: { link: string }; Querystring: Query }>('/b/move/:link', hidden, async (request, reply) => {
      requireOwnPage(request);
      const found = await bookingFor(request, reply, 'move', request.query);
      if (!found) return reply;
      const words = translator(found.step.language);
      const at = momentOf(request.query.at);
      if (!at || !(await moveBooking(runtime, found.workspace, found.known, at)))
        return sendMessage(reply.code(409), request, words('publicBooking.moveTitle'), words('publicBooking.taken'));
      await count(found.workspace, found.page.id, 'moves', 'direct');
      const moved = { ...found, booked: { ...found.booked, at: at.toISOString() } };
      return say(reply, moved, words('publicBooking.movedTitle'), words('publicBooking.bookedText'));
    });
    alone.post<{ Params: { link: string } }>('/b/cancel/:link', hidden, async (request, reply) => {
      requireOwnPage(request);
      const found = await bookingFor(request, reply, 'cancel');
      if (!found) return reply;
      const words = translator(found.step.language);
      if (await cancelBooking(runtime, found.workspace, found.known))
        await count(found.workspace, found.page.id, 'cancellations', 'direct');
      return say(reply, found, words('publicBooking.cancelledTitle'), words('publicBooking.cancelledText'));
    });
  });

  type PageOf = Awaited<ReturnType<typeof readPage>>;
  interface Found {
    readonly workspace: Workspace;
    readonly page: PageOf;
    readonly step: BookingStep;
  }

  function readPage(workspace: Workspace, id: string) {
    return programRecords(workspace).read(bookingPage, id);
  }

  async function pageFor(
    request: FastifyRequest<{ Params: { slug: string } }>,
    reply: FastifyReply,
    query: Query,
  ): Promise<Found | null> {
    const words = translator(languageOf(request.headers['accept-language'] ?? 'en'));
    if (!mayOpen(networkOf(request.ip))) {
      sendMessage(reply.code(429), request, words('publicPage.tooManyTitle'), words('publicPage.tooManyText'));
      return null;
    }
    const slug = request.params.slug.toLowerCase();
    const found = await publicPageOf(runtime, 'bookingPage', slug);
    if (found?.page.state !== 'open') {
      const [code, what] = found ? ([410, 'closed'] as const) : ([404, 'unknown'] as const);
      const company = found?.workspace.name ?? '';
      const text = words(`publicPage.${what}Text`, { company });
      sendMessage(reply.code(code), request, words(`publicPage.${what}Title`), text, found ? shownOn(found.page) : {});
      return null;
    }
    const { workspace } = found;
    const page = await readPage(workspace, found.page.id);
    const durations = durationsOf(page);
    const minutes = durations.includes(Number(query.minutes)) ? Number(query.minutes) : durations[0]!;
    const way = { path: `/b/${slug}`, isFramed: query.embed === '1', source: sourceOf(carriedOf(query, request)) };
    return { workspace, page, step: stepOf(request, workspace, page, query, { ...way, minutes }) };
  }

  async function bookingFor(
    request: FastifyRequest<{ Params: { link: string } }>,
    reply: FastifyReply,
    what: BookingLink,
    query: Query = {},
  ) {
    const known = mayOpen(networkOf(request.ip)) ? await readBookingLink(runtime, what, request.params.link) : null;
    const workspace = known && (await runtime.workspace(known.workspaceId).catch(() => null));
    const booked = known && workspace ? await programRecords(workspace).find(booking, { id: known.id }) : null;
    const isOld = booked?.state !== 'booked' || booked.sequence !== known?.sequence;
    if (!known || !workspace || !booked || isOld) {
      const words = translator(languageOf(booked?.language ?? request.headers['accept-language'] ?? 'en'));
      sendMessage(reply.code(404), request, words('publicPage.goneTitle'), words('publicPage.goneText'));
      return null;
    }
    const page = await readPage(workspace, booked.page);
    const { language, timeZone } = booked;
    const own = {
      lang: query.lang ?? language ?? undefined,
      zone: query.zone ?? timeZone ?? undefined,
      day: query.day,
    };
    // What a link of a letter is good for is nobody else's: no frame shows it.
    const way = { path: `/b/${what}/${request.params.link}`, isFramed: false, source: 'direct' };
    const step = stepOf(request, workspace, page, own, { ...way, minutes: booked.minutes });
    return { workspace, page, step, booked, known };
  }

  function stepOf(
    request: FastifyRequest,
    workspace: Workspace,
    page: PageOf,
    query: Query,
    way: Pick<BookingStep, 'minutes' | 'path' | 'isFramed' | 'source'>,
  ): BookingStep {
    const offered = languagesOf((page.texts ?? {}) as FormTexts);
    const preferred = request.headers['accept-language'] ?? '';
    const language = chosenLanguage(offered, query.lang, preferred, workspace.settings.language);
    const timeZone = query.zone && isZone(query.zone) ? query.zone : workspace.settings.timeZone;
    const today = dayIn(new Date(), timeZone);
    const last = addDays(today, page.aheadDays);
    const asked = query.day && isDay(query.day) ? query.day : today;
    return { ...way, language, timeZone, day: asked < today ? today : asked > last ? last : asked };
  }

  function slotsOf(
    workspace: Workspace,
    page: PageOf,
    step: BookingStep,
    except?: { id: string; interaction: string | null },
  ) {
    const from = startOfDay(step.day, step.timeZone);
    const until = startOfDay(addDays(step.day, SHOWN_DAYS), step.timeZone);
    const wanted = { minutes: step.minutes, from, until, ...(except ? { except } : {}) };
    return freeSlots(workspace, programRecords(workspace), page, wanted);
  }

  async function isFree(
    workspace: Workspace,
    page: PageOf,
    minutes: number,
    at: Date,
    except?: { id: string; interaction: string | null },
  ): Promise<boolean> {
    const until = new Date(at.getTime() + minutes * 60_000);
    const wanted = { minutes, from: at, until, ...(except ? { except } : {}) };
    const slots = await freeSlots(workspace, programRecords(workspace), page, wanted);
    return slots.some(({ from }) => +from === +at);
  }

  async function sendTimes(reply: FastifyReply, { workspace, page, step }: Found, note?: string) {
    const slots = await slotsOf(workspace, page, step);
    const document = timesPage(workspace, page, step, slots, { note, isFirst: isFirst(step) });
    return sendPage(reply, document, shownOn(page));
  }

  function say(
    reply: FastifyReply,
    found: Found & { booked: { at: string } },
    title: string,
    text: string,
    headers: PageHeaders = { color: found.page.color },
  ) {
    const all = facts(found.page, found.step, new Date(found.booked.at));
    return sendPage(reply, messagePage(frameOf(found), title, text, all), headers);
  }

  function frameOf({ workspace, page, step }: Found) {
    return { ...bookingFrame(workspace, page, step), languages: [], scripts: step.isFramed ? ['page.js'] : [] };
  }

  async function count(workspace: Workspace, page: string, what: Counted, source: string) {
    await countVisit(database, workspace.id, page, what, source).catch(() => {});
  }
}

/** Where the page itself may stand in a frame: never what links of letters lead to. */
function shownOn(page: object): PageHeaders {
  const { sites = null, color = null } = page as { sites?: string | null; color?: string | null };
  return { sites: sitesOf(sites), color };
}

function isFirst({ day, timeZone }: BookingStep): boolean {
  return day <= dayIn(new Date(), timeZone);
}

function questionsOf(page: { questions: unknown }): readonly Question[] {
  return (page.questions ?? []) as readonly Question[];
}

function momentOf(text: string | undefined): Date | null {
  if (!text || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/.test(text)) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at;
}

function isZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text.slice(0, 64) });
    return /^[\w+/-]+$/.test(text);
  } catch {
    return false;
  }
}

function lineOf(text: string): string | null {
  try {
    return cleanLine(text, 120) || null;
  } catch (error) {
    if (error instanceof FieldProblem) return null;
    throw error;
  }
}
