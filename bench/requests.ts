import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Figure, figure } from './figure.ts';
import { type Million, rows } from './million.ts';

/**
 * What one request costs: CPU milliseconds of the server and of PostgreSQL together (that figure survives a noisy
 * machine), and latency and throughput with one client and with sixteen. Signed in by API key, rights compiled in, event
 * rows written. Beside each stands its floor: the same SQL, prepared, sent by the bare driver from a bare HTTP server.
 */
export interface Request {
  readonly name: string;
  /** CPU ms per request with one client. */
  readonly target: number;
  /** p95 in ms with one client. */
  readonly p95?: number;
  readonly count: number;
  /** It takes turns with so many patterns, by `n` modulo this; the floor takes turns with the same ones. */
  readonly patterns?: number;
  make(n: number): { method: string; path: string; body?: unknown };
}

export const contactId = (n: number) =>
  `01900000-cccc-7000-8000-${(1 + (n % rows.contact)).toString(16).padStart(12, '0')}`;
export const accountId = (n: number) =>
  `01900000-aaaa-7000-8000-${(1 + (n % rows.account)).toString(16).padStart(12, '0')}`;
const opportunityId = (n: number) =>
  `01900000-dddd-7000-8000-${(1 + (n % rows.opportunity)).toString(16).padStart(12, '0')}`;
const get = (path: string) => ({ method: 'GET', path });
export const list = (query: Record<string, unknown>, object = 'contact') =>
  get(
    `/api/records/${object}?${new URLSearchParams(Object.fromEntries(Object.entries(query).map(([key, value]) => [key, typeof value === 'object' ? JSON.stringify(value) : String(value)])))}`,
  );

const sumByStage = {
  method: 'POST',
  path: '/api/records/opportunity/aggregate',
  body: { groupBy: ['stage'], measures: { total: { sum: 'amount' }, n: { count: true } } },
};
/** In what is written, so that it differs from what an earlier run left. */
const run = Date.now().toString(36);
const columns = 'name,jobTitle,account,emails,phones,owner,updatedAt';
const words = ['gal', 'petras', 'maria kaz', 'juan', 'domger', 'norrim', 'keloas', '600123', 'anna', 'bazu'];

/**
 * Reading comes first: the records that the writing ones leave are the newest, and a thousand of them are called "Marker".
 */
export function requests(deep: string): Request[] {
  return [
    {
      name: 'read one with its references',
      target: 0.6,
      count: 1500,
      make: (n) => get(`/api/records/contact/${contactId(n * 7919)}?expand=account,owner`),
    },
    {
      name: 'list of 50 by name, estimated total',
      target: 0.9,
      count: 1000,
      make: () => list({ sort: 'name', limit: 50, count: 'estimate', fields: columns }),
    },
    {
      name: 'list of 50 by name, references expanded',
      target: 1.5,
      count: 1000,
      make: () => list({ sort: 'name', limit: 50, count: 'estimate', fields: columns, expand: 'account,owner' }),
    },
    {
      name: 'contains, newest first',
      target: 3,
      count: 400,
      patterns: 4,
      make: (n) =>
        list({ filter: { lastName: { contains: ['galas', 'kaz', 'pet', 'mar'][n % 4] } }, limit: 50, fields: columns }),
    },
    {
      name: 'contains, newest first, rare hit',
      target: 3,
      count: 400,
      patterns: 4,
      make: (n) =>
        list({
          filter: { lastName: { contains: ['sersergal', 'dadada', 'zzqq', 'sergerser'][n % 4] } },
          limit: 50,
          fields: columns,
        }),
    },
    {
      name: 'page 80,000 rows deep',
      target: 0.9,
      count: 1000,
      make: () => list({ sort: 'name', limit: 50, fields: columns, cursor: deep }),
    },
    {
      name: 'search over all objects, one word',
      target: 6,
      p95: 20,
      count: 300,
      patterns: 10,
      make: (n) => get(`/api/search?q=${encodeURIComponent(words[n % words.length]!)}`),
    },
    {
      name: 'search over all objects, no hit',
      target: 6,
      p95: 20,
      count: 300,
      patterns: 10,
      // Another word each time, as people type.
      make: (n) => get(`/api/search?q=qz${String(n).replace(/\d/g, (digit) => 'bcdfghjkwx'[Number(digit)]!)}zq`),
    },
    {
      name: 'search over all objects, a typing error',
      target: 6,
      p95: 20,
      count: 300,
      patterns: 4,
      make: (n) => get(`/api/search?q=${['bakleoas', 'kebalaos', 'lobmaias', 'mikbeaas'][n % 4]}`),
    },
    {
      name: 'create a contact',
      target: 2,
      count: 400,
      make: (n) => ({
        method: 'POST',
        path: '/api/records/contact',
        body: {
          firstName: 'Bench',
          lastName: `Marker ${n}`,
          emails: `bench${n}@example.com`,
          phones: `+3706${String(1_000_000 + n)}`,
          account: accountId(n * 7919),
        },
      }),
    },
    {
      name: 'update one field',
      target: 1.5,
      count: 500,
      make: (n) => ({
        method: 'PATCH',
        path: `/api/records/contact/${contactId(n * 104_729)}`,
        body: { jobTitle: `Title ${n} ${run}` },
      }),
    },
    {
      name: 'sum of amount by stage',
      target: 60,
      count: 60,
      make: () => sumByStage,
    },
    {
      // The mean of both: what is kept of a sum is no use if every change costs it.
      name: 'an opportunity changes, sum of amount by stage',
      target: 60,
      count: 60,
      patterns: 2,
      make: (n) =>
        n % 2 === 0
          ? { method: 'PATCH', path: `/api/records/opportunity/${opportunityId(n * 7919)}`, body: { amount: 1000 + n } }
          : sumByStage,
    },
    {
      name: 'bulk create of 500',
      target: 100,
      count: 6,
      make: (n) => ({
        method: 'POST',
        path: '/api/records/contact/bulk',
        body: {
          create: Array.from({ length: 500 }, (_, i) => ({
            firstName: 'Bulk',
            lastName: `Row ${n} ${i}`,
            emails: `bulk${n}.${i}.${process.pid}@example.com`,
          })),
        },
      }),
    },
  ];
}

