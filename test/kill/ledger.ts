import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

/** A record as somebody knows it to be; null when it is not there. */
export type State = { version: number; deleted: boolean; values: Record<string, unknown> } | null;

/** What a record may be: one state, or two while nobody knows whether the last write arrived. */
export interface Entry {
  readonly object: string;
  readonly id: string;
  possible: readonly State[];
}

/** What the clients did and were told. */
export interface Ledger {
  readonly entries: Map<string, Entry>;
  /** Idempotency keys of accounts whose creation may have been done or not; the key is also their name. */
  readonly doubtfulKeys: Set<string>;
  /** Those of accounts that are there, once. */
  readonly doneKeys: Set<string>;
  /** Of writes. */
  readonly told: { acknowledged: number; unknown: number; refused: number };
  /** Answers that nobody should ever get. */
  readonly unexpected: string[];
}

export interface Answer {
  /** 0: it never left. undefined: it left, and nobody knows what became of it. */
  readonly status: number | undefined;
  readonly body: Record<string, unknown>;
}

export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

export function newLedger(): Ledger {
  return {
    entries: new Map(),
    doubtfulKeys: new Set(),
    doneKeys: new Set(),
    told: { acknowledged: 0, unknown: 0, refused: 0 },
    unexpected: [],
  };
}

/** REST of a server that may die at any moment. */
export function asker(ledger: Ledger, urlOf: () => string, key: string): Ask {
  return async (method, path, body, headers = {}) => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${urlOf()}/api/${path}`, {
        method,
        headers: {
          ...headers,
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
      text = await response.text();
    } catch (error) {
      const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
      if ((error as Error).name === 'TimeoutError') ledger.unexpected.push(`${method} ${path}: no answer in 30 s`);
      return { status: code === 'ECONNREFUSED' ? 0 : undefined, body: {} };
    }
    const { status } = response;
    const answer = JSON.parse(text) as Record<string, unknown>;
    if (status >= 500) {
      const isForeseen = status === 503 && /^database\.(unavailable|busy)$/.test(String(answer.code));
      if (!isForeseen || !response.headers.has('retry-after'))
        ledger.unexpected.push(`${method} ${path}: ${status} ${text}`);
      return { status: undefined, body: answer };
    }
    return { status, body: answer };
  };
}

/**
 * A write of some records, each from what it is to what it shall be. Before the answer is there, both are possible.
 *
 * @returns the answer of a write that was acknowledged
 */
export async function write(
  ledger: Ledger,
  moves: readonly { entry: Entry; to: State }[],
  send: () => Promise<Answer>,
): Promise<Record<string, unknown> | null> {
  const was = moves.map(({ entry }) => entry.possible);
  for (const { entry, to } of moves) {
    assert.equal(entry.possible.length, 1, 'a client works on records it knows');
    entry.possible = [...entry.possible, to];
  }
  const { status, body } = await send();
  if (status === undefined) {
    ledger.told.unknown++;
    return null;
  }
  if (status >= 200 && status < 300) {
    ledger.told.acknowledged++;
    for (const { entry, to } of moves) entry.possible = [to];
    return body;
  }
  if (status > 0) {
    ledger.told.refused++;
    ledger.unexpected.push(`refused with ${status}: ${JSON.stringify(body)}`);
  }
  moves.forEach(({ entry }, index) => {
    entry.possible = was[index]!;
  });
  return null;
}

/** An account whose id nobody chose: only its idempotency key keeps a second attempt from making a second one. */
export async function createOnce(ledger: Ledger, ask: Ask, key: string): Promise<void> {
  const { status, body } = await ask('POST', 'records/account', { name: key }, { 'idempotency-key': key });
  const isDone = status === 201 || (status === 409 && body.code === 'request.answer-lost');
  ledger.doubtfulKeys.add(key);
  if (isDone) {
    ledger.doneKeys.add(key);
    ledger.doubtfulKeys.delete(key);
    ledger.told.acknowledged++;
  } else if (status === undefined) ledger.told.unknown++;
  else if (status > 0) ledger.unexpected.push(`${key}: ${status} ${JSON.stringify(body)}`);
}

export function newEntry(ledger: Ledger, object: string, id: string): Entry {
  const entry: Entry = { object, id, possible: [null] };
  ledger.entries.set(id, entry);
  return entry;
}

/** Asks for every record, by the door that people use, and settles what nobody knew. @returns what is wrong */
export async function settle(ask: Ask, entries: readonly Entry[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const [object, group] of Map.groupBy(entries, (entry) => entry.object)) {
    const fields = [
      ...new Set(group.flatMap(({ possible }) => possible.flatMap((state) => Object.keys(state?.values ?? {})))),
    ];
    for (let start = 0; start < group.length; start += 500) {
      const chunk = group.slice(start, start + 500);
      const found = new Map<string, State>();
      for (const deleted of [false, true]) {
        const { status, body } = await ask('POST', `records/${object}/query`, {
          filter: { id: { in: chunk.map(({ id }) => id) } },
          fields: ['id', 'version', ...fields],
          limit: 500,
          deleted,
        });
        assert.equal(status, 200, JSON.stringify(body));
        for (const { id, version, ...values } of body.items as (Record<string, unknown> & {
          id: string;
          version: number;
        })[]) {
          if (found.has(id)) wrong.push(`${object} ${id} is there twice`);
          found.set(id, { version, deleted, values });
        }
      }
      for (const entry of chunk) {
        const actual = found.get(entry.id) ?? null;
        const match = entry.possible.find((state) => isSame(state, actual));
        if (match === undefined)
          wrong.push(`${object} ${entry.id} is ${JSON.stringify(actual)}, not ${JSON.stringify(entry.possible)}`);
        entry.possible = [match === undefined ? actual : match];
      }
    }
  }
  return wrong;
}

function isSame(expected: State, actual: State): boolean {
  if (!expected || !actual) return expected === actual;
  return (
    expected.version === actual.version &&
    expected.deleted === actual.deleted &&
    Object.entries(expected.values).every(([name, value]) => isDeepStrictEqual(actual.values[name], value))
  );
}
