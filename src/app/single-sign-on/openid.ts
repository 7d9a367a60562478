import * as openid from 'openid-client';
import { networkGuard } from '#kernel/net/guard.ts';
import { guardedFetch } from '#kernel/net/guarded-fetch.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { discoverProvider } from '../openid-provider.ts';
import type { Runtime } from '../runtime.ts';
import { admit, type ExternalPerson } from './admit.ts';
import { listOpenIdProviders, type OpenIdProvider, type OpenIdSettings, openSecret } from './providers.ts';
import { SignInRefusal } from './refusal.ts';

/** What a browser carries while somebody is at the provider, sealed: who comes back is who went. */
interface Trip {
  readonly workspaceId: string;
  readonly providerId: string;
  readonly issuer: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Path of the page they wanted. */
  readonly next: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Somebody has to find their telephone for the second factor. */
export const TRIP_SECONDS = 600;
const PURPOSE = 'sign-in with one OpenID Connect provider';

/**
 * Where to send the browser, and what to give it for the way back: authorisation code flow with PKCE, RFC 6749 and 7636.
 * @param redirectUri of this server and this provider alone, registered there
 * @throws SignInRefusal when the provider is switched off or does not answer
 */
export async function beginSignIn(
  runtime: Runtime,
  workspaceId: string,
  provider: OpenIdProvider,
  redirectUri: string,
  next: string,
): Promise<{ url: string; trip: string }> {
  const { settings } = provider;
  const configuration = await configurationOf(runtime, workspaceId, provider);
  const verifier = openid.randomPKCECodeVerifier();
  const trip: Trip = {
    ...{ workspaceId, providerId: provider.id, issuer: settings.issuer, redirectUri, verifier, next },
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    until: Date.now() + TRIP_SECONDS * 1_000,
  };
  const url = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: settings.scope,
    state: trip.state,
    nonce: trip.nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const secrets = await openSecrets(runtime.dataFolder);
  return { url: url.href, trip: secrets.seal(JSON.stringify(trip), PURPOSE) };
}

/**
 * Who came back from the provider.
 * @param trip what `beginSignIn` gave
 * @param path of the address they came back to: each provider has its own, so that none is handed what another one gave
 * @param search of that address
 * @throws SignInRefusal for whatever is not as it must be
 */
export async function finishSignIn(
  runtime: Runtime,
  trip: string,
  path: string,
  search: string,
): Promise<{ identityId: string; next: string }> {
  const { workspaceId, providerId, issuer, redirectUri, state, nonce, verifier, next } = await openTrip(runtime, trip);
  if (new URL(redirectUri).pathname !== path) throw new SignInRefusal('another-provider-answers');
  const provider = (await listOpenIdProviders(runtime, workspaceId)).find(({ id }) => id === providerId);
  if (!provider) throw new SignInRefusal('provider-off');
  const { settings } = provider;
  const configuration = await configurationOf(runtime, workspaceId, provider);
  if (settings.issuer !== issuer) throw new SignInRefusal('provider-changed');
  const person = await askProvider(async () => {
    const tokens = await openid.authorizationCodeGrant(configuration, new URL(`${redirectUri}${search}`), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims()!;
    const isMissing =
      claims.email === undefined || (settings.groupsClaim !== '' && claims[settings.groupsClaim] === undefined);
    const more =
      isMissing && configuration.serverMetadata().userinfo_endpoint
        ? await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub)
        : {};
    return personFrom(claims, more, provider);
  });
  const workspace = await runtime.workspace(workspaceId);
  return { identityId: await admit(runtime, workspace, person, settings), next };
}

/** What a provider says of itself. @throws SignInRefusal when it does not, or says something else */
export async function askWhoItIs(settings: OpenIdSettings, secret: string): Promise<openid.ServerMetadata> {
  const configuration = await askProvider(() => discoverProvider(settings, secret));
  const metadata = configuration.serverMetadata();
  const { authorization_endpoint: authorization, token_endpoint: token, jwks_uri: keys } = metadata;
  if (!authorization || !token || !keys) throw new SignInRefusal('endpoints-missing');
  await askProvider(async () => {
    const answer = await guardedFetch(networkGuard(), keys, { headers: { accept: 'application/json' } });
    const document = (await answer.json()) as { keys?: unknown[] };
    if (!answer.ok || !document.keys?.length) throw new SignInRefusal('keys-missing');
  });
  return metadata;
}

type Claims = Readonly<Record<string, unknown>>;

function personFrom(claims: Claims, more: Claims, { id, settings }: OpenIdProvider): ExternalPerson {
  const { issuer, groupsClaim } = settings;
  // An address and whether it is verified are said in one breath, or not at all.
  const source = claims.email === undefined ? more : claims;
  // Microsoft Entra says it in a claim of its own.
  const isVerified = source.email_verified === true || isTrue(source.xms_edov);
  const email = typeof source.email === 'string' ? source.email.trim() : '';
  const groups = claims[groupsClaim] ?? more[groupsClaim];
  return {
    provider: id,
    issuer,
    subject: text(claims.sub) ?? '',
    verifiedEmail: isVerified && email !== '' ? email : null,
    name: text(claims.name) ?? text(more.name),
    groups: groupsClaim === '' ? null : groupNames(groups),
  };
}

/** A list, or, when there is only one, its name. Nobody is in no group: whoever is in none loses what groups gave. */
function groupNames(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true';
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

async function openTrip(runtime: Runtime, sealed: string): Promise<Trip> {
  const secrets = await openSecrets(runtime.dataFolder);
  let trip: Trip;
  try {
    trip = JSON.parse(secrets.open(sealed, PURPOSE)) as Trip;
  } catch (error) {
    throw new SignInRefusal('trip-forged', error);
  }
  if (trip.until < Date.now()) throw new SignInRefusal('trip-too-long');
  return trip;
}

/** Providers change their endpoints never, their keys seldom; those are read anew when one is not known. */
const FRESH_MS = 10 * 60_000;
const known = new Map<string, { of: string; until: number; configuration: openid.Configuration }>();

async function configurationOf(
  runtime: Runtime,
  workspaceId: string,
  provider: OpenIdProvider,
): Promise<openid.Configuration> {
  if (!provider.active) throw new SignInRefusal('provider-off');
  const { settings } = provider;
  const key = `${workspaceId}/${provider.id}`;
  const of = JSON.stringify([settings.issuer, settings.clientId, provider.secret]);
  const kept = known.get(key);
  if (kept && kept.of === of && kept.until > Date.now()) return kept.configuration;
  const secret = await openSecret(runtime, provider.secret);
  const configuration = await askProvider(() => discoverProvider(settings, secret));
  known.set(key, { of, until: Date.now() + FRESH_MS, configuration });
  return configuration;
}

/** Whatever goes wrong there is a refusal here. Messages of the library may hold what the provider answered. */
async function askProvider<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const causes = causesOf(error);
    const refusal = causes.find((cause) => cause instanceof SignInRefusal);
    if (refusal) throw refusal;
    if (causes.some((cause) => cause instanceof Problem)) throw new SignInRefusal('address-refused', error);
    const words = causes.flatMap(({ error: said, code, name }) => [name, code, said]);
    const word = words.findLast(
      (value) => typeof value === 'string' && /^[\w-]{1,60}$/.test(value) && value !== 'Error',
    );
    throw new SignInRefusal(`provider: ${word}`, error);
  }
}

/** An error, what it came from, and what that came from. */
function causesOf(error: unknown): { name: string; code?: unknown; error?: unknown }[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
