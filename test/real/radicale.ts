/** Debian's Radicale as somebody's calendar server, on a free port, from a fresh folder. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePort, hasServer, untilReady } from '../debian.ts';

/** Why there is none here; false when there is: `test(name, { skip: noRadicale }, …)`. */
export const noRadicale = hasServer(
  'radicale',
  ['radicale'],
  'Calendars',
  () => spawnSync('radicale', ['--version']).status === 0,
)
  ? false
  : 'no radicale';

export interface CalendarHost {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  /** Somebody with an empty calendar and the password `secret`. */
  newUser(): Promise<HostedCalendar>;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface HostedCalendar {
  readonly user: string;
  readonly url: string;
  /** File name → text. */
  all(): Promise<Map<string, string>>;
  put(name: string, ...lines: string[]): Promise<void>;
  remove(name: string): Promise<void>;
}

export async function startRadicale(): Promise<CalendarHost> {
  const folder = mkdtempSync(join(tmpdir(), 'tendero-radicale-'));
  const users = join(folder, 'users');
  const names = Array.from({ length: 40 }, (_, index) => `user${index + 1}`);
  writeFileSync(users, names.map((name) => `${name}:secret\n`).join(''));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  let server: ChildProcess | undefined;
  const start = async () => {
    server = spawn(
      'radicale',
      [
        ...['--config', '', '--server-hosts', `127.0.0.1:${port}`, '--auth-type', 'htpasswd', '--auth-delay', '0'],
        ...['--auth-htpasswd-filename', users, '--auth-htpasswd-encryption', 'plain'],
        ...['--storage-filesystem-folder', join(folder, 'data'), '--logging-level', 'error'],
      ],
      { stdio: 'ignore' },
    );
    await untilReady(async () => {
      await fetch(url, { redirect: 'manual' });
    });
  };
  const kill = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((done) => server!.once('exit', done));
    server.kill('SIGKILL');
    await ended;
  };
  after(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  let count = 0;
  return {
    url,
    kill,
    start,
    async newUser() {
      const user = names[count++]!;
      const calendar = `${url}${user}/work/`;
      const authorization = `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`;
      const ask = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
        const answer = await fetch(`${calendar}${path}`, {
          ...{ method, headers: { authorization, ...headers } },
          ...(body === undefined ? {} : { body }),
        });
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
        return answer.text();
      };
      await ask(
        'MKCALENDAR',
        '',
        '<c:mkcalendar xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:d="DAV:"><d:set><d:prop><d:displayname>Work</d:displayname><c:supported-calendar-component-set><c:comp name="VEVENT"/></c:supported-calendar-component-set></d:prop></d:set></c:mkcalendar>',
      );
      return {
        user,
        url: calendar,
        async all() {
          const list = await ask(
            'PROPFIND',
            '',
            '<d:propfind xmlns:d="DAV:"><d:prop><d:getetag/></d:prop></d:propfind>',
            {
              depth: '1',
            },
          );
          const found = [...list.matchAll(/\/work\/([^<]+\.ics)</g)].map(([, name]) => decodeURIComponent(name!));
          return new Map(await Promise.all(found.map(async (name) => [name, await ask('GET', name)] as const)));
        },
        async put(name, ...lines) {
          const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR', ''].join(
            '\r\n',
          );
          await ask('PUT', name, text, { 'content-type': 'text/calendar' });
        },
        async remove(name) {
          await ask('DELETE', name);
        },
      };
    },
  };
}
