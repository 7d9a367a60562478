import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { inviteTo, mayInvite } from '#app/invitations.ts';
import { guestsByParticipant } from '#app/invitees.ts';
import { answerable, answerMeeting, decideProposal } from '#app/meeting-answers.ts';
import { changeMeetings } from '#app/meeting-series.ts';
import { sendersOf } from '#app/outgoing.ts';
import type { Runtime } from '#app/runtime.ts';
import { guestsOf, invitationOf, type MeetingGuest, meetingOfMail } from '#kernel/calendar/invitation-state.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { mailsOf, type OutgoingMail } from '#kernel/mail/outbox.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { interaction, isSamePerson, participant, regularsOf } from '#modules/channels/index.ts';
import { MeetingShape } from '../answers.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';

type One = { Params: { id: string } };

const id = Type.String({ format: 'uuid' });
const said = (maxLength: number) =>
  Type.String({ maxLength, pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]*$' });
const Invite = Type.Object(
  {
    mailbox: id,
    from: Type.Optional(Type.Union([Type.String({ maxLength: 320 }), Type.Null()])),
    message: Type.Optional(said(5_000)),
    add: Type.Optional(
      Type.Array(
        Type.Object(
          { name: said(250), address: Type.String({ format: 'email', maxLength: 254 }) },
          { additionalProperties: false },
        ),
        { maxItems: 100, description: 'Who comes to it' },
      ),
    ),
    scope: Type.Optional(
      Type.Enum(['this', 'following', 'all'], { description: 'Of a series: to which ones; all when left out' }),
    ),
    people: Type.Optional(
      Type.Array(id, {
        maxItems: 500,
        description:
          'Of a series: which participants are invited to those, beside who is added; when left out all with the first invitation, then none',
      }),
    ),
  },
  { additionalProperties: false },
);
const Answer = Type.Object(
  {
    response: Type.Enum(['accepted', 'tentative', 'declined']),
    address: Type.Optional(Type.String({ maxLength: 320, description: 'Which one of ours answers' })),
    comment: Type.Optional(said(1_000)),
    at: Type.Optional(Type.String({ format: 'date-time', description: 'Another time that is proposed' })),
    duration: Type.Optional(Type.Integer({ minimum: 60, maximum: 30 * 24 * 3600, description: 'Seconds' })),
    onlyThis: Type.Optional(Type.Boolean({ description: 'This one of a series' })),
  },
  { additionalProperties: false },
);
const OfSeries = Type.Object(
  {
    scope: Type.Enum(['following', 'all'], { description: 'This one and those that follow, or all that are to come' }),
    changes: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
      description: 'Fields of the meeting; null deletes them',
    }),
  },
  { additionalProperties: false },
);

