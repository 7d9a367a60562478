import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { beginAnswer } from '#app/answering.ts';
import { trackingSite } from '#app/mail-tracking.ts';
import { credentialsOf } from '#app/mailbox-sign-in.ts';
import {
  announce,
  type MailContent as Content,
  cleanContent,
  notesOn,
  outgoingOf,
  requireSender,
  sendersOf,
  sendOutgoing,
  takeBackOutgoing,
} from '#app/outgoing.ts';
import type { Runtime } from '#app/runtime.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { mailboxStates } from '#kernel/mail/mailbox-state.ts';
import {
  discardDraft,
  mailsOf,
  type OutgoingMail,
  type OutgoingState,
  ownMail,
  ownMails,
  retryMail,
  saveDraft,
} from '#kernel/mail/outbox.ts';
import { parse } from '#kernel/mail/parse.ts';
import { showMail } from '#kernel/mail/shown-mail.ts';
import { newMessageId } from '#kernel/mail/write-mail.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { readPreferenceOf } from '#kernel/workspace/preferences.ts';
import { emailAdapter, interaction } from '#modules/channels/index.ts';
import {
  MailContent,
  MailDelivery,
  MailNotes,
  MailSenders,
  OutgoingMailAnswer,
  OutgoingMails,
  ShownMail,
} from '../answers.ts';
import { ownOf } from '../own-session.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';

type One = { Params: { id: string } };
type Mail = OutgoingMail<Content>;

/** Seconds within which a mail can be taken back, unless its writer wants others. */
const UNDO_S = 10;
const LONGEST_UNDO_S = 60;

const Send = Type.Object(
  {
    sendAt: Type.Optional(
      Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
        description: 'Left out, after the seconds in which its writer may take it back',
      }),
    ),
    followUpAt: Type.Optional(
      Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
        description: 'A task for its writer by then, unless somebody answered',
      }),
    ),
  },
  { additionalProperties: false },
);

/**
 * Mails that people write. A draft is its writer's alone, kept as it is written; once it was given to be sent it can be taken
 * back until it has left. What became of it is told with the interaction.
 */
