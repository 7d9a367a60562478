import { fileURLToPath } from 'node:url';

/** The administrator of the company that was made with the landed version. */
export const landedPerson = { email: 'ona@example.com', password: 'kava ir pyragas' };

/** `landed.tar.gz` is the backup, `landed.json` what the landed version answered. */
export function landedFile(extension: 'tar.gz' | 'json'): string {
  return fileURLToPath(new URL(`landed.${extension}`, import.meta.url));
}

export type Question = readonly [method: string, path: string, body?: unknown];

export interface Landed {
  /** Commit and date of the version. */
  version: string;
  answers: { question: Question; answer: Record<string, unknown> }[];
}

export interface Client {
  url: string;
  key: string;
}

/** @throws with what was answered instead */
export async function ask({ url, key }: Client, ...[method, path, body]: Question): Promise<Record<string, unknown>> {
  const isForm = body instanceof FormData;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
  return text ? JSON.parse(text) : {};
}
