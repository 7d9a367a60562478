/**
 * Asks the registry whether a dependency that runs in production has a known hole; fails on a high or critical one. Where
 * the registry cannot be asked, it says so and fails nothing: no network is no hole.
 */
import { execFile } from 'node:child_process';

const { npm_execpath: npm } = process.env;
const words = ['audit', '--omit=dev', '--audit-level=high', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];
const [program, args] = npm?.endsWith('.js') ? [process.execPath, [npm, ...words]] : ['npm', words];

execFile(program, args, { maxBuffer: 64 * 1024 ** 2, timeout: 60_000 }, (error, stdout, stderr) => {
  const answer = parse(stdout);
  const counts = answer?.metadata?.vulnerabilities;
  if (!counts) {
    const reason = answer?.message ?? answer?.error?.summary ?? stderr.trim().split('\n')[0] ?? error?.message;
    console.log(`NOT CHECKED: the registry cannot be asked (${reason || 'no answer'}).`);
    return;
  }
  const bad = Object.values(answer.vulnerabilities ?? {}).filter(({ severity }) => /^(high|critical)$/.test(severity));
  for (const { name, severity, range, fixAvailable } of bad)
    console.log(`${severity}: ${name} ${range}${fixAvailable ? ', a fix is available' : ''}`);
  console.log(`${counts.total} known holes in production dependencies, ${bad.length} of them high or critical.`);
  if (bad.length > 0) process.exitCode = 1;
});

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
