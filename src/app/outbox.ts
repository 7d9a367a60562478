import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { asSystem } from '#kernel/access/access.ts';
import { dayIn } from '#kernel/fields/calendar.ts';
import type { FileValue } from '#kernel/fields/file/index.ts';
import { keepFile, readableFile } from '#kernel/files/files.ts';
import { openStorage } from '#kernel/files/open-storage.ts';
import { receiveAll } from '#kernel/files/storage.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { appendSent } from '#kernel/mail/imap/append.ts';
import { connect } from '#kernel/mail/imap/connection.ts';
import { asFault, MailFault } from '#kernel/mail/imap/fault.ts';
import { LeaseLostError, mailboxStates } from '#kernel/mail/mailbox-state.ts';
import {
  endFollowUp,
  followUpsDue,
  holdMails,
  nextDue,
  noteMail,
  OUTBOX_CHANNEL,
  type OutgoingChange,
  type OutgoingMail,
  type OutgoingRecipient,
  takeDue,
} from '#kernel/mail/outbox.ts';
import { parse } from '#kernel/mail/parse.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import {
  type Delivery,
  interaction,
  keepSentMail,
  type MailAccess,
  planBecame,
  type Written,
} from '#modules/channels/index.ts';
import { notification, task } from '#modules/teamwork/index.ts';
import { type Way, wayOf } from './fax.ts';
import { trackedHtml, trackingSite } from './mail-tracking.ts';
import { credentialsOf } from './mailbox-sign-in.ts';
import { type MailContent, notesOn, outgoingOf, referencesTo, requireSender, type Sender } from './outgoing.ts';
import { principalOf } from './principal.ts';
import { every, keepRounds } from './rounds.ts';
import type { Runtime } from './runtime.ts';

/** Mails that one process sends at the same moment. */
const AT_ONCE = 4;
/** Finds what no notice told of, and what a killed process left. */
const SWEEP_MS = 5_000;
/** A third of a lease: one that was missed does no harm. */
const HOLD_MS = 20_000;
/** Waits between the tries of a server that says "later": together a day. */
const WAITS_S = [30, 2 * 60, 10 * 60, 30 * 60, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 8 * 3600];
/** Where the answer never came it is looked for in the folder of sent mails, for servers that put there what they send. */
const LOOKS_S = [5, 30, 120];
/** A mailbox whose folder of sent mails cannot be reached is tried this often. */
const KEEPS_S = [10, 60, 600, 3600, 4 * 3600, 8 * 3600];
/** These put there by themselves what they send, a moment later: a copy of our own would be a second one. */
const KEEPS_ITSELF = /(?:^|\.)(?:gmail\.com|googlemail\.com|office365\.com|outlook\.com)$/i;
const ITSELF_S = 60;

const program = asSystem('what was given to be sent is sent, and its writer hears of it');

type Mail = OutgoingMail<MailContent>;

/**
 * Sends what waits, each mail at its time, and looks after what was sent. Exactly once, as far as SMTP allows: before the last
 * line is handed over it is written down that the server may have the mail from now on. What was interrupted before is sent
 * anew; what was interrupted after is looked for among the sent mails of the mailbox, and where it is not there its writer
 * decides. See decision 027.
 */
