import { Readable } from 'node:stream';
import type { NetworkGuard } from '../net/guard.ts';
import { Problem } from '../problems/problem.ts';
import type { MailCredential } from './imap/connection.ts';
import { type SmtpServer, transportTo } from './send.ts';

/** What a server says of one whom a mail is for. */
export interface RefusedRecipient {
  readonly address: string;
  /** 4xx: later, perhaps. */
  readonly isPassing: boolean;
  /** In one line. */
  readonly detail: string;
}

/**
 * `sent`: the server took it for somebody. `delayed`: not now, and nobody got it. `refused`: it will not. `unsure`: the whole
 * mail was handed over and the answer never came: it may have left, or not.
 */
export interface Submission {
  readonly outcome: 'sent' | 'delayed' | 'refused' | 'unsure';
  readonly accepted: readonly string[];
  readonly refused: readonly RefusedRecipient[];
  /** What the server or the network said, in one line. */
  readonly detail: string;
}

/** Servers that look through a mail before they answer take minutes (RFC 5321, 4.5.3.2.6: ten). */
const SILENCE_MS = 5 * 60_000;

/**
 * Hands a mail to a server.
 * @param beforeEnd awaited when all but the last line was handed over: until then the server has no mail that it might
 *   deliver, from then on it may have. What it throws breaks the mail off, which is then not sent.
 */
export async function submitMail(
  guard: NetworkGuard,
  server: SmtpServer,
  credential: MailCredential | null,
  envelope: { readonly from: string; readonly to: readonly string[] },
  raw: Buffer,
  beforeEnd: () => Promise<void>,
): Promise<Submission> {
  let isEnding = false;
  let stopped: unknown;
  const content = Readable.from(
    (async function* parts() {
      yield raw;
      try {
        await beforeEnd();
      } catch (error) {
        stopped = error ?? new Error('stopped');
        throw error;
      }
      isEnding = true;
    })(),
    { objectMode: false },
  );
  content.on('error', () => {});
  let transport: Awaited<ReturnType<typeof transportTo>> | undefined;
  try {
    transport = await transportTo(guard, server, credential, SILENCE_MS);
    // The bytes themselves, asked for once the server has said that it takes them: nodemailer reads ahead of its own.
    transport.use('stream', (mail, done) => {
      Object.assign(mail.message, { createReadStream: () => content });
      done();
    });
    const info = await transport.sendMail({ envelope: { from: envelope.from, to: [...envelope.to] }, raw: '' });
    const refused = refusedOf(info.rejectedErrors ?? []);
    const isRefused = new Set(refused.map(({ address }) => address));
    const accepted = envelope.to.filter((address) => !isRefused.has(address));
    return { outcome: 'sent', accepted, refused, detail: inOneLine(info.response ?? '') };
  } catch (error) {
    if (stopped) throw stopped;
    const { code, responseCode, response, message, rejectedErrors = [] } = error as SubmissionError;
    const detail = inOneLine(response ?? message);
    const refused = refusedOf(rejectedErrors);
    const nobody = { accepted: [], refused, detail };
    if (error instanceof Problem) return { ...nobody, outcome: 'refused', detail: error.code };
    if (refused.length > 0) {
      const isPassing = refused.some((one) => one.isPassing);
      return { ...nobody, outcome: isPassing ? 'delayed' : 'refused' };
    }
    if (responseCode !== undefined) return { ...nobody, outcome: responseCode < 500 ? 'delayed' : 'refused' };
    if (isEnding) return { ...nobody, outcome: 'unsure' };
    // A server without encryption, a name that means a forbidden address: a person has to do something.
    return {
      ...nobody,
      outcome: ['EAUTH', 'ETLS', 'EREFUSED', 'EMESSAGE'].includes(code ?? '') ? 'refused' : 'delayed',
    };
  } finally {
    content.destroy();
    transport?.close();
  }
}

interface SubmissionError extends Error {
  code?: string;
  responseCode?: number;
  response?: string;
  rejectedErrors?: (Error & { recipient?: string })[];
}

function refusedOf(errors: readonly (Error & { recipient?: string; response?: string; responseCode?: number })[]) {
  return errors.map(({ recipient = '', response, responseCode = 550, message }): RefusedRecipient => {
    return { address: recipient, isPassing: responseCode < 500, detail: inOneLine(response ?? message) };
  });
}

const inOneLine = (text: string) =>
  text
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 300);
