import { join } from 'node:path';
import { isAllowed, type Principal } from '../../access/access.ts';
import { objectOf } from '../../object/model.ts';
import { Problem } from '../../problems/problem.ts';
import { type Door, envOf, type Workspace } from '../../records/door.ts';
import { type ImportSource, openSource } from '../source.ts';
import { compileColumns } from './columns.ts';
import type { Preparation, SourceRow } from './prepare.ts';
import { referenceResolver } from './references.ts';
import { checkSettings, keysOfSettings } from './settings.ts';
import type { Fixes, Import } from './store.ts';
import { parseTarget, type Target } from './targets.ts';

/** What imports work with; the program around them gives it. */
export interface ImportHouse {
  workspace(): Promise<Workspace>;
  /** Where the files of imports are kept. */
  readonly folder: string;
  /** Whoever started it, with the rights they have now; null when they may not sign in any more. */
  principal(userId: string | null): Promise<Principal | null>;
}

/** An import, opened: its file, and everything that reads a row of it. */
export interface OpenImport {
  readonly source: ImportSource;
  readonly preparation: Preparation;
  /** The door with the rights of this moment. @throws Problem `access.denied` */
  door(): Promise<Door>;
  close(): Promise<void>;
}

export async function openImport(house: ImportHouse, given: Import, isTrial = false): Promise<OpenImport> {
  let workspace = await house.workspace();
  const object = objectOf(workspace.model, given.object);
  const source = await openSource(join(house.folder, given.path), { fileName: given.fileName, hints: given.hints });
  try {
    let current = await freshDoor();
    checkSettings(given.settings, workspace.model, object, current.principal);
    const texts = [
      ...Object.values(given.settings.columns).map(({ target }) => target),
      ...Object.keys(given.settings.constants),
    ];
    const targets = new Map<string, Target>(
      texts.map((text) => [text, parseTarget(workspace.model, object, current.principal, text) as Target]),
    );
    const columns = compileColumns(
      given.settings,
      targets,
      workspace.model,
      object,
      source.columns,
      source.sample,
      envOf(current),
    );
    const resolver = referenceResolver(() => current, columns, object.name);
    const keys = keysOfSettings(given.settings, object, columns.mapped);
    const preparation: Preparation = {
      object,
      settings: given.settings,
      keys,
      columns,
      resolver,
      inFlight: new Map(),
      isTrial,
      rulesAsk: false,
    };
    return {
      source,
      preparation,
      async door() {
        current = await freshDoor();
        return current;
      },
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }

  async function freshDoor(): Promise<Door> {
    const principal = await house.principal(given.createdBy);
    workspace = await house.workspace();
    if (!principal || !mayImport(principal, given)) throw new Problem('access.denied');
    return { workspace, principal, via: 'import', trusted: false, unit: null };
  }
}

/** The right to import, and those to create and change that it needs. */
export function mayImport(principal: Principal, { object, settings }: Pick<Import, 'object' | 'settings'>): boolean {
  const { mode, duplicates } = settings;
  const creates = mode !== 'update';
  const updates = mode !== 'create' || duplicates === 'update';
  return (
    isAllowed(principal, object, 'import') &&
    (!creates || isAllowed(principal, object, 'create')) &&
    (!updates || isAllowed(principal, object, 'update'))
  );
}

/** Rows of the file from a number on, so many at a time, with the cells that somebody put right. */
export async function* batchesOf(
  source: ImportSource,
  from: number,
  size: number,
  fixes: Fixes,
): AsyncGenerator<SourceRow[]> {
  const hasFixes = Object.keys(fixes).length > 0;
  let rows: SourceRow[] = [];
  for await (const { first, rows: cells, lines } of source.rows({ from })) {
    for (let index = 0; index < cells.length; index++) {
      const row = { row: first + index + 1, line: lines[index] as number, cells: cells[index] as string[] };
      rows.push(hasFixes ? withFixes(row, fixes) : row);
    }
    if (rows.length < size) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

export function withFixes(row: SourceRow, fixes: Fixes): SourceRow {
  const fixed = fixes[row.row];
  return fixed ? { ...row, cells: row.cells.map((cell, column) => fixed[column] ?? cell) } : row;
}
