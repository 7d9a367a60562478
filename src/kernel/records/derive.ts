import { isDeepStrictEqual } from 'node:util';
import { and, identifier, join, raw, type Sql, sql } from '../database/sql.ts';
import type { PendingEvent } from '../events/event.ts';
import {
  type FieldModel,
  formulaSql,
  type Model,
  type ObjectModel,
  type RollupDerivation,
  tableOf,
} from '../object/model.ts';
import { begin, from } from '../query/compilation.ts';
import { compileFilter } from '../query/condition.ts';
import { type Door, scopeOf, type Unit } from './door.ts';

type Writing = Door & { unit: Unit };

/**
 * Recomputes, in the transaction that made them stale, the formulas that look through references and the roll-ups.
 *
 * A plan made once per model says which fields depend on which: a trigger is a field whose change makes a derived field of
 * other records (or the same) stale, with the SQL that finds those records. Derived fields are recomputed in an order in
 * which each comes after those it reads, so every field of every record is computed at most once per transaction.
 */
export async function deriveChanged(door: Writing): Promise<void> {
  const plan = planOf(door.workspace.model);
  if (plan.length === 0) return;
  const touched = new Touched();
  const heard = heardBy(plan);
  for (const event of door.unit.pending) if (heard.has(event.object)) touched.add(event);
  if (touched.isEmpty) return;
  for (const step of plan) {
    const stale = new Set<string>();
    for (const trigger of step.triggers) {
      const ids = touched.ids(trigger);
      if (ids.length === 0) continue;
      for (const id of await trigger.find(door, ids, touched)) stale.add(id);
    }
    if (stale.size === 0) continue;
    for (const event of await recompute(door, step.field, [...stale])) {
      door.unit.pending.push(event);
      touched.add(event);
    }
  }
}

/** Brings a derived field of some records up to date: after it was added, or its definition changed. */
export async function deriveField(door: Writing, field: FieldModel, ids: readonly string[]): Promise<void> {
  if (isMaintained(field) && ids.length > 0) door.unit.pending.push(...(await recompute(door, field, ids)));
}

interface Step {
  readonly field: FieldModel;
  readonly triggers: readonly Trigger[];
}

interface Trigger {
  readonly object: string;
  /** Own fields whose change counts; creation always does, and with `existence` removal and restoring. */
  readonly fields: ReadonlySet<string>;
  readonly existence: boolean;
  find(door: Writing, ids: readonly string[], touched: Touched): Promise<readonly string[]>;
}

/** What happened to one record. `from`: the values that changed fields had before. */
interface Touch {
  readonly fields: Set<string>;
  existence: boolean;
  created: boolean;
  readonly from: Map<string, unknown>;
}

/** What this transaction did so far: per object and record, the fields changed. */
class Touched {
  readonly #records = new Map<string, Map<string, Touch>>();

  add(event: PendingEvent): void {
    const records = this.#records.get(event.object) ?? new Map<string, Touch>();
    this.#records.set(event.object, records);
    const record = records.get(event.record) ?? {
      fields: new Set(),
      existence: false,
      created: false,
      from: new Map(),
    };
    records.set(event.record, record);
    if (event.operation === 'create') record.created = true;
    else if (event.operation !== 'update' && event.operation !== 'derive') record.existence = true;
    for (const [field, [was]] of Object.entries(event.changes ?? {})) {
      record.fields.add(field);
      if (!record.from.has(field)) record.from.set(field, was);
    }
  }

  get isEmpty(): boolean {
    return this.#records.size === 0;
  }

  ids(trigger: Trigger): string[] {
    const found: string[] = [];
    for (const [id, record] of this.#records.get(trigger.object) ?? []) {
      const isHit =
        record.created ||
        (record.existence && trigger.existence) ||
        [...record.fields].some((field) => trigger.fields.has(field));
      if (isHit) found.push(id);
    }
    return found;
  }

  /** Value that a field had before this transaction, where it changed. */
  previous(object: string, ids: readonly string[], field: string): unknown[] {
    return ids.flatMap((id) => {
      const was = this.#records.get(object)?.get(id)?.from.get(field);
      return was === undefined || was === null ? [] : [was];
    });
  }
}

const listeners = new WeakMap<readonly Step[], ReadonlySet<string>>();

/** Objects whose events make something stale: nobody need note what an import of a million others does. */
function heardBy(plan: readonly Step[]): ReadonlySet<string> {
  let heard = listeners.get(plan);
  if (!heard) {
    heard = new Set(plan.flatMap(({ triggers }) => triggers.map(({ object }) => object)));
    listeners.set(plan, heard);
  }
  return heard;
}

const plans = new WeakMap<Model, readonly Step[]>();