/** The floor meets other records than the request before it, which would find everything warm; divisible by all `patterns`. */
const FLOOR_FROM = 2_345_640;

/** Measures every request and its floor in turn; `only` picks by name. */
export async function benchRequests(million: Million, say: (line: string) => void, only?: string): Promise<Figure[]> {
  const server = await startServer('requests-server.ts', million);
  const figures: Figure[] = [];
  const deep = await deepCursor(server.port, million.key);
  const floor = await startServer('floor-server.ts', million, { BENCH_KEY: million.key, BENCH_DEEP: deep });
  try {
    for (const [index, request] of requests(deep).entries()) {
      if (only && !request.name.includes(only)) continue;
      const isBulk = request.name.startsWith('bulk');
      const single = await measure(server, million, request, 1);
      const bare: Request = {
        ...request,
        make: (n) => ({
          method: request.make(n).method === 'POST' ? 'POST' : 'GET',
          path: `/${index}/${n + FLOOR_FROM}`,
        }),
      };
      const least = isBulk ? null : await measure(floor, million, bare, 1);
      const many = request.count >= 300 ? await measure(server, million, request, 16) : null;
      const leastMany = many && least ? await measure(floor, million, bare, 16) : null;
      say(
        `${request.name.padEnd(42)} ${single.cpu.toFixed(2)} ms CPU (node ${single.node.toFixed(2)}, pg ${(single.cpu - single.node).toFixed(2)}; floor ${least?.cpu.toFixed(2) ?? '–'}), median ${single.median.toFixed(2)}, p95 ${single.p95.toFixed(2)}${many ? `, 16 clients ${many.rate.toFixed(0)}/s (floor ${leastMany?.rate.toFixed(0)})` : ''}`,
      );
      figures.push(
        figure(request.name, 'CPU ms/request', single.cpu, 'lower', request.target, least?.cpu),
        figure(request.name, 'median ms', single.median, 'lower', null, least?.median),
        figure(request.name, 'p95 ms', single.p95, 'lower', request.p95 ?? null, least?.p95),
      );
      if (many) {
        figures.push(
          figure(`${request.name}, 16 clients`, 'requests/s', many.rate, 'higher', null, leastMany?.rate),
          figure(`${request.name}, 16 clients`, 'p95 ms', many.p95, 'lower', null, leastMany?.p95),
          figure(`${request.name}, 16 clients`, 'CPU ms/request', many.cpu, 'lower', null, leastMany?.cpu),
        );
      }
      if (isBulk) figures.push(figure('bulk create', 'records/s', 500 / (single.median / 1000), 'higher', 5000));
    }
    const memory = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))![1]) / 1024;
    say(`server under load ${memory.toFixed(0)} MB RSS`);
    figures.push(figure('server process under load', 'MB RSS', memory, 'lower', 400));
  } finally {
    server.process.kill();
    floor.process.kill();
  }
  return figures;
}

