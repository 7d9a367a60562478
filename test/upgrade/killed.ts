/**
 * The upgrade in a process that kills itself after some steps, as a power cut would:
 *
 *   node test/upgrade/killed.ts <data folder> <steps> [more]
 *
 * With `more`, to what a next version might ship: there is something to do also when the definitions are as they were.
 */
import { startRuntime } from '#app/start.ts';
import type { ObjectDefinition } from '#kernel/object/definition.ts';
import { upgradeWorkspaces } from '#kernel/workspace/upgrade.ts';

const [dataFolder = '', most, more] = process.argv.slice(2);

const { runtime, stop } = await startRuntime({ dataFolder, own: true, upgrade: 'leave' });
let steps = 0;
await upgradeWorkspaces(runtime.database, more ? runtime.shipped.map(extended) : runtime.shipped, {
  onProgress: () => ++steps > Number(most) && process.kill(process.pid, 'SIGKILL'),
});
await stop();

/** A field of each kind more: with a value for all records, indexed, searched, computed. */
function extended(definition: ObjectDefinition): ObjectDefinition {
  return {
    ...definition,
    fields: {
      ...definition.fields,
      upgradedMark: { type: 'select', required: true, default: 'old', index: true, options: [{ value: 'old' }] },
      upgradedText: { type: 'text', search: true, index: true },
      upgradedSum: { type: 'formula', returns: 'text', formula: 'concat(upgradedText, "!")', index: true },
    },
  };
}
