import http from 'node:http';
import https from 'node:https';
import type { NetworkGuard } from './guard.ts';

const TIMEOUT_MS = 10_000;
/** Bytes of an answer. A list of keys or of a provider's settings has some kilobytes. */
const LONGEST_ANSWER = 1024 * 1024;

export interface GuardedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams | string | null;
  readonly signal?: AbortSignal;
  /** Bytes of an answer, where it may be long. */
  readonly longestAnswer?: number;
  readonly timeoutMs?: number;
}

/**
 * `fetch` for addresses that somebody typed in, and for those that come from there: each goes through the guard, redirects
 * are not followed, and neither a slow answer nor an endless one holds anything up.
 *
 * @throws Problem `webhook.address-refused`, and the errors of node:http
 */
export async function guardedFetch(
  guard: NetworkGuard,
  address: string,
  {
    method = 'GET',
    headers = {},
    body,
    signal,
    longestAnswer = LONGEST_ANSWER,
    timeoutMs = TIMEOUT_MS,
  }: GuardedRequest = {},
): Promise<Response> {
  const url = guard.check(address);
  const { request: open } = url.protocol === 'https:' ? https : http;
  const text = body ? String(body) : '';
  const timeout = AbortSignal.timeout(timeoutMs);
  const sent = {
    ...(body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    ...(text ? { 'content-length': String(Buffer.byteLength(text)) } : {}),
    'user-agent': 'Tendero',
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    // What comes is read as it is.
    'accept-encoding': 'identity',
  };
  return new Promise((resolve, reject) => {
    const request = open(
      url,
      {
        method,
        headers: sent,
        lookup: guard.lookup,
        agent: false,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      },
      (answer) => {
        const parts: Buffer[] = [];
        let size = 0;
        answer.on('data', (part: Buffer) => {
          parts.push(part);
          size += part.length;
          if (size > longestAnswer) answer.destroy(new Error('The answer is too long'));
        });
        answer.once('error', reject);
        answer.once('end', () => {
          const status = answer.statusCode!;
          const isEmpty = status === 204 || status === 205 || status === 304;
          if (status < 200 || status > 599) return reject(new Error(`The answer has the status ${status}`));
          const shown = Object.entries(answer.headersDistinct).flatMap(([name, values]) =>
            (values ?? []).map((value): [string, string] => [name, value]),
          );
          resolve(new Response(isEmpty ? null : Buffer.concat(parts), { status, headers: shown }));
        });
      },
    );
    request.once('error', reject);
    request.end(text);
  });
}
