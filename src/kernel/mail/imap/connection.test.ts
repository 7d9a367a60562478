import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { networkGuard } from '../../net/guard.ts';
import { connect, type ImapServer } from './connection.ts';
import type { FolderSink } from './contract.ts';
import { MailFault } from './fault.ts';
import { syncFolder } from './sync.ts';

const guard = networkGuard('127.0.0.0/8');

/** A server that says what a test wants: an answer for each command, with `TAG` for its tag. */
async function startServer(
  greeting: string,
  answers: Record<string, string>,
): Promise<{ settings: ImapServer; heard: string[] }> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.write(greeting);
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        heard.push(line);
        const [tag = '', ...words] = line.split(' ');
        const command = Object.keys(answers).find((name) => words.join(' ').toUpperCase().startsWith(name));
        socket.write((command ? answers[command]! : 'TAG OK done\r\n').replaceAll('TAG', tag));
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const credential = { password: 'very secret' };
  return { settings: { host: '127.0.0.1', port, security: 'none', username: 'ana', credential }, heard };
}

const CAPABILITY = '* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n';

async function faultOf(work: Promise<unknown>): Promise<MailFault> {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(error instanceof MailFault, `no fault: ${error}`);
  assert.doesNotMatch(`${error.stack} ${error.detail}`, /very secret/);
  return error;
}

test('a password never goes over a line that was to be encrypted and is not', async () => {
  const without = await startServer('* OK hello\r\n', { CAPABILITY });
  assert.equal((await faultOf(connect(guard, { ...without.settings, security: 'starttls' }))).code, 'no-encryption');
  const refusing = await startServer('* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n', {
    STARTTLS: 'TAG NO not today\r\n',
  });
  await faultOf(connect(guard, { ...refusing.settings, security: 'starttls' }));
  const injecting = await startServer('* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n', {
    STARTTLS: 'TAG OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n',
  });
  await faultOf(connect(guard, { ...injecting.settings, security: 'starttls' }));
  const signedIn = await startServer('* PREAUTH welcome\r\n', { CAPABILITY });
  await faultOf(connect(guard, { ...signedIn.settings, security: 'starttls' }));
  for (const { heard } of [without, refusing, injecting, signedIn])
    assert.ok(!heard.some((line) => /LOGIN|AUTHENTICATE|secret/i.test(line)), heard.join('\n'));
});

test('without encryption only to this machine', async () => {
  const { settings, heard } = await startServer('* OK hello\r\n', { CAPABILITY });
  const elsewhere = { ...settings, host: '10.1.2.3' };
  assert.equal((await faultOf(connect(networkGuard('10.0.0.0/8'), elsewhere))).code, 'not-encrypted');
  assert.equal((await faultOf(connect(networkGuard(''), settings))).code, 'address-refused');
  assert.deepEqual(heard, []);
});

test('what a server answers instead of letting somebody in', async () => {
  const codeOf = async (greeting: string, login: string) => {
    const { settings } = await startServer(greeting, { CAPABILITY, LOGIN: login, AUTHENTICATE: login });
    return (await faultOf(connect(guard, settings))).code;
  };
  const hello = '* OK hello\r\n';
  assert.equal(await codeOf(hello, 'TAG NO [AUTHENTICATIONFAILED] Invalid credentials\r\n'), 'sign-in-refused');
  assert.equal(await codeOf(hello, 'TAG NO [UNAVAILABLE] try again later\r\n'), 'too-busy');
  assert.equal(await codeOf(hello, 'TAG NO Too many simultaneous connections\r\n'), 'too-busy');
  for (const greeting of ['* BYE go away\r\n', `* OK ${'x'.repeat(100_000)}\r\n`])
    assert.ok(await codeOf(greeting, 'TAG BAD\r\n'), greeting.slice(0, 20));
});

test('answers that make no sense end the sync with a fault, and nothing is kept of them', async () => {
  const select = '* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 6] x\r\nTAG OK [READ-ONLY] done\r\n';
  const sink: FolderSink = {
    known: async () => new Set(),
    uids: async () => [],
    commit: async ({ arrived }) => assert.equal(arrived.length, 0),
  };
  const list = '* LIST () "/" INBOX\r\nTAG OK done\r\n';
  for (const [name, fetch] of Object.entries({
    'a literal of a terabyte': '* 1 FETCH (UID 5 BODY[] {999999999999}\r\nx',
    'an open bracket': '* 1 FETCH (UID 5 (((((((((\r\nTAG OK done\r\n',
    'too deep': `* 1 FETCH (UID 5 ${'('.repeat(5_000)}\r\nTAG OK done\r\n`,
    refusal: 'TAG NO not for you\r\n',
  })) {
    const { settings } = await startServer('* OK hello\r\n', {
      ...{ CAPABILITY, EXAMINE: select, SELECT: select, LIST: list, LSUB: list },
      'UID SEARCH': '* SEARCH 5\r\nTAG OK done\r\n',
      'UID FETCH': fetch,
    });
    const connection = await connect(guard, settings);
    const outcome = await Promise.race([
      syncFolder(connection, 'INBOX', null, sink).then(
        ({ arrived }) => `kept ${arrived}`,
        (error: unknown) => (error instanceof MailFault ? 'fault' : String(error)),
      ),
      new Promise((done) => setTimeout(done, 5_000, 'it hangs').unref()),
    ]);
    assert.match(String(outcome), /^(?:fault|kept 0)$/, name);
    connection.client.close();
  }
});

test('a search that is refused, or answered with more than there is, is no empty folder', async () => {
  const select = '* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 6] x\r\nTAG OK [READ-ONLY] done\r\n';
  const list = '* LIST () "/" INBOX\r\nTAG OK done\r\n';
  const told: number[] = [];
  const sink: FolderSink = {
    known: async () => new Set(),
    uids: async () => [5],
    commit: async ({ gone }) => void told.push(...gone),
  };
  const cursor = { uidValidity: '7', newest: 5, below: 0, modseq: null, since: null };
  for (const [answer, code] of [
    ['TAG NO not now\r\n', 'refused'],
    ['* ESEARCH (TAG "TAG") UID ALL 1:4294967295\r\nTAG OK done\r\n', 'not-understood'],
  ] as const) {
    const { settings } = await startServer('* OK hello\r\n', {
      CAPABILITY: '* CAPABILITY IMAP4rev1 ESEARCH\r\nTAG OK done\r\n',
      ...{ EXAMINE: select, SELECT: select, LIST: list, LSUB: list, 'UID SEARCH': answer },
    });
    const connection = await connect(guard, settings);
    assert.equal(await faultOf(syncFolder(connection, 'INBOX', cursor, sink)).then((fault) => fault.code), code);
    connection.client.close();
  }
  assert.deepEqual(told, []);
});
