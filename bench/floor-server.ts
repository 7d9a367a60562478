import http from 'node:http';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { createRuntime } from '#app/runtime.ts';
import type { Commands } from '#kernel/database/exchange.ts';
import { openDatabase } from '#kernel/database/pool.ts';
import { buildApp } from '#server/app.ts';
import { dataFolder } from './million.ts';
import { accountId, contactId, requests } from './requests.ts';

/**
 * The floor: for each request the statements that Tendero sends for it, recorded once, sent again and again by the bare
 * driver (prepared, rows as arrays) behind a bare HTTP server, with the rows as the answer. Signing in is left out.
 */
interface Recorded {
  readonly statements: { text: string; values: unknown[] | undefined }[];
  /** Id in the recorded values that gives way to that of the request. */
  readonly id: string | null;
}

const connection = JSON.parse(process.env.BENCH_CONNECTION!) as pg.ClientConfig;
const recorded = await record(process.env.BENCH_KEY!, process.env.BENCH_DEEP!);
const pool = new pg.Pool({ ...connection, max: 8, options: '-c search_path= -c timezone=UTC' });

const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', async () => {
    const [, index, n] = request.url!.split('/').map(Number) as [number, number, number];
    const patterns = recorded[index]!;
    const pattern = n % patterns.length;
    const { statements, id } = patterns[pattern]!;
    // Other records than the real requests met just before: their pages of the indexes are as cold.
    const renew = (values: unknown[]): unknown[] => {
      if (!id) return values;
      const own = request.method === 'POST' ? uuid() : contactId(n * 104_729);
      const text = JSON.stringify(values)
        .replaceAll(id, own)
        .replace(/01900000-aaaa-[0-9a-f-]{22}/g, accountId(n * 7919))
        .replace(/(marker |bench|3706100)9960/gi, `$1${n}`);
      return JSON.parse(text) as unknown[];
    };
    const client = await pool.connect();
    let rows: unknown[][] = [];
    for (const [at, { text, values }] of statements.entries()) {
      const result = await client.query({
        text,
        values: values && renew(values),
        rowMode: 'array',
        ...(values ? { name: `${index}.${pattern}.${at}` } : {}),
      });
      if (result.rows?.length > 0) rows = result.rows;
    }
    client.release();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(rows));
  });
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as { port: number }).port));

/** What travels in one message (`kernel/database/exchange.ts`); the bare driver sends one after the other. */
interface Exchanged {
  readonly before: Commands;
  readonly parts: readonly { statement: { text: string; values: unknown[] } }[];
  readonly after: Commands;
}

/** By request and pattern. */
async function record(key: string, deep: string): Promise<Recorded[][]> {
  const database = openDatabase(connection, { max: 1 });
  const app = await buildApp(createRuntime(database, dataFolder));
  const headers = { authorization: `Bearer ${key}` };
  await app.inject({ method: 'GET', url: '/api/session', headers });
  const seen: Recorded['statements'] = [];
  const client = await database.pool.connect();
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    const sent = args[0] as string | { text: string; values?: unknown[] } | Exchanged;
    if (typeof sent === 'string') seen.push({ text: sent, values: undefined });
    else if ('parts' in sent)
      seen.push(...alone(sent.before), ...sent.parts.map(({ statement }) => statement), ...alone(sent.after));
    else seen.push({ text: sent.text, values: sent.values });
    return query(...args);
  }) as typeof client.query;
  client.release();
  const all: Recorded[][] = [];
  for (const { make, patterns = 1 } of requests(deep)) {
    const recordings: Recorded[] = [];
    // Counted from a number that each count of patterns divides.
    for (let n = 9_960; n < 9_960 + patterns; n++) {
      const { method, path, body } = make(n);
      seen.length = 0;
      const answer = await app.inject({
        method: method as 'GET',
        url: path,
        headers,
        ...(body ? { payload: body as object } : {}),
      });
      if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.payload}`);
      const created = method === 'POST' && answer.statusCode === 201 ? (answer.json() as { id: string }).id : null;
      const id = created ?? /[0-9a-f]{8}-cccc-[0-9a-f-]{22}/.exec(path)?.[0] ?? null;
      recordings.push({ statements: [...seen], id });
    }
    all.push(recordings);
  }
  await app.close();
  await database.close();
  return all;
}

function alone(commands: Commands): Recorded['statements'] {
  return commands.texts.map((text) => ({ text, values: undefined }));
}
