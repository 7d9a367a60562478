import { isAllowed, type Operation, type Role, requireAllowed } from '../access/access.ts';
import { among, and, or, raw, type Sql, sql } from '../database/sql.ts';
import { checkFiles, linkFiles } from '../files/files.ts';
import { isWritable, type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import type { RuleContext, Save } from '../object/rules.ts';
import { Problem } from '../problems/problem.ts';
import { begin, from, visibility } from '../query/compilation.ts';
import { select } from '../query/selection.ts';
import { assignNumbers } from './auto-numbers.ts';
import { copyLines, copyRows } from './copy.ts';
import { connectionOf, type Door, envOf, scopeOf, type Unit } from './door.ts';
import { checkRequired, type Draft, draftOf, refuse, setValue } from './draft.ts';
import { newId } from './new-id.ts';
import { openRecords } from './open.ts';
import { checkCircles, checkReferences } from './references.ts';
import { insertRows, updateRows } from './rows.ts';
import { staleProblems } from './stale.ts';

export type Writing = Door & { unit: Unit };

/**
 * The write path. Both functions take many records of one object and do the same acts in the same order:
 *
 *   1 rights   2 input → draft   3 rules   4 required   5 references and files   6 rows   7 events (appended with the unit)
 *
 * A draft with errors is left out and handed back with them; the caller decides whether one refusal stops the others.
 */
export async function createDrafts(
  door: Writing,
  objectName: string,
  inputs: readonly unknown[],
  trusted = false,
): Promise<Draft[]> {
  const object = objectOf(door.workspace.model, objectName);

  // 1 rights
  if (!isAllowed(door.principal, object.name, 'create')) throw new Problem('access.denied');

  // 2 input → draft
  const drafts = inputs.map((input) => draftOf(door, object, idOf(input), null, input, trusted));

  // 3 rules
  const written = door.unit.pending.length;
  const applyRules = rulesOf(door, object);
  for (const draft of drafts) await applyRules(draft);
  const haveRulesWritten = door.unit.pending.length > written;

  await saveDrafts(door, object, drafts);
  if (haveRulesWritten) refuseAll(drafts);
  return drafts;
}

/**
 * What rules wrote for a record that is refused may not stay, so nothing does: whoever writes many at once does these
 * again one by one, each in a transaction of its own.
 */
function refuseAll(drafts: readonly Draft[]): void {
  const refused = drafts.find((draft) => draft.errors.length > 0);
  if (refused) throw refuse(refused);
}

/** From so many on rows are copied: a statement for 500 contacts has 17,000 parameters, and is parsed anew each time. */
const COPIED = 10;

/** The second half of a creation, for drafts that went through the rules. `insert` writes the rows. */
export async function saveDrafts(
  door: Writing,
  object: ObjectModel,
  drafts: readonly Draft[],
  insert: typeof insertRows = drafts.length < COPIED ? insertRows : copyDrafts,
): Promise<void> {
  // 4 required
  for (const draft of drafts) checkRequired(draft, object);

  // 5 references and files
  await checkReferences(door, object, drafts);
  await checkCircles(door, object, drafts);
  await checkFiles(door, object, drafts);

  // 6 rows
  const good = drafts.filter((draft) => draft.errors.length === 0);
  if (good.length > 0) {
    await insert(door, object, good);
    await linkFiles(door, object, good);
    await assignNumbers(door, object, good);
    await checkCreated(door, object, good);
  }

  // 7 events
  for (const { id, after } of good) {
    const { createdAt: at, createdBy: actor } = after as { createdAt?: string; createdBy?: string };
    door.unit.pending.push({
      object: object.name,
      record: id,
      operation: 'create',
      version: 1,
      changes: null,
      at,
      actor,
    });
  }
}

async function copyDrafts(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  await copyRows(door, object, drafts, await copyLines(door, object, drafts, door.unit.at));
}

/** One change of one record, as a client asks for it. */
export interface Change {
  id: string;
  version?: number;
  changes: unknown;
}

/** Drafts come back in the order of `changes`; a record that is not there or stale has a problem instead. */
export async function updateDrafts(
  door: Writing,
  objectName: string,
  changes: readonly Change[],
  trusted = false,
): Promise<(Draft | Problem)[]> {
  const object = objectOf(door.workspace.model, objectName);

  // 1 rights, and the rows as they are, locked until the commit
  if (!isAllowed(door.principal, object.name, 'update')) throw new Problem('access.denied');
  const current = await lockRows(
    door,
    object,
    changes.map((change) => change.id),
    'update',
  );

  const stale = await staleProblems(
    door,
    object,
    changes.flatMap(({ id, version }) => {
      const record = current.get(id);
      return record && version !== undefined && version !== record.version ? [{ record, version }] : [];
    }),
  );

  // 2 input → draft
  const results = changes.map((change): Draft | Problem => {
    const before = current.get(change.id);
    if (!before) return new Problem('record.not-found', { object: object.name, id: change.id });
    const problem = stale.get(change.id);
    if (problem) return problem;
    return draftOf(door, object, change.id, before, change.changes, trusted);
  });
  const drafts = results.filter((result): result is Draft => !(result instanceof Problem));
  if (!trusted) await checkReassigned(door, object, drafts);

  // 3 rules
  const written = door.unit.pending.length;
  const applyRules = rulesOf(door, object);
  for (const draft of drafts) if (draft.changed.size > 0) await applyRules(draft);
  const haveRulesWritten = door.unit.pending.length > written;

  // 4 required
  for (const draft of drafts) checkRequired(draft, object);

  // 5 references and files
  await checkReferences(door, object, drafts);
  await checkCircles(door, object, drafts);
  await checkFiles(door, object, drafts);

  // 6 rows
  if (haveRulesWritten) refuseAll(drafts);
  const good = drafts.filter((draft) => draft.errors.length === 0 && draft.changed.size > 0);
  if (good.length > 0) await updateRows(door, object, good);

  // 7 events
  for (const draft of good) {
    const kept = [...draft.changed].filter((name) => object.fields.get(name)!.definition.history !== false);
    door.unit.pending.push({
      object: object.name,
      record: draft.id,
      operation: 'update',
      version: (draft.before!.version as number) + 1,
      changes: Object.fromEntries(kept.map((name) => [name, [draft.before![name] ?? null, draft.after[name] ?? null]])),
    });
  }
  return results;
}

/**
 * The records that exist and may be touched, locked; fields as stored, whatever the reader may see of them.
 * @param deleted those in the trash; `any` for both
 */
export async function lockRows(
  door: Writing,
  object: ObjectModel,
  ids: readonly string[],
  operation: 'update' | 'delete',
  deleted: boolean | 'any' = false,
): Promise<Map<string, Record<string, unknown> & { id: string; version: number }>> {
  // Nobody does anything with what they do not see.
  requireAllowed(door.principal, object.name, 'read');
  const scope = { ...scopeOf(door), principal: { ...door.principal, roles: door.principal.roles.map(onAllFields) } };
  const compilation = begin(scope, object);
  const stored = [...object.fields.values()]
    .filter((field) => field.derived?.kind !== 'virtual')
    .map((field) => field.name);
  const selection = select(compilation, stored);
  const found = sql`${among('r.id', ids)} and ${whereabouts(deleted)}`;
  const run = (condition: Sql) =>
    door.unit.connection.run(
      sql`select ${selection.columns} from ${from(compilation)} where ${condition} order by r.id for update of r`,
    );
  const rights = visibility(scope, object, operation, 'r');
  const rows = await run(rights === 'all' ? found : and([found, or(rights)]));
  if (rows.length < new Set(ids).size && rights !== 'all') await denyVisible(door, object, ids, rows.length, deleted);
  return new Map(rows.map((row) => [row[0] as string, selection.read(row)]));
}

/** One per role: what was compiled for a role is kept for that very one. */
const unlimited = new WeakMap<Role, Role>();

function onAllFields(role: Role): Role {
  if (!role.fields) return role;
  const { fields: _fields, ...all } = role;
  const known = unlimited.get(role) ?? all;
  unlimited.set(role, known);
  return known;
}

/** What a reader sees but may not change is denied; what it does not see does not exist. */
async function denyVisible(
  door: Writing,
  object: ObjectModel,
  ids: readonly string[],
  found: number,
  deleted: boolean | 'any',
): Promise<void> {
  const visible = visibility(scopeOf(door), object, 'read', 'r');
  const condition = and([
    sql`${among('r.id', ids)} and ${whereabouts(deleted)}`,
    ...(visible === 'all' ? [] : [or(visible)]),
  ]);
  const [row] = await door.unit.connection.run(
    sql`select count(*) from ${raw(tableOf(door.workspace.schema, object))} r where ${condition}`,
  );
  if ((row![0] as number) > found && ids.length === 1) throw new Problem('access.denied');
}

function whereabouts(deleted: boolean | 'any'): Sql {
  return raw(deleted === 'any' ? 'true' : `r.deleted_at is ${deleted ? 'not null' : 'null'}`);
}

/** Giving a record to another owner is a right of its own, on the record as it was. */
async function checkReassigned(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  const given = drafts.filter((draft) => draft.changed.has('owner'));
  if (given.length === 0) return;
  const allowed = await within(
    door,
    object,
    'reassign',
    given.map(({ id }) => id),
  );
  for (const draft of given) if (!allowed.has(draft.id)) draft.errors.push({ field: 'owner', code: 'field.read-only' });
}

/** Those of some records that an operation is allowed on. */
export async function within(
  door: Door,
  object: ObjectModel,
  operation: Operation,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rights = visibility(scopeOf(door), object, operation, 'r');
  if (rights === 'all') return new Set(ids);
  if (rights.length === 0 || ids.length === 0) return new Set();
  const rows = await connectionOf(door).run(
    sql`select r.id::text from ${raw(tableOf(door.workspace.schema, object))} r where ${and([among('r.id', ids), or(rights)])}`,
  );
  return new Set(rows.map(([id]) => id as string));
}

/** Who may create only some records must be able to find what was created by the same rule. */
async function checkCreated(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  const rights = visibility(scopeOf(door), object, 'create', 'r');
  if (rights === 'all') return;
  const [row] = await door.unit.connection.run(
    sql`select count(*) from ${raw(tableOf(door.workspace.schema, object))} r where r.id = any(${drafts.map((draft) => draft.id)}::uuid[]) and ${or(rights)}`,
  );
  if (row![0] !== drafts.length) throw new Problem('access.denied');
}

/**
 * Applies the rules of an object to one draft after the other. There is nothing to wait for where no rule waits: that
 * makes a difference of 2 µs a record to an import.
 *
 * @param given what the rules work with; the door itself unless told
 */
export function rulesOf(
  door: Door,
  object: ObjectModel,
  given?: RuleContext,
): (draft: Draft) => undefined | Promise<void> {
  const rules = (door.workspace.rules.get(object.name) ?? []).filter(({ beforeSave }) => beforeSave);
  if (rules.length === 0) return () => undefined;
  const env = envOf(door);
  const context = given ?? ruleContext(door);
  return (draft) => {
    const save: Save = {
      before: draft.before,
      after: draft.after,
      changed: (field) => draft.changed.has(field),
      set: (field, value) => setValue(draft, object.fields.get(field)!, value, env),
      refuse: (field, code, params) => draft.errors.push({ field, code, params }),
      context,
    };
    let waiting: Promise<void> | undefined;
    for (const rule of rules) {
      if (waiting) waiting = waiting.then(() => rule.beforeSave?.(save));
      else waiting = rule.beforeSave?.(save) ?? undefined;
    }
    return waiting;
  };
}

export function ruleContext(door: Door): RuleContext {
  const { now, userId, timeZone } = envOf(door);
  return {
    records: openRecords(door),
    keeper: openRecords({ ...door, trusted: true }),
    now,
    userId,
    timeZone,
    workingHours: door.workspace.settings.workingHours,
    holidays: door.workspace.settings.holidays,
    model: door.workspace.model,
    entered: (name) => {
      const fields = [...objectOf(door.workspace.model, name).fields.values()];
      return fields.filter(isWritable).map((field) => field.name);
    },
  };
}

function idOf(input: unknown): string {
  const given = (input as { id?: unknown } | null)?.id;
  if (given === undefined) return newId();
  if (typeof given !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(given)) {
    throw new Problem('record.invalid', {}, [{ field: 'id', code: 'field.not-a-reference' }]);
  }
  return given;
}
