import type { Connection } from '../database/connection.ts';
import type { Database } from '../database/pool.ts';
import { identifier, raw, sql } from '../database/sql.ts';
import { isDay } from '../fields/calendar.ts';
import type { FieldEnv } from '../fields/field-type.ts';
import { weeklyHours } from '../fields/weeklyHours/index.ts';
import { type FieldError, FieldProblem, Problem } from '../problems/problem.ts';
import {
  checkNewWorkspace,
  DEFINITIONS_CHANNEL,
  forgetWorkspace,
  type NewWorkspace,
  type Workspace,
  type WorkspaceSettings,
} from './workspace.ts';

type House = Pick<Workspace, 'id' | 'schema' | 'name'> & {
  readonly settings: Omit<WorkspaceSettings, 'language'> & { readonly language: string };
};

/** Null takes away what was set. */
export type CompanyChanges = Partial<
  Omit<WorkspaceSettings, 'logo' | 'workingHours' | 'holidays'> & {
    name: string;
    logo: string | null;
    workingHours: WorkspaceSettings['workingHours'] | null;
    holidays: WorkspaceSettings['holidays'] | null;
  }
>;

/** Units of base currency per unit of a currency, from a day on. */
export interface DatedRate {
  readonly currency: string;
  /** ISO date. */
  readonly on: string;
  readonly rate: number;
}

/**
 * What a company says of itself. Its rates are turned round when the base currency becomes another; what follows for the
 * amounts of the records is the caller's matter.
 * @throws Problem `request.invalid`; of `currency` with `rate.missing` when no rate leads to the new one
 */
export async function changeCompany(db: Database, workspace: House, changes: CompanyChanges): Promise<void> {
  const { logo, workingHours, holidays, ...rest } = changes;
  const { name, ...settings } = checkNewWorkspace({
    name: workspace.name,
    ...workspace.settings,
    ...rest,
  } as NewWorkspace);
  // Null takes away what was set; what is left out stays. JSON leaves out what is undefined.
  const wanted: WorkspaceSettings = {
    ...settings,
    logo: logo === undefined ? workspace.settings.logo : (logo ?? undefined),
    workingHours: workingHours === undefined ? workspace.settings.workingHours : checkedHours(workingHours),
    holidays: holidays === undefined ? workspace.settings.holidays : checkedHolidays(holidays),
  };
  await db.transaction(async (connection) => {
    if (settings.currency !== workspace.settings.currency) {
      const table = raw(`${identifier(workspace.schema)}.rate`);
      const rates = (await connection.run(
        sql`select currency, on_date::text, rate::float8 from ${table} order by on_date`,
      )) as [string, string, number][];
      const turned = turnRates(
        rates.map(([currency, on, rate]) => ({ currency, on, rate })),
        workspace.settings.currency,
        settings.currency,
      );
      if (!turned) throw invalid('currency', 'rate.missing', { currency: settings.currency });
      await connection.execute(sql`delete from ${table}`);
      for (const { currency, on, rate } of turned)
        await connection.execute(
          sql`insert into ${table} (currency, on_date, rate) values (${currency}, ${on}::date, ${rate}::numeric)`,
        );
    }
    await connection.execute(
      sql`update platform.workspace set name = ${name}, settings = ${JSON.stringify(wanted)}::jsonb where id = ${workspace.id}::uuid`,
    );
    await connection.run('select pg_notify($1, $2)', [DEFINITIONS_CHANNEL, workspace.id]);
  });
  forgetWorkspace(db, workspace.id);
}

