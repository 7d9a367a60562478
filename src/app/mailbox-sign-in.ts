import * as openid from 'openid-client';
import { asFault, MailFault } from '#kernel/mail/imap/fault.ts';
import { type MailProvider, type MailProviderName, openMailProvider } from '#kernel/mail/mail-providers.ts';
import { type MailboxSecret, renewSecret, secretOf } from '#kernel/mail/mailbox-state.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import type { MailCredentials } from '#modules/channels/index.ts';
import { discoverProvider } from './openid-provider.ts';
import type { Runtime } from './runtime.ts';

/** Who goes to a provider, and with what; sealed, in a cookie: who comes back is who went. */
interface Trip {
  readonly workspaceId: string;
  readonly userId: string;
  readonly provider: MailProviderName;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What a provider gave somebody for a mailbox, until it is connected; sealed, in a cookie. */
interface Grant {
  readonly workspaceId: string;
  readonly userId: string;
  readonly provider: MailProviderName;
  readonly refreshToken: string;
  readonly until: number;
}

/** Somebody has to find their telephone for the second factor, and then to choose folders. */
export const TRIP_SECONDS = 900;
const TRIP = 'mailbox sign-in';
const GRANT = 'mailbox grant';
/** A token is used until shortly before its end. */
const SPARE_S = 90;
/** Where a provider does not say how long a token lasts. */
const USUAL_S = 300;

/**
 * Where to send the browser, and what to give it for the way back: authorisation code flow with PKCE (RFC 6749, 7636).
 * @throws Problem `mailbox.provider-refused`
 */
export async function beginMailboxSignIn(
  runtime: Runtime,
  { id: workspaceId }: Workspace,
  userId: string,
  { provider: name, address, redirectUri }: { provider: MailProviderName; address?: string; redirectUri: string },
): Promise<{ url: string; trip: string }> {
  const { provider, configuration } = await configured(runtime, workspaceId, name);
  const verifier = openid.randomPKCECodeVerifier();
  const trip: Trip = {
    ...{ workspaceId, userId, provider: name, redirectUri, verifier },
    ...{ state: openid.randomState(), nonce: openid.randomNonce(), until: Date.now() + TRIP_SECONDS * 1_000 },
  };
  const url = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: provider.scope,
    state: trip.state,
    ...(wantsIdentity(provider) ? { nonce: trip.nonce } : {}),
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    // A refresh token is given when it is asked for in these words, by each in its own.
    access_type: 'offline',
    prompt: 'consent',
    ...(address ? { login_hint: address } : {}),
  });
  const secrets = await openSecrets(runtime.dataFolder);
  return { url: url.href, trip: secrets.seal(JSON.stringify(trip), TRIP) };
}

/**
 * What whoever came back may do.
 * @param search of the address they came back to
 * @returns the grant, sealed, for `openGrant`
 * @throws Problem `mailbox.provider-refused`
 */
export async function finishMailboxSignIn(
  runtime: Runtime,
  workspace: Workspace,
  user: string,
  sealedTrip: string | undefined,
  search: string,
): Promise<{ provider: MailProviderName; grant: string }> {
  const { id } = workspace;
  const secrets = await openSecrets(runtime.dataFolder);
  const trip = opened<Trip>(() => secrets.open(sealedTrip ?? '', TRIP));
  if (trip.workspaceId !== id || trip.userId !== user || trip.until < Date.now()) throw refused('trip');
  const { provider, configuration } = await configured(runtime, id, trip.provider);
  const tokens = await asking(() =>
    openid.authorizationCodeGrant(configuration, new URL(`${trip.redirectUri}${search}`), {
      pkceCodeVerifier: trip.verifier,
      expectedState: trip.state,
      ...(wantsIdentity(provider) ? { expectedNonce: trip.nonce } : {}),
    }),
  );
  if (!tokens.refresh_token) throw refused('no refresh token');
  const given = { provider: trip.provider, refreshToken: tokens.refresh_token };
  return { provider: trip.provider, grant: await sealGrant(runtime, workspace, user, given) };
}

/** What is kept of a mailbox whose owner has just signed in at its provider. @throws Problem `mailbox.provider-refused` */
export async function openGrant(
  runtime: Runtime,
  { id }: Workspace,
  user: string,
  sealed: string | undefined,
): Promise<Extract<MailboxSecret, { refreshToken: string }>> {
  const secrets = await openSecrets(runtime.dataFolder);
  const grant = opened<Grant>(() => secrets.open(sealed ?? '', GRANT));
  if (grant.workspaceId !== id || grant.userId !== user || grant.until < Date.now()) throw refused('grant');
  return { provider: grant.provider, refreshToken: grant.refreshToken };
}

/** For the browser, until the mailbox is connected. */
export async function sealGrant(
  runtime: Runtime,
  { id: workspaceId }: Workspace,
  userId: string,
  { provider, refreshToken }: Extract<MailboxSecret, { refreshToken: string }>,
): Promise<string> {
  const until = Date.now() + TRIP_SECONDS * 1_000;
  const grant: Grant = { workspaceId, userId, provider, refreshToken, until };
  return (await openSecrets(runtime.dataFolder)).seal(JSON.stringify(grant), GRANT);
}

