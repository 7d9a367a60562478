import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Database } from '#kernel/database/pool.ts';
import { identifier } from '#kernel/database/sql.ts';
import { addCatalogue } from '#kernel/i18n/translate.ts';
import type { ActionDefinition } from '#kernel/object/action.ts';
import type { ObjectDefinition } from '#kernel/object/definition.ts';
import type { ModuleManifest } from '#kernel/object/module.ts';
import type { ObjectRules } from '#kernel/object/rules.ts';
import { Problem, registerProblems } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { ownObjects, ownRules } from '#kernel/workspace/own-objects.ts';
import { openWorkspace } from '#kernel/workspace/workspace.ts';
import { modules as allModules } from './modules.ts';
import { principalOf } from './principal.ts';

/** What the server and the command line work with: one database, its workspaces, the modules. */
export interface Runtime {
  readonly version: string;
  readonly database: Database;
  readonly modules: readonly ModuleManifest[];
  /** Definitions of all modules and of the kernel's own objects. */
  readonly shipped: readonly ObjectDefinition[];
  /** Files, logs and the embedded database live here. */
  readonly dataFolder: string;
  /** `commit` (workspace id, last position): events were appended by this process. */
  readonly commits: EventEmitter<{ commit: [workspace: Workspace, position: number] }>;
  /** `change` (workspace id): who may do what has changed there; nobody goes on by what they knew. */
  readonly rights: EventEmitter<{ change: [workspaceId: string] }>;
  /** Rates changed: what this process knows of them is read anew; other processes do within a minute. */
  forgetRates(schema: string): void;
  /** The workspace as it is defined now. @throws Problem `workspace.not-found` */
  workspace(id: string): Promise<Workspace>;
}

export const programVersion = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** Definitions of the kernel's own objects and of all modules. */
export function shippedDefinitions(modules: readonly ModuleManifest[] = allModules): ObjectDefinition[] {
  return [...ownObjects, ...modules.flatMap((module) => (module.objects ?? []) as readonly ObjectDefinition[])];
}

let registered = false;

export function createRuntime(
  database: Database,
  dataFolder: string,
  modules: readonly ModuleManifest[] = allModules,
): Runtime {
  if (!registered) {
    registered = true;
    for (const module of modules) {
      registerProblems(module.problems ?? {});
      addCatalogue(module.catalogues);
    }
  }
  const shipped = shippedDefinitions(modules);
  const rules = byObject([...ownRules, ...modules.flatMap((module) => module.rules ?? [])]);
  const actions = byObject(modules.flatMap((module) => module.actions ?? []));
  const duplicates = new Map(modules.flatMap((module) => module.duplicates ?? []).map((one) => [one.object, one]));
  const commits: Runtime['commits'] = new EventEmitter();
  commits.setMaxListeners(0);
  const rights: Runtime['rights'] = new EventEmitter();
  rights.setMaxListeners(0);
  const rightsVersions = new Map<string, number>();
  rights.on('change', (id) => rightsVersions.set(id, (rightsVersions.get(id) ?? 0) + 1));
  const doors = new Map<string, { of: unknown; workspace: Workspace }>();
  const slugs = new Map<string, string>();
  const rates = new Map<string, Rates>();

  return {
    version: programVersion,
    database,
    modules,
    shipped,
    dataFolder,
    commits,
    rights,
    forgetRates: (schema) => void rates.delete(schema),
    async workspace(id) {
      const slug = slugs.get(id) ?? (await slugOf(database, id));
      slugs.set(id, slug);
      const opened = await openWorkspace(database, slug, shipped);
      const known = doors.get(id);
      const rate = await ratesOf(database, opened.schema, rates);
      if (known?.of === opened) return known.workspace;
      const workspace: Workspace = {
        ...opened,
        database,
        rules,
        actions,
        duplicates,
        rate,
        onCommit: (position) => commits.emit('commit', workspace, position),
        onRightsChange: () => void rights.emit('change', id),
        rightsVersion: () => rightsVersions.get(id) ?? 0,
        async renewed(principal, connection = database) {
          if (principal.userId === null) return principal;
          const { limits } = principal;
          const now = (await principalOf(workspace, principal.userId, connection)) ?? { ...principal, roles: [] };
          return limits ? { ...now, limits } : now;
        },
      };
      doors.set(id, { of: opened, workspace });
      return workspace;
    },
  };
}

async function slugOf(database: Database, id: string): Promise<string> {
  const [row] = await database.run('select slug from platform.workspace where id = $1::uuid', [id]);
  if (!row) throw new Problem('workspace.not-found', { id });
  return row[0] as string;
}

/** Days and rates of each currency, oldest first. */
interface Rates {
  readonly loadedAt: number;
  rate(currency: string, date: string): number | undefined;
}

const RATES_FRESH_MS = 60_000;

/** The rate in force on a day is the last one set on or before it. */
async function ratesOf(database: Database, schema: string, cache: Map<string, Rates>): Promise<Rates['rate']> {
  const known = cache.get(schema);
  if (known && Date.now() - known.loadedAt < RATES_FRESH_MS) return known.rate;
  const rows = await database.run(
    `select currency, on_date, rate from ${identifier(schema)}.rate order by on_date desc`,
  );
  const byCurrency = Map.groupBy(rows as [string, string, number][], ([currency]) => currency);
  const rate: Rates['rate'] = (currency, date) => byCurrency.get(currency)?.find(([, from]) => from <= date)?.[2];
  cache.set(schema, { loadedAt: Date.now(), rate });
  return rate;
}

function byObject<Entry extends ObjectRules | ActionDefinition>(
  entries: readonly Entry[],
): ReadonlyMap<string, readonly Entry[]> {
  return Map.groupBy(entries, (entry) => entry.object);
}
