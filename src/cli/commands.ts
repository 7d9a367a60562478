import type { Command } from './command.ts';

/** Every command, loaded when it is called. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  setup: async () => (await import('./setup.ts')).setup,
  'key create': async () => (await import('./keys.ts')).createKeyCommand,
  'key list': async () => (await import('./keys.ts')).listKeys,
  'key revoke': async () => (await import('./keys.ts')).revokeKey,
  password: async () => (await import('./password.ts')).password,
  'sign-in reset': async () => (await import('./sign-in.ts')).resetSignIn,
  import: async () => (await import('./import.ts')).importCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  duplicates: async () => (await import('./duplicates.ts')).duplicates,
  'config export': async () => (await import('./config.ts')).exportConfiguration,
  'config diff': async () => (await import('./config.ts')).compareWithFolder,
  'config apply': async () => (await import('./config.ts')).applyFolder,
  'audit verify': async () => (await import('./audit.ts')).verifyAudit,
  backup: async () => (await import('./backup.ts')).backup,
  restore: async () => (await import('./restore.ts')).restore,
  upgrade: async () => (await import('./upgrade.ts')).upgrade,
  status: async () => (await import('./status.ts')).status,
};
