import net from 'node:net';
import tls from 'node:tls';
import { Client, type Entry, InvalidCredentialsError, NoSuchObjectError } from 'ldapts';
import { networkGuard } from '#kernel/net/guard.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Runtime } from '../runtime.ts';
import { admit, type ExternalPerson } from './admit.ts';
import { type LdapSettings, openSecret, readProvider } from './providers.ts';
import { SignInRefusal } from './refusal.ts';

const TIMEOUT_MS = 8_000;
/** Of a person. A directory may have more, which are then not seen. */
const MOST_GROUPS = 1_000;

/**
 * Who this is in the company's directory: found by their login, and let in by the directory itself.
 * @returns the identity's id; null when the company has no directory
 * @throws SignInRefusal
 */
export async function signInWithDirectory(
  runtime: Runtime,
  workspaceId: string,
  login: string,
  password: string,
): Promise<string | null> {
  const provider = await readProvider(runtime, workspaceId, 'ldap');
  if (!provider?.active) return null;
  // RFC 4513, 5.1.2: a bind without a password succeeds, and proves nothing.
  if (password === '' || login.trim() === '') throw new SignInRefusal('password-empty');
  const { id, settings } = provider;
  const secret = await openSecret(runtime, provider.secret);
  const person = await withDirectory(settings, async (client) => {
    await bindAsSearcher(client, settings, secret);
    const entry = await findPerson(client, settings, login);
    const groups = await groupsOf(client, settings, entry, login);
    await client.bind(entry.dn, password);
    return personFrom(entry, groups, settings);
  });
  return admit(runtime, await runtime.workspace(workspaceId), { ...person, provider: id }, settings);
}

/** What the connection test of the settings says, step by step. */
export type DirectoryStep = 'connection' | 'account' | 'base' | 'person';

/**
 * @param login somebody to look up; left out, nobody is
 * @param onStep called with each step that went well
 * @throws SignInRefusal of the first that did not
 */
export async function tryDirectory(
  settings: LdapSettings,
  secret: string,
  login: string | undefined,
  onStep: (step: DirectoryStep) => void,
): Promise<Omit<ExternalPerson, 'provider'> | null> {
  return withDirectory(settings, async (client) => {
    const isKnown = settings.bindDn !== '';
    try {
      await bindAsSearcher(client, settings, secret);
    } catch (error) {
      if (error instanceof SignInRefusal && error.reason === 'directory: account-refused') onStep('connection');
      throw error;
    }
    if (isKnown) for (const step of ['connection', 'account'] as const) onStep(step);
    await client.search(settings.baseDn, { scope: 'base', attributes: ['1.1'], sizeLimit: 1 });
    if (!isKnown) onStep('connection');
    onStep('base');
    if (login === undefined) return null;
    const entry = await findPerson(client, settings, login);
    const person = personFrom(entry, await groupsOf(client, settings, entry, login), settings);
    onStep('person');
    return person;
  });
}

