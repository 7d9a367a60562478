import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { Figure } from './figure.ts';

/**
 * `npm run bench [-- name …]`: measures, and writes `results.json` for programs and `RESULTS.md` for people. With names only
 * those suites run and their figures replace the old ones; `requests:contains` takes of the requests those named so, `channels:inbox`
 * of the channels the inbox.
 */
const suites: Record<string, (say: (line: string) => void, only?: string) => Promise<Figure[]>> = {
  requests: async (say, only) => {
    const { openMillion } = await import('./million.ts');
    const { benchRequests } = await import('./requests.ts');
    const million = await openMillion(say);
    try {
      return await benchRequests(million, say, only);
    } finally {
      await million.stop();
    }
  },
  access: async (say) => {
    const { openMillion } = await import('./million.ts');
    const { benchAccess } = await import('./access.ts');
    const million = await openMillion(say);
    try {
      return await benchAccess(million, say);
    } finally {
      await million.stop();
    }
  },
  import: async (say) => (await import('./import.ts')).benchImport(say),
  screens: async (say) => {
    const { openMillion } = await import('./million.ts');
    const { benchScreens } = await import('./screens.ts');
    const million = await openMillion(say);
    try {
      return await benchScreens(million, say);
    } finally {
      await million.stop();
    }
  },
  start: async (say) => (await import('./start.ts')).benchStart(say),
  channels: async (say, only) => (await import('./channels.ts')).benchChannels(say, only),
  mailbox: async (say) => (await import('./mailbox.ts')).benchMailbox(say),
  live: async (say) => (await import('./live.ts')).benchLive(say),
};

const wanted = process.argv.slice(2);
const file = resolve(import.meta.dirname, 'results.json');
const figures = new Map<string, Figure>();
for (const figure of known()) figures.set(`${figure.name} ${figure.unit}`, figure);

for (const [name, suite] of Object.entries(suites)) {
  const [, only] = wanted.map((text) => text.split(':')).find(([suite]) => suite === name) ?? [];
  if (wanted.length > 0 && !wanted.some((text) => text.split(':')[0] === name)) continue;
  process.stdout.write(`\n${name}\n`);
  for (const figure of await suite((line) => process.stdout.write(`  ${line}\n`), only))
    figures.set(`${figure.name} ${figure.unit}`, figure);
}
writeFileSync(file, `${JSON.stringify([...figures.values()], null, 2)}\n`);
writeFileSync(resolve(import.meta.dirname, 'RESULTS.md'), report([...figures.values()]));

function known(): Figure[] {
  if (wanted.length === 0) return [];
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Figure[];
  } catch {
    return [];
  }
}

function report(all: readonly Figure[]): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 1024 ** 3)} GB`;
  const lines = all.map(({ name, unit, value, target, floor, better }) => {
    const met = target === null ? '' : (better === 'lower' ? value <= target : value >= target) ? 'yes' : '**no**';
    return `| ${name} | ${unit} | ${value} | ${floor ?? ''} | ${target === null ? '' : `${better === 'lower' ? '≤' : '≥'} ${target}`} | ${met} |`;
  });
  return `# Figures

Measured ${new Date().toISOString().slice(0, 10)} at ${commit} on ${machine}, Node ${process.version}, by \`npm run bench\`, load
average ${loadavg()[2]!.toFixed(1)} (${cpus().length} means all cores busy, more means waiting: figures then are several times too high). The machine is shared:
compare a figure with its floor, which was measured in the same run with the same SQL, prepared, sent by a bare driver from a
bare HTTP server. CPU is that of the server and of PostgreSQL together.

| what | unit | value | floor | target | met |
|---|---|---|---|---|---|
${lines.join('\n')}
`;
}
