import { isShown, type Principal } from '../access/access.ts';
import type { Connection } from '../database/connection.ts';
import type { Database } from '../database/pool.ts';
import { identifier, raw, type Sql, sql } from '../database/sql.ts';
import type { FileValue } from '../fields/file/index.ts';
import type { FieldModel, ObjectModel } from '../object/model.ts';
import type { EventReader } from '../object/module.ts';
import { Problem } from '../problems/problem.ts';
import { connectionOf, type Door, type Unit, type Workspace } from '../records/door.ts';
import type { Draft } from '../records/draft.ts';
import { newId } from '../records/new-id.ts';
import { openRecords } from '../records/open.ts';
import { discard, type FileStorage, type ReceivedFile, storageKey } from './storage.ts';

/** A file as the program knows it. */
export interface StoredFile extends FileValue {
  sha256: string;
  storageKey: string;
}

type Writing = Door & { unit: Unit };

/** Something to keep: its bytes, as they were received, and what it is called. */
export interface NewFile {
  readonly received: ReceivedFile;
  readonly name: string;
  readonly type: string;
}

/** Keeps an upload. Until a record holds it, only whoever brought it may read it; after a day it goes away. */
export async function keepFile(
  workspace: Workspace,
  userId: string | null,
  storage: FileStorage,
  received: ReceivedFile,
  file: { name: string; type: string },
): Promise<FileValue> {
  const [kept] = await keepFiles(workspace, userId, storage, [{ received, ...file }]);
  return kept!;
}

/** The same for many at once. @returns one for each, in their order */
export async function keepFiles(
  workspace: Workspace,
  userId: string | null,
  storage: FileStorage,
  files: readonly NewFile[],
): Promise<FileValue[]> {
  if (files.length === 0) return [];
  const at = schemaOf(workspace.schema);
  const now = new Date();
  const rows = files.map(({ received: { size, sha256 }, name, type }) => {
    return { id: newId(), name, size, type, sha256, storage_key: storageKey(workspace.id, sha256, now) };
  });
  const insert = (connection: Connection, some: typeof rows) =>
    connection.execute(sql`
      insert into ${at}.file (id, name, size, type, sha256, storage_key, created_at, created_by_id)
      select f.*, now(), ${userId}::uuid from jsonb_to_recordset(${JSON.stringify(some)}::jsonb)
        f (id uuid, name text, size bigint, type text, sha256 text, storage_key text)`);
  const left = new Set(files.map(({ received }) => received));
  try {
    // While a row of the same content is locked, the sweep leaves the content alone.
    const known = await workspace.database.transaction(async (connection) => {
      const found = await connection.run(sql`
        select sha256, storage_key from ${at}.file where id = any(array(
          select distinct on (sha256) id from ${at}.file where sha256 = any(${rows.map(({ sha256 }) => sha256)}::text[])))
        for share`);
      const keys = new Map(found as [string, string][]);
      const copies = rows.flatMap((row) => {
        const storage_key = keys.get(row.sha256);
        return storage_key ? [{ ...row, storage_key }] : [];
      });
      if (copies.length > 0) await insert(connection, copies);
      return keys;
    });
    const added = rows.filter(({ sha256 }) => !known.has(sha256));
    // Of one content that is there several times, one is enough.
    const fresh = new Map(
      files.flatMap(({ received }) => (known.has(received.sha256) ? [] : [[received.sha256, received]])),
    );
    await storage.put(
      [...fresh].map(([sha256, received]) => ({ key: storageKey(workspace.id, sha256, now), received })),
    );
    for (const received of fresh.values()) left.delete(received);
    if (added.length > 0) await insert(workspace.database, added);
  } finally {
    for (const received of left) await discard(received);
  }
  return rows.map(({ id, name, size, type }) => ({ id, name, size, type }));
}

/** @throws Problem `file.not-found`, also when it exists and may not be read */
export async function readableFile(workspace: Workspace, principal: Principal, id: string): Promise<StoredFile> {
  const door: Door = { workspace, principal, via: 'file', trusted: false, unit: null };
  const [row] = await workspace.database.run(sql`
    select id::text, name, size, type, sha256, storage_key, linked, created_by_id::text
    from ${schemaOf(workspace.schema)}.file where id = ${id}::uuid`);
  if (!row) throw new Problem('file.not-found');
  const [fileId, name, size, type, sha256, storageKey, linked, createdBy] = row;
  const isOwn = !linked && createdBy !== null && createdBy === principal.userId;
  if (!isOwn && !(await mayRead(door, id))) throw new Problem('file.not-found');
  return { id: fileId, name, size, type, sha256, storageKey } as StoredFile;
}

/**
 * Files that drafts newly hold must exist, and be one's own or readable: an id that somebody came by is no right to the
 * file. Size and type are those of the file, whatever was sent.
 */
