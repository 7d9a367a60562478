import { randomUUID } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportHouse } from '#kernel/transfer/import/engine.ts';
import { configureImport, createImport, queueImport } from '#kernel/transfer/import/imports.ts';
import { type RunOptions, runImport } from '#kernel/transfer/import/run.ts';
import type { ImportSettings } from '#kernel/transfer/import/settings.ts';
import type { Import } from '#kernel/transfer/import/store.ts';
import type { TestWorkspace } from '#test/build.ts';

type Somebody = Pick<TestWorkspace, 'runtime' | 'workspace' | 'principal'>;

export function houseOf({ runtime, workspace, principal }: Somebody): ImportHouse {
  return {
    workspace: () => runtime.workspace(workspace.id),
    folder: join(runtime.dataFolder, 'imports'),
    principal: async () => principal,
  };
}

export async function uploaded(
  test: Somebody,
  object: string,
  content: string | Uint8Array,
  fileName = 'file.csv',
): Promise<Import> {
  const house = houseOf(test);
  await mkdir(house.folder, { recursive: true });
  const path = randomUUID();
  await writeFile(join(house.folder, path), content);
  const { size } = await stat(join(house.folder, path));
  return createImport(house, test.principal, { object, fileName, path, size });
}

/** Uploads, configures and runs. */
export async function imported(
  test: Somebody,
  object: string,
  content: string | Uint8Array,
  settings: Partial<ImportSettings> = {},
  options: RunOptions = {},
): Promise<Import> {
  const { id } = await uploaded(test, object, content);
  const workspace = await test.runtime.workspace(test.workspace.id);
  await configureImport(workspace, test.principal, id, { settings });
  await queueImport(workspace, test.principal, id, ['ready']);
  return runImport(houseOf(test), id, options);
}
