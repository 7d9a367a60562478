import { ImapFlow } from 'imapflow';
import { parser } from 'imapflow/lib/handler/imap-handler.js';

/** What the server says of a mail, before and after it is read, and the client itself, as far as they are used here. */
interface Answer {
  readonly payload: Buffer;
  readonly literals: readonly Buffer[];
}
type Parsed = Awaited<ReturnType<typeof parser>>;
interface Client {
  handleResponse(this: Client, answer: Answer): Promise<boolean>;
  getUntaggedHandler(command: string, attributes: unknown): ((parsed: Parsed) => unknown) | undefined;
}

const client = ImapFlow.prototype as unknown as Client;
const { handleResponse } = client;
if (typeof handleResponse !== 'function' || typeof client.getUntaggedHandler !== 'function')
  throw new Error('This imapflow is not the one that fetched.ts was written for');

/**
 * The client puts each answer together again for its log, also where it has none, with a promise for each word of it: a third
 * of what it takes to fetch a mail. What is said of mails goes straight to whoever asked.
 */
client.handleResponse = async function (answer) {
  const { payload, literals } = answer;
  if (!/^\* \d+ FETCH /i.test(payload.toString('latin1', 0, 32))) return handleResponse.call(this, answer);
  const parsed = await parser(payload, { literals: [...literals] }).catch(() => null);
  const take = parsed && this.getUntaggedHandler(parsed.command ?? '', parsed.attributes);
  // It knows what to do with what cannot be read.
  if (!take) return handleResponse.call(this, answer);
  try {
    await take(parsed);
  } catch {
    // Nor does it let what goes wrong with one mail end the connection.
  }
  return true;
};
