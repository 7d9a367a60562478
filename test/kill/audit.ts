import type pg from 'pg';
import type { Ledger } from './ledger.ts';

const schema = 'ws_kill';

/**
 * What holds in the tables whenever no transaction is under way, whatever was killed before: events, versions, histories,
 * roll-ups and formulas, each counted anew from the rows.
 *
 * @returns what does not
 */
export async function auditTables(client: pg.Client): Promise<string[]> {
  const wrong: string[] = [];
  const none = async (words: string, text: string): Promise<void> => {
    const { rows } = await client.query(`${text} limit 3`);
    if (rows.length > 0) wrong.push(`${words}: ${JSON.stringify(rows)}`);
  };
  await none(
    'event positions have a gap or come twice',
    `select count(*), count(distinct position), min(position), max(position), (select value from ${schema}.counter where name = 'event') as counter
     from ${schema}.event having count(*) <> coalesce(max(position), 0) or count(*) <> count(distinct position)
       or count(*) <> (select value from ${schema}.counter where name = 'event')`,
  );
  await none(
    'versions of a record that are not 2, 3, 4 …',
    `select * from (
       select object, record_id, position, version, 1 + row_number() over (partition by record_id order by position) as expected
       from ${schema}.event where operation in ('update', 'remove', 'restore')) v where version <> expected`,
  );
  await none(
    'a value that changed from something it never became',
    `select * from (
       select e.record_id, c.key, e.position, c.value->0 as was,
         lag(c.value->1) over (partition by e.record_id, c.key order by e.position, c.key) as became
       from ${schema}.event e, jsonb_each(e.changes) c) h where became is not null and became <> was`,
  );
  for (const { object, table } of await tablesOf(client)) {
    await none(
      `${object}: records without one creation, or of another version than their events`,
      `select r.id, r.version, e.creations, e.version as expected from ${table} r left join (
         select record_id, count(*) filter (where operation = 'create') as creations,
           1 + count(*) filter (where operation in ('update', 'remove', 'restore')) as version
         from ${schema}.event where object = '${object}' group by 1) e on e.record_id = r.id
       where e.creations is distinct from 1 or e.version <> r.version`,
    );
    await none(
      `${object}: events of records that are not there`,
      `select position, operation, record_id from ${schema}.event e
       where object = '${object}' and not exists (select from ${table} r where r.id = e.record_id)`,
    );
    await none(
      `${object}: in the trash by its row and not by its events, or the other way round`,
      `select r.id from ${table} r where (r.deleted_at is not null) is distinct from (
         select e.operation = 'remove' from ${schema}.event e
         where e.record_id = r.id and operation in ('create', 'remove', 'restore') order by position desc limit 1)`,
    );
  }
  await none(
    'roll-ups that are not what a recount gives',
    `select a.id, a.x_deal_count, n.deals, a.x_open_amount, n.amount from ${schema}.account a cross join lateral (
       select count(*) as deals, sum(o.amount_base) filter (where s.kind = 'open') as amount
       from ${schema}.opportunity o join ${schema}.stage s on s.id = o.stage_id where o.account_id = a.id and o.deleted_at is null) n
     where a.x_deal_count is distinct from n.deals or a.x_open_amount is distinct from n.amount`,
  );
  await none(
    'formulas through a reference that are not what they say',
    `select o.id, o.x_account_size, a.employees from ${schema}.opportunity o join ${schema}.account a on a.id = o.account_id
     where o.x_account_size is distinct from a.employees * 2`,
  );
  await none('transactions left over', 'select gid from pg_prepared_xacts');
  return wrong;
}

/** Values as the last event of each field tells them, which records have to hold. @returns where history and ledger differ */
export async function auditHistory(client: pg.Client, ledger: Ledger): Promise<string[]> {
  const { rows } = await client.query<{ record: string; field: string; became: unknown }>(
    `select distinct on (e.record_id, c.key) e.record_id as record, c.key as field, c.value->1 as became
     from ${schema}.event e, jsonb_each(e.changes) c where e.operation = 'update' order by e.record_id, c.key, e.position desc`,
  );
  return rows.flatMap(({ record, field, became }) => {
    const [state] = ledger.entries.get(record)?.possible ?? [];
    if (!state || !(field in state.values)) return [];
    const [now, told] = [JSON.stringify(sorted(state.values[field])), JSON.stringify(sorted(became))];
    return now === told ? [] : [`${record} ${field} is ${now}, its history says ${told}`];
  });
}

