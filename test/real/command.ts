import type { Runtime } from '#app/runtime.ts';
import type { Call, Command } from '../../src/cli/command.ts';

/** Runs a command of the command line in this process, on a runtime of the test. */
export async function runCommand(
  runtime: Runtime,
  command: Command,
  words: string[],
  options: Record<string, string | boolean> = {},
): Promise<Record<string, unknown>> {
  const call: Call = {
    words,
    text: (name) => (typeof options[name] === 'string' ? options[name] : undefined),
    needed: (name) => String(options[name]),
    flag: (name) => options[name] === true,
    path: (name) => name,
    runtime: async () => runtime,
    server: async () => {
      throw new Error('no command of these tests needs the server alone');
    },
    dataFolder: runtime.dataFolder,
    print: () => {},
    fail: () => {},
    progress: () => {},
    signal: new AbortController().signal,
  };
  return (await command.run(call)) as Record<string, unknown>;
}