export function keepOutbox(runtime: Runtime, onError: (error: unknown) => void): { stop(): Promise<void> } {
  const { database } = runtime;
  const runner = randomUUID();
  const held = new Map<string, { readonly schema: string; readonly done: Promise<void> }>();
  const timers = new Map<string, NodeJS.Timeout>();
  let isStopped = false;

  const review = async (workspaceId: string): Promise<void> => {
    const workspace = await runtime.workspace(workspaceId);
    const { schema } = workspace;
    const room = AT_ONCE - held.size;
    if (room > 0 && !isStopped)
      for (const mail of (await takeDue(database, schema, runner, room)) as Mail[]) {
        const done = work(runtime, workspace, runner, mail)
          .catch((error) => giveUp(workspace, mail, error))
          .catch(onError)
          .finally(() => {
            held.delete(mail.id);
            rounds.wake(workspaceId);
          });
        held.set(mail.id, { schema, done });
      }
    await followUp(workspace);
    const next = await nextDue(database, schema);
    clearTimeout(timers.get(workspaceId));
    if (!next || isStopped || held.size >= AT_ONCE) return;
    const wait = Math.max(50, next.getTime() - Date.now() + 20);
    // What is further away is found by the sweep.
    if (wait < SWEEP_MS)
      timers.set(
        workspaceId,
        setTimeout(() => rounds.wake(workspaceId), wait),
      );
  };
  /** What nobody foresaw: told once, tried again later. */
  const giveUp = async (workspace: Workspace, { id, attempts }: Mail, error: unknown): Promise<void> => {
    if (error instanceof LeaseLostError) return;
    onError(error);
    const retryAt = inSeconds(WAITS_S[Math.min(attempts, WAITS_S.length - 1)]!);
    await noteMail(database, workspace.schema, id, runner, { attempts: attempts + 1, retryAt }, true);
  };

  const hold = async (): Promise<void> => {
    for (const schema of new Set([...held.values()].map((one) => one.schema)))
      await holdMails(database, schema, [...held.keys()], runner);
  };
  const rounds = keepRounds(runtime, { channel: OUTBOX_CHANNEL, sweepMs: SWEEP_MS, round: review }, onError);
  const holding = every(HOLD_MS, hold, onError);
  return {
    async stop() {
      isStopped = true;
      await Promise.all([rounds.stop(), holding.stop()]);
      for (const timer of timers.values()) clearTimeout(timer);
      // A server that takes its time is not waited for: what it was given is looked for at the next start.
      const all = Promise.all([...held.values()].map(({ done }) => done));
      await Promise.race([all, new Promise((done) => setTimeout(done, 5_000).unref())]);
    },
  };
}

/** One mail, from where it stands. */
async function work(runtime: Runtime, workspace: Workspace, runner: string, mail: Mail): Promise<void> {
  const { database } = runtime;
  const { schema } = workspace;
  const note = (change: OutgoingChange, release = false) =>
    noteMail(database, schema, mail.id, runner, change, release);
  if (mail.state === 'sent') return keepSent(runtime, workspace, mail, note);
  if (!['waiting', 'sending', 'ending'].includes(mail.state)) return note({ retryAt: null }, true);
  if (mail.state === 'ending') return lookFor(runtime, workspace, mail, note);
  // A process was killed before the server had all of it: nobody got it.
  const allowed = await allow(runtime, workspace, mail);
  if ('fault' in allowed) return fail(workspace, mail, note, allowed.fault, allowed.detail);
  const { sender, from, way } = allowed;
  const written = await writtenOf(runtime, workspace, mail, from, way, note);
  if ('fault' in written) return fail(workspace, mail, note, written.fault, written.detail);
  await note({ state: 'sending' });
  const to = mail.recipients.filter(({ state }) => state === 'waiting').map(({ address }) => address);
  const delivery = await way.send(written, to, () => note({ state: 'ending' }));
  await settle(runtime, workspace, { ...mail, file: written.file }, note, delivery, sender);
}

type Note = (change: OutgoingChange, release?: boolean) => Promise<void>;