function planOf(model: Model): readonly Step[] {
  let plan = plans.get(model);
  if (!plan) {
    plan = makePlan(model);
    plans.set(model, plan);
  }
  return plan;
}

function makePlan(model: Model): Step[] {
  const steps: Step[] = [];
  const done = new Set<FieldModel>();
  const visit = (field: FieldModel) => {
    if (done.has(field)) return;
    done.add(field);
    for (const read of readsOf(model, field)) visit(read);
    if (isMaintained(field)) steps.push({ field, triggers: triggersOf(model, field) });
  };
  for (const object of model.objects.values())
    for (const field of object.fields.values()) if (field.derived) visit(field);
  return steps;
}

function isMaintained(field: FieldModel): boolean {
  return field.derived?.kind === 'maintained' || field.derived?.kind === 'rollup';
}

/** Derived fields that a derived field reads. Circles were refused when the model was built. */
function readsOf(model: Model, field: FieldModel): FieldModel[] {
  if (field.derived?.kind === 'rollup') {
    const child = model.objects.get(field.derived.from)!;
    const names = [field.derived.field, ...filterPaths(field.derived.where).map((path) => path.split('.')[0]!)];
    return names.flatMap((name) => (name && child.fields.get(name)?.derived ? [child.fields.get(name)!] : []));
  }
  if (!field.derived) return [];
  return field.derived.checked.reads.flatMap((path) => {
    let object = model.objects.get(field.object);
    for (let index = 0; index < path.length; index++) {
      const step = object?.fields.get(path[index]!);
      if (index === path.length - 1) return step?.derived ? [step] : [];
      object = step?.target ? model.objects.get(step.target) : undefined;
    }
    return [];
  });
}

function triggersOf(model: Model, field: FieldModel): Trigger[] {
  return field.derived!.kind === 'rollup'
    ? rollupTriggers(model, field, field.derived as RollupDerivation)
    : formulaTriggers(model, field);
}

/** A change of any field along a path makes the records at its beginning stale. */
function formulaTriggers(model: Model, field: FieldModel): Trigger[] {
  const { checked } = field.derived as Extract<FieldModel['derived'], { checked: unknown }>;
  const triggers: Trigger[] = [];
  for (const path of checked.reads) {
    let object = model.objects.get(field.object)!;
    const hops: FieldModel[] = [];
    for (const name of path) {
      const at = object.fields.get(name)!;
      triggers.push({ object: object.name, fields: inputsOf(object, at), existence: false, find: walkBack([...hops]) });
      if (at.target === null) break;
      hops.push(at);
      object = model.objects.get(at.target)!;
    }
  }
  return triggers;
}

/** From records at the end of some references back to those that point to them. */
function walkBack(hops: readonly FieldModel[]): Trigger['find'] {
  return async (door, ids) => {
    let found = ids;
    for (const hop of [...hops].reverse()) {
      const object = door.workspace.model.objects.get(hop.object)!;
      const rows = await door.unit.connection.run(
        sql`select id::text from ${raw(tableOf(door.workspace.schema, object))} where ${raw(identifier(hop.columns[0]!.name))} = any(${found}::uuid[])`,
      );
      found = rows.map(([id]) => id as string);
      if (found.length === 0) break;
    }
    return found;
  };
}

/** Parents of the children that changed, those they have now and those they had. */
function rollupTriggers(model: Model, field: FieldModel, rollup: RollupDerivation): Trigger[] {
  const child = model.objects.get(rollup.from)!;
  const via = child.fields.get(rollup.via)!;
  const fields = new Set<string>([rollup.via]);
  const names = [rollup.field, ...filterPaths(rollup.where)];
  for (const name of names) {
    const at = name ? child.fields.get(name.split('.')[0]!) : undefined;
    if (at) for (const input of inputsOf(child, at)) fields.add(input);
  }
  const own: Trigger = {
    object: child.name,
    fields,
    existence: true,
    find: async (door, ids, touched) => {
      const rows = await door.unit.connection.run(
        sql`select distinct ${raw(identifier(via.columns[0]!.name))}::text from ${raw(tableOf(door.workspace.schema, child))} where id = any(${ids}::uuid[])`,
      );
      return [
        ...rows.map(([id]) => id as string | null),
        ...(touched.previous(child.name, ids, rollup.via) as string[]),
      ].filter((id) => id !== null);
    },
  };
  // A filter that looks through a reference of the child (stage.kind) depends on that record too.
  const far = filterPaths(rollup.where)
    .filter((path) => path.includes('.'))
    .flatMap((path): Trigger[] => {
      const [first, second] = path.split('.') as [string, string];
      const reference = child.fields.get(first);
      const target = reference?.target ? model.objects.get(reference.target) : undefined;
      const at = target?.fields.get(second);
      if (!reference || !target || !at) return [];
      return [
        {
          object: target.name,
          fields: inputsOf(target, at),
          existence: false,
          find: async (door, ids, touched) => own.find(door, await walkBack([reference])(door, ids, touched), touched),
        },
      ];
    });
  return [own, ...far, { object: field.object, fields: new Set(), existence: true, find: async (_door, ids) => ids }];
}

