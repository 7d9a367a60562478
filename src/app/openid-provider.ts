import * as openid from 'openid-client';
import { networkGuard } from '#kernel/net/guard.ts';
import { guardedFetch } from '#kernel/net/guarded-fetch.ts';

/** What a provider says of itself (OpenID Connect Discovery), asked through the guard: its address was typed by somebody. */
export async function discoverProvider(
  { issuer, clientId }: { readonly issuer: string; readonly clientId: string },
  secret: string,
): Promise<openid.Configuration> {
  const url = networkGuard().check(issuer);
  const configuration = await openid.discovery(url, clientId, {}, authenticationWith(secret), {
    [openid.customFetch]: fetchGuarded,
    // Signatures are checked also where TLS has vouched for the sender.
    execute: [openid.enableNonRepudiationChecks, ...(isThisMachine(url) ? [openid.allowInsecureRequests] : [])],
  });
  configuration[openid.customFetch] = fetchGuarded;
  return configuration;
}

const fetchGuarded: openid.CustomFetch = (address, { method, headers, body, signal }) =>
  guardedFetch(networkGuard(), address, { method, headers, body: body as URLSearchParams | null | undefined, signal });

/** As the provider wants it; what OpenID Connect Discovery says where it does not say. */
function authenticationWith(secret: string): openid.ClientAuth {
  if (secret === '') return openid.None();
  const [basic, post] = [openid.ClientSecretBasic(secret), openid.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}

/** Plain HTTP leaves no machine. */
function isThisMachine(url: URL): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
}