/** Letters that mean something in a filter, RFC 4515. */
export function escapeFilterValue(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[A-Za-z0-9@._ +-]/.test(letter) ? letter : `\\${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

/** A connection that is encrypted before anything is said over it, and closed whatever happens. */
async function withDirectory<Result>(
  settings: Pick<LdapSettings, 'url' | 'certificate'>,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  let client: Client | undefined;
  try {
    const guard = networkGuard();
    const url = guard.check(settings.url, 'ldap');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const security: tls.ConnectionOptions = {
      ...(net.isIP(host) ? { host } : { servername: host }),
      ...(settings.certificate ? { ca: settings.certificate } : {}),
      minVersion: 'TLSv1.2',
    };
    client = new Client({
      url: url.href,
      timeout: TIMEOUT_MS,
      connectTimeout: TIMEOUT_MS,
      // An ldap:// client with TLS options would speak TLS from the first byte on: StartTLS brings its own.
      ...(url.protocol === 'ldaps:' ? { tlsOptions: security } : {}),
      createConnection: ((port: number, name: string) =>
        net.connect({ port, host: name, lookup: guard.lookup })) as typeof net.connect,
      createSecureConnection: ((...given: unknown[]) =>
        typeof given[0] === 'number'
          ? tls.connect({ ...security, port: given[0], host: given[1] as string, lookup: guard.lookup })
          : tls.connect({ ...security, ...(given[0] as tls.ConnectionOptions) })) as typeof tls.connect,
    });
    if (url.protocol === 'ldap:') await client.startTLS(security);
    return await work(client);
  } catch (error) {
    throw refusalOf(error);
  } finally {
    await client?.unbind().catch(() => {});
  }
}

async function bindAsSearcher(client: Client, { bindDn }: LdapSettings, secret: string): Promise<void> {
  if (bindDn === '') return;
  if (secret === '') throw new SignInRefusal('directory: no-password');
  try {
    await client.bind(bindDn, secret);
  } catch (error) {
    throw error instanceof InvalidCredentialsError ? new SignInRefusal('directory: account-refused', error) : error;
  }
}

async function findPerson(client: Client, settings: LdapSettings, login: string): Promise<Entry> {
  const { baseDn, userFilter, nameAttribute, emailAttribute, idAttribute, groupAttribute } = settings;
  const { searchEntries } = await client.search(baseDn, {
    scope: 'sub',
    filter: userFilter.replaceAll('{login}', escapeFilterValue(login.trim())),
    attributes: [nameAttribute, emailAttribute, idAttribute, groupAttribute].filter((name) => name !== ''),
    explicitBufferAttributes: isBinary(idAttribute) ? [idAttribute] : [],
    // Two are one too many, and as good as a thousand.
    sizeLimit: 2,
  });
  const [entry, another] = searchEntries;
  if (!entry) throw new SignInRefusal('person-unknown');
  if (another) throw new SignInRefusal('login-ambiguous');
  return entry;
}

/** By full name and by the first part of it: who maps groups writes `cn=Sales,ou=groups,dc=example,dc=com` or `Sales`. */
async function groupsOf(
  client: Client,
  { groupAttribute, groupBaseDn, groupFilter }: LdapSettings,
  entry: Entry,
  login: string,
): Promise<string[] | null> {
  if (groupAttribute === '' && groupBaseDn === '') return null;
  const names = groupAttribute === '' ? [] : textsOf(entry, groupAttribute);
  if (groupBaseDn !== '') {
    const { searchEntries } = await client.search(groupBaseDn, {
      scope: 'sub',
      filter: groupFilter
        .replaceAll('{dn}', escapeFilterValue(entry.dn))
        .replaceAll('{login}', escapeFilterValue(login.trim())),
      attributes: ['cn'],
      sizeLimit: MOST_GROUPS,
    });
    for (const group of searchEntries) names.push(group.dn, ...textsOf(group, 'cn'));
  }
  return names.flatMap((name) => [name, ...(/^[\w-]+=((?:[^,\\]|\\.)+)(?:,|$)/.exec(name)?.slice(1, 2) ?? [])]);
}

function personFrom(entry: Entry, groups: string[] | null, settings: LdapSettings): Omit<ExternalPerson, 'provider'> {
  const { url, baseDn, nameAttribute, emailAttribute, idAttribute } = settings;
  const email = textsOf(entry, emailAttribute)[0]?.trim();
  return {
    issuer: `${new URL(url).host}/${baseDn.toLowerCase()}`,
    subject: (idAttribute && textsOf(entry, idAttribute)[0]) || entry.dn.toLowerCase(),
    // What stands in the company's own directory, the company says.
    verifiedEmail: email || null,
    name: textsOf(entry, nameAttribute)[0] ?? null,
    groups,
  };
}

/** Attributes of Active Directory that are bytes. */
function isBinary(attribute: string): boolean {
  return /^(objectGUID|objectSid)$/i.test(attribute);
}

function textsOf(entry: Entry, attribute: string): string[] {
  // Servers answer with names in their own case.
  const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase());
  const value = key === undefined ? [] : entry[key]!;
  const values: readonly (string | Buffer)[] = Array.isArray(value) ? value : [value];
  return values.map((one) => (Buffer.isBuffer(one) ? one.toString('hex') : one)).filter((one) => one !== '');
}

function refusalOf(error: unknown): SignInRefusal {
  if (error instanceof SignInRefusal) return error;
  if (error instanceof Problem) return new SignInRefusal('address-refused', error);
  if (error instanceof InvalidCredentialsError) return new SignInRefusal('password-wrong', error);
  if (error instanceof NoSuchObjectError) return new SignInRefusal('directory: base-missing', error);
  const { code, name } = error as { code?: unknown; name: string };
  return new SignInRefusal(`directory: ${typeof code === 'string' ? code : name}`, error);
}
