import { ApiProblem } from './problem.ts';

let csrf = '';
let language = 'en';
let onSignedOut: () => void = () => {};

/** Told by the session: the token for unsafe requests, the reader's language, and what to do when the session ends. */
export function configureClient(options: { csrf?: string; language?: string; onSignedOut?: () => void }): void {
  csrf = options.csrf ?? csrf;
  language = options.language ?? language;
  onSignedOut = options.onSignedOut ?? onSignedOut;
}

export interface RequestOptions {
  body?: unknown;
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal;
  /** A second try with the same key is the same request; a new one is made when left out. */
  idempotencyKey?: string;
}

/**
 * One request to the REST interface. A GET that cannot be answered for now (no network, 502, 503, 504, 429) is tried
 * again twice.
 * @throws ApiProblem
 */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const tries = method === 'GET' ? 3 : 1;
  for (let attempt = 1; ; attempt++) {
    const response = await send(method, path, options);
    const passing = response === null || [429, 502, 503, 504].includes(response.status);
    if (passing && attempt < tries && !options.signal?.aborted) {
      const wait = Number(response?.headers.get('retry-after')) * 1000 || 250 * 3 ** attempt;
      await new Promise((resolve) => setTimeout(resolve, Math.min(wait, 5000)));
      continue;
    }
    if (response === null) throw new ApiProblem(0, { code: 'offline' });
    if (response.status === 204) return undefined as T;
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body as T;
    if (response.status === 401 && path !== '/session') onSignedOut();
    throw new ApiProblem(response.status, body as Record<string, unknown>);
  }
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
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language };
  if (method !== 'GET') headers['x-csrf'] = csrf;
  if (method === 'POST') headers['idempotency-key'] = options.idempotencyKey ?? newKey();
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers['content-type'] = 'application/json';
  try {
    return await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
      signal,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    return null;
  }
}
