import { indexName } from './names.ts';
import type { Column, Index, Table } from './snapshot.ts';

/**
 * Tables of every workspace beside those of its objects. A new one is an entry here; workspaces that exist get it at
 * the next start. No foreign keys to records: what they tell stays true when the record is gone.
 */
export const fixedTables: Readonly<Record<string, Table>> = {
  /** What happened, in the order of commits; see `events/event.ts`. Its partitions: `schema/partitions.ts`. */
  event: table(
    {
      position: 'bigint not null',
      at: 'timestamptz not null',
      change_set: 'uuid not null',
      object: 'text not null',
      record_id: 'uuid not null',
      operation: 'text not null',
      version: 'integer not null',
      actor_id: 'uuid',
      via: 'text not null',
      changes: 'jsonb',
      note: 'text',
    },
    ['position', 'at'],
    {
      partitionBy: 'range ("at")',
      indexes: {
        // History and timeline of a record.
        [indexName('event', 'record')]: { keys: ['"record_id"', '"position"'] },
        // Undo of a change set.
        [indexName('event', 'change_set')]: { keys: ['"change_set"'] },
      },
    },
  ),
  /** Numbers without gaps: `event`, and `number:<object>.<field>` for each series of an autoNumber field. */
  counter: table({ name: 'text not null', value: 'bigint not null default 0' }, ['name']),
  /** How far each reader of the event stream came, and why it stands still. */
  reader: table(
    {
      name: 'text not null',
      position: 'bigint not null default 0',
      attempts: 'integer not null default 0',
      error: 'text',
      failed_at: 'timestamptz',
    },
    ['name'],
  ),
  /** Records of each object, kept by the door: exact and free where `count(*)` walks the table. */
  object_count: table(
    { object: 'text not null', live: 'bigint not null default 0', trash: 'bigint not null default 0' },
    ['object'],
  ),
  setting: table({ key: 'text not null', value: 'jsonb not null' }, ['key']),
  /** Units of base currency per unit of `currency`, from `on_date` on. */
  rate: table({ currency: 'text not null', on_date: 'date not null', rate: 'numeric(24,12) not null' }, [
    'currency',
    'on_date',
  ]),
  file: table(
    {
      id: 'uuid not null',
      name: 'text not null',
      size: 'bigint not null',
      type: 'text not null',
      sha256: 'text not null',
      storage_key: 'text not null',
      linked: 'boolean not null default false',
      created_at: 'timestamptz not null',
      created_by_id: 'uuid',
    },
    ['id'],
    {
      indexes: {
        // The same content is stored once.
        [indexName('file', 'sha256')]: { keys: ['"sha256"'] },
        // Sweep of uploads that no record took.
        [indexName('file', 'unlinked')]: { keys: ['"created_at"'], where: 'not "linked"' },
      },
    },
  ),
  /** Every version of what was added and changed at run time; the newest is in force. */
  overlay: table(
    {
      version: 'bigint not null',
      document: 'jsonb not null',
      changed_at: 'timestamptz not null',
      changed_by_id: 'uuid',
    },
    ['version'],
  ),
};

/** Columns as they stand in SQL: type, then `not null`, then `default …`. */
function table(
  columns: Readonly<Record<string, string>>,
  primaryKey: readonly string[],
  more: { partitionBy?: string; indexes?: Readonly<Record<string, Index>> } = {},
): Table {
  return {
    columns: Object.fromEntries(Object.entries(columns).map(([name, text]) => [name, column(text)])),
    primaryKey,
    ...(more.partitionBy ? { partitionBy: more.partitionBy } : {}),
    indexes: more.indexes ?? {},
    foreignKeys: {},
  };
}

function column(text: string): Column {
  const [, type, notNull, initial] = /^(.+?)( not null)?(?: default (.+))?$/.exec(text) as RegExpExecArray;
  return { type: type!, ...(notNull ? { notNull: true } : {}), ...(initial ? { default: initial } : {}) };
}
