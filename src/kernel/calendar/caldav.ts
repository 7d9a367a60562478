import {
  calendarMultiGet,
  createAccount,
  createCalendarObject,
  deleteCalendarObject,
  fetchCalendars,
  propfind,
  updateCalendarObject,
} from 'tsdav';
import { asFault, MailFault } from '../mail/imap/fault.ts';
import type { NetworkGuard } from '../net/guard.ts';
import { guardedFetch } from '../net/guarded-fetch.ts';

/** Where somebody's calendars are. */
export interface CalendarServer {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface FoundCalendar {
  readonly url: string;
  readonly name: string;
}

export interface CalendarObject {
  readonly href: string;
  readonly etag: string;
  readonly text: string;
}

/** One calendar on a server. What goes wrong is thrown as `MailFault`: the network's faults are the same. */
export interface OpenCalendar {
  /** Changes with everything in it: its tag or its sync token; null where the server has neither. */
  tag(): Promise<string | null>;
  /** Path → tag of all that is in it. */
  tags(): Promise<ReadonlyMap<string, string>>;
  /** Those that are still there. */
  read(hrefs: readonly string[]): Promise<CalendarObject[]>;
  /** @param etag of what is replaced; null for something new @returns false when somebody was faster */
  write(href: string, text: string, etag: string | null): Promise<boolean>;
  remove(href: string, etag: string): Promise<boolean>;
  /** The path of something new. */
  hrefOf(name: string): string;
}

const LONGEST_ANSWER = 32 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const MOST_REDIRECTS = 5;

/** The calendars of somebody, by the address of their server, of themself there, or of one calendar. @throws MailFault */
export function findCalendars(guard: NetworkGuard, server: CalendarServer): Promise<FoundCalendar[]> {
  return withFault(guard, server, async (dav) => {
    const account = await createAccount({ account: { serverUrl: server.url, accountType: 'caldav' }, ...dav });
    const found = await fetchCalendars({ account, ...dav });
    return found
      .filter(({ components }) => !components?.length || components.includes('VEVENT'))
      .map(({ url, displayName }) => ({
        url,
        name: typeof displayName === 'string' && displayName ? displayName : nameIn(url),
      }));
  });
}

export function openCalendar(guard: NetworkGuard, server: CalendarServer, calendar: string): OpenCalendar {
  const url = calendar.endsWith('/') ? calendar : `${calendar}/`;
  const at = (href: string) => new URL(href, url).href;
  const run = <Result>(work: (dav: Dav) => Promise<Result>) => withFault(guard, server, work);
  return {
    tag: () =>
      run(async (dav) => {
        const props = { 'cs:getctag': {}, 'd:sync-token': {} };
        const [found] = await propfind({ url, depth: '0', props, ...dav });
        if (!found?.ok) throw new MailFault('folder-missing', String(found?.status ?? ''));
        const tag = found.props?.getctag ?? found.props?.syncToken;
        return tag === undefined || typeof tag === 'object' ? null : String(tag);
      }),
    tags: () =>
      run(async (dav) => {
        const props = { 'd:getetag': {}, 'd:resourcetype': {} };
        const found = await propfind({ url, depth: '1', props, ...dav });
        const members = found.filter(({ href, props: own }) => href && own?.getetag !== undefined && !isFolder(own));
        return new Map(members.map(({ href, props: own }) => [pathOf(at(href!)), String(own!.getetag)]));
      }),
    read: (hrefs) =>
      run(async (dav) => {
        const props = { 'd:getetag': {}, 'c:calendar-data': {} };
        const found = await calendarMultiGet({ url, props, objectUrls: [...hrefs], depth: '1', ...dav });
        return found.flatMap(({ href, props: own }) => {
          const data = own?.calendarData?._cdata ?? own?.calendarData;
          return href && data !== undefined && typeof data !== 'object'
            ? [{ href: pathOf(at(href)), etag: String(own!.getetag), text: String(data) }]
            : [];
        });
      }),
    write: (href, text, etag) =>
      run(async (dav) => {
        const { status } =
          etag === null
            ? await createCalendarObject({ calendar: { url }, iCalString: text, filename: at(href), ...dav })
            : await updateCalendarObject({ calendarObject: { url: at(href), data: text, etag }, ...dav });
        return isDone(status);
      }),
    remove: (href, etag) =>
      run(async (dav) => {
        const { status } = await deleteCalendarObject({ calendarObject: { url: at(href), etag }, ...dav });
        return status === 404 || status === 410 || isDone(status);
      }),
    hrefOf: (name) => pathOf(at(encodeURIComponent(name))),
  };
}

type Dav = { headers: Record<string, string>; fetch: typeof fetch };

/** Runs requests of the library through the guard; what the library makes of a failure, it says in its own words. */
async function withFault<Result>(
  guard: NetworkGuard,
  { url, username, password }: CalendarServer,
  work: (dav: Dav) => Promise<Result>,
): Promise<Result> {
  let fault: MailFault | null = null;
  const { host } = addressOf(url);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const fetchGuarded = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    try {
      return await request(guard, addressOf(String(input)), init, host);
    } catch (error) {
      const known = asFault(error);
      const isLate = (error as Error).name === 'TimeoutError';
      fault ??= known instanceof MailFault ? known : isLate ? new MailFault('no-answer') : null;
      throw known;
    }
  };
  try {
    return await work({ headers: { authorization }, fetch: fetchGuarded as typeof fetch });
  } catch (error) {
    if (fault) throw fault;
    const known = asFault(error);
    throw known instanceof MailFault ? known : new MailFault('not-understood', known.message);
  }
}

