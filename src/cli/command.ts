import type { ParseArgsOptionDescriptor } from 'node:util';
import type { Runtime } from '#app/runtime.ts';
import type { DatabaseServer } from '#app/start.ts';

/** One command of `tendero`: a file in this folder and a line in `commands.ts`. */
export interface Command {
  /** What stands behind the command's name: `<file> [--force]`. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More for its own `--help`: what it needs, what it answers. */
  readonly details?: string;
  readonly options?: Readonly<Record<string, Option>>;
  /** How many words it takes beside its options. */
  readonly words?: { readonly least: number; readonly most: number };
  /** Its result is what `--json` prints. */
  run(call: Call): Promise<unknown>;
}

export interface Option extends ParseArgsOptionDescriptor {
  readonly about: string;
  /** Shown in the help: `<address>`. */
  readonly value?: string;
}

export interface Call {
  readonly words: readonly string[];
  text(option: string): string | undefined;
  /** @throws UsageError when it was not given */
  needed(option: string): string;
  flag(option: string): boolean;
  /** A file as the person named it, seen from where they stand. */
  path(name: string): string;
  /** The database, brought up to date, and all definitions; ended by itself when the command is done. */
  runtime(options?: { upgrade?: 'apply' | 'ask' | 'leave' }): Promise<Runtime>;
  /** The database as it is, for what replaces it. */
  server(): Promise<DatabaseServer>;
  readonly dataFolder: string;
  /** A line of the answer; nothing with `--json`. */
  print(line: string): void;
  /** There is an answer, and it is a bad one: the program ends with code 1. */
  fail(): void;
  /** What takes long says so, on stderr, once a second at most. */
  progress(line: string): void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
