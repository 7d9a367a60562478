import { asSystem } from '#kernel/access/access.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import { addJob, type JobDefinition } from '#kernel/jobs/jobs.ts';
import { type FieldModel, type ObjectModel, tableOf } from '#kernel/object/model.ts';
import type { Door } from '#kernel/records/door.ts';
import { inUnit } from '#kernel/records/unit.ts';
import type { Runtime } from './runtime.ts';

/** Whose amounts are worth something else in base currency now. */
export interface Conversion {
  /** Amounts in this currency only; all without. */
  readonly currency?: string;
  /** Amounts of records written on this day or later, and those that have no worth yet; all without. */
  readonly since?: string;
}

const BATCH = 1_000;

/** Queues, in the transaction that changes rates or the base currency, the job that brings the amounts after it. */
export function queueConversion(
  connection: Connection,
  workspaceId: string,
  conversion: Conversion,
  createdBy: string | null,
): Promise<string> {
  return addJob(connection, { workspaceId, kind: 'convert', payload: { ...conversion }, createdBy });
}

/**
 * Computes what amounts of money are worth in base currency anew: by the rate in force on the day their record was last
 * written, as it would have been then, or by the first one known where that day has none. Short transactions; what is
 * right already is neither written nor announced, so that it may be begun again at any time.
 */
export function convertJob(runtime: Runtime): JobDefinition<Conversion> {
  return {
    kind: 'convert',
    async run(conversion, { workspaceId, progress, signal }) {
      const workspace = await runtime.workspace(workspaceId);
      const door: Door = {
        workspace,
        principal: asSystem('what amounts are worth changes for everybody'),
        via: 'job',
        trusted: true,
        unit: null,
      };
      const objects = [...workspace.model.objects.values()].flatMap((object) =>
        [...object.fields.values()].flatMap((field) =>
          field.type.name === 'money' && !field.derived ? [{ object, field }] : [],
        ),
      );
      let changed = 0;
      for (const [index, { object, field }] of objects.entries()) {
        let after = '00000000-0000-0000-0000-000000000000';
        for (;;) {
          if (signal.aborted) throw new Error('stopped');
          const batch = await inUnit(door, {}, (inside) => convertBatch(inside, object, field, conversion, after));
          changed += batch.changed;
          if (batch.last === null) break;
          after = batch.last;
        }
        progress(index + 1, objects.length);
      }
      return { changed };
    },
  };
}

async function convertBatch(
  door: Parameters<Parameters<typeof inUnit>[2]>[0],
  object: ObjectModel,
  field: FieldModel,
  { currency, since }: Conversion,
  after: string,
): Promise<{ changed: number; last: string | null }> {
  const { schema, settings } = door.workspace;
  const table = raw(tableOf(schema, object));
  const [amount, code, base] = field.columns.map(({ name }) => raw(identifier(name)));
  const rates = raw(`${identifier(schema)}.rate`);
  const { connection } = door.unit;
  const ids = (
    await connection.run(sql`
      select id::text from ${table} t where id > ${after}::uuid and ${amount!} is not null
        and (${currency ?? null}::text is null or ${code!} = ${currency ?? null}::text)
        and (${since ?? null}::date is null or updated_at::date >= ${since ?? null}::date or ${base!} is null)
      order by id limit ${raw(String(BATCH))} for update`)
  ).map(([id]) => id as string);
  if (ids.length === 0) return { changed: 0, last: null };
  const rows = await connection.run(sql`
    update ${table} t set ${base!} = n.worth
    from (
      select o.id, o.${amount!} as amount, o.${code!} as code, o.${base!} as was, case
        when o.${code!} = ${settings.currency} then o.${amount!}
        else round(o.${amount!} * coalesce(
          (select r.rate from ${rates} r where r.currency = o.${code!} and r.on_date <= o.updated_at::date order by r.on_date desc limit 1),
          (select r.rate from ${rates} r where r.currency = o.${code!} order by r.on_date limit 1)), 4) end as worth
      from ${table} o where o.id = any(${ids}::uuid[])
    ) n
    where t.id = n.id and n.was is distinct from n.worth
    returning t.id::text, t.version, n.amount, n.code, n.was, n.worth`);
  for (const [id, version, value, currencyCode, was, worth] of rows) {
    door.unit.pending.push({
      object: object.name,
      record: id as string,
      operation: 'derive',
      version: version as number,
      changes: {
        [field.name]: [
          field.type.read([value, currencyCode, was], field.definition),
          field.type.read([value, currencyCode, worth], field.definition),
        ],
      },
    });
  }
  return { changed: rows.length, last: ids.length < BATCH ? null : ids.at(-1)! };
}