/** How to sign in to the servers of a mailbox now. @throws MailFault */
export async function credentialsOf(runtime: Runtime, workspace: Workspace, mailbox: string): Promise<MailCredentials> {
  const { database, dataFolder } = runtime;
  const secrets = await openSecrets(dataFolder);
  const secret = await secretOf(database, workspace.schema, secrets, mailbox);
  return credentialsFrom(runtime, workspace, secret, (renewed) =>
    renewSecret(database, workspace.schema, secrets, mailbox, renewed),
  );
}

/** The same for what is not kept yet. @param keep a refresh token that takes the place of the one before */
export async function credentialsFrom(
  runtime: Runtime,
  { id }: Pick<Workspace, 'id'>,
  secret: MailboxSecret,
  keep: (renewed: MailboxSecret) => Promise<void>,
): Promise<MailCredentials> {
  if ('imap' in secret)
    return { imap: { password: secret.imap }, smtp: secret.smtp === null ? null : { password: secret.smtp } };
  const accessToken = await tokenFor(runtime, id, secret, keep);
  return { imap: { accessToken }, smtp: { accessToken } };
}

interface Token {
  readonly accessToken: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** The same as before, or what the provider gave in its place. */
  readonly refreshToken: string;
}

/** By refresh token: two connections of one mailbox ask once. */
const tokens = new Map<string, Promise<Token>>();

async function tokenFor(
  runtime: Runtime,
  workspaceId: string,
  secret: Extract<MailboxSecret, { refreshToken: string }>,
  keep: (renewed: MailboxSecret) => Promise<void>,
): Promise<string> {
  const keyOf = (refreshToken: string) => `${workspaceId} ${refreshToken}`;
  const key = keyOf(secret.refreshToken);
  const before = tokens.get(key);
  const known = await before?.catch(() => null);
  if (known && known.until > Date.now()) return known.accessToken;
  // Another connection asked meanwhile: a refresh token may be good for once only.
  if (tokens.get(key) !== before) return tokenFor(runtime, workspaceId, secret, keep);
  if (tokens.size > 1_000) tokens.clear();
  const token = asked(runtime, workspaceId, secret, keep);
  tokens.set(key, token);
  try {
    const { accessToken, refreshToken } = await token;
    // Whoever reads the new refresh token next need not ask, and whoever still holds the old one must not.
    tokens.set(keyOf(refreshToken), token);
    return accessToken;
  } catch (error) {
    tokens.delete(key);
    throw error;
  }
}

async function asked(
  runtime: Runtime,
  workspaceId: string,
  { provider, refreshToken }: Extract<MailboxSecret, { refreshToken: string }>,
  keep: (renewed: MailboxSecret) => Promise<void>,
): Promise<Token> {
  try {
    const { configuration } = await configured(runtime, workspaceId, provider);
    const given = await openid.refreshTokenGrant(configuration, refreshToken);
    const renewed = given.refresh_token ?? refreshToken;
    if (renewed !== refreshToken) await keep({ provider, refreshToken: renewed });
    const lasts = given.expires_in ?? USUAL_S;
    const until = Date.now() + Math.max(lasts - SPARE_S, lasts / 2) * 1_000;
    return { accessToken: given.access_token, until, refreshToken: renewed };
  } catch (error) {
    // Taken back there, or too old: only its owner can sign in again.
    if (error instanceof Problem) throw new MailFault('token-refused', error.code);
    if (error instanceof openid.ResponseBodyError) throw new MailFault('token-refused', error.error);
    if (error instanceof openid.WWWAuthenticateChallengeError) throw new MailFault('token-refused', 'invalid_client');
    throw asFault(error instanceof Error && error.cause instanceof Error ? error.cause : error);
  }
}

async function configured(
  runtime: Runtime,
  workspaceId: string,
  name: MailProviderName,
): Promise<{ provider: MailProvider; configuration: openid.Configuration }> {
  const provider = await openMailProvider(runtime.database, await openSecrets(runtime.dataFolder), workspaceId, name);
  if (!provider) throw refused('not set up');
  return { provider, configuration: await asking(() => discover(provider)) };
}

/** Providers change their endpoints never. */
const FRESH_MS = 10 * 60_000;
const discovered = new Map<string, { configuration: openid.Configuration; until: number }>();

async function discover(provider: MailProvider & { secret: string }): Promise<openid.Configuration> {
  const { issuer, clientId, secret } = provider;
  const key = JSON.stringify([issuer, clientId, secret]);
  const known = discovered.get(key);
  if (known && known.until > Date.now()) return known.configuration;
  const configuration = await discoverProvider(provider, secret);
  if (discovered.size > 100) discovered.clear();
  discovered.set(key, { configuration, until: Date.now() + FRESH_MS });
  return configuration;
}

const wantsIdentity = ({ scope }: MailProvider) => scope.split(/\s+/).includes('openid');

function opened<Sealed>(open: () => string): Sealed {
  try {
    return JSON.parse(open()) as Sealed;
  } catch {
    throw refused('trip');
  }
}

/** Messages of the library may hold what the provider answered: only its word for the error is told. */
async function asking<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) throw error.code === 'mailbox.provider-refused' ? error : refused(error.code);
    const { error: word, code } = error as { error?: unknown; code?: unknown };
    const said = [word, code].find((one) => typeof one === 'string' && /^[\w-]{1,60}$/.test(one));
    throw refused(typeof said === 'string' ? said : 'no answer');
  }
}

function refused(reason: string): Problem {
  return new Problem('mailbox.provider-refused', { reason });
}
