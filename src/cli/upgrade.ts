import { upgradeOptions } from '#app/start.ts';
import { stepsToCome, upgradeContents } from '#app/upgrades/upgrade.ts';
import { planUpgrade, upgradeWorkspaces } from '#kernel/workspace/upgrade.ts';
import type { Command } from './command.ts';

export const upgrade: Command = {
  usage: '[--check]',
  summary: 'Bring the tables of all workspaces to this version, after a backup',
  details: 'The server does this by itself when it starts. Killed at any moment, the next call continues.',
  options: { check: { type: 'boolean', about: 'Only say what would be done, and whether the data allows it' } },
  async run(call) {
    const runtime = await call.runtime({ upgrade: 'leave' });
    const { database, shipped, dataFolder } = runtime;
    const due = [...(await planUpgrade(database, shipped)), ...(await stepsToCome(runtime))];
    if (due.length === 0) call.print('Everything is up to date.');
    if (call.flag('check')) {
      for (const { slug, steps } of due) call.print(`${slug}:\n${steps.map((step) => `  ${step}`).join('\n')}`);
      return { due };
    }
    const upgraded = await upgradeWorkspaces(database, shipped, upgradeOptions(database, dataFolder, call.progress));
    await upgradeContents(runtime, call.progress);
    if (upgraded.length > 0) call.print(`Upgraded: ${upgraded.join(', ')}`);
    return { upgraded };
  },
};
