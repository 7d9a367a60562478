import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Figure, figure } from './figure.ts';

const CLIENTS = 1_000;
const EVENTS = 60;

/** A thousand browsers on the feed: how fast they connect, how much each costs, when each hears of a single change. */
export async function benchLive(say: (line: string) => void): Promise<Figure[]> {
  say(`${CLIENTS} clients on the live feed`);
  const server = fork(fileURLToPath(new URL('live-server.ts', import.meta.url)), { execArgv: ['--expose-gc'] });
  const answer = async () => (await once(server, 'message'))[0] as unknown;
  const { url, keys } = (await answer()) as { url: string; keys: string[] };
  const memory = async () => {
    server.send('memory');
    return (await answer()) as number;
  };
  const heardAt: number[] = [];
  const open = (number: number) =>
    new Promise<IncomingMessage>((connected, failed) => {
      const headers = { authorization: `Bearer ${keys[number % keys.length]}` };
      get(`${url}/api/live`, { headers, agent: false }, (response) => {
        response.on('data', (bytes: Buffer) => {
          if (bytes.includes('event: ready')) connected(response);
          if (bytes.includes('event: change')) heardAt.push(performance.now());
        });
      }).once('error', failed);
    });
  const create = (name: string) =>
    fetch(`${url}/api/records/account`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys[0]}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    }).then((response) => response.text());

  try {
    // What every server comes to hold, so that it does not count as the clients'.
    const warm = await Promise.all(Array.from({ length: 20 }, (_, number) => open(number)));
    for (let n = 0; n < 40; n++) await create(`Warm ${n}`);
    for (const response of warm) response.destroy();
    await sleep(1_000);
    const before = await memory();
    const started = performance.now();
    const clients: IncomingMessage[] = [];
    while (clients.length < CLIENTS) {
      clients.push(...(await Promise.all(Array.from({ length: 50 }, (_, n) => open(clients.length + n)))));
    }
    const connecting = (performance.now() - started) / 1_000;
    await sleep(1_000);
    const each = ((await memory()) - before) / CLIENTS / 1_000;

    const delays: number[] = [];
    for (let n = 0; n < EVENTS; n++) {
      heardAt.length = 0;
      const sent = performance.now();
      await create(`Event ${n}`);
      for (const end = performance.now() + 5_000; heardAt.length < CLIENTS && performance.now() < end; ) await sleep(5);
      if (heardAt.length < CLIENTS) throw new Error(`Only ${heardAt.length} of ${CLIENTS} clients heard of a change`);
      delays.push(...heardAt.map((at) => at - sent));
      await sleep(100);
    }
    delays.sort((a, b) => a - b);
    const at = (share: number) => delays[Math.floor(delays.length * share)]!;
    for (const client of clients) client.destroy();
    return [
      figure(`live feed: ${CLIENTS} clients connect`, 's', connecting, 'lower', 5),
      figure(`live feed: a change is saved and heard by ${CLIENTS} clients, median`, 'ms', at(0.5), 'lower', 100),
      figure(`live feed: a change is saved and heard by ${CLIENTS} clients, p99`, 'ms', at(0.99), 'lower', 250),
      figure(`live feed: memory of each of ${CLIENTS} clients`, 'kB', each, 'lower', 30),
    ];
  } finally {
    server.send('stop');
    await once(server, 'exit');
  }
}
