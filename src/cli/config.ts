import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  applyConfiguration,
  type ConfigurationChange,
  compareConfiguration,
  configurationFilesOf,
  type Difference,
  nameOfChange,
  parseConfiguration,
} from '#app/configuration.ts';
import { UsageError } from '#app/exit-codes.ts';
import { translator } from '#kernel/i18n/translate.ts';
import type { Problem } from '#kernel/problems/problem.ts';
import { CONFIGURATION_FILES, type ConfigurationFiles } from '#kernel/workspace/configuration.ts';
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
  details:
    'Objects, fields, labels, options, layouts, pipelines, shared views and rates, for a repository. What people work with, people themselves and secrets are no part.',
  words,
  async run(call) {
    const { runtime, person } = await open(call);
    const files = await configurationFilesOf(runtime, person);
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
    const opened = await open(call);
    const difference = await compareConfiguration(opened.runtime, opened.person, await wantedIn(call, opened));
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
    const wanted = await wantedIn(call, opened);
    const difference = await compareConfiguration(opened.runtime, opened.person, wanted);
    tell(call, difference);
    if (difference.refused.length > 0) throw new UsageError('Nothing was changed: see what stands in the way above.');
    if (difference.changes.length > 0) {
      await applyConfiguration(opened.runtime, opened.person, wanted, difference.version);
      call.print(`${difference.changes.length} changes applied.`);
    }
    return told(difference);
  },
};

async function open(call: Call) {
  const runtime = await call.runtime();
  return { runtime, person: await personOf(runtime, call.text('email')) };
}

async function wantedIn(call: Call, { runtime }: Awaited<ReturnType<typeof open>>) {
  return parseConfiguration(runtime, await readFolder(call.path(call.words[0]!)));
}

async function readFolder(folder: string): Promise<ConfigurationFiles> {
  const read = async (path: string): Promise<[string, string]> => [path, await readFile(join(folder, path), 'utf8')];
  const list = (path: string) => readdir(join(folder, path)).catch((): string[] => []);
  const [header, ...others] = CONFIGURATION_FILES;
  const beside = await list('.');
  const paths = [
    header,
    ...others.filter((name) => beside.includes(name)),
    ...(await list('objects')).filter((name) => name.endsWith('.json')).map((name) => `objects/${name}`),
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

function sign({ kind }: ConfigurationChange): string {
  if (kind.startsWith('add') || kind.startsWith('restore')) return '+';
  return kind.startsWith('remove') ? '-' : '~';
}

function nameOf(change: ConfigurationChange): string {
  const settings = 'changes' in change ? ` (${Object.keys(change.changes).join(', ')})` : '';
  return `${nameOfChange(change)}${settings}`;
}

function reason(problem: Problem): string {
  const say = translator('en');
  const errors = problem.errors.map(({ field, code, params }) => `${field}: ${say(code, params)}`);
  return errors.join(' ') || say(`problem.${problem.code}.title`, problem.params);
}
