import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { beforeDrop } from './database.ts';

/** A mail server of one's own on this machine, and what came to it. */
export interface MailSink {
  readonly port: number;
  readonly mails: { readonly from: string; readonly to: string[]; readonly source: string; readonly user?: string }[];
  /** What the next mails are refused with: `451` for later, `550` for never. */
  refuse: number[];
  /** Waits for a mail to somebody, and takes it out. */
  mailTo(address: string): Promise<{ source: string; text: string }>;
}

/** Programs reach it only where TENDERO_ALLOW_PRIVATE_ADDRESSES lets them. */
export async function openMailSink(options: SMTPServerOptions = {}): Promise<MailSink> {
  const sink: MailSink = { port: 0, mails: [], refuse: [], mailTo };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    ...options,
    onData(stream, { envelope, user }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const responseCode = sink.refuse.shift();
        if (responseCode) return done(Object.assign(new Error('not now'), { responseCode }));
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        const to = envelope.rcptTo.map(({ address }) => address);
        const source = Buffer.concat(chunks).toString('utf8');
        sink.mails.push({ from, to, source, ...(user ? { user: String(user) } : {}) });
        done();
      });
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  beforeDrop(() => new Promise<void>((resolve) => server.close(() => resolve())));
  Object.assign(sink, { port: (server.server.address() as AddressInfo).port });
  return sink;

  async function mailTo(address: string) {
    for (const end = Date.now() + 20_000; Date.now() < end; ) {
      const index = sink.mails.findIndex(({ to }) => to.includes(address));
      if (index >= 0) {
        const [mail] = sink.mails.splice(index, 1);
        return { source: mail!.source, text: decoded(mail!.source) };
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no mail to ${address}`);
  }
}

/** Quoted-printable read back, enough to look for words and links. */
function decoded(source: string): string {
  const bytes = source
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const isRaw = [...source].some((letter) => letter > 'ÿ');
  return isRaw ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}