/** Whether it may be sent now: rights, servers and what contacts said may have changed since it was written. */
async function allow(
  runtime: Runtime,
  workspace: Workspace,
  mail: Mail,
): Promise<{ sender: Sender; from: { name: string; address: string }; way: Way } | { fault: string; detail: string }> {
  const writer = await principalOf(workspace, mail.user);
  if (!writer) return { fault: 'not-allowed', detail: '' };
  try {
    const { sender, from } = await requireSender(workspace, writer, mail.content);
    const [stop] = (await notesOn(workspace, writer, mail.content)).filter(({ stops }) => stops);
    if (stop) return { fault: stop.code, detail: stop.address };
    const access = await accessOf(runtime, workspace, sender.id);
    return { sender, from, way: await wayOf(runtime, workspace, mail.content, sender, access) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { fault: error.code === 'outgoing.no-server' ? 'no-server' : 'not-allowed', detail: '' };
  }
}

async function accessOf(runtime: Runtime, workspace: Workspace, id: string): Promise<MailAccess> {
  const [hosts] = await mailboxStates(runtime.database, workspace.schema, [id]);
  return { guard: networkGuard(), hosts: hosts!, credentials: await credentialsOf(runtime, workspace, id) };
}

/** The bytes that are sent: written once, kept, and the same at every try. */
async function writtenOf(
  runtime: Runtime,
  workspace: Workspace,
  mail: Mail,
  from: { name: string; address: string },
  way: Way,
  note: Note,
): Promise<(Written & { file: FileValue }) | { fault: string; detail: string }> {
  const storage = openStorage(runtime.dataFolder);
  if (mail.file) {
    const { storageKey } = await readableFile(workspace, program, mail.file.id);
    const raw = await buffer(await storage.get(storageKey));
    return { id: mail.messageId!, from: from.address, raw, key: '', file: mail.file };
  }
  try {
    const records = recordsFor(workspace, program, 'mail');
    const answered = mail.content.replyTo
      ? await records.find(interaction, { id: mail.content.replyTo }, { fields: ['messageId', 'threadRoot'] })
      : null;
    const of = { id: mail.messageId!, from, at: new Date(), references: answered ? referencesTo(answered) : [] };
    const outgoing = await outgoingOf(runtime, workspace, program, mail.content, of);
    const site =
      mail.content.track && !mail.content.fax && mail.interaction ? await trackingSite(runtime, workspace) : null;
    const tracking = site && {
      ...{ secrets: await openSecrets(runtime.dataFolder), site },
      ...{ workspace: workspace.id, about: mail.interaction! },
    };
    const written = await way.write({
      ...outgoing,
      ...(tracking ? { tracked: trackedHtml(outgoing.html, tracking) } : {}),
    });
    const [received] = await receiveAll(runtime.dataFolder, [written.raw]);
    const name = `${
      mail.content.subject
        .replaceAll(/[\p{Cc}/\\:*?"<>|]+/gu, ' ')
        .trim()
        .slice(0, 80) || 'mail'
    }.eml`;
    const file = await keepFile(workspace, null, storage, received!, { name, type: 'message/rfc822' });
    // Held by the record from now on: what no record holds goes away within a day.
    if (mail.interaction && (await records.find(interaction, { id: mail.interaction }, { fields: [] })))
      await records.update(interaction, mail.interaction, { original: file } as never);
    await note({ file });
    return { ...written, file };
  } catch (error) {
    if (error instanceof Problem && error.code === 'file.not-found') return { fault: 'file-gone', detail: '' };
    if (error instanceof RangeError) return { fault: 'notAnAddress', detail: '' };
    throw error;
  }
}

/** What the server said, written down; what it means for whoever waits. */
async function settle(
  runtime: Runtime,
  workspace: Workspace,
  mail: Mail,
  note: Note,
  delivery: Delivery,
  sender: Pick<Sender, 'visibility' | 'id' | 'kind' | 'owner' | 'team'>,
): Promise<void> {
  const { outcome, accepted, refused, detail } = delivery;
  const recipients = mail.recipients.map((one): OutgoingRecipient => {
    if (accepted.includes(one.address)) return { ...one, state: 'accepted', detail: '' };
    const no = refused.find(({ address }) => address === one.address);
    return no ? { ...one, state: no.isPassing ? 'waiting' : 'refused', detail: no.detail } : one;
  });
  if (outcome === 'unsure')
    return note({ attempts: 0, fault: 'unsure', detail, retryAt: inSeconds(LOOKS_S[0]!) }, true);
  const attempts = mail.attempts + 1;
  const isLast = mail.attempts >= WAITS_S.length;
  if (outcome === 'delayed' && !isLast) {
    await note({ state: 'waiting', recipients, attempts, ...later(mail, detail) }, true);
    return;
  }
  if (outcome !== 'sent') {
    const fault = outcome === 'delayed' ? 'expired' : 'refused';
    return fail(workspace, { ...mail, recipients }, note, fault, refused[0]?.detail || detail);
  }
  // In full seconds, as mails say it: an answer in the same second is no older.
  const sentAt = mail.sentAt ?? new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const isOpen = recipients.some(({ state }) => state === 'waiting') && !isLast;
  const ended = isOpen
    ? recipients
    : recipients.map((one) => (one.state === 'waiting' ? { ...one, state: 'refused' as const } : one));
  // First of all: from here on it is never sent again to those who have it.
  await note({
    ...{ state: isOpen ? 'waiting' : 'sent', recipients: ended, sentAt, attempts: isOpen ? attempts : 0 },
    ...(isOpen ? later(mail, detail) : { fault: null, detail: null, retryAt: new Date() }),
  });
  const isPartly = ended.some(({ state }) => state === 'refused');
  await left(runtime, workspace, mail, sentAt, isPartly ? 'partly' : isOpen ? 'delayed' : 'sent', sender);
  if (isPartly) await tell(workspace, mail, 'mailFailed', ended.find(({ state }) => state === 'refused')!.detail);
  await note({}, true);
}

function later({ attempts }: Mail, detail: string) {
  return { fault: 'delayed', detail, retryAt: inSeconds(WAITS_S[Math.min(attempts, WAITS_S.length - 1)]!) };
}

/** The interaction took place. */
async function left(
  runtime: Runtime,
  workspace: Workspace,
  mail: Mail,
  at: Date,
  delivery: 'sent' | 'partly' | 'delayed',
  sender?: Pick<Sender, 'visibility' | 'id' | 'kind' | 'owner' | 'team'>,
): Promise<void> {
  const file = mail.file!;
  await inTransaction(workspace, program, 'mail', async (records) => {
    if (mail.interaction) await planBecame(records, mail.interaction, at, { delivery, original: file });
  });
  if (mail.interaction || !sender || sender.visibility === 'full') return;
  // Colleagues see of it what the mailbox lets them see.
  const { storageKey } = await readableFile(workspace, program, file.id);
  const raw = await buffer(await openStorage(runtime.dataFolder).get(storageKey));
  const owner = { owner: sender.kind === 'shared' ? null : sender.owner, team: sender.team };
  const message = await parse(raw, { receivedAt: at });
  await inTransaction(workspace, program, 'mail', (records) =>
    keepSentMail(records, message, { original: file, attachments: mail.content.attachments }, owner, {
      mailbox: sender.id,
      visibility: sender.visibility,
    }),
  );
}

/** It will not leave: its writer hears of it, and may try again. */
async function fail(workspace: Workspace, mail: Mail, note: Note, fault: string, detail: string): Promise<void> {
  const recipients = mail.recipients.map((one) =>
    one.state === 'waiting' ? { ...one, state: 'refused' as const } : one,
  );
  const hasLeft = mail.sentAt !== null;
  await note({ state: hasLeft ? 'sent' : 'failed', recipients, fault, detail, retryAt: hasLeft ? new Date() : null });
  await mark(workspace, mail, hasLeft ? 'partly' : 'failed');
  await tell(workspace, mail, 'mailFailed', detail);
  await note({}, true);
}

async function mark(workspace: Workspace, { interaction: id }: Mail, delivery: string): Promise<void> {
  const records = recordsFor(workspace, program, 'mail');
  if (id && (await records.find(interaction, { id }, { fields: [] })))
    await records.update(interaction, id, { delivery } as never);
}

async function tell(
  workspace: Workspace,
  mail: Pick<Mail, 'user' | 'interaction' | 'content'>,
  kind: 'mailFailed' | 'mailUnsure',
  answer: string,
): Promise<void> {
  await recordsFor(workspace, program, 'mail').create(notification, {
    ...{ user: mail.user, kind, targetObject: 'interaction', targetId: mail.interaction },
    params: { title: mail.content.subject, answer },
  } as never);
}

/** The answer never came: is it among what the mailbox sent? */
async function lookFor(runtime: Runtime, workspace: Workspace, mail: Mail, note: Note): Promise<void> {
  const allowed = await allow(runtime, workspace, mail);
  let isThere = false;
  if (!('fault' in allowed))
    try {
      isThere = await allowed.way.hasLeft({ id: mail.messageId! });
    } catch (error) {
      if (!(asFault(error) instanceof MailFault)) throw error;
    }
  if (isThere && !('fault' in allowed)) {
    const accepted = mail.recipients.filter(({ state }) => state === 'waiting').map(({ address }) => address);
    return settle(
      runtime,
      workspace,
      mail,
      note,
      { outcome: 'sent', accepted, refused: [], detail: '' },
      allowed.sender,
    );
  }
  const next = LOOKS_S[mail.attempts + 1];
  if (next !== undefined) return note({ attempts: mail.attempts + 1, retryAt: inSeconds(next) }, true);
  await note({ state: 'unsure', fault: 'unsure', retryAt: null });
  await mark(workspace, mail, 'unsure');
  await tell(workspace, mail, 'mailUnsure', '');
  await note({}, true);
}

/** Puts a copy into the folder of sent mails, where it is not. That it cannot be does no harm to the mail. */
async function keepSent(runtime: Runtime, workspace: Workspace, mail: Mail, note: Note): Promise<void> {
  // Its writer knew that it had left, where nobody could tell.
  if (mail.interaction) {
    const records = recordsFor(workspace, program, 'mail');
    const planned = await records.find(interaction, { id: mail.interaction, state: 'planned' }, { fields: [] });
    const isPartly = mail.recipients.some(({ state }) => state === 'refused');
    if (planned) await left(runtime, workspace, mail, mail.sentAt!, isPartly ? 'partly' : 'sent');
  }
  if (!mail.mailbox || !mail.file) return note({ retryAt: null }, true);
  const { attempts } = mail;
  try {
    const { hosts, credentials } = await accessOf(runtime, workspace, mail.mailbox);
    if (attempts === 0 && KEEPS_ITSELF.test(hosts.smtp?.host ?? ''))
      return await note({ attempts: 1, retryAt: inSeconds(ITSELF_S) }, true);
    const { storageKey } = await readableFile(workspace, program, mail.file.id);
    const raw = await buffer(await openStorage(runtime.dataFolder).get(storageKey));
    const connection = await connect(networkGuard(), { ...hosts.imap, credential: credentials.imap });
    try {
      await appendSent(connection, raw);
    } finally {
      await connection.close();
    }
    await note({ keptAt: new Date(), retryAt: null, attempts: 0 }, true);
  } catch (error) {
    if (!(asFault(error) instanceof MailFault)) throw error;
    const wait = KEEPS_S[attempts];
    await note({ attempts: attempts + 1, retryAt: wait === undefined ? null : inSeconds(wait) }, true);
  }
}

/** Who wanted to know that nobody answered by now gets a task, unless somebody did; what a program wrote is no answer. */
async function followUp(workspace: Workspace): Promise<void> {
  for (const mail of (await followUpsDue(workspace.database, workspace.schema)) as Mail[])
    await inTransaction(workspace, program, 'mail', async (records, connection) => {
      if (!(await endFollowUp(connection, workspace.schema, mail.id))) return;
      const about = mail.interaction ? await records.find(interaction, { id: mail.interaction }) : null;
      if (!about?.conversation || !mail.sentAt) return;
      const filter = {
        ...{ conversation: about.conversation, direction: 'in', automatic: null },
        at: { gte: mail.sentAt.toISOString() },
      };
      if (await records.find(interaction, filter, { fields: [] })) return;
      const [to] = mail.content.to;
      const { language } = await records.read('user', mail.user, { fields: ['language'] });
      const words = translator((language as string | null) ?? workspace.settings.language);
      const params = { name: to?.name || to?.address || '', subject: mail.content.subject };
      await records.create(task, {
        subject: words('outgoing.followUp', params).slice(0, 250),
        dueOn: dayIn(new Date(), workspace.settings.timeZone),
        ...{ owner: mail.user, createdBy: mail.user },
        ...{ account: about.account, contact: about.contact, opportunity: about.opportunity },
      } as never);
    });
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);
