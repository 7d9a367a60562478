import type { MailHost } from './mailbox-state.ts';

type Server = Omit<MailHost, 'username'>;

/** How the mailboxes of a provider are reached. */
export interface MailPreset {
  readonly imap: Server;
  readonly smtp: Server;
  /** `app-password`: the usual password is refused, one for apps is made there. Null: the usual one, as far as is known. */
  readonly needs: 'app-password' | null;
  /** Whether it is only how such servers are usually called. */
  readonly isGuess: boolean;
}

/** From the providers' own pages of help. */
const providers: readonly (readonly [domains: string, imap: string, smtp: string, isByApp: boolean])[] = [
  ['gmail.com googlemail.com', 'imap.gmail.com', 'smtp.gmail.com:465', true],
  ['icloud.com me.com mac.com', 'imap.mail.me.com', 'smtp.mail.me.com:587', true],
  ['yahoo.com yahoo.es yahoo.de yahoo.fr ymail.com', 'imap.mail.yahoo.com', 'smtp.mail.yahoo.com:465', true],
  ['fastmail.com fastmail.fm', 'imap.fastmail.com', 'smtp.fastmail.com:465', true],
  ['zoho.com zohomail.com', 'imap.zoho.com', 'smtp.zoho.com:465', true],
  ['gmx.net gmx.de gmx.at gmx.ch', 'imap.gmx.net', 'mail.gmx.net:587', false],
  ['gmx.com', 'imap.gmx.com', 'mail.gmx.com:587', false],
  ['web.de', 'imap.web.de', 'smtp.web.de:587', false],
  ['aol.com', 'imap.aol.com', 'smtp.aol.com:465', true],
];

const byDomain = new Map(
  providers.flatMap(([domains, imap, smtp, isByApp]) =>
    domains.split(' ').map((one) => [one, { imap, smtp, isByApp }]),
  ),
);

/** How a mailbox of this address is most likely reached. */
export function presetOf(address: string): MailPreset {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const known = byDomain.get(domain);
  const [host = '', port] = (known?.smtp ?? `smtp.${domain}:465`).split(':');
  return {
    imap: { host: known?.imap ?? `imap.${domain}`, port: 993, security: 'tls' },
    smtp: { host, port: Number(port), security: port === '587' ? 'starttls' : 'tls' },
    needs: known?.isByApp ? 'app-password' : null,
    isGuess: known === undefined,
  };
}