/** The rates seen from another base: each day one of both changed has a rate of its own. Null when none leads there. */
export function turnRates(rates: readonly DatedRate[], from: string, to: string): DatedRate[] | null {
  const ofNew = rates.filter(({ currency }) => currency === to).toSorted((a, b) => (a.on < b.on ? -1 : 1));
  const [first] = ofNew;
  if (!first) return null;
  const newOn = (on: string) => (ofNew.findLast((rate) => rate.on <= on) ?? first).rate;
  const turned = ofNew.map(({ on, rate }) => ({ currency: from, on, rate: 1 / rate }));
  const others = Map.groupBy(
    rates.filter(({ currency }) => currency !== to),
    ({ currency }) => currency,
  );
  for (const [currency, own] of others) {
    const sorted = own.toSorted((a, b) => (a.on < b.on ? -1 : 1));
    const begin = sorted[0]!.on;
    const days = new Set([...own.map(({ on }) => on), ...ofNew.map(({ on }) => on).filter((on) => on > begin)]);
    for (const on of days)
      turned.push({ currency, on, rate: sorted.findLast((rate) => rate.on <= on)!.rate / newOn(on) });
  }
  return turned;
}

/** At most 10,000: a rate a day of one currency for 27 years. */
export async function listRates(db: Connection, schema: string): Promise<DatedRate[]> {
  const rows = await db.run(
    sql`select currency, on_date::text, rate::float8 from ${raw(identifier(schema))}.rate order by currency, on_date desc limit 10000`,
  );
  return (rows as [string, string, number][]).map(([currency, on, rate]) => ({ currency, on, rate }));
}

/** @throws Problem `request.invalid` */
export function checkRate({ currency, on, rate }: DatedRate, base: string): void {
  const errors: FieldError[] = [];
  if (!Intl.supportedValuesOf('currency').includes(currency) || currency === base)
    errors.push({ field: 'currency', code: 'field.not-allowed' });
  if (!isDay(on)) errors.push({ field: 'on', code: 'field.not-a-date' });
  if (!(rate >= 1e-9 && rate <= 1e9)) errors.push({ field: 'rate', code: 'field.not-allowed' });
  if (errors.length > 0) throw new Problem('request.invalid', {}, errors);
}

/** @throws Problem `request.invalid` */
export async function setRate(
  db: Connection,
  workspace: Pick<House, 'schema' | 'settings'>,
  dated: DatedRate,
): Promise<void> {
  checkRate(dated, workspace.settings.currency);
  const { currency, on, rate } = dated;
  await db.execute(sql`
    insert into ${raw(identifier(workspace.schema))}.rate (currency, on_date, rate) values (${currency}, ${on}::date, ${rate}::numeric)
    on conflict (currency, on_date) do update set rate = excluded.rate`);
}

export async function removeRate(db: Connection, schema: string, currency: string, on: string): Promise<void> {
  if (!isDay(on)) throw invalid('on', 'field.not-a-date');
  await db.execute(
    sql`delete from ${raw(identifier(schema))}.rate where currency = ${currency} and on_date = ${on}::date`,
  );
}

function checkedHours(hours: CompanyChanges['workingHours']): WorkspaceSettings['workingHours'] {
  if (!hours || hours.length === 0) return undefined;
  try {
    return weeklyHours.normalise(hours, { name: 'workingHours' }, {} as FieldEnv) ?? undefined;
  } catch (error) {
    if (error instanceof FieldProblem) throw invalid('workingHours', error.code, error.params);
    throw error;
  }
}

/** In their order, each day once, with the name that was given last. */
function checkedHolidays(holidays: CompanyChanges['holidays']): WorkspaceSettings['holidays'] {
  const byDay = new Map<string, string>();
  for (const [index, { on, name }] of (holidays ?? []).entries()) {
    if (!isDay(on)) throw invalid(`holidays.${index}.on`, 'field.not-a-date');
    byDay.set(on, name.normalize('NFC').trim());
  }
  const sorted = [...byDay].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([on, name]) => ({ on, name }));
  return sorted.length > 0 ? sorted : undefined;
}

function invalid(field: string, code: string, params: Record<string, unknown> = {}): Problem {
  return new Problem('request.invalid', {}, [{ field, code, params }]);
}
