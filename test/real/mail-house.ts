/**
 * The whole program (routes, outbox, reader) between a real Postfix to send through and a real Dovecot on both sides. Every
 * domain that ends in `.example` is Dovecot's; the part before the @, up to a `+`, is the user.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepReaders } from '#app/background.ts';
import { keepMailboxes } from '#app/mailboxes.ts';
import { keepOutbox } from '#app/outbox.ts';
import { connect } from '#kernel/mail/imap/connection.ts';
import type { Message } from '#kernel/mail/message.ts';
import { parse } from '#kernel/mail/parse.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import { buildWorkspace } from '#test/build.ts';
import { beforeDrop } from '#test/database.ts';
import { serve } from '#test/http.ts';
import { noDovecot, startDovecot } from './dovecot.ts';
import { noPostfix, startPostfix } from './postfix.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';

export const noMailHouse = noDovecot || noPostfix;

export type Body = Record<string, never> & {
  status: number;
  id: string;
  revision: number;
  state: string;
  code: string;
};

export async function openMailHouse() {
  const dovecot = noMailHouse ? null : await startDovecot();
  const postfix = noMailHouse ? null : await startPostfix(dovecot!);
  const built = await buildWorkspace();
  const { records, runtime, workspace } = built;
  const server = await serve(runtime, workspace);
  const said: string[] = [];
  const onError = (error: unknown) => said.push(String((error as Error).stack ?? error));
  const workers = [keepMailboxes(runtime, onError), keepOutbox(runtime, onError), keepReaders(runtime, onError)];
  beforeDrop(() => Promise.all(workers.map((one) => one.stop())));

  async function ask(method: string, path: string, json?: unknown, key?: string): Promise<Body> {
    const answer = await server.call(`/api${path}`, {
      method,
      ...(key ? { key } : {}),
      ...(json === undefined ? {} : { json }),
    });
    const text = await answer.text();
    return { ...(text ? JSON.parse(text) : {}), status: answer.status };
  }

  async function until(what: string, check: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 90_000; !(await check()); await sleep(50))
      if (Date.now() > end)
        assert.fail(`${what} did not come; ${said.slice(-3).join(' | ')} ${postfix!.log().slice(-1_500)}`);
  }

  /** What lies in somebody's folder. */
  async function mailsIn(user: string, folder = 'INBOX'): Promise<Message[]> {
    const host = { host: '127.0.0.1', port: dovecot!.imap, security: 'none', username: user } as const;
    const connection = await connect(networkGuard(), { ...host, credential: { password: 'secret' } });
    try {
      const mails: Message[] = [];
      const { exists } = await connection.client.mailboxOpen(folder, { readOnly: true });
      if (exists === 0) return mails;
      for await (const { source } of connection.client.fetch('1:*', { source: true })) mails.push(await parse(source!));
      return mails;
    } finally {
      await connection.close();
    }
  }

  async function connectMailbox(smtpPort = postfix!.port): Promise<{ id: string; user: string; address: string }> {
    const user = dovecot!.newUser();
    const address = `${user}@shop.example`;
    const imap = { host: '127.0.0.1', port: dovecot!.imap, security: 'none', username: user, password: 'secret' };
    const made = await ask('POST', '/mailboxes', { address, imap, smtp: { ...imap, port: smtpPort } });
    assert.equal(made.status, 201, JSON.stringify(made));
    return { id: made.id, user, address };
  }

  /** A file of whoever asks, as a mail takes it along. */
  async function upload(bytes: string | Uint8Array<ArrayBuffer>, name: string): Promise<{ id: string }> {
    const form = new FormData();
    form.append('file', new Blob([bytes]), name);
    return (await server.call('/api/files', { method: 'POST', body: form })).json() as Promise<{ id: string }>;
  }

  async function draft(of: ReturnType<typeof content>): Promise<string> {
    const id = randomUUID();
    const kept = await ask('PUT', `/mails/${id}`, { content: of, revision: null });
    assert.equal(kept.status, 200, JSON.stringify(kept));
    return id;
  }

  async function send(id: string, more: Record<string, unknown> = {}): Promise<Body> {
    return ask('POST', `/mails/${id}/send`, more);
  }

  const interactionOf = async (id: string) => {
    const { interaction } = (await ask('GET', `/mails/${id}`)) as unknown as { interaction: string };
    return records.read('interaction', interaction);
  };
  await ask('PUT', '/preferences/mail.undo', { value: 0 });
  return {
    ...built,
    onError,
    dovecot,
    postfix,
    server,
    ask,
    until,
    mailsIn,
    connectMailbox,
    upload,
    draft,
    send,
    interactionOf,
  };
}

export const content = (mailbox: string, to: string[], more: Record<string, unknown> = {}) => ({
  ...{ mailbox, to: to.map((address) => ({ name: '', address })), cc: [], bcc: [], subject: 'Doors' },
  ...{
    html: '<p>Good morning</p>',
    signature: '',
    quote: '',
    attachments: [],
    replyTo: null,
    about: {},
    language: null,
  },
  ...more,
});