/** Accounts made with an idempotency key, again and again until the answer was known. @returns those not there once */
export async function auditKeys(client: pg.Client, { doneKeys, doubtfulKeys }: Ledger): Promise<string[]> {
  const { rows } = await client.query<{ key: string; times: number }>(
    `select key, count(r.id)::integer as times from unnest($1::text[]) key left join ${schema}.account r on r.name = key
     group by 1 having count(r.id) <> 1`,
    [[...doneKeys]],
  );
  return [...rows.map((row) => JSON.stringify(row)), ...[...doubtfulKeys].map((key) => `${key} has no answer`)];
}

/** Whether every reader stands at the end of the events, and how not. */
export async function lagOfReaders(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(
    `select r.name, r.position, c.value, r.error from ${schema}.reader r, ${schema}.counter c
     where c.name = 'event' and (r.position <> c.value or r.error is not null)`,
  );
  return rows.map((row) => JSON.stringify(row));
}

/** What the readers made of the events, once they stand at the end: counters, and one notification for each cause. */
export async function auditReaders(client: pg.Client, colleague: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const { object, table } of await tablesOf(client)) {
    const { rows } = await client.query(
      `select c.live, c.trash, n.live as rows, n.trash as trashed from ${schema}.object_count c, (
         select count(*) filter (where deleted_at is null) as live, count(*) filter (where deleted_at is not null) as trash from ${table}) n
       where c.object = '${object}' and (c.live <> n.live or c.trash <> n.trash)`,
    );
    if (rows.length > 0) wrong.push(`${object}: counted wrongly ${JSON.stringify(rows)}`);
  }
  // The clients' tasks that the colleague was given, one by one, and every change of them since.
  const { rows } = await client.query(
    `with cause as (
       select e.record_id::text as id, case e.operation when 'create' then 'assigned' else 'changed' end as kind, count(*) as causes
       from ${schema}.event e join ${schema}.task t on t.id = e.record_id
       where e.operation in ('create', 'update') and t.owner_id = $1 group by 1, 2
     ), told as (
       select target_id as id, kind, count(*) as notifications from ${schema}.notification where user_id = $1 group by 1, 2
     )
     select * from cause full join told using (id, kind) where causes is distinct from notifications limit 5`,
    [colleague],
  );
  if (rows.length > 0) wrong.push(`not one notification for each cause: ${JSON.stringify(rows)}`);
  return wrong;
}

/** Each a lie that one of the audits must see, told in a transaction that is taken back. @returns the lies that were not seen */
export async function unseenLies(client: pg.Client, ledger: Ledger, colleague: string): Promise<string[]> {
  const lies = [
    `update ${schema}.counter set value = value + 1 where name = 'event'`,
    `delete from ${schema}.event where position = 20`,
    `update ${schema}.event set version = version + 1 where position = (select max(position) from ${schema}.event where operation = 'update')`,
    `update ${schema}.event set changes = jsonb_set(changes, '{subject}', '["a", "b"]')
     where position = (select max(position) from ${schema}.event where operation = 'update' and changes ? 'subject')`,
    `update ${schema}.task set version = version + 1 where id = (select min(id::text)::uuid from ${schema}.task)`,
    `delete from ${schema}.task where id = (select min(id::text)::uuid from ${schema}.task)`,
    `update ${schema}.account set deleted_at = now() where id = (select min(id::text)::uuid from ${schema}.account where deleted_at is null)`,
    `update ${schema}.account set x_deal_count = x_deal_count + 1 where id = (select min(id::text)::uuid from ${schema}.account)`,
    `update ${schema}.opportunity set x_account_size = 1 where id = (select min(id::text)::uuid from ${schema}.opportunity)`,
    `update ${schema}.object_count set live = live + 1 where object = 'task'`,
    `update ${schema}.reader set position = position - 1 where name = 'teamwork.notify'`,
    `delete from ${schema}.notification where id = (select min(id::text)::uuid from ${schema}.notification)`,
  ];
  const unseen: string[] = [];
  for (const lie of lies) {
    await client.query('begin');
    const { rowCount } = await client.query(lie);
    const seen = [
      ...(await auditTables(client)),
      ...(await auditHistory(client, ledger)),
      ...(await lagOfReaders(client)),
      ...(await auditReaders(client, colleague)),
    ];
    await client.query('rollback');
    if (rowCount !== 1 || seen.length === 0) unseen.push(lie);
  }
  return unseen;
}

async function tablesOf(client: pg.Client): Promise<{ object: string; table: string }[]> {
  const { rows } = await client.query<{ object: string }>(`select object from ${schema}.object_count order by 1`);
  return rows.map(({ object }) => ({
    object,
    table: `${schema}.${object.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
  }));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
