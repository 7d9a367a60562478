import type { Records } from '#kernel/records/records.ts';
import { chunked } from './chunked.ts';
import type { Identity } from './identify.ts';
import { knownAddress } from './known-address.object.ts';

/** Who wrote longer ago than this, nobody is asked about: a mailbox of ten years names thousands. */
const RECENT_MS = 90 * 86_400_000;
const SIGNATURE_LENGTH = 2_000;
const AT_ONCE = 500;
/** Nobody answers there. */
const PROGRAM =
  /^(?:no-?reply|do-?not-?reply|noreply.*|mailer-daemon|postmaster|bounces?|notifications?)(?:[+.-].*)?@/i;

interface Kept {
  readonly id: string;
  readonly message: {
    readonly direction: string;
    readonly at: Date;
    readonly participants: readonly { role: string; name: string; address: string | null }[];
    readonly signature?: string;
    readonly visibility?: string;
  };
}

/** Addresses from which somebody wrote whom nobody knows wait for a decision, each once, with the last message from it. */
export async function noteUnknown(
  records: Records,
  kept: readonly Kept[],
  identities: ReadonlyMap<string, Identity>,
): Promise<void> {
  const since = Date.now() - RECENT_MS;
  const seen = new Map<string, { name: string; at: Date; interaction: string; signature: string; messages: number }>();
  for (const { id, message } of kept) {
    if (message.direction !== 'in' || message.at.getTime() < since) continue;
    for (const { role, address, name } of message.participants) {
      if (role !== 'from' || !address || !isUnknown(identities.get(address)) || PROGRAM.test(address)) continue;
      const before = seen.get(address);
      const isLater = !before || before.at <= message.at;
      const last = isLater ? { name, at: message.at, interaction: id, signature: signatureOf(message) } : before;
      seen.set(address, { ...last, messages: (before?.messages ?? 0) + 1 });
    }
  }
  for (const addresses of chunked([...seen.keys()], AT_ONCE)) {
    const known = new Map(
      (
        await records.list(knownAddress, {
          filter: { address: { in: addresses } },
          fields: ['address', 'verdict', 'messages', 'lastAt'],
          limit: AT_ONCE,
        })
      ).items.map((one) => [one.address, one]),
    );
    const told = addresses.map((address) => ({ address, ...seen.get(address)! }));
    const fieldsOf = ({ name, at, interaction, signature }: (typeof told)[number]) => ({
      ...{ name: name || null, lastAt: at.toISOString(), interaction },
      signature: signature.slice(0, SIGNATURE_LENGTH) || null,
    });
    await records.createMany(
      knownAddress,
      told
        .filter(({ address }) => !known.has(address))
        .map((one) => ({ address: one.address, verdict: 'open', messages: one.messages, ...fieldsOf(one) })),
      { atomic: true },
    );
    await records.updateEach(
      knownAddress,
      told.flatMap((one) => {
        const before = known.get(one.address);
        if (before?.verdict !== 'open') return [];
        const isLater = before.lastAt === null || new Date(before.lastAt) <= one.at;
        const messages = (before.messages ?? 0) + one.messages;
        return [{ id: before.id, changes: { messages, ...(isLater ? fieldsOf(one) : {}) } }];
      }),
      { atomic: true },
    );
  }
}

/** Of a mail that tells colleagues less than all, not a word of it either. */
function signatureOf({ signature = '', visibility = 'full' }: Kept['message']): string {
  return visibility === 'full' ? signature : '';
}

/** A company is known by its domain, and the person still is not. */
function isUnknown(identity: Identity | undefined): boolean {
  return !identity || identity.by === 'nobody' || identity.by === 'domain';
}
