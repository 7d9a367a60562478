import { asSystem } from '#kernel/access/access.ts';
import { gatewaySecret } from '#kernel/mail/gateway-secret.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import {
  emailAdapter,
  type FaxGateway,
  faxAdapter,
  type MailAccess,
  type Outgoing,
  readGateways,
  type Sending,
  type Written,
} from '#modules/channels/index.ts';
import type { Runtime } from './runtime.ts';

const program = asSystem('through which gateway a fax goes does not depend on who may change gateways');

/** A mailbox that somebody writes from. */
interface Through {
  readonly id: string;
  /** Its own first. */
  readonly addresses: readonly string[];
  readonly canSend: boolean;
  readonly visibility: string;
}

/** What faxes are made of. */
export const FAX_TYPES: ReadonlySet<string> = new Set(['application/pdf', 'image/tiff']);

/** Gateways that somebody may send faxes through: those whose mailbox they write from. */
export async function gatewaysOf(workspace: Workspace, mailboxes: readonly Through[]) {
  const senders = new Map(mailboxes.map((one) => [one.id, one]));
  const all = await readGateways(recordsFor(workspace, program, 'mail'), workspace.settings.country);
  return all.flatMap(({ id, name, number, mailbox }) => {
    const sender = senders.get(mailbox);
    return sender && mayFax(sender) ? [{ id, name, number, mailbox }] : [];
  });
}

/** Faxes are seen by all colleagues: not through a mailbox that keeps something to itself. */
const mayFax = ({ canSend, visibility }: Through) => canSend && visibility === 'full';

/** @throws Problem `outgoing.sender` for one that is not the mailbox's */
export async function requireGateway(workspace: Workspace, sender: Through, id: string): Promise<FaxGateway> {
  const filter = { id, mailbox: sender.id };
  const records = recordsFor(workspace, program, 'mail');
  const [gateway] = await readGateways(records, workspace.settings.country, filter);
  if (!gateway || !mayFax(sender)) throw new Problem('outgoing.sender');
  return gateway;
}

/** Through what a message goes, ready to be used. */
export interface Way {
  write(message: Outgoing): Promise<Written>;
  send: (written: Written, to: readonly string[], beforeEnd: () => Promise<void>) => ReturnType<Sending<never>['send']>;
  hasLeft(written: Pick<Written, 'id'>): Promise<boolean>;
}

/** @throws Problem `outgoing.sender` */
export async function wayOf(
  { database, dataFolder }: Pick<Runtime, 'database' | 'dataFolder'>,
  workspace: Workspace,
  { fax }: { readonly fax?: string | null },
  sender: Through,
  mail: MailAccess,
): Promise<Way> {
  if (!fax) return bound(emailAdapter.sending, mail);
  const gateway = await requireGateway(workspace, sender, fax);
  const secret = await gatewaySecret(database, workspace.schema, await openSecrets(dataFolder), fax);
  return bound(faxAdapter.sending, { mail, gateway, secret, sender: sender.addresses[0]! });
}

function bound<Access>(sending: Sending<Access>, access: Access): Way {
  return {
    write: (message) => sending.write(message, access),
    send: (written, to, beforeEnd) => sending.send(written, to, access, beforeEnd),
    hasLeft: (written) => sending.hasLeft(written, access),
  };
}
