import { identifier, raw, sql } from '../database/sql.ts';
import type { Workspace } from '../records/door.ts';

/** What a company wants of its audit. */
export interface AuditSettings {
  /** Objects of which it is noted who looked at a record. */
  readonly views: readonly string[];
  /** After so many years events lose what they held; that they happened stays. Null keeps it for good. */
  readonly keepYears: number | null;
}

const KEY = 'audit';
const initial: AuditSettings = { views: [], keepYears: null };

type House = Pick<Workspace, 'database' | 'schema'>;

export async function readAuditSettings({ database, schema }: House): Promise<AuditSettings> {
  const [row] = await database.run(sql`select value from ${raw(identifier(schema))}.setting where key = ${KEY}`);
  return { ...initial, ...(row?.[0] as Partial<AuditSettings> | undefined) };
}

export async function writeAuditSettings({ database, schema }: House, settings: AuditSettings): Promise<void> {
  await database.execute(sql`
    insert into ${raw(identifier(schema))}.setting (key, value) values (${KEY}, ${JSON.stringify(settings)}::jsonb)
    on conflict (key) do update set value = excluded.value`);
  known.delete(schema);
}

/** Another process may have changed them. */
const FRESH_MS = 5_000;
const known = new Map<string, { at: number; settings: Promise<AuditSettings> }>();

/** As they were at most five seconds ago: asked at every look at a record. */
export function knownAuditSettings(house: House): Promise<AuditSettings> {
  const last = known.get(house.schema);
  if (last && Date.now() - last.at < FRESH_MS) return last.settings;
  const settings = readAuditSettings(house);
  known.set(house.schema, { at: Date.now(), settings });
  settings.catch(() => known.delete(house.schema));
  return settings;
}
