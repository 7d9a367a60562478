import { connect } from 'node:net';
import type { NetworkGuard } from '../net/guard.ts';
import { Problem } from '../problems/problem.ts';
import type { MailCredential } from './imap/connection.ts';
import { asFault, MailFault } from './imap/fault.ts';
import type { Letter } from './letter.ts';
import type { MailServer } from './mail-server.ts';

/** A server that says nothing for so long is not asked any further. */
const PATIENCE_MS = 15_000;

/** What may pass by itself: nobody answered, or the server said 4xx. */
export class MailDelayedError extends Error {}

/**
 * Hands a letter to the company's server.
 * @throws Problem `mail.not-sent` with what the server said; MailDelayedError when it may be tried again
 */
export async function sendMail(
  guard: NetworkGuard,
  server: MailServer,
  password: string | null,
  to: { name: string; address: string },
  letter: Letter & { icalEvent?: { method: string; content: string } },
): Promise<void> {
  const { senderName, senderAddress } = server;
  const transport = await transportTo(guard, server, password === null ? null : { password });
  try {
    await transport.sendMail({ from: { name: senderName, address: senderAddress }, to, ...letter });
  } catch (error) {
    throw asRefusal(error as SmtpError);
  } finally {
    transport.close();
  }
}

/**
 * Connects and signs in, and sends nothing.
 * @throws MailFault
 */
export async function trySending(
  guard: NetworkGuard,
  server: SmtpServer,
  credential: MailCredential | null,
): Promise<void> {
  let transport: Awaited<ReturnType<typeof transportTo>> | undefined;
  try {
    transport = await transportTo(guard, server, credential);
    await transport.verify();
  } catch (error) {
    const { code, message, response } = error as SmtpError;
    if (code === 'EAUTH') throw new MailFault('sign-in-refused', response ?? message);
    if (code === 'ETLS') throw new MailFault('no-encryption', message);
    throw asFault(error);
  } finally {
    transport?.close();
  }
}

export type SmtpServer = Pick<MailServer, 'host' | 'port' | 'security' | 'username'>;

/**
 * @param silenceMs how long the server may say nothing once it is connected to
 * @throws Problem `webhook.address-refused`
 */
export async function transportTo(
  guard: NetworkGuard,
  server: SmtpServer,
  credential: MailCredential | null,
  silenceMs = PATIENCE_MS,
) {
  // Half a megabyte that few processes need.
  const { createTransport } = await import('nodemailer');
  const { host, port, security, username } = server;
  guard.check(`smtp://${host.includes(':') ? `[${host}]` : host}:${port}`, 'mail');
  return createTransport({
    ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
    ...(username === null ? {} : { auth: authOf(username, credential) }),
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_options: unknown, done: (error: Error | null, socket?: object) => void) => {
      const socket = connect({ host, port, lookup: guard.lookup, timeout: PATIENCE_MS });
      const fail = (error: Error) => done(error);
      const tooLong = () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      socket.once('error', fail).once('timeout', tooLong);
      socket.once('connect', () => {
        socket.off('error', fail).off('timeout', tooLong).setTimeout(0);
        done(null, { connection: socket });
      });
    },
  });
}

function authOf(user: string, credential: MailCredential | null) {
  if (credential && 'accessToken' in credential)
    return { type: 'OAuth2', user, accessToken: credential.accessToken } as const;
  return { user, pass: credential?.password ?? '' };
}

interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  response?: string;
}

function asRefusal(error: SmtpError): Error {
  if (error instanceof Problem) return error;
  const { code, responseCode, response, message } = error;
  const reason = (response ?? message).replaceAll(/\s+/g, ' ').slice(0, 300);
  const isPassing =
    responseCode === undefined
      ? [
          'ECONNECTION',
          'ETIMEDOUT',
          'ESOCKET',
          'EDNS',
          'ECONNREFUSED',
          'ECONNRESET',
          'ENOTFOUND',
          'EAI_AGAIN',
        ].includes(code ?? '')
      : responseCode < 500;
  return isPassing ? new MailDelayedError(reason) : new Problem('mail.not-sent', { reason });
}
