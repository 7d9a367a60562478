/**
 * `npm run -s tendero -- <command>`. Works on the same data as the server (TENDERO_DATA, DATABASE_URL), whether or not it
 * runs. The answer goes to stdout, with `--json` as one JSON document; everything else to stderr. Exit codes:
 * app/exit-codes.ts.
 */
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, exitCodes, isForeseen, lineOf, UsageError } from '#app/exit-codes.ts';
import { keepHeapSmall } from '#app/heap.ts';
import { onceASecond } from '#app/progress.ts';
import { type DatabaseServer, openServer, type Started, startRuntime } from '#app/start.ts';
import type { Call, Command } from './command.ts';
import { commands } from './commands.ts';

enableCompileCache();
keepHeapSmall();

class StoppedError extends Error {
  override readonly message = 'Stopped.';
}

const everywhere = {
  json: { type: 'boolean', about: 'Answer with one JSON document' },
  help: { type: 'boolean', short: 'h', about: 'Show this help' },
} as const;

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(exitCodes.failed);
    interruption.abort(new StoppedError());
  });
}

const args = process.argv.slice(2);
const isJson = args.includes('--json');
const ends: (() => Promise<void>)[] = [];
let exitCode: number = exitCodes.done;
try {
  await main();
} catch (error) {
  exitCode = exitCodeOf(error);
  await complain(error);
}
for (const end of ends.reverse()) await end().catch(() => {});
// Nothing that a library left open keeps the terminal waiting, but what was printed has to arrive.
process.stdout.write('', () => process.exit(exitCode));

async function main(): Promise<void> {
  const name = [args.slice(0, 2).join(' '), args[0] ?? ''].find((name) => name in commands);
  if (name === undefined) {
    const asked = args.filter((arg) => !arg.startsWith('-'));
    const related = Object.keys(commands).filter((name) => name.startsWith(`${asked[0]} `));
    if (related.length > 0) throw new UsageError(`Use one of: ${related.join(', ')}.`);
    if (asked.length > 0 && asked[0] !== 'help')
      throw new UsageError(`There is no command "${asked.slice(0, 2).join(' ')}". Try --help.`);
    process.stdout.write(await overview());
    return;
  }
  const command = await commands[name]!();
  const given = parse(command, args.slice(name.split(' ').length));
  if (given.values.help) {
    process.stdout.write(helpOf(name, command));
    return;
  }
  const { least, most } = command.words ?? { least: 0, most: 0 };
  if (given.words.length < least || given.words.length > most)
    throw new UsageError(`Use it so: tendero ${name} ${command.usage}`);
  const result = await untilInterrupted(command.run(callOf(given)));
  if (isJson) process.stdout.write(`${JSON.stringify(result ?? null)}\n`);
}

interface Given {
  values: Record<string, unknown>;
  words: string[];
}

function parse(command: Command, rest: string[]): Given {
  try {
    const { values, positionals } = parseArgs({
      args: rest,
      options: { ...command.options, ...everywhere },
      allowPositionals: true,
    });
    return { values, words: positionals };
  } catch (error) {
    throw new UsageError(lineOf(error));
  }
}

function callOf({ values, words }: Given): Call {
  const { TENDERO_DATA = 'data', DATABASE_URL } = process.env;
  const dataFolder = resolve(TENDERO_DATA);
  const progress = onceASecond((line) => process.stderr.write(`${line}\n`));
  const options = { dataFolder, databaseUrl: DATABASE_URL || undefined, onProgress: progress };
  let started: Promise<Started> | undefined;
  let server: Promise<DatabaseServer> | undefined;
  const text = (option: string) => values[option] as string | undefined;
  return {
    words,
    dataFolder,
    signal: interruption.signal,
    text,
    needed(option) {
      const value = text(option);
      if (value === undefined || value.trim() === '') throw new UsageError(`--${option} is missing.`);
      return value;
    },
    flag: (option) => values[option] === true,
    // npm runs the program in the project's folder and tells where the person was.
    path: (name) => resolve(process.env.npm_lifecycle_event === 'tendero' ? (process.env.INIT_CWD ?? '') : '', name),
    async runtime({ upgrade = 'ask' } = {}) {
      if (!started) {
        started = startRuntime({ ...options, own: false, upgrade });
        const { stop } = await started;
        ends.push(stop);
      }
      return (await started).runtime;
    },
    async server() {
      if (!server) {
        server = openServer({ ...options, own: false });
        const { stop } = await server;
        ends.push(stop);
      }
      return server;
    },
    print(line) {
      if (!isJson) process.stdout.write(`${line}\n`);
    },
    fail() {
      exitCode = exitCodes.failed;
    },
    progress,
  };
}

/** Ctrl-C ends a command that does not look at its signal: what it had in hand is rolled back. */
async function untilInterrupted<T>(work: Promise<T>): Promise<T> {
  const { signal } = interruption;
  const interrupted = new Promise<never>((_, refuse) => signal.addEventListener('abort', () => refuse(signal.reason)));
  return Promise.race([work, interrupted]);
}

async function complain(error: unknown): Promise<void> {
  const { message, errors, code } = await inWords(error);
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ error: { code, message, errors, exitCode } })}\n`);
    return;
  }
  const details = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  process.stderr.write(`${details ? `${message} ${details}` : message}\n`);
}

async function inWords(
  error: unknown,
): Promise<{ code: string; message: string; errors: { field: string; code: string; message: string }[] }> {
  const { Problem } = await import('#kernel/problems/problem.ts');
  if (error instanceof Problem) {
    const { translator } = await import('#kernel/i18n/translate.ts');
    const words = translator('en');
    return {
      code: error.code,
      message: words(`problem.${error.code}.detail`, error.params),
      errors: error.errors.map(({ field, code, params }) => ({ field, code, message: words(code, params) })),
    };
  }
  const { code, name } = error as { code?: unknown; name?: string };
  const { TransferError } = await import('#kernel/transfer/errors.ts');
  if (error instanceof TransferError) {
    const { translator } = await import('#kernel/i18n/translate.ts');
    return {
      code: `transfer.${error.code}`,
      message: translator('en')(`transfer.${error.code}`, error.params),
      errors: [],
    };
  }
  // A mistake in the program shows where it is, so that it can be reported; a file that is missing is none.
  if (!isForeseen(error) && !isJson && !(error instanceof StoppedError) && !isOfSystem(error))
    process.stderr.write(`${(error as Error).stack}\n`);
  return {
    code: error instanceof UsageError ? 'usage' : typeof code === 'string' ? code : (name ?? 'internal'),
    message: lineOf(error),
    errors: [],
  };
}

function isOfSystem(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined;
}

async function overview(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(commands).map(async ([name, load]) => `  ${name.padEnd(14)}${(await load()).summary}`),
  );
  return `Tendero on the command line: npm run -s tendero -- <command>

${lines.join('\n')}

Each command explains itself with --help and answers programs with --json.
`;
}

function helpOf(name: string, { summary, usage, details, options = {} }: Command): string {
  const lines = Object.entries({ ...options, ...everywhere }).map(([option, { about, ...shape }]) => {
    const value = 'value' in shape && shape.value ? ` ${shape.value}` : '';
    return `  ${`--${option}${value}`.padEnd(26)}${about}`;
  });
  return `tendero ${name} ${usage}\n\n${summary}\n${details ? `${details}\n` : ''}\n${lines.join('\n')}\n`;
}
