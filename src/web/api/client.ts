import { ApiProblem } from './problem.ts';

let csrf = '';
let language = 'en';
let onSignedOut: () => void = () => {};
let signInAgain: (() => Promise<boolean>) | undefined;
let signingIn: Promise<boolean> | undefined;

interface ClientOptions {
  csrf?: string;
  language?: string;
  onSignedOut?: () => void;
  /** Asks for the password where the person is, so that nothing typed is lost; false when they would rather go. */
  signInAgain?: () => Promise<boolean>;
}

/** Told by the session: the token for unsafe requests, the reader's language, and what to do when the session ends. */
export function configureClient(options: ClientOptions): void {
  csrf = options.csrf ?? csrf;
  language = options.language ?? language;
  onSignedOut = options.onSignedOut ?? onSignedOut;
  signInAgain = options.signInAgain ?? signInAgain;
}

/** What a request that changes something carries, for those that cannot go through `request`. */
export function unsafeHeaders(method: string, idempotencyKey?: string): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-language': language,
    'x-csrf': csrf,
    ...(method === 'POST' ? { 'idempotency-key': idempotencyKey ?? newKey() } : {}),
  };
}

export interface RequestOptions {
  body?: unknown;
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal;
  /** A second try with the same key is the same request; a new one is made when left out. */
  idempotencyKey?: string;
  /** Goes out although the page is being closed. */
  keepalive?: boolean;
}

/** A server that is overloaded says when to come back; longer than this nobody waits before a screen. */
const LONGEST_WAIT_MS = 5_000;

/**
 * One request to the REST interface. What may pass is tried again twice: any request that the server put off (429), a GET
 * also without network and on 502, 503, 504. When the session has ended, the person is asked to sign in where they are,
 * and the request goes on.
 * @throws ApiProblem
 */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  // The same for every try: what was done already is not done again.
  const idempotencyKey = options.idempotencyKey ?? newKey();
  let isRenewed = false;
  for (let attempt = 1; ; attempt++) {
    const response = await send(method, path, { ...options, idempotencyKey });
    const status = response?.status ?? 0;
    const passing = status === 429 || (method === 'GET' && [0, 502, 503, 504].includes(status));
    const wait = Number(response?.headers.get('retry-after')) * 1000 || 250 * 3 ** attempt;
    // Longer than that is told, not waited for: whoever guessed a password too often reads when to come back.
    if (passing && wait <= LONGEST_WAIT_MS && attempt < 3 && !options.signal?.aborted) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      continue;
    }
    if (response === null) throw new ApiProblem(0, { code: 'offline' });
    if (status === 204) return undefined as T;
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body as T;
    if (!isRenewed && !isSignIn(path) && (await renew(method, status))) {
      isRenewed = true;
      continue;
    }
    if (status === 401 && !isSignIn(path)) onSignedOut();
    throw new ApiProblem(status, body as Record<string, unknown>);
  }
}

/** Where nobody is signed in yet, a 401 is an answer to what was typed. */
function isSignIn(path: string): boolean {
  return /^\/session($|\/(second-factor|enrolment|passkey)($|[/-]))/.test(path);
}

/** Is there a session again? One dialog for all requests that met its end. */
async function renew(method: string, status: number): Promise<boolean> {
  if (status === 401 && signInAgain) {
    signingIn ??= signInAgain().finally(() => {
      signingIn = undefined;
    });
    return signingIn;
  }
  if (status !== 403 || method === 'GET') return false;
  // Signed in anew in another tab: the cookie is that one's, the token here is not.
  const before = csrf;
  const answer = await send('GET', '/session', {});
  const { csrf: fresh } = (answer?.ok ? await answer.json().catch(() => ({})) : {}) as { csrf?: string };
  csrf = fresh ?? csrf;
  return csrf !== before;
}

export function get<T>(path: string, query?: RequestOptions['query'], signal?: AbortSignal): Promise<T> {
  return request<T>('GET', path, { query, signal });
}

export function post<T>(path: string, body: unknown = {}, options: RequestOptions = {}): Promise<T> {
  return request<T>('POST', path, { ...options, body });
}

export function patch<T>(path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
  return request<T>('PATCH', path, { ...options, body });
}

export function del<T>(path: string): Promise<T> {
  return request<T>('DELETE', path);
}

/** Random and unique also where `crypto.randomUUID` is missing (plain http on a company's network). */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response | null> {
  const { body, query, signal } = options;
  const url = new URL(`/api${path}`, window.location.origin);
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  const headers: Record<string, string> =
    method === 'GET'
      ? { accept: 'application/json', 'accept-language': language }
      : unsafeHeaders(method, options.idempotencyKey);
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers['content-type'] = 'application/json';
  try {
    return await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
      signal,
      keepalive: options.keepalive,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    return null;
  }
}
