/**
 * The certified `oidc-provider` in this process, as a company's identity provider, with a form to sign in at; and one that
 * says whatever a test wants it to.
 */
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';
import { beforeDrop } from './database.ts';

export const clientId = 'tendero';
export const clientSecret = 'a secret between the two of us';

/** Claims of a person by the login they type. */
export type Accounts = Record<string, Record<string, unknown>>;

/** @param accounts may be changed while the provider runs */
export async function startProvider(
  accounts: Accounts,
  redirectUri: string,
): Promise<{ issuer: string; stop(): void }> {
  const { server, url: issuer } = await listen();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      {
        ...{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] },
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'one' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    scopes: ['openid', 'email', 'profile', 'groups', 'offline_access'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    // Asked by servers that are handed a token: whose is it?
    features: { devInteractions: { enabled: false }, introspection: { enabled: true, allowedPolicy: () => true } },
    ttl: { AccessToken: 600 },
    pkce: { required: () => true },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, login: string) =>
      accounts[login] && { accountId: login, claims: () => ({ sub: login, ...accounts[login] }) },
    // Nobody is asked whether the company's own program may know them.
    async loadExistingGrant({ oidc }: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid email profile groups offline_access');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response);
    if (request.method === 'GET') {
      const { prompt, params, session } = await provider.interactionDetails(request, response);
      if (prompt.name === 'consent') {
        const grant = new provider.Grant({ clientId: params.client_id, accountId: session?.accountId });
        grant.addOIDCScope(params.scope ?? '');
        await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
        return;
      }
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(
        '<!doctype html><html lang="en"><title>Identity provider</title><form method="post"><label>Login <input name="login"></label><button>Continue</button></form></html>',
      );
      return;
    }
    void text(request).then((body) =>
      provider.interactionFinished(request, response, {
        login: { accountId: new URLSearchParams(body).get('login') },
      }),
    );
  });
  return { issuer, stop: () => close(server) };
}

/** What a hostile provider answers, where it is not what it should be. */
export interface Lies {
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
  /** Breaks the signature, or signs with a key that is not in the list. */
  signature?: 'broken' | 'other-key' | 'none';
  discovery?: Record<string, unknown>;
  token?: { status?: number; body?: string };
  /** The address people come back to says something else. */
  callback?: Record<string, string>;
  userinfo?: Record<string, unknown>;
}

/** A provider made by hand, which follows the standard until it is told to lie. It signs everybody in as `subject`. */
export async function startLiar(
  person: Record<string, unknown>,
): Promise<{ issuer: string; lie(lies: Lies): void; stop(): void }> {
  const { server, url: issuer } = await listen();
  const good = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let lies: Lies = {};
  const nonces = new Map<string, string>();
  server.on('request', (request, response) => {
    const url = new URL(request.url!, issuer);
    const json = (body: unknown, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (url.pathname === '/.well-known/openid-configuration') {
      return json({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/me`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        ...lies.discovery,
      });
    }
    if (url.pathname === '/keys')
      return json({ keys: [{ ...good.publicKey.export({ format: 'jwk' }), kid: 'good', use: 'sig', alg: 'RS256' }] });
    if (url.pathname === '/me') return json({ sub: person.sub, ...lies.userinfo });
    if (url.pathname === '/auth') {
      const code = randomBytes(8).toString('hex');
      nonces.set(code, url.searchParams.get('nonce')!);
      const back = new URL(url.searchParams.get('redirect_uri')!);
      const state = url.searchParams.get('state')!;
      for (const [name, value] of Object.entries({ code, state, ...lies.callback })) back.searchParams.set(name, value);
      response.writeHead(302, { location: back.href });
      return response.end();
    }
    void text(request).then((body) => {
      if (lies.token) {
        response.writeHead(lies.token.status ?? 200, { 'content-type': 'application/json' });
        return response.end(lies.token.body);
      }
      const code = new URLSearchParams(body).get('code')!;
      const seconds = Math.floor(Date.now() / 1_000);
      const claims = {
        iss: issuer,
        aud: clientId,
        iat: seconds,
        exp: seconds + 300,
        nonce: nonces.get(code),
        ...person,
      };
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const header = { alg: 'RS256', kid: 'good', ...lies.header };
      const signed = `${part(header)}.${part({ ...claims, ...lies.claims })}`;
      const key = lies.signature === 'other-key' ? other.privateKey : good.privateKey;
      let signature = createSign('sha256').update(signed).sign(key).toString('base64url');
      if (lies.signature === 'broken') signature = createHash('sha256').update(signature).digest('base64url');
      if (lies.signature === 'none') signature = '';
      json({ access_token: 'token', token_type: 'Bearer', expires_in: 300, id_token: `${signed}.${signature}` });
    });
  });
  return {
    issuer,
    lie: (next) => {
      lies = next;
    },
    stop: () => close(server),
  };
}

async function listen(): Promise<{ server: Server; url: string }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  beforeDrop(async () => close(server));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

/** What a browser does between here and the provider, without one: follows redirects, keeps cookies, fills in the form. */
/** @param session cookies that the browser has already, of the server it starts from */
export async function comeBack(
  start: string,
  login: string,
  session: readonly (readonly [string, string])[] = [],
): Promise<{ callback: string; cookie: string }> {
  const jars = new Map([[new URL(start).origin, new Map(session)]]);
  const go = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map();
    jars.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', ...init, headers: { ...init.headers, cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  };
  let url = start;
  let answer = await go(url);
  for (let step = 0; step < 12; step++) {
    if (answer.status === 200 && url.includes('/interaction/'))
      answer = await go(url, { method: 'POST', body: new URLSearchParams({ login }) });
    const to = answer.headers.get('location');
    if (to === null) throw new Error(`${url} answers ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    url = new URL(to, url).href;
    const cookie = [...(jars.get(new URL(start).origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
    if (new URL(url).origin === new URL(start).origin) return { callback: url, cookie };
    answer = await go(url);
  }
  throw new Error('Too many redirects');
}