export async function checkFiles(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  const holding = fileFields(object).flatMap(({ name }) =>
    drafts
      .filter((draft) => draft.changed.has(name) && idsOf(draft.after[name]).length > 0)
      .map((draft) => ({ draft, name })),
  );
  if (holding.length === 0) return;
  const wanted = new Set(holding.flatMap(({ draft, name }) => idsOf(draft.after[name])));
  // Shared with the sweep, which waits or is waited for.
  const rows = await door.unit.connection.run(sql`
    select id::text, size, type, linked, created_by_id::text from ${schemaOf(door.workspace.schema)}.file
    where id = any(${[...wanted]}::uuid[]) order by id for share`);
  const known = new Map(rows.map((row) => [row[0] as string, row]));
  for (const { draft, name } of holding) {
    const held = idsOf(draft.before?.[name]);
    const values = (draft.after[name] ?? []) as FileValue[];
    for (const { id } of values) {
      const row = known.get(id);
      const [, , , linked, createdBy] = row ?? [];
      const isOwn = !linked && createdBy === door.principal.userId;
      const isHeld = row && (held.includes(id) || door.principal.userId === null || isOwn || (await mayRead(door, id)));
      if (!isHeld) draft.errors.push({ field: name, code: 'field.unknown-file' });
    }
    draft.after[name] = values.map((value) => {
      const [, size = value.size, type = value.type] = (known.get(value.id) ?? []) as [string, number, string];
      return { ...value, size, type };
    });
  }
}

/** Notes in the same transaction which records hold which files. */
export async function linkFiles(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  const changed = fileFields(object).flatMap(({ name }) =>
    drafts.filter((draft) => draft.changed.has(name)).map((draft) => ({ record: draft.id, field: name, draft })),
  );
  const links = changed.flatMap(({ record, field, draft }) =>
    [...new Set(idsOf(draft.after[field]))].map((file) => ({ record, field, file })),
  );
  const before = changed.filter(({ draft, field }) => idsOf(draft.before?.[field]).length > 0);
  const { connection } = door.unit;
  const at = schemaOf(door.workspace.schema);
  if (before.length > 0)
    await connection.execute(sql`
      update ${at}.file_link l set removed = true
      from jsonb_to_recordset(${JSON.stringify(before.map(({ record, field }) => ({ record, field })))}::jsonb) c (record uuid, field text)
      where l.object = ${object.name} and l.record_id = c.record and l.field = c.field`);
  if (links.length === 0) return;
  await connection.execute(sql`
    with held as (
      insert into ${at}.file_link (file_id, object, record_id, field)
      select f.id, ${object.name}, k.record, k.field
      from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) k (file uuid, record uuid, field text) join ${at}.file f on f.id = k.file
      on conflict (file_id, object, record_id, field) do update set removed = false returning file_id
    )
    update ${at}.file set linked = true where id = any(array(select file_id from held)) and not linked`);
}

/** A record that is gone for good holds no files; those that no other record ever held go with the next sweep. */
export const fileReader: EventReader = {
  name: 'files',
  operations: ['purge'],
  async run(events, { connection, schema }) {
    const purged = events.map(({ record }) => record);
    const at = schemaOf(schema);
    const rows = await connection.run(
      sql`delete from ${at}.file_link where record_id = any(${purged}::uuid[]) returning file_id::text`,
    );
    if (rows.length === 0) return;
    await connection.execute(sql`
      update ${at}.file f set linked = false where f.id = any(${rows.map(([id]) => id)}::uuid[])
        and not exists (select from ${at}.file_link l where l.file_id = f.id)`);
  },
};

/** Removes uploads that no record took within a day, and their content when no other file has the same. */
export async function sweepFiles(database: Database, schema: string, storage: FileStorage): Promise<number> {
  const at = schemaOf(schema);
  for (let removed = 0; ; removed++) {
    const isMore = await database.transaction(async (connection) => {
      const [row] = await connection.run(sql`
        select id::text, sha256, storage_key from ${at}.file where not linked and created_at < now() - interval '24 hours'
        order by created_at limit 1 for update skip locked`);
      if (!row) return false;
      const [id, sha256, key] = row as [string, string, string];
      const others = await connection.run(
        sql`select 1 from ${at}.file where sha256 = ${sha256} and storage_key = ${key} and id <> ${id}::uuid limit 1`,
      );
      await connection.execute(sql`delete from ${at}.file where id = ${id}::uuid`);
      // While the row is locked: whoever brings the same content now waits, finds no row, and stores it again.
      if (others.length === 0) await storage.remove(key);
      return true;
    });
    if (!isMore) return removed;
  }
}

/** Whoever may read a record, and its field, may read the files in it. */
async function mayRead(door: Door, id: string): Promise<boolean> {
  const links = await connectionOf(door).run(sql`
    select object, record_id::text, field from ${schemaOf(door.workspace.schema)}.file_link
    where file_id = ${id}::uuid and not removed limit 100`);
  const records = openRecords(door);
  for (const [object, record, field] of links as [string, string, string][]) {
    const model = door.workspace.model.objects.get(object);
    if (!model?.fields.has(field) || !isShown(door.principal, object, field)) continue;
    try {
      const { [field]: value } = await records.read(object, record, { fields: [field], deleted: true });
      if (idsOf(value).includes(id)) return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  return false;
}

function fileFields(object: ObjectModel): readonly FieldModel[] {
  let fields = known.get(object);
  if (!fields) {
    fields = [...object.fields.values()].filter(({ type }) => type.name === 'file');
    known.set(object, fields);
  }
  return fields;
}

const known = new WeakMap<ObjectModel, readonly FieldModel[]>();

function idsOf(value: unknown): string[] {
  return Array.isArray(value) ? (value as FileValue[]).map(({ id }) => id) : [];
}

function schemaOf(schema: string): Sql {
  return raw(identifier(schema));
}
