import { UsageError } from '#app/exit-codes.ts';
import { type Verification, verifyEvents } from '#kernel/audit/verify.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { listWorkspaces } from '#kernel/workspace/workspace.ts';
import type { Command } from './command.ts';

const reasons: Readonly<Record<NonNullable<Verification['fault']>['reason'], string>> = {
  changed: 'it is not what was sealed',
  missing: 'it is not there',
  added: 'there is another one in its place',
  erased: 'its data are gone, and no event tells of that',
  seal: 'the seals do not fit one another from here on',
  signature: 'it was not sealed with the key of this data folder',
  head: 'the chain ends here without the seal that was expected',
};

export const verifyAudit: Command = {
  usage: '[--workspace <slug>] [--expect <head>]',
  summary: 'Prove that no event was changed, removed, added or put elsewhere',
  details:
    'Compares every event with its seal, and the seals with one another; ends with code 1 and the first event that does not fit. Keep the head that it prints elsewhere: with --expect a later run proves that the end was not cut off.',
  options: {
    workspace: { type: 'string', value: '<slug>', about: 'Only this one (all)' },
    expect: { type: 'string', value: '<head>', about: 'A head that was printed before: the chain must hold it' },
  },
  async run(call) {
    const runtime = await call.runtime({ upgrade: 'leave' });
    const secrets = await openSecrets(call.dataFolder);
    const slug = call.text('workspace');
    const chosen = (await listWorkspaces(runtime.database)).filter((one) => slug === undefined || one.slug === slug);
    if (chosen.length === 0) throw new UsageError(`There is no workspace "${slug}".`);
    const expected = call.text('expect');
    if (expected !== undefined && chosen.length > 1)
      throw new UsageError('A head is that of one workspace: say which with --workspace.');
    const results: (Verification & { workspace: string })[] = [];
    for (const { id, slug: name } of chosen) {
      const result = await verifyEvents(await runtime.workspace(id), secrets, {
        expected,
        signal: call.signal,
        progress: (done, total) => call.progress(`${name}: ${done} of ${total} events`),
      });
      results.push({ workspace: name, ...result });
      const { fault, events, unsealed, erased, head } = result;
      if (fault) {
        call.fail();
        call.print(`${name}: event ${fault.position} does not fit: ${reasons[fault.reason]}.`);
      } else {
        call.print(
          `${name}: ${events} events fit, ${unsealed} of them not sealed yet, ${erased} with their data erased.`,
        );
        if (head) call.print(`  head ${head}`);
      }
    }
    return { workspaces: results };
  },
};
