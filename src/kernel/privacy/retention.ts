import { identifier, or, raw, sql } from '../database/sql.ts';
import { type Model, type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import { type FieldError, Problem } from '../problems/problem.ts';
import type { Workspace } from '../records/door.ts';
import type { ErasureMode } from './erase.ts';

/** Records of an object that nobody touched for so long lose what is personal in them, or go. */
export interface RetentionRule {
  readonly object: string;
  /** Without a change of the record, or of anything that points to it. */
  readonly months: number;
  readonly act: ErasureMode;
}

const KEY = 'retention';
/** So long, at least: a slip of the hand must not empty a company. */
export const SHORTEST_MONTHS = 6;

type House = Pick<Workspace, 'database' | 'schema'>;

export async function readRetention({ database, schema }: House): Promise<RetentionRule[]> {
  const [row] = await database.run(sql`select value from ${raw(identifier(schema))}.setting where key = ${KEY}`);
  return (row?.[0] as RetentionRule[] | undefined) ?? [];
}

/** @throws Problem `request.invalid`, `object.unknown` */
export async function writeRetention(workspace: Workspace, rules: readonly RetentionRule[]): Promise<void> {
  const errors: FieldError[] = [];
  for (const [index, rule] of rules.entries()) {
    const object = objectOf(workspace.model, rule.object);
    if (!mayBeKeptFor(object) || rules.findIndex((other) => other.object === rule.object) !== index)
      errors.push({ field: `rules.${index}.object`, code: 'field.not-allowed' });
  }
  if (errors.length > 0) throw new Problem('request.invalid', {}, errors);
  const { database, schema } = workspace;
  await database.execute(sql`
    insert into ${raw(identifier(schema))}.setting (key, value) values (${KEY}, ${JSON.stringify(rules)}::jsonb)
    on conflict (key) do update set value = excluded.value`);
}

/** Objects with something personal in them, but for those who work here. */
export function retainableObjects(model: Model): ObjectModel[] {
  return [...model.objects.values()].filter(mayBeKeptFor);
}

function mayBeKeptFor(object: ObjectModel): boolean {
  return object.name !== 'user' && [...object.fields.values()].some(({ definition }) => definition.personal === true);
}

/**
 * Records that a rule is for now, the longest untouched first. Whoever was erased already is not among them, and nobody
 * to whom something points that changed since: a customer with a sale of last month is no old record.
 * @param now what "ago" is counted from
 */
export async function dueFor(workspace: Workspace, rule: RetentionRule, now: Date, limit: number): Promise<string[]> {
  const { schema, database, model } = workspace;
  const object = objectOf(model, rule.object);
  const before = new Date(now);
  before.setUTCMonth(before.getUTCMonth() - rule.months);
  const moment = sql`${before.toISOString()}::timestamptz`;
  const newer = object.referencedBy
    .filter((field) => !field.system && !field.link)
    .map((field) => {
      const table = raw(tableOf(schema, objectOf(model, field.object)));
      return sql`exists (select from ${table} c where c.${raw(identifier(field.columns[0]!.name))} = r.id and c.updated_at >= ${moment})`;
    });
  const rows = await database.run(sql`
    select r.id::text from ${raw(tableOf(schema, object))} r
    where r.updated_at < ${moment}
      and not exists (select from ${raw(identifier(schema))}.erasure e where e.record_id = r.id)
      ${newer.length > 0 ? sql`and not ${or(newer)}` : raw('')}
    order by r.updated_at, r.id limit ${raw(String(limit))}`);
  return rows.map(([id]) => id as string);
}