/** Own stored fields on which a field's value depends: itself, or what its generated formula reads. */
export function inputsOf(object: ObjectModel, field: FieldModel): Set<string> {
  if (field.derived?.kind !== 'generated') return new Set([field.name]);
  const names = new Set<string>();
  for (const [name] of field.derived.checked.reads) {
    const read = object.fields.get(name!);
    if (read) for (const input of inputsOf(object, read)) names.add(input);
  }
  return names;
}

function filterPaths(filter: unknown): string[] {
  if (typeof filter !== 'object' || filter === null) return [];
  return Object.entries(filter).flatMap(([key, value]) => {
    if (key === 'and' || key === 'or') return (value as unknown[]).flatMap(filterPaths);
    if (key === 'not') return filterPaths(value);
    return key.startsWith('$') ? [] : [key];
  });
}

/** Recomputes one field of some records; an event for each whose value differs. */
async function recompute(door: Writing, field: FieldModel, ids: readonly string[]): Promise<PendingEvent[]> {
  const object = door.workspace.model.objects.get(field.object)!;
  const table = raw(tableOf(door.workspace.schema, object));
  const columns = field.columns.map((column) => identifier(column.name));
  // Whoever else changes children of these parents waits here, and then counts ours too.
  await door.unit.connection.run(
    sql`select 1 from ${table} t where t.id = any(${ids}::uuid[]) order by t.id for update`,
  );
  const value =
    field.derived!.kind === 'rollup'
      ? rollupSql(door, field)
      : sql`select ${raw(formulaSql(door.workspace.model, door.workspace.schema, field, 't').join(', '))}`;
  const names = columns.map((_, index) => `v${index}`).join(', ');
  const differs = raw(columns.map((column, index) => `t.${column} is distinct from n.v${index}`).join(' or '));
  const rows = await door.unit.connection.run(sql`
    update ${table} t set ${raw(columns.map((column, index) => `${column} = n.v${index}`).join(', '))}
    from (select t.id, t.version, ${raw(columns.map((column, index) => `t.${column} as o${index}`).join(', '))}, v.*
          from ${table} t cross join lateral (${value}) v(${raw(names)}) where t.id = any(${ids}::uuid[])) n
    where t.id = n.id and (${differs})
    returning t.id::text, t.version, ${raw(columns.map((_, index) => `n.o${index}`).join(', '))}, ${raw(columns.map((_, index) => `n.v${index}`).join(', '))}`);
  return rows.flatMap((row) => {
    const was = field.type.read(row.slice(2, 2 + columns.length), field.definition);
    const is = field.type.read(row.slice(2 + columns.length), field.definition);
    // A sum of nothing has a currency in its columns, and is still nothing.
    if (isDeepStrictEqual(was, is)) return [];
    const changes = { [field.name]: [was, is] as const };
    return [
      {
        object: object.name,
        record: row[0] as string,
        operation: 'derive' as const,
        version: row[1] as number,
        changes,
      },
    ];
  });
}

function rollupSql(door: Writing, field: FieldModel): Sql {
  const rollup = field.derived as RollupDerivation;
  const child = door.workspace.model.objects.get(rollup.from)!;
  // The value is the same for everybody, whatever the person who caused it may see.
  const compilation = begin(
    {
      ...scopeOf(door),
      principal: { ...door.principal, roles: [{ name: 'roll-up', grants: { '*': { read: 'all' } } }] },
    },
    child,
    'c',
  );
  const conditions = [
    raw(`c.${identifier(child.fields.get(rollup.via)!.columns[0]!.name)} = t.id`),
    raw('c.deleted_at is null'),
  ];
  if (rollup.where) conditions.push(compileFilter(compilation, rollup.where));
  const measured = rollup.field ? child.fields.get(rollup.field)! : null;
  const column = measured ? `c.${identifier(measured.columns[0]!.name)}` : '*';
  const aggregate = (expression: string) => `${rollup.measure}(${expression})`;
  const base = measured?.columns[2] ? `c.${identifier(measured.columns[2].name)}` : null;
  // Money rolls up in base currency: children may have several.
  const values = base
    ? [aggregate(base), `'${door.workspace.settings.currency}'`, aggregate(base)]
    : [aggregate(column)];
  return sql`select ${join(values.map(raw))} from ${from(compilation)} where ${and(conditions)}`;
}
