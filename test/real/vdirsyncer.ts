/** Debian's vdirsyncer as a device with an address book: a folder of cards, kept in step with a server. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { hasServer } from '../debian.ts';

/** Why there is none here; false when there is: `test(name, { skip: noVdirsyncer }, …)`. */
export const noVdirsyncer = hasServer(
  'vdirsyncer',
  ['vdirsyncer'],
  'The address book',
  () => spawnSync('vdirsyncer', ['--version']).status === 0,
)
  ? false
  : 'no vdirsyncer';

export interface Device {
  /** @returns what it printed; @throws when it failed and `mayFail` is not set */
  sync(mayFail?: boolean): Promise<string>;
  /** File name → card. */
  cards(): Map<string, string>;
  write(name: string, card: string): void;
  remove(name: string): void;
}

/** @param conflict who wins: `a` the device, `b` the server; neither: the conflict is told */
export function newDevice(url: string, password: string, conflict: 'a wins' | 'b wins' | null = null): Device {
  const folder = mkdtempSync(join(tmpdir(), 'tendero-vdirsyncer-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const cards = join(folder, 'cards', 'contacts');
  mkdirSync(cards, { recursive: true });
  const config = join(folder, 'config');
  writeFileSync(
    config,
    `
[general]
status_path = "${folder}/status/"
[pair book]
a = "device"
b = "server"
collections = ["contacts"]
conflict_resolution = ${conflict ? `"${conflict}"` : 'null'}
[storage device]
type = "filesystem"
path = "${folder}/cards/"
fileext = ".vcf"
[storage server]
type = "carddav"
url = "${url}"
username = "rasa@example.com"
password = "${password}"
`,
  );
  const run = (...args: string[]) =>
    new Promise<{ code: number | null; said: string }>((done) => {
      const child = spawn('vdirsyncer', ['-v', 'WARNING', '-c', config, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part));
      child.stdin.end('y\ny\ny\n');
      child.once('close', (code) => done({ code, said }));
    });
  let isKnown = false;
  return {
    async sync(mayFail = false) {
      for (const command of isKnown ? ['sync'] : ['discover', 'sync']) {
        const { code, said } = await run(command);
        if (code !== 0 && !mayFail) throw new Error(`vdirsyncer ${command}: ${said}`);
        if (command === 'sync') return said;
        isKnown = true;
      }
      return '';
    },
    cards: () => new Map(readdirSync(cards).map((name) => [name, readFileSync(join(cards, name), 'utf8')])),
    write: (name, card) => writeFileSync(join(cards, name), card.replaceAll(/\r?\n/g, '\r\n')),
    remove: (name) => rmSync(join(cards, name)),
  };
}
