import type { FileValue } from '#kernel/fields/file/index.ts';
import type { Message } from '#kernel/mail/message.ts';
import type { Records } from '#kernel/records/records.ts';
import { type Holder, heldAlready, keepMails } from './hold-back.ts';
import { receivedMail } from './received-mail.ts';

/**
 * Keeps a mail that has left through a mailbox whose mails colleagues do not see all of: as its reader does when it finds the
 * copy among the sent ones, whichever of the two is first.
 * @param records of the program, in a transaction
 */
export async function keepSentMail(
  records: Records,
  message: Message,
  files: { readonly original: FileValue; readonly attachments: readonly FileValue[] },
  owner: { readonly owner: string | null; readonly team: string | null },
  holder: Holder,
): Promise<void> {
  const { known } = await heldAlready(records, [message.key], holder);
  if (known.has(message.key)) return;
  const addresses = new Set(message.from?.address ? [message.from.address.toLowerCase()] : []);
  const mail = receivedMail(message, { addresses, ...owner }, message.date ?? new Date());
  await keepMails(records, [{ ...mail, ...files }], holder);
}