/** Invitations by mail (iTIP): to meetings that are planned here, and the answers to those that came. */
export function meetingRoutes(app: FastifyInstance, { database }: Runtime): void {
  const tags = ['calendar'];
  const params = Type.Object({ id });

  app.get<One>(
    '/api/meetings/:id',
    {
      schema: {
        tags,
        summary: 'Who takes part in a meeting, what they were told and what they say',
        params,
        response: { 200: MeetingShape },
      },
    },
    (request) => shown(request.params.id, request),
  );

  app.get<One>(
    '/api/meetings/of-mail/:id',
    {
      schema: {
        tags,
        summary: 'The meeting that a mail tells of',
        params,
        response: { 200: Type.Object({ meeting: Type.Union([id, Type.Null()]) }) },
      },
    },
    async (request) => {
      const { workspace } = visitorOfRequest(request);
      const records = recordsOf(request);
      const { messageKey } = await records.read(interaction, request.params.id, { fields: ['messageKey'] });
      const meeting = messageKey ? await meetingOfMail(database, workspace.schema, messageKey) : null;
      const isSeen = meeting !== null && (await records.find(interaction, { id: meeting }, { fields: [] })) !== null;
      return { meeting: isSeen ? meeting : null };
    },
  );

  app.post<One & { Body: Static<typeof Invite> }>(
    '/api/meetings/:id/invitations',
    {
      schema: {
        tags,
        summary: 'Invite the participants by mail; from then on they hear of every change',
        params,
        body: Invite,
        response: { 200: MeetingShape },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { mailbox, from = null, message = '', add = [], scope = 'all', people = null } = request.body;
      await inviteTo(workspace, principal, request.params.id, { mailbox, from, message, add, scope, people });
      return shown(request.params.id, request);
    },
  );

  app.post<One & { Body: Static<typeof Answer> }>(
    '/api/meetings/:id/answer',
    {
      schema: {
        tags,
        summary: 'Answer an invitation, or propose another time',
        params,
        body: Answer,
        response: { 200: MeetingShape },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { response, address, comment = '', at, duration, onlyThis = false } = request.body;
      const time = at === undefined ? undefined : new Date(at);
      if (time && time.getTime() <= Date.now())
        throw new Problem('request.invalid', {}, [{ field: 'at', code: 'field.invalid' }]);
      const given = { response, address, comment, at: time, duration, onlyThis };
      await answerMeeting(workspace, principal, request.params.id, given);
      return shown(request.params.id, request);
    },
  );

  app.post<One & { Params: { participant: string }; Body: { accept: boolean } }>(
    '/api/meetings/:id/proposals/:participant',
    {
      schema: {
        tags,
        summary: 'Move a meeting to the time that a participant proposes, or tell them that it stays',
        params: Type.Object({ id, participant: id }),
        body: Type.Object({ accept: Type.Boolean() }, { additionalProperties: false }),
        response: { 200: MeetingShape },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { id: meeting, participant: of } = request.params;
      await decideProposal(workspace, principal, meeting, of, request.body.accept);
      return shown(meeting, request);
    },
  );

  app.post<One & { Body: Static<typeof OfSeries> }>(
    '/api/meetings/:id/series',
    {
      schema: {
        tags,
        summary: 'Change or delete a meeting of a series with those that follow, or with all',
        params,
        body: OfSeries,
        response: { 200: Type.Object({ changeSet: id }) },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const changeSet = request.idempotency?.changeSet;
      return { changeSet: await changeMeetings(workspace, principal, request.params.id, request.body, changeSet) };
    },
  );

  async function shown(of: string, request: Parameters<typeof recordsOf>[0]): Promise<Static<typeof MeetingShape>> {
    const { workspace, principal } = visitorOfRequest(request);
    const { schema } = workspace;
    const records = recordsOf(request);
    const meeting = await records.read(interaction, of);
    const words = translator(principal.language);
    const { items } = await records.list(participant, { filter: { interaction: of }, sort: ['createdAt'], limit: 200 });
    const told = meeting.series ?? of;
    const invitation = await invitationOf(database, schema, told);
    const guests = invitation ? await guestsOf(database, schema, told) : [];
    const byParticipant = await guestsByParticipant(records, guests, items);
    const mails = guests.flatMap(({ mail }) => mail ?? []);
    const sent = new Map(
      (await mailsOf(database, schema, { interactions: mails })).map((one) => [one.interaction!, one]),
    );
    const regulars = meeting.series ? await regularsOf(records, meeting.series, new Date()) : [];
    const mayChange = (await records.allowed(interaction, 'update', [of])).has(of);
    const senders = mayChange ? await sendersOf(workspace, principal) : [];
    const answers = await answerable(workspace, principal, of);
    const own = items.find((one) => one.user === principal.userId && one.role !== 'uninvited');
    return {
      id: of,
      repeats: meeting.series !== null,
      canInvite: mayChange && senders.some(({ canSend }) => canSend) && mayInvite(meeting, new Date()),
      canDecide: mayChange,
      invitation: invitation && {
        from: invitation.organizer.address,
        mailbox: invitation.mailbox,
        message: invitation.message,
        isPending: invitation.isPending,
        text: invitation.fault && words(`meetingMail.fault.${invitation.fault.split('.').at(-1)}`),
      },
      people: items
        .filter(({ role }) => role !== 'from' || invitation !== null)
        .map((one) => {
          const guest = byParticipant.get(one.id);
          const delivery = guest ? deliveryOf(guest, sent.get(guest.mail ?? '')) : null;
          return {
            ...{ id: one.id, name: one.name ?? null, address: one.address ?? guest?.address ?? null },
            ...{ contact: one.contact ?? null, user: one.user ?? null, response: one.response ?? null },
            ...{ comment: one.comment ?? null, isInvited: one.role !== 'uninvited', delivery },
            onlyThis: meeting.series !== null && !regulars.some((other) => isSamePerson(one, other)),
            text: delivery === 'kept-out' ? words(`outgoing.note.${guest!.fault}`, { address: guest!.address }) : null,
            proposal: one.proposedAt ? { at: one.proposedAt, duration: one.proposedDuration ?? null } : null,
          };
        }),
      answers: [
        ...answers.map(({ invitation: { address, answer, organizer, repeats } }) => ({
          ...{ address, answer, repeats, organizer: organizer.name || organizer.address },
        })),
        // A colleague says it here, and needs no mail.
        ...(answers.length === 0 && own && meeting.owner !== principal.userId && !meeting.messageKey
          ? [{ address: null, answer: own.response ?? null, repeats: false, organizer: null }]
          : []),
      ],
    };
  }
}

function deliveryOf({ state }: MeetingGuest, mail: OutgoingMail | undefined) {
  if (state === 'kept-out') return 'kept-out' as const;
  if (mail === undefined) return 'sent' as const;
  if (mail.recipients.some((one) => one.state === 'bounced' || one.state === 'refused')) return 'failed' as const;
  const waiting = ['draft', 'waiting', 'sending', 'ending'];
  return mail.state === 'failed' || mail.state === 'unsure'
    ? mail.state
    : waiting.includes(mail.state)
      ? 'waiting'
      : 'sent';
}
