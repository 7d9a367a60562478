import { type MailSink, openMailSink } from '#test/mail-sink.ts';
import type { House, Window } from './house.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';

/** A server that the house sends its letters through, and what came to it. @param as an administrator's window */
export async function openLetters(house: House, { call }: Window): Promise<MailSink> {
  const sink = await openMailSink();
  await call('PUT', '/mail-server', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null },
    ...{ senderName: 'Litera', senderAddress: 'crm@litera.example', site: house.url },
  });
  return sink;
}
