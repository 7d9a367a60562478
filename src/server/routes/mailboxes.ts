import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import {
  announceMailboxes,
  faultWords,
  shareMail,
  tryMailbox,
  whereabouts,
  wordsOfFault,
} from '#app/mailbox-access.ts';
import { credentialsFrom, openGrant, sealGrant } from '#app/mailbox-sign-in.ts';
import type { Runtime } from '#app/runtime.ts';
import { requireAdministrator } from '#kernel/access/access.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { MailFault } from '#kernel/mail/imap/fault.ts';
import {
  chooseFolders,
  countsOf,
  foldersOf,
  type MailboxAccess,
  type MailboxSecret,
  type MailboxState,
  type MailHost,
  mailboxStates,
  noteFolders,
  replayFolder,
  retryMailbox,
  saveAccess,
  secretOf,
  skippedOf,
} from '#kernel/mail/mailbox-state.ts';
import { presetOf } from '#kernel/mail/presets.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { heldMail, interaction, mailbox } from '#modules/channels/index.ts';
import {
  FoundMails,
  MailboxDetails,
  Mailboxes,
  MailboxTried,
  MailHost as MailHostFields,
  MailPreset,
  SharedMail,
  SkippedMails,
} from '../answers.ts';
import { requireMailHost } from '../mail-host.ts';
import { ownTransaction } from '../own-session.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';
import { GRANT_COOKIE, setGrant } from './mailbox-sign-in.ts';

type One = { Params: { id: string } };

const Server = Type.Object(
  {
    ...MailHostFields.properties,
    password: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1_000,
        description: 'Left out, the one that is kept stays, while host and user are the same',
      }),
    ),
  },
  { additionalProperties: false },
);
const access = {
  imap: Server,
  smtp: Type.Optional(
    Type.Union([Server, Type.Null()], {
      description: 'Through which server it sends; its password may be that of IMAP',
    }),
  ),
  signedIn: Type.Optional(
    Type.Literal(true, { description: 'With what the browser brought back from the provider, instead of passwords' }),
  ),
};
const path = Type.String({ minLength: 1, maxLength: 1_000 });
const Try = Type.Object(access, { additionalProperties: false });
const Connect = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 120 })),
    address: Type.String({ minLength: 3, maxLength: 254 }),
    aliases: Type.Optional(Type.Array(Type.String({ maxLength: 254 }), { maxItems: 50 })),
    kind: Type.Optional(
      Type.Enum(['personal', 'shared'], { description: 'Shared ones are the administrators’ to connect' }),
    ),
    team: Type.Optional(Type.Union([Type.String({ format: 'uuid' }), Type.Null()])),
    members: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 200 })),
    visibility: Type.Optional(
      Type.Enum(['private', 'metadata', 'subject', 'full'], {
        description: 'How much of its mails colleagues see who do not work it; full when left out',
      }),
    ),
    knownOnly: Type.Optional(
      Type.Boolean({ description: 'Mails in which no contact and no account takes part are not read' }),
    ),
    since: Type.Optional(
      Type.Union([Type.String({ format: 'date' }), Type.Null()], { description: 'Everything is read without one' }),
    ),
    folders: Type.Optional(
      Type.Array(path, { maxItems: 5_000, description: 'Those that are read; left out, all that people keep mail in' }),
    ),
    ...access,
  },
  { additionalProperties: false },
);

type Given = Static<typeof Server>;