export interface BenchServer {
  readonly process: ChildProcess;
  readonly port: number;
}

/** Starts a server in a process of its own, so that its CPU can be told from the clients'. */
export async function startServer(
  file: string,
  million: Million,
  environment: Record<string, string> = {},
): Promise<BenchServer> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    env: { ...process.env, ...environment, BENCH_CONNECTION: JSON.stringify(million.embedded.connection) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', (code) => reject(new Error(`The bench server ended with ${code}`)));
  });
  return { process: child, port };
}

export async function measure(server: BenchServer, million: Million, request: Request, clients: number) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  let number = clients === 1 ? 0 : 1_000_000;
  const one = async () => {
    const started = performance.now();
    await send(agent, server.port, million.key, request.make(number++));
    return performance.now() - started;
  };
  // Before it is measured, what it runs through is compiled, as it is on a server that has been up for a minute: after 300
  // requests an update still takes half as much CPU again of this process as after 2,000.
  for (let n = 0; n < Math.min(request.count * 4, 2_000); n++) await one();
  const before = cpuOf(server, million);
  const times: number[] = [];
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let n = 0; n < request.count / clients; n++) times.push(await one());
    }),
  );
  const elapsed = performance.now() - started;
  const after = cpuOf(server, million);
  agent.destroy();
  times.sort((a, b) => a - b);
  return {
    cpu: (after.node + after.postgres - before.node - before.postgres) / times.length,
    node: (after.node - before.node) / times.length,
    median: times[Math.floor(times.length / 2)]!,
    p95: times[Math.floor(times.length * 0.95)]!,
    rate: (times.length / elapsed) * 1000,
  };
}

export function send(
  agent: http.Agent,
  port: number,
  key: string,
  { method, path, body }: { method: string; path: string; body?: unknown },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = http.request(
      {
        agent,
        port,
        method,
        path,
        headers: {
          authorization: `Bearer ${key}`,
          ...(text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}),
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const answer = Buffer.concat(parts).toString();
          if (response.statusCode! >= 300)
            reject(new Error(`${method} ${path}: ${response.statusCode} ${answer.slice(0, 500)}`));
          else resolve(answer);
        });
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}

/** The cursor behind the 80,000th contact by name: walked to once, in pages of 500. */
async function deepCursor(port: number, key: string): Promise<string> {
  const agent = new http.Agent({ keepAlive: true });
  let cursor: string | null = null;
  for (let page = 0; page < Math.min(160, rows.contact / 500 - 1); page++) {
    const answer = await send(
      agent,
      port,
      key,
      list({ sort: 'name', limit: 500, fields: 'id', ...(cursor ? { cursor } : {}) }),
    );
    cursor = (JSON.parse(answer) as { next: string }).next;
  }
  agent.destroy();
  return cursor!;
}

/** CPU milliseconds so far, of the server process and of PostgreSQL with all its processes (those that ended included). */
export function cpuOf(server: BenchServer, million: Million): { node: number; postgres: number } {
  const postmaster = readFileSync(`${million.embedded.pgdata}/postmaster.pid`, 'utf8').split('\n')[0]!;
  let postgres = ticksOf(postmaster, true);
  for (const pid of readdirSync('/proc')) {
    if (/^\d+$/.test(pid) && parentOf(pid) === postmaster) postgres += ticksOf(pid, false);
  }
  return { node: ticksOf(String(server.process.pid), false) * 10, postgres: postgres * 10 };
}

function statOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
  } catch {
    return [];
  }
}

function parentOf(pid: string): string | undefined {
  return statOf(pid)[1];
}

/** User and system time in ticks of 10 ms; with those of ended children when asked. */
function ticksOf(pid: string, children: boolean): number {
  const stat = statOf(pid);
  return Number(stat[11] ?? 0) + Number(stat[12] ?? 0) + (children ? Number(stat[13] ?? 0) + Number(stat[14] ?? 0) : 0);
}