export function mailRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;
  const tags = ['mails'];
  const params = Type.Object({ id: Type.String({ format: 'uuid' }) });
  const bodyLimit = 1024 ** 2;

  app.get<{ Querystring: { of?: 'drafts' | 'outbox' } }>(
    '/api/mails',
    {
      schema: {
        tags,
        summary: 'What I am writing, or what of mine has not left; the latest first',
        querystring: Type.Object({ of: Type.Optional(Type.Enum(['drafts', 'outbox'])) }),
        response: { 200: OutgoingMails },
      },
    },
    async (request) => {
      const { workspace, principal, viewer } = visitorOfRequest(request);
      if (viewer !== null) return { items: [] };
      const states: readonly OutgoingState[] =
        request.query.of === 'outbox' ? ['waiting', 'sending', 'ending', 'failed', 'unsure'] : ['draft'];
      const mails = (await ownMails(database, workspace.schema, principal.userId!, states)) as Mail[];
      return { items: mails.map((mail) => told(mail, principal.language)) };
    },
  );

  app.get(
    '/api/mails/senders',
    { schema: { tags, summary: 'Mailboxes that I may write from', response: { 200: MailSenders } } },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const senders = await sendersOf(workspace, principal);
      const mayTrack = (await trackingSite(runtime, workspace)) !== null;
      return {
        items: senders.map(({ id, name, addresses, canSend, kind, visibility }) => ({
          ...{ id, name, addresses, canSend, kind },
          // What colleagues do not see all of has nothing that could tell of it.
          canTrack: mayTrack && visibility === 'full',
        })),
      };
    },
  );

  app.get<{ Querystring: { to: string; how: 'reply' | 'reply-all' | 'forward'; mailbox?: string } }>(
    '/api/mails/answer',
    {
      schema: {
        tags,
        summary: 'What an answer to a message begins with; nothing is kept',
        querystring: Type.Object({
          to: Type.String({ format: 'uuid', description: 'An interaction' }),
          how: Type.Enum(['reply', 'reply-all', 'forward']),
          mailbox: Type.Optional(Type.String({ format: 'uuid' })),
        }),
        response: { 200: MailContent },
      },
    },
    (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { to, how, mailbox = null } = request.query;
      return beginAnswer(runtime, workspace, principal, to, how, mailbox);
    },
  );

  app.post<{ Body: Static<typeof MailContent> }>(
    '/api/mails/check',
    {
      bodyLimit,
      config: { reads: true },
      schema: {
        tags,
        summary: 'Whom a mail cannot go to, and what to know of whom it would',
        body: MailContent,
        response: { 200: MailNotes },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const words = translator(principal.language);
      const notes = await notesOn(workspace, principal, request.body as Content);
      return {
        items: notes.map(({ address, code, stops, params = {} }) => {
          return { address, code, stops, text: words(`outgoing.note.${code}`, { address, ...params }) };
        }),
      };
    },
  );

  app.get<{ Querystring: { of: string } }>(
    '/api/mails/deliveries',
    {
      schema: {
        tags,
        summary: 'What became of mails that were sent from here, by their interactions',
        querystring: Type.Object({
          of: Type.String({ maxLength: 4_000, description: 'Ids, with commas between them' }),
        }),
        response: { 200: MailDelivery },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const ids = request.query.of
        .split(',')
        .filter((one) => UUID.test(one))
        .slice(0, 100);
      const seen = await recordsOf(request).allowed(interaction, 'read', ids);
      const mails = (await mailsOf(database, workspace.schema, { interactions: [...seen] })) as Mail[];
      return {
        items: mails.map((mail) => {
          const { id, text, fault, sendAt, sentAt, recipients, state } = told(mail, principal.language);
          const isOwn = mail.user === principal.userId;
          return {
            interaction: mail.interaction!,
            id: isOwn ? id : null,
            state,
            text,
            fault,
            sendAt,
            sentAt,
            recipients,
          };
        }),
      };
    },
  );

  app.put<One & { Body: { content: Static<typeof MailContent>; revision: number | null } }>(
    '/api/mails/:id',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'Keep a draft, under an id of one’s own making',
        params,
        body: Type.Object(
          {
            content: MailContent,
            revision: Type.Union([Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }), Type.Null()], {
              description: 'What it was when it was read; null for a new one',
            }),
          },
          { additionalProperties: false },
        ),
        response: { 200: OutgoingMailAnswer },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { content, revision } = request.body;
      requireStorable(content);
      const draft = { id: request.params.id, content, revision };
      const kept = (await saveDraft(database, workspace.schema, principal.userId!, draft)) as Mail | null;
      if (!kept) {
        await required(request, request.params.id);
        throw new Problem('outgoing.stale');
      }
      return told(kept, principal.language);
    },
  );

  app.get<One>(
    '/api/mails/:id',
    { schema: { tags, summary: 'A mail of mine', params, response: { 200: OutgoingMailAnswer } } },
    async (request) => told(await required(request, request.params.id), visitorOfRequest(request).principal.language),
  );

  app.delete<One>(
    '/api/mails/:id',
    { schema: { tags, summary: 'Throw a draft away', params, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { id } = request.params;
      if (!(await discardDraft(database, workspace.schema, principal.userId!, id))) {
        await required(request, id);
        throw new Problem('outgoing.stale');
      }
      reply.code(204);
    },
  );

  app.post<One & { Body: Static<typeof Send> }>(
    '/api/mails/:id/send',
    {
      schema: {
        tags,
        summary: 'Send it, now or at a moment; until then it can be taken back',
        params,
        body: Send,
        response: { 200: OutgoingMailAnswer },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const draft = await required(request, request.params.id);
      if (draft.state !== 'draft') throw new Problem('outgoing.stale');
      const { sendAt, followUpAt } = request.body;
      const soon = new Date(Date.now() + (await undoSeconds(request)) * 1_000);
      const at = sendAt ? new Date(sendAt) : soon;
      await sendOutgoing(workspace, principal, draft, {
        sendAt: at < soon ? soon : at,
        followUpAt: followUpAt ? new Date(followUpAt) : null,
      });
      return told(await required(request, draft.id), principal.language);
    },
  );

  app.post<One>(
    '/api/mails/:id/take-back',
    {
      schema: {
        tags,
        summary: 'Make a draft again of a mail that has not left',
        params,
        response: { 200: OutgoingMailAnswer },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { id } = await required(request, request.params.id);
      await takeBackOutgoing(workspace, principal, id);
      return told(await required(request, id), principal.language);
    },
  );

  app.post<One & { Body: { how: 'again' | 'arrived' } }>(
    '/api/mails/:id/retry',
    {
      schema: {
        tags,
        summary: 'Send again what failed or is in doubt, or say that it has arrived',
        params,
        body: Type.Object({ how: Type.Enum(['again', 'arrived']) }, { additionalProperties: false }),
        response: { 200: OutgoingMailAnswer },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { id } = await required(request, request.params.id);
      const { how } = request.body;
      if (!(await retryMail(database, workspace.schema, principal.userId!, id, how)))
        throw new Problem('outgoing.too-late');
      await announce(database, workspace.id);
      return told(await required(request, id), principal.language);
    },
  );

  app.post<{ Body: Static<typeof MailContent> }>(
    '/api/mails/preview',
    {
      bodyLimit,
      config: { reads: true },
      schema: {
        tags,
        summary: 'How a mail will be read',
        body: MailContent,
        response: { 200: ShownMail },
      },
    },
    async (request) => {
      const { raw } = await written(request, cleanContent(request.body as Content));
      const { notes, date, ...shown } = await showMail(await parse(raw));
      const words = translator(visitorOfRequest(request).principal.language);
      return {
        ...shown,
        date: date?.toISOString() ?? null,
        notes: notes.map(({ code, detail = '' }) => words(`mailNote.${code}`, { detail })),
      };
    },
  );

  app.post<{ Body: Static<typeof MailContent> }>(
    '/api/mails/test',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'Send a mail to myself only, to see how it arrives',
        body: MailContent,
        response: { 200: Type.Object({ sentTo: Type.String() }) },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const me = await ownOf(workspace, principal.userId!);
      const content = { ...cleanContent(request.body as Content), to: [{ name: me.name, address: me.email }] };
      const { sender } = await requireSender(workspace, principal, content);
      const mail = await written(request, { ...content, cc: [], bcc: [] });
      const [hosts] = await mailboxStates(database, workspace.schema, [sender.id]);
      const credentials = await credentialsOf(runtime, workspace, sender.id);
      const access = { guard: networkGuard(), hosts: hosts!, credentials };
      const { outcome, detail } = await emailAdapter.sending.send(mail, [me.email], access, async () => {});
      if (outcome !== 'sent') throw new Problem('mail.not-sent', { reason: detail });
      return { sentTo: me.email };
    },
  );

  /** One of whoever asks, and not of whoever looks through their eyes. @throws Problem `outgoing.not-found` */
  async function required(request: FastifyRequest, id: string): Promise<Mail> {
    const { workspace, principal, viewer } = visitorOfRequest(request);
    const mail = viewer === null && (await ownMail(database, workspace.schema, principal.userId!, id));
    if (!mail) throw new Problem('outgoing.not-found');
    return mail as Mail;
  }

  /** The bytes that would be sent now. A fax is what its gateway makes of it. */
  async function written(request: FastifyRequest, content: Content) {
    if (content.fax) throw new Problem('request.invalid', {}, [{ field: 'fax', code: 'field.invalid' }]);
    const { workspace, principal } = visitorOfRequest(request);
    const me = await ownOf(workspace, principal.userId!);
    const from = { name: me.name, address: content.from ?? me.email };
    const of = { id: newMessageId(from.address), from, at: new Date(), references: [] };
    return emailAdapter.sending.write(await outgoingOf(runtime, workspace, principal, content, of));
  }

  async function undoSeconds(request: FastifyRequest): Promise<number> {
    const { workspace, principal } = visitorOfRequest(request);
    const own = await readPreferenceOf(workspace, [principal.userId!], 'mail.undo');
    const seconds = own.get(principal.userId!);
    return typeof seconds === 'number' && seconds >= 0 ? Math.min(seconds, LONGEST_UNDO_S) : UNDO_S;
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What no database can hold is nothing that somebody wrote. @throws Problem `request.invalid` */
function requireStorable(content: unknown): void {
  const text = JSON.stringify(content);
  // JSON writes halves of letters and NUL as escapes.
  if (/\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(text))
    throw new Problem('request.invalid', {}, [{ field: 'content', code: 'field.not-text' }]);
}

/** In the reader's words. */
function told(mail: Mail, language: string): Static<typeof OutgoingMailAnswer> {
  const { id, state, content, revision, recipients, fault, detail } = mail;
  const words = translator(language);
  return {
    ...{ id, state, content: content as Static<typeof MailContent>, revision, fault },
    text: fault ? words(`outgoing.fault.${fault}`, { detail: detail ?? '' }) : null,
    interaction: mail.interaction,
    recipients: recipients.map(({ address, state, detail }) => ({ address, state, detail })),
    updatedAt: mail.updatedAt.toISOString(),
    sendAt: mail.sendAt?.toISOString() ?? null,
    sentAt: mail.sentAt?.toISOString() ?? null,
    followUpAt: mail.followUpAt?.toISOString() ?? null,
  };
}
