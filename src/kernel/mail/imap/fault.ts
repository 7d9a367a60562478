import type { ImapFlowError } from 'imapflow';
import { Problem } from '../../problems/problem.ts';

/** What can go wrong between here and a mailbox; the words for people stand under `mailFault.<code>`. */
export type MailFaultCode =
  | 'host-unknown'
  | 'address-refused'
  | 'connection-refused'
  | 'no-answer'
  | 'connection-lost'
  | 'certificate'
  | 'no-encryption'
  | 'not-encrypted'
  | 'sign-in-refused'
  | 'token-refused'
  | 'folder-missing'
  | 'quota'
  | 'too-busy'
  | 'refused'
  | 'not-understood';

/** These need a person; all others pass by themselves, or may. */
const LASTING: ReadonlySet<MailFaultCode> = new Set([
  'address-refused',
  'certificate',
  'no-encryption',
  'not-encrypted',
  'sign-in-refused',
  'token-refused',
  'folder-missing',
  'quota',
]);

/** The one error that this room throws of its own accord. */
export class MailFault extends Error {
  readonly code: MailFaultCode;
  /** The server's or the network's own words, in one line, without anything secret. */
  readonly detail: string;
  /** Whether trying again may help without anybody doing something. */
  readonly isPassing: boolean;

  constructor(code: MailFaultCode, detail = '') {
    super(`${code}${detail ? `: ${detail}` : ''}`);
    this.name = 'MailFault';
    this.code = code;
    this.detail = detail
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, 300);
    this.isPassing = !LASTING.has(code);
  }
}

const bySystem: Readonly<Record<string, MailFaultCode>> = {
  ENOTFOUND: 'host-unknown',
  EAI_AGAIN: 'host-unknown',
  EREFUSED: 'address-refused',
  ECONNREFUSED: 'connection-refused',
  EHOSTUNREACH: 'no-answer',
  ENETUNREACH: 'no-answer',
  ETIMEDOUT: 'no-answer',
  CONNECT_TIMEOUT: 'no-answer',
  GREETING_TIMEOUT: 'no-answer',
  UPGRADE_TIMEOUT: 'no-answer',
  ETIMEOUT: 'connection-lost',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  NoConnection: 'connection-lost',
  EConnectionClosed: 'connection-lost',
  StateLogout: 'connection-lost',
  ClosedAfterConnectText: 'connection-lost',
  ClosedAfterConnectTLS: 'connection-lost',
  ETHROTTLE: 'too-busy',
  STARTTLS_INJECTION: 'certificate',
};

const byServer: Readonly<Record<string, MailFaultCode>> = {
  OVERQUOTA: 'quota',
  LIMIT: 'quota',
  APPENDLIMIT: 'quota',
  AUTHENTICATIONFAILED: 'sign-in-refused',
  AUTHORIZATIONFAILED: 'sign-in-refused',
  EXPIRED: 'sign-in-refused',
  PRIVACYREQUIRED: 'no-encryption',
  NONEXISTENT: 'folder-missing',
  TRYCREATE: 'folder-missing',
  UNAVAILABLE: 'too-busy',
  INUSE: 'too-busy',
};

/** Whatever was thrown on the way to a mailbox, as a fault. What is no matter of mail stays as it is. */
export function asFault(error: unknown): Error {
  if (error instanceof MailFault) return error;
  // The guard's refusal of a name comes through node:net, which wants codes of its own.
  if (error instanceof Problem)
    return /^(?:webhook\.address-refused|EREFUSED)$/.test(error.code) ? new MailFault('address-refused') : error;
  const fault = error as ImapFlowError;
  const said = fault.responseText ?? (typeof fault.response === 'string' ? fault.response : '') ?? '';
  const detail = said || fault.message || String(error);
  const code = fault.code ?? '';
  if (fault.oauthError) return new MailFault('token-refused', detail);
  if (fault.authenticationFailed) {
    const isBusy = /UNAVAILABLE|too many|try again|temporar/i.test(`${fault.serverResponseCode ?? ''} ${detail}`);
    return new MailFault(isBusy ? 'too-busy' : 'sign-in-refused', detail);
  }
  if (fault.mailboxMissing) return new MailFault('folder-missing', detail);
  const answered = byServer[(fault.serverResponseCode ?? '').toUpperCase()];
  if (answered) return new MailFault(answered, detail);
  if (/quota|insufficient storage|mailbox (?:is )?full/i.test(said)) return new MailFault('quota', detail);
  if (fault.tlsFailed && /starttls/i.test(detail)) return new MailFault('no-encryption', detail);
  if (/^(?:CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code) || fault.tlsFailed)
    return new MailFault('certificate', detail);
  if (bySystem[code]) return new MailFault(bySystem[code], detail);
  if (fault.responseStatus) return new MailFault('refused', detail);
  if (code !== '' && /^[A-Z]|Parser|TooLarge/.test(code)) return new MailFault('not-understood', detail);
  return error instanceof Error ? error : new Error(detail);
}

/** Runs it, and throws what goes wrong as a fault. */
export async function withFaults<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw asFault(error);
  }
}