/** Mailboxes that are read: connecting them, how they are, and why a mail is not here. Passwords are never shown. */
export function mailboxRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;
  const tags = ['mailboxes'];
  const params = Type.Object({ id: Type.String({ format: 'uuid' }) });

  app.get(
    '/api/mailboxes',
    { schema: { tags, summary: 'Mailboxes that I may see, and how they are', response: { 200: Mailboxes } } },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { items } = await recordsOf(request).list(mailbox, { sort: ['name'], limit: 200 });
      const states = await mailboxStates(
        database,
        workspace.schema,
        items.map(({ id }) => id),
      );
      const byId = new Map(states.map((state) => [state.mailbox, state]));
      return {
        items: items.map((one) => ({ ...summaryOf(one), health: healthOf(byId.get(one.id), principal.language) })),
      };
    },
  );

  app.get<{ Querystring: { address: string } }>(
    '/api/mailboxes/preset',
    {
      schema: {
        tags,
        summary: 'How a mailbox of an address is most likely reached',
        querystring: Type.Object({
          address: Type.String({ minLength: 3, maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' }),
        }),
        response: { 200: MailPreset },
      },
    },
    async (request) => presetOf(request.query.address),
  );

  app.post<{ Body: Static<typeof Try> }>(
    '/api/mailboxes/try',
    {
      schema: {
        tags,
        summary: 'Sign in to a mailbox and list its folders; nothing is kept',
        body: Try,
        response: { 200: MailboxTried },
      },
    },
    async (request, reply) => {
      const { imap, smtp } = checked(request.body);
      return (await tried(request, reply, imap, smtp, await secretFrom(request, imap, smtp))).answer;
    },
  );

  app.post<{ Body: Static<typeof Connect> }>(
    '/api/mailboxes',
    {
      schema: {
        tags,
        summary: 'Connect a mailbox; it is read from then on',
        body: Connect,
        response: { 201: MailboxDetails },
      },
    },
    async (request, reply) => {
      const visitor = visitorOfRequest(request);
      const { workspace, principal } = visitor;
      const {
        name,
        address,
        kind = 'personal',
        folders: chosen,
        imap: _,
        smtp: __,
        signedIn: ___,
        ...given
      } = request.body;
      if (kind === 'shared') requireAdministrator(principal);
      const { imap, smtp } = checked(request.body);
      const { answer, secret } = await tried(request, reply, imap, smtp, await secretFrom(request, imap, smtp));
      requireReached(answer);
      const secrets = await openSecrets(runtime.dataFolder);
      const id = await ownTransaction(visitor, async (records, connection) => {
        const made = await records.create(mailbox, {
          ...{ name: name?.trim() || address, address, kind },
          ...(kind === 'shared' ? given : { ...given, team: null, members: null }),
          owner: principal.userId,
        });
        const hosts = { imap: hostOf(imap), smtp: smtp && hostOf(smtp) };
        await saveAccess(connection, workspace.schema, secrets, made.id, hosts, secret);
        await noteFolders(connection, workspace.schema, made.id, answer.folders, chosen);
        await announceMailboxes(connection, workspace.id);
        return made.id;
      });
      reply.code(201);
      return details(request, id);
    },
  );

  app.get<One>(
    '/api/mailboxes/:id',
    {
      schema: {
        tags,
        summary: 'How a mailbox is: each folder with how far it was read, when, and what is wrong',
        params,
        response: { 200: MailboxDetails },
      },
    },
    (request) => details(request, request.params.id),
  );

  app.put<One & { Body: Static<typeof Try> }>(
    '/api/mailboxes/:id/access',
    {
      schema: {
        tags,
        summary: 'Reach a mailbox in another way, or with another password',
        params,
        body: Try,
        response: { 200: MailboxDetails },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { workspace } = await requireOwn(request, id);
      const { imap, smtp } = checked(request.body);
      const { schema } = workspace;
      const secrets = await openSecrets(runtime.dataFolder);
      const [before] = await mailboxStates(database, schema, [id]);
      const kept = before ? await secretOf(database, schema, secrets, id) : null;
      const { answer, secret } = await tried(
        request,
        reply,
        imap,
        smtp,
        await secretFrom(request, imap, smtp, before && kept ? { hosts: before, secret: kept } : undefined),
      );
      requireReached(answer);
      const hosts = { imap: hostOf(imap), smtp: smtp && hostOf(smtp) };
      await saveAccess(database, schema, secrets, id, hosts, secret);
      await announceMailboxes(database, workspace.id);
      return details(request, id);
    },
  );

  app.put<One & { Body: { chosen: string[] } }>(
    '/api/mailboxes/:id/folders',
    {
      schema: {
        tags,
        summary: 'Choose which folders are read',
        params,
        body: Type.Object({ chosen: Type.Array(path, { maxItems: 5_000 }) }, { additionalProperties: false }),
        response: { 200: MailboxDetails },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { workspace } = await requireOwn(request, id);
      await chooseFolders(database, workspace.schema, id, request.body.chosen);
      await retryMailbox(database, workspace.schema, id);
      await announceMailboxes(database, workspace.id);
      return details(request, id);
    },
  );

  app.post<One>(
    '/api/mailboxes/:id/retry',
    { schema: { tags, summary: 'Try again now', params, response: { 200: MailboxDetails } } },
    async (request) => {
      const { id } = request.params;
      const { workspace } = await requireOwn(request, id);
      await retryMailbox(database, workspace.schema, id);
      await announceMailboxes(database, workspace.id);
      return details(request, id);
    },
  );

  app.post<One & { Body: { path: string } }>(
    '/api/mailboxes/:id/replay',
    {
      schema: {
        tags,
        summary: 'Read a folder again from the start; what is here is not kept twice',
        params,
        body: Type.Object({ path }, { additionalProperties: false }),
        response: { 200: MailboxDetails },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { workspace } = await requireOwn(request, id);
      const isKnown = await database.transaction((connection) =>
        replayFolder(connection, workspace.schema, id, request.body.path),
      );
      if (!isKnown) throw new Problem('request.invalid', {}, [{ field: 'path', code: 'field.invalid' }]);
      await announceMailboxes(database, workspace.id);
      return details(request, id);
    },
  );

  app.get<One & { Querystring: { before?: string } }>(
    '/api/mailboxes/:id/skipped',
    {
      schema: {
        tags,
        summary: 'Mails that are on the server and not here, and why; newest first',
        params,
        querystring: Type.Object({ before: Type.Optional(Type.String({ format: 'date-time' })) }),
        response: { 200: SkippedMails },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { workspace, principal } = await requireReader(request, id);
      const { before } = request.query;
      const words = translator(principal.language);
      const found = await skippedOf(database, workspace.schema, id, before ? { before: new Date(before) } : {});
      return {
        items: found.map(({ receivedAt, uid: _, ...one }) => ({
          ...one,
          receivedAt: receivedAt.toISOString(),
          text: words(`mailSkip.${one.reason}`),
        })),
      };
    },
  );

  app.get<One & { Querystring: { messageId?: string; from?: string; subject?: string; day?: string } }>(
    '/api/mailboxes/:id/find',
    {
      schema: {
        tags,
        summary: 'Why is this mail not here? Asks the server for it',
        params,
        querystring: Type.Object({
          messageId: Type.Optional(Type.String({ maxLength: 998 })),
          from: Type.Optional(Type.String({ maxLength: 320 })),
          subject: Type.Optional(Type.String({ maxLength: 500 })),
          day: Type.Optional(Type.String({ format: 'date' })),
        }),
        response: { 200: FoundMails },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { workspace, principal } = await requireReader(request, id);
      const { messageId, from, subject, day } = request.query;
      const asked = {
        messageId: plain(messageId)?.replaceAll(/^<|>$/g, ''),
        from: plain(from),
        subject: plain(subject),
      };
      if (!day && Object.values(asked).every((text) => !text))
        throw new Problem('request.invalid', {}, [{ field: 'messageId', code: 'field.required' }]);
      const records = recordsOf(request);
      const { since } = await records.read(mailbox, id, { fields: ['since'] });
      const words = translator(principal.language);
      const from0 = since === null ? null : new Date(`${since}T00:00:00Z`);
      const query = { ...asked, ...(day ? { on: new Date(`${day}T00:00:00Z`) } : {}) };
      const found = await whereabouts(runtime, workspace, id, from0, query).catch((error: unknown) => {
        if (!(error instanceof MailFault)) throw error;
        throw new Problem('mailbox.unreachable', { reason: faultWords(principal.language, error).text });
      });
      const keys = [...new Set(found.flatMap(({ key }) => key ?? []))].slice(0, 200);
      const { items } = await records.list(interaction, {
        filter: { messageKey: { in: keys.length > 0 ? keys : [''] } },
        fields: ['messageKey'],
        limit: 200,
      });
      const byKey = new Map(items.map((one) => [one.messageKey, one.id]));
      const held = await records.list(heldMail, {
        filter: { mailbox: id, messageKey: { in: keys.length > 0 ? keys : [''] } },
        fields: ['messageKey'],
        limit: 200,
      });
      const isHere = new Set([...byKey.keys(), ...held.items.map((one) => one.messageKey)]);
      return {
        items: found.slice(0, 100).map(({ key, uid: _, receivedAt, ...one }) => ({
          ...one,
          receivedAt: receivedAt.toISOString(),
          interaction: (key && byKey.get(key)) ?? null,
          text: words(`mailSkip.${key && !isHere.has(key) ? 'removed' : one.why}`),
        })),
      };
    },
  );

  app.post<One>(
    '/api/held-mails/:id/share',
    {
      schema: {
        tags,
        summary: 'Let colleagues see all of a mail that a mailbox holds back',
        params,
        response: { 200: SharedMail },
      },
    },
    async (request) => {
      const { id } = request.params;
      const records = recordsOf(request);
      await records.read(heldMail, id, { fields: [] });
      if (!(await records.allowed(heldMail, 'run', [id])).has(id)) throw new Problem('access.denied');
      return { interaction: await shareMail(visitorOfRequest(request).workspace, id) };
    },
  );

  /**
   * What is kept so that one can sign in: what the browser brought back, or passwords; those that are kept already only for
   * the server and the name that they were given for.
   * @throws Problem `mailbox.password-needed`, `mailbox.provider-refused`
   */
  async function secretFrom(
    request: FastifyRequest,
    imap: Given,
    smtp: Given | null,
    before?: { hosts: MailboxAccess; secret: MailboxSecret },
  ): Promise<MailboxSecret> {
    const { workspace, principal } = visitorOfRequest(request);
    if ((request.body as Static<typeof Try>).signedIn)
      return openGrant(runtime, workspace, principal.userId!, request.cookies[GRANT_COOKIE]);
    const isSame = (given: Given, host: MailHost | null | undefined) =>
      given.password === undefined && host?.host === given.host && host.username === given.username;
    const kept = before?.secret;
    if (kept && !('imap' in kept)) {
      if (isSame(imap, before?.hosts.imap)) return kept;
      if (imap.password === undefined) throw new Problem('mailbox.password-needed');
    }
    const passwords = kept && 'imap' in kept ? kept : null;
    const reading = isSame(imap, before?.hosts.imap) ? passwords?.imap : imap.password;
    if (reading === undefined) throw new Problem('mailbox.password-needed');
    const own = smtp && isSame(smtp, before?.hosts.smtp) ? passwords?.smtp : smtp?.password;
    if (smtp === null) return { imap: reading, smtp: null };
    const sending = own ?? imap.password;
    if (sending === undefined) throw new Problem('mailbox.password-needed');
    return { imap: reading, smtp: sending };
  }

  /** @returns also what is to be kept: a provider may have given something newer meanwhile */
  async function tried(
    request: FastifyRequest,
    reply: FastifyReply,
    imap: MailHost,
    smtp: MailHost | null,
    given: MailboxSecret,
  ) {
    const { workspace, principal } = visitorOfRequest(request);
    let secret = given;
    const keep = async (renewed: MailboxSecret) => {
      secret = renewed;
      if (!('imap' in renewed) && (request.body as Static<typeof Try>).signedIn)
        setGrant(request, reply, await sealGrant(runtime, workspace, principal.userId!, renewed));
    };
    const credentials = () => credentialsFrom(runtime, workspace, secret, keep);
    return { answer: await tryMailbox(principal.language, imap, smtp, credentials), secret };
  }

  async function details(request: FastifyRequest, id: string): Promise<Static<typeof MailboxDetails>> {
    const { workspace, principal } = visitorOfRequest(request);
    const one = await recordsOf(request).read(mailbox, id);
    const { schema } = workspace;
    const [state] = await mailboxStates(database, schema, [id]);
    const counts = await countsOf(database, schema, id);
    const folders = await foldersOf(database, schema, id);
    return {
      ...summaryOf(one),
      imap: state ? hostOf(state.imap) : null,
      smtp: state?.smtp ? hostOf(state.smtp) : null,
      health: healthOf(state, principal.language),
      folders: folders.map(({ cursor, succeededAt, failedAt, fault, detail, ...folder }) => {
        const { kept, skipped } = counts.get(folder.path) ?? { kept: 0, skipped: 0 };
        return {
          ...{ ...folder, kept, skipped },
          isRead: cursor !== null && cursor.below === 0,
          missing: folder.chosen ? Math.max(0, (folder.messages ?? 0) - folder.beforeStart - kept - skipped) : 0,
          succeededAt: succeededAt?.toISOString() ?? null,
          fault: fault === null ? null : wordsOfFault(principal.language, fault, detail ?? ''),
          failedAt: failedAt?.toISOString() ?? null,
        };
      }),
    };
  }

  /** Whoever looks after a mailbox; for all others it is not there. @throws Problem `record.not-found`, `access.denied` */
  async function requireOwn(request: FastifyRequest, id: string) {
    const records = recordsOf(request);
    await records.read(mailbox, id, { fields: [] });
    if (!(await records.allowed(mailbox, 'update', [id])).has(id)) throw new Problem('access.denied');
    return visitorOfRequest(request);
  }

  /**
   * The same where it is told what mails are about: what is in somebody's own mailbox is no administrator's matter.
   * @throws Problem `record.not-found`, `access.denied`
   */
  async function requireReader(request: FastifyRequest, id: string) {
    const visitor = await requireOwn(request, id);
    const { kind, owner } = await recordsOf(request).read(mailbox, id, { fields: ['kind', 'owner'] });
    if (kind === 'personal' && owner !== visitor.principal.userId) throw new Problem('access.denied');
    return visitor;
  }
}

function summaryOf(one: {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly address: string;
  readonly aliases: readonly string[] | null;
  readonly kind: string;
  readonly state: string;
  readonly owner: string | null;
  readonly team: string | null;
  readonly members: readonly string[] | null;
  readonly since: string | null;
  readonly visibility: string;
  readonly knownOnly: boolean;
  readonly blocked: readonly string[] | null;
}) {
  const { id, version, name, address, aliases, kind, state, owner, team, members, since, blocked } = one;
  const { visibility, knownOnly } = one;
  return {
    ...{ id, version, name, address, kind, state, owner, team, since, visibility, knownOnly },
    ...{ aliases: [...(aliases ?? [])], members: [...(members ?? [])], blocked: [...(blocked ?? [])] },
  } as Static<typeof Mailboxes>['items'][number];
}

function healthOf(state: MailboxState | undefined, language: string) {
  if (!state) return null;
  const { doing, folder, isHeld, succeededAt, fault, detail, failedAt, retryAt } = state;
  return {
    doing: isHeld || doing === 'waiting' ? doing : null,
    folder,
    succeededAt: succeededAt?.toISOString() ?? null,
    fault: fault === null ? null : wordsOfFault(language, fault, detail ?? ''),
    failedAt: failedAt?.toISOString() ?? null,
    retryAt: retryAt?.toISOString() ?? null,
  };
}

/** @throws Problem `request.invalid`, `webhook.address-refused` */
function checked({ imap, smtp }: Static<typeof Try>): { imap: Given; smtp: Given | null } {
  for (const [field, one] of Object.entries({ imap, smtp })) {
    if (!one) continue;
    requireMailHost(one.host, one.port, `${field}.host`);
    for (const [name, value] of Object.entries(one))
      if (typeof value === 'string' && (/\p{Cc}/u.test(value) || !value.isWellFormed()))
        throw new Problem('request.invalid', {}, [{ field: `${field}.${name}`, code: 'field.invalid' }]);
  }
  return { imap, smtp: smtp ?? null };
}

function hostOf({ host, port, security, username }: MailHost): MailHost {
  return { host, port, security, username };
}

function requireReached({ imap, smtp }: Awaited<ReturnType<typeof tryMailbox>>): void {
  const fault = imap ?? smtp;
  if (fault)
    throw new Problem('mailbox.unreachable', {
      reason: fault.text,
      fault: fault.fault,
      server: imap ? 'imap' : 'smtp',
    });
}

const plain = (text: string | undefined) =>
  text
    ?.replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .trim() || undefined;
