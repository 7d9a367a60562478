import { readMailServer } from '#kernel/mail/mail-server.ts';
import { mailsOf } from '#kernel/mail/outbox.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction } from '#kernel/records/open.ts';
import type { Secrets } from '#kernel/workspace/secrets.ts';
import { interaction } from '#modules/channels/index.ts';
import { notification } from '#modules/teamwork/index.ts';
import type { MailContent } from './outgoing.ts';
import { programFor } from './public-pages.ts';
import type { Runtime } from './runtime.ts';
import { readSigned, signText } from './signed-text.ts';

/**
 * When a mail was opened and its links were followed: only where the company allows it and its writer asked for it, mail by
 * mail. Of whoever opens it nothing is kept but the moment. Whose picture or link it is stands in its address, signed: an
 * address that was made elsewhere counts nothing and leads nowhere. See decision 038.
 */

const OPENED = 'mail was opened';
const FOLLOWED = 'link of a mail';
/** Who opens a mail later than that reads in an archive. */
const LASTS_MS = 400 * 24 * 3_600_000;
/** Programs fetch a picture several times when a mail is opened once. */
const ONCE_MS = 60_000;
/** What fits into an address that every program opens. */
const LONGEST_LINK = 1_200;

/** Where pictures and links of this company's mails lead; null where nobody may ask for it. */
export async function trackingSite(runtime: Runtime, workspace: Workspace): Promise<string | null> {
  if (!workspace.settings.mailTracking) return null;
  return (await readMailServer(runtime.database, workspace.id))?.site ?? null;
}

/** The HTML with a picture that tells when it is shown, and with links that tell when they are followed. */
export function trackedHtml(
  html: string,
  { secrets, site, workspace, about }: { secrets: Secrets; site: string; workspace: string; about: string },
): string {
  const until = Date.now() + LASTS_MS;
  const own = `${new URL(site).origin}/m/`;
  const linked = html.replace(/(<a\b[^>]*?\shref=")(https?:[^"]*)(?=")/g, (all, before: string, written: string) => {
    const target = written.replaceAll('&amp;', '&');
    if (target.startsWith(own) || target.length > LONGEST_LINK) return all;
    return `${before}${own}l/${signText(secrets, FOLLOWED, `${workspace}.${about}.${target}`, until)}`;
  });
  const picture = `${own}o/${signText(secrets, OPENED, `${workspace}.${about}`, until)}`;
  return `${linked}\n<img src="${picture}" width="1" height="1" alt="">`;
}

/** What a picture or link of a mail is of; null for an address that is not ours. */
export function readTracked(
  secrets: Secrets,
  what: 'opened' | 'followed',
  token: string,
): { workspace: string; about: string; target: string } | null {
  const [workspace, about, ...target] =
    readSigned(secrets, what === 'opened' ? OPENED : FOLLOWED, token)?.split('.') ?? [];
  return workspace && about ? { workspace, about, target: target.join('.') } : null;
}

/** Notes that a mail was opened, or that a link of it was followed; its writer hears of the first time. */
export async function noteOpening(
  runtime: Runtime,
  { workspace: id, about }: { workspace: string; about: string },
  what: 'opened' | 'followed',
): Promise<void> {
  const workspace = await runtime.workspace(id);
  if (!workspace.settings.mailTracking) return;
  await inTransaction(workspace, programFor(workspace), 'public', async (records, connection) => {
    const sent = await records.find(interaction, { id: about, direction: 'out' });
    if (!sent) return;
    const now = new Date();
    const last = sent.openedAt ? Date.parse(sent.openedAt) : 0;
    // A link that is followed was read, also where no picture is shown.
    const isAgain = what === 'opened' && now.getTime() - last < ONCE_MS;
    if (isAgain || (what === 'followed' && sent.followedAt && now.getTime() - Date.parse(sent.followedAt) < ONCE_MS))
      return;
    const isOpening = what === 'opened' || last === 0;
    await records.update(interaction, about, {
      ...(isOpening ? { openedAt: now.toISOString(), openings: (sent.openings ?? 0) + 1 } : {}),
      ...(what === 'followed' ? { followedAt: now.toISOString() } : {}),
    } as never);
    const [mail] = last === 0 ? await mailsOf(connection, workspace.schema, { interactions: [about] }) : [];
    if (!mail) return;
    const { to, subject } = mail.content as MailContent;
    await records.create(notification, {
      ...{ user: mail.user, kind: 'mailOpened', targetObject: 'interaction', targetId: about },
      params: { title: subject, name: to.length === 1 ? to[0]!.name || to[0]!.address : '' },
    } as never);
  });
}
