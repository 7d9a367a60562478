import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '#app/exit-codes.ts';
import { queueRecompute } from '#app/recompute.ts';
import { translator } from '#kernel/i18n/translate.ts';
import type { OneChange } from '#kernel/object/change-overlay.ts';
import type { Problem } from '#kernel/problems/problem.ts';
import {
  type ConfigurationFiles,
  compareConfiguration,
  type Difference,
  readConfiguration,
  writeConfiguration,
} from '#kernel/workspace/configuration.ts';
import { changeDefinitions } from '#kernel/workspace/definitions.ts';
import { readOverlay } from '#kernel/workspace/workspace.ts';
import type { Call, Command } from './command.ts';
import { personOf } from './person.ts';

const words = { least: 1, most: 1 };
const email = {
  type: 'string',
  value: '<address>',
  about: 'The administrator whose name stands in the history (the first one)',
} as const;

export const exportConfiguration: Command = {
  usage: '<folder>',
  summary: 'Write what administrators made of the workspace as files, one for each object',
  details: 'Objects, fields, labels, options and layouts, for a repository. Records, people and secrets are no part.',
  words,
  async run(call) {
    const { database, workspace } = await open(call);
    const files = writeConfiguration(await readOverlay(database, workspace.schema));
    const folder = call.path(call.words[0]!);
    // What is no longer part of it must not come back with the next apply.
    await rm(join(folder, 'objects'), { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    call.print(`${Object.keys(files).length} files in ${folder}`);
    return { folder, files: Object.keys(files) };
  },
};

export const compareWithFolder: Command = {
  usage: '<folder>',
  summary: 'Say what a configuration would change here',
  words,
  async run(call) {
    const difference = await differenceOf(call, await open(call));
    tell(call, difference);
    return told(difference);
  },
};

export const applyFolder: Command = {
  usage: '<folder> [--email <address>]',
  summary: 'Make the workspace as a configuration says: all of it or nothing',
  details: 'What the configuration does not have is removed, and can be brought back with all its values.',
  options: { email },
  words,
  async run(call) {
    const opened = await open(call);
    const difference = await differenceOf(call, opened);
    tell(call, difference);
    if (difference.refused.length > 0) throw new UsageError('Nothing was changed: see what stands in the way above.');
    if (difference.changes.length > 0) {
      const { userId } = opened.principal;
      await changeDefinitions(
        opened.database,
        opened.workspace,
        { kind: 'several', changes: difference.changes },
        {
          shipped: opened.shipped,
          userId,
          onDerived: (connection, { id }, changes) => queueRecompute(connection, id, changes, userId),
        },
      );
      call.print(`${difference.changes.length} changes applied.`);
    }
    return told(difference);
  },
};

async function open(call: Call) {
  const runtime = await call.runtime();
  const person = await personOf(runtime, call.text('email'));
  const { id } = person.workspace;
  return { ...runtime, ...person, workspace: { ...(await runtime.workspace(id)), id } };
}

async function differenceOf(
  call: Call,
  { database, workspace, shipped }: Awaited<ReturnType<typeof open>>,
): Promise<Difference> {
  const wanted = readConfiguration(await readFolder(call.path(call.words[0]!)));
  return compareConfiguration(database, workspace, shipped, wanted);
}

async function readFolder(folder: string): Promise<ConfigurationFiles> {
  const read = async (path: string): Promise<[string, string]> => [path, await readFile(join(folder, path), 'utf8')];
  const names = await readdir(join(folder, 'objects')).catch(() => []);
  const paths = [
    'configuration.json',
    ...names.filter((name) => name.endsWith('.json')).map((name) => `objects/${name}`),
  ];
  try {
    return Object.fromEntries(await Promise.all(paths.map(read)));
  } catch (error) {
    throw new UsageError(`There is no configuration in ${folder}: ${(error as Error).message}`);
  }
}

function tell(call: Call, { changes, refused }: Difference): void {
  for (const change of changes) call.print(`${sign(change)} ${nameOf(change)}`);
  for (const { change, problem } of refused) call.print(`! ${nameOf(change)}: ${reason(problem)}`);
  if (changes.length + refused.length === 0) call.print('They are the same.');
}

function told({ version, changes, refused }: Difference) {
  return {
    version,
    changes,
    refused: refused.map(({ change, problem }) => ({ change, code: problem.code, errors: problem.errors })),
  };
}

function sign({ kind }: OneChange): string {
  if (kind.startsWith('add') || kind.startsWith('restore')) return '+';
  return kind.startsWith('remove') ? '-' : '~';
}

function nameOf(change: OneChange): string {
  const object = change.kind === 'addObject' ? change.definition.name : change.object;
  const name = 'name' in change ? `${object}.${change.name}` : object;
  const settings = 'changes' in change ? ` (${Object.keys(change.changes).join(', ')})` : '';
  return `${name}${settings}`;
}

function reason(problem: Problem): string {
  const say = translator('en');
  const errors = problem.errors.map(({ field, code, params }) => `${field}: ${say(code, params)}`);
  return errors.join(' ') || say(`problem.${problem.code}.title`, problem.params);
}
