import type { FileValue } from '#kernel/fields/file/index.ts';
import { MAX_PAGE } from '#kernel/query/page.ts';
import type { Records } from '#kernel/records/records.ts';
import { chunked } from '../chunked.ts';
import { interaction } from '../interaction.object.ts';
import { keepWithin, othersOf, peopleIn, type Received } from '../keep-interactions.ts';
import { isLess, type Visibility } from '../visibility.ts';
import { heldMail } from './held-mail.object.ts';

/** Whose mails are held back, and how far. */
export interface Holder {
  readonly mailbox: string;
  readonly visibility: Visibility;
}

type Envelope = Pick<Received, 'participants' | 'messageId' | 'references'>;

/**
 * Which mails are here for a mailbox: those that colleagues see as much of as it lets them, and those that it holds back
 * itself; in the trash too, since what somebody threw away does not come back by itself. `elsewhere` are those that others
 * hold back, or let less be seen of.
 */
export async function heldAlready(
  records: Records,
  keys: readonly string[],
  { mailbox, visibility }: Holder,
): Promise<{ known: ReadonlySet<string>; elsewhere: ReadonlySet<string> }> {
  const known = new Set<string>();
  const elsewhere = new Set<string>();
  for (const part of chunked(keys, MAX_PAGE))
    for (const deleted of [false, true]) {
      const filter = { messageKey: { in: part } };
      const page = { limit: MAX_PAGE, deleted };
      const seen = await records.list(interaction, { filter, fields: ['messageKey', 'visibility'], ...page });
      for (const one of seen.items)
        (!deleted && isLess(one.visibility, visibility) ? elsewhere : known).add(one.messageKey!);
      // A letter to all employees lies in hundreds of mailboxes: one copy of each is enough to know of it.
      for (let left = part; left.length > 0; ) {
        const others = await records.list(heldMail, {
          filter: { messageKey: { in: left } },
          fields: ['messageKey'],
          ...page,
        });
        for (const one of others.items) elsewhere.add(one.messageKey!);
        left = others.next === null ? [] : left.filter((key) => !elsewhere.has(key));
      }
      const copies = part.filter((key) => elsewhere.has(key)).map((key) => copyOf(mailbox, key));
      if (copies.length === 0) continue;
      const own = await records.list(heldMail, {
        filter: { copyKey: { in: copies } },
        fields: ['messageKey'],
        ...page,
      });
      for (const one of own.items) known.add(one.messageKey!);
    }
  return { known, elsewhere: elsewhere.difference(known) };
}

/**
 * Keeps mails that are not `heldAlready`, for those who work the mailbox, and for everybody as much as it lets them see. Part
 * of the caller's transaction, which runs in `untilKept`.
 */
export async function keepMails(records: Records, mails: readonly Received[], holder: Holder): Promise<void> {
  const { mailbox, visibility } = holder;
  if (mails.length === 0) return;
  const seen = visibility === 'private' ? [] : await letSee(records, mails, visibility);
  if (visibility === 'full') return;
  const others = visibility === 'private' ? await othersOf(records, mails) : [];
  const rows = mails.map((mail, index) => {
    const envelope: Envelope = {
      participants: mail.participants,
      messageId: mail.messageId,
      references: mail.references,
    };
    return {
      ...{
        subject: mail.subject || null,
        body: mail.body || null,
        at: mail.at.toISOString(),
        direction: mail.direction,
      },
      ...{ people: peopleIn(mail), envelope, mailbox, owner: mail.owner, interaction: seen[index]?.id ?? null },
      ...{ account: others[index]?.account ?? null, contact: others[index]?.contact ?? null },
      ...{ attachments: mail.attachments ?? [], original: mail.original ?? null },
      ...{ messageKey: mail.key, copyKey: copyOf(mailbox, mail.key) },
    };
  });
  await records.createMany(heldMail, rows, { atomic: true });
}

/**
 * Lets colleagues see all of a mail that was held back; whoever works its mailbox decides that.
 * @param records of the program, in a transaction
 * @returns the interaction that they see
 */
export async function shareHeld(records: Records, id: string): Promise<string> {
  const held = await records.read(heldMail, id, { expand: ['mailbox'], fields: [...heldFields, 'mailbox.team'] });
  const { mailbox } = (held as { expanded?: { mailbox?: { team?: string | null } | null } }).expanded ?? {};
  const [kept] = await letSee(
    records,
    [
      {
        ...(held.envelope as unknown as Envelope),
        ...{ channel: 'email', direction: held.direction, key: held.messageKey!, at: new Date(held.at) },
        ...{ subject: held.subject ?? '', body: held.body ?? '', owner: held.owner, team: mailbox?.team ?? null },
        attachments: (held.attachments ?? []) as FileValue[],
        ...(held.original ? { original: held.original as unknown as FileValue } : {}),
      },
    ],
    'full',
  );
  await records.remove(heldMail, id);
  return kept!.id;
}

const heldFields = [
  ...['subject', 'body', 'at', 'direction', 'envelope', 'attachments', 'original', 'messageKey', 'owner', 'mailbox'],
];

/** Interactions of mails, with as much as colleagues may see: those that show less already show more then. */
async function letSee(records: Records, mails: readonly Received[], visibility: Exclude<Visibility, 'private'>) {
  const shown = mails.map((mail) => (visibility === 'full' ? mail : seenOf(mail, visibility)));
  const kept = await keepWithin(
    records,
    shown.map((mail) => ({ ...mail, visibility })),
  );
  const wider = kept.flatMap(({ id, isNew }, index) => {
    const { subject, body, attachments = [], original = null } = shown[index]!;
    if (isNew) return [];
    return [{ id, changes: { subject: subject || null, body: body || null, attachments, original, visibility } }];
  });
  const before = await visibilityOf(
    records,
    wider.map(({ id }) => id),
  );
  await records.updateEach(
    interaction,
    wider.filter(({ id }) => isLess(before.get(id) ?? 'full', visibility)),
    { atomic: true },
  );
  return kept;
}

async function visibilityOf(records: Records, ids: readonly string[]): Promise<ReadonlyMap<string, Visibility>> {
  const found = new Map<string, Visibility>();
  for (const part of chunked(ids, MAX_PAGE)) {
    const filter = { id: { in: part } };
    const { items } = await records.list(interaction, { filter, fields: ['visibility'], limit: MAX_PAGE });
    for (const { id, visibility } of items) found.set(id, visibility);
  }
  return found;
}

const copyOf = (mailbox: string, key: string) => `${mailbox} ${key}`;

/** What colleagues see of a mail. */
function seenOf({ attachments: _, original: __, ...mail }: Received, visibility: 'metadata' | 'subject'): Received {
  return { ...mail, subject: visibility === 'subject' ? mail.subject : '', body: '' };
}