async function request(guard: NetworkGuard, from: URL, init: RequestInit, host: string): Promise<Response> {
  let url = from;
  for (let turn = 0; ; turn++) {
    const given = Object.fromEntries(new Headers(init.headers));
    // The password is for the server that it was typed for, and its neighbours of the same name.
    if (!isNeighbour(url.host, host)) delete given.authorization;
    else if (url.protocol === 'http:' && !isHere(url.hostname)) throw new MailFault('not-encrypted');
    const answer = await guardedFetch(guard, url.href, {
      method: init.method ?? 'GET',
      headers: given,
      body: (init.body as string | null | undefined) ?? null,
      ...{ longestAnswer: LONGEST_ANSWER, timeoutMs: TIMEOUT_MS },
      ...(init.signal ? { signal: init.signal } : {}),
    });
    const { status } = answer;
    if (status === 401) throw new MailFault('sign-in-refused');
    if (status === 507) throw new MailFault('quota');
    if (status === 429 || status >= 500) throw new MailFault('too-busy', String(status));
    const location = answer.headers.get('location');
    const isMoved = [301, 302, 307, 308].includes(status) && location !== null && init.redirect !== 'manual';
    if (!isMoved || turn === MOST_REDIRECTS) return answer;
    url = new URL(location, url);
  }
}

/** `caldav.icloud.com` sends to `p42-caldav.icloud.com`. */
function isNeighbour(host: string, known: string): boolean {
  if (host === known) return true;
  const domain = known.replace(/:\d+$/, '').split('.').slice(-2).join('.');
  return /^[a-z0-9-]+\.[a-z]{2,}$/.test(domain) && host.endsWith(`.${domain}`);
}

function isHere(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

function addressOf(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new MailFault('host-unknown');
  }
}

/** @returns false when somebody was faster; @throws MailFault for every other refusal */
function isDone(status: number): boolean {
  if (status >= 200 && status < 300) return true;
  if (status === 412 || status === 409 || status === 404) return false;
  throw new MailFault('refused', String(status));
}

function isFolder(props: Record<string, unknown> | undefined): boolean {
  const type = props?.resourcetype;
  return typeof type === 'object' && type !== null && 'collection' in type;
}

const pathOf = (href: string) => new URL(href).pathname;
const nameIn = (url: string) => decodeURIComponent(url.replace(/\/$/, '').split('/').at(-1) ?? url);
