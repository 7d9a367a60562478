import { createHash } from 'node:crypto';
import { eraseEventData } from '../audit/seal.ts';
import { among, identifier, or, raw, type Sql, sql } from '../database/sql.ts';
import { foldText } from '../fields/clean.ts';
import { sweepFiles } from '../files/files.ts';
import type { FileStorage } from '../files/storage.ts';
import { type FieldModel, type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { deriveChanged } from '../records/derive.ts';
import type { Door, Unit, Workspace } from '../records/door.ts';
import { exactDraft, writeExactly } from '../records/exact.ts';
import { newId } from '../records/new-id.ts';
import { lockRows } from '../records/pipeline.ts';
import { searchText } from '../records/rows.ts';
import { moveToTrash, purgeRecord } from '../records/trash.ts';
import { inUnit } from '../records/unit.ts';
import { forgetWords } from '../search/words.ts';
import { importTable } from '../transfer/import/store.ts';
import { type Belongings, belongingsOf } from './belongings.ts';
import { type ImportedFiles, importsHolding, removeImportFiles } from './imports.ts';
import { hasTrace, type Traces, traceCondition, tracesOf, withoutTraces } from './traces.ts';

type Writing = Door & { unit: Unit };
type Row = Record<string, unknown> & { id: string; version: number };

/** `anonymise`: the record and what belongs to it stay, without what is personal in them. `delete`: they go for good. */
export type ErasureMode = 'anonymise' | 'delete';
/** Why it is done: the person asked for it, a rule about keeping data, or something else. */
export type ErasureReason = 'request' | 'retention' | 'other';

export interface ErasureRequest {
  readonly object: string;
  readonly id: string;
  readonly mode: ErasureMode;
  readonly reason: ErasureReason;
}

/** What was taken out where, in numbers: a proof that holds nothing of the person. */
export interface ErasureReport {
  readonly object: string;
  readonly record: string;
  readonly mode: ErasureMode;
  readonly records: readonly { readonly object: string; readonly anonymised: number; readonly deleted: number }[];
  /** Events whose changes and notes are gone. */
  readonly events: number;
  readonly files: number;
  readonly duplicateKeys: number;
  readonly duplicatePairs: number;
  readonly webhookDeliveries: number;
  /** Imported files that held the person, and rows kept of them. */
  readonly importFiles: number;
  readonly importRows: number;
  readonly preferences: number;
  /** Answers kept for repeated requests, and results of jobs. */
  readonly keptAnswers: number;
  readonly jobs: number;
  /** What has to be looked at by somebody. */
  readonly left: {
    /** Records of others in whose text the name or an address stands: 20 of each object at most. */
    readonly mentions: readonly { readonly object: string; readonly record: string }[];
    /** Imports that work on a file with the person in it. */
    readonly busyImports: readonly string[];
  };
}

export interface ErasureTools {
  /** Where imported files lie. */
  readonly importsFolder: string;
  readonly storage: FileStorage;
  readonly signal?: AbortSignal;
  /** Steps done, of how many. */
  progress?(done: number, total: number): void;
}

export interface Erasure {
  readonly id: string;
  readonly hash: string;
  readonly report: ErasureReport;
}

const STEPS = 6;
/** Mentions that are told of each object. */
const MOST_MENTIONS = 20;

/**
 * Takes somebody's personal data out of everything: their record and what is about them, the history, files, search, keys of
 * duplicates, imported files, what was sent to webhooks, kept answers. What cannot be done in the transaction (files on
 * the disk) is done after it, and by the nightly sweep when the process ends before. Done twice it finds nothing more.
 *
 * @param door of somebody who may do this to every record: what others wrote about the person goes, too
 * @throws Problem `record.not-found`; `record.in-use` when something that does not go needs the record
 */
export async function eraseRecord(door: Door, request: ErasureRequest, tools: ErasureTools): Promise<Erasure> {
  const { workspace } = door;
  const earlier = await erasureOf(workspace, request.id);
  const prepared = await prepare(door, request, tools);
  if (!prepared) {
    if (earlier) return earlier;
    throw new Problem('record.not-found', { object: request.object, id: request.id });
  }
  const changeSet = newId();
  const erasure = await inUnit({ ...door, changeSet }, {}, async (inside) => {
    const report = await eraseAll(inside, request, prepared, tools);
    if (earlier && isEmpty(report)) return earlier;
    const hash = createHash('sha256').update(JSON.stringify(report)).digest('hex');
    const id = newId();
    await inside.unit.connection.execute(sql`
      insert into ${at(workspace)}.erasure (id, object, record_id, mode, reason, report, hash, change_set, done_by_id, done_at)
      values (${id}::uuid, ${request.object}, ${request.id}::uuid, ${request.mode}, ${request.reason}, ${JSON.stringify(report)}::jsonb, ${hash},
        ${changeSet}::uuid, ${door.principal.userId}::uuid, ${inside.unit.at.toISOString()}::timestamptz)`);
    // In the sealed stream: the proof cannot be changed afterwards.
    inside.unit.pending.push({
      object: request.object,
      record: request.id,
      operation: 'erase',
      version: 0,
      changes: { mode: [null, request.mode], reason: [null, request.reason], proof: [null, hash] },
    });
    return { id, hash, report };
  });
  await removeImportFiles(workspace, tools.importsFolder, freeOf(prepared.imports));
  await sweepFiles(workspace.database, workspace.schema, tools.storage);
  tools.progress?.(STEPS, STEPS);
  return erasure;
}

/** What `eraseRecord` would do: it does it, and takes it back. @throws the same Problems */
export async function planErasure(door: Door, request: ErasureRequest, tools: ErasureTools): Promise<ErasureReport> {
  const prepared = await prepare(door, request, tools);
  if (!prepared) throw new Problem('record.not-found', { object: request.object, id: request.id });
  const done = new DryRun();
  try {
    await inUnit(door, {}, async (inside) => {
      done.report = await eraseAll(inside, request, prepared, tools);
      throw done;
    });
  } catch (error) {
    if (error !== done) throw error;
  }
  return done.report!;
}

function isEmpty({
  object: _object,
  record: _record,
  mode: _mode,
  left: _left,
  records,
  ...counts
}: ErasureReport): boolean {
  return records.length === 0 && Object.values(counts).every((count) => count === 0);
}

/** Ends a transaction that was only tried. */
class DryRun extends Error {
  report: ErasureReport | null = null;
}

/** The proofs, the newest first. */
export async function listErasures(
  workspace: Workspace,
  page: { before?: string | undefined; limit: number },
): Promise<(Erasure & { object: string; record: string; reason: string; doneBy: string | null; doneAt: string })[]> {
  const rows = await workspace.database.run(sql`
    select id::text, hash, report, object, record_id::text, reason, done_by_id::text, done_at from ${at(workspace)}.erasure
    where ${page.before ? sql`id < ${page.before}::uuid` : raw('true')} order by id desc limit ${page.limit}`);
  return rows.map(([id, hash, report, object, record, reason, doneBy, doneAt]) => ({
    id: id as string,
    hash: hash as string,
    report: report as ErasureReport,
    object: object as string,
    record: record as string,
    reason: reason as string,
    doneBy: doneBy as string | null,
    doneAt: doneAt as string,
  }));
}

async function erasureOf(workspace: Workspace, record: string): Promise<Erasure | null> {
  const [row] = await workspace.database.run(sql`
    select id::text, hash, report from ${at(workspace)}.erasure where record_id = ${record}::uuid order by id desc limit 1`);
  return row ? { id: row[0] as string, hash: row[1] as string, report: row[2] as ErasureReport } : null;
}

interface Prepared {
  readonly traces: Traces;
  readonly imports: ImportedFiles;
}

/** What takes long and changes nothing, before anything is locked. Null when there is no such record. */
async function prepare(
  door: Door,
  { object: name, id }: ErasureRequest,
  tools: ErasureTools,
): Promise<Prepared | null> {
  const { workspace } = door;
  const object = objectOf(workspace.model, name);
  if (name === 'user') throw new Problem('erasure.impossible', { object: name });
  const { traces, changeSets } = await inUnit(door, {}, async (inside) => {
    const belongings = await belongingsOf(inside.unit.connection, workspace, object, id);
    const rows = await lockRows(inside, object, belongings.get(name) ?? [], 'delete', 'any');
    if (!rows.has(id)) return { traces: null, changeSets: new Set<string>() };
    const events = await inside.unit.connection.run(sql`
      select change_set::text, via, changes from ${at(workspace)}.event where record_id = any(${[...rows.keys()]}::uuid[]) and version > 0`);
    const before = events.flatMap(([, , changes]) =>
      Object.entries((changes ?? {}) as Record<string, [unknown, unknown]>).flatMap(([field, values]) =>
        values.map((value) => ({ [field]: value })),
      ),
    );
    return {
      traces: tracesOf(object, [...rows.values(), ...before]),
      changeSets: new Set(events.filter(([, via]) => via === 'import').map(([set]) => set as string)),
    };
  });
  if (!traces) return null;
  tools.progress?.(1, STEPS);
  const imports = await importsHolding(workspace, tools.importsFolder, traces, changeSets, tools.signal);
  tools.progress?.(2, STEPS);
  return { traces, imports };
}

async function eraseAll(
  door: Writing,
  { object: name, id, mode }: ErasureRequest,
  { traces, imports }: Prepared,
  tools: ErasureTools,
): Promise<ErasureReport> {
  const { workspace, unit } = door;
  const { connection } = unit;
  const object = objectOf(workspace.model, name);
  const belongings = await belongingsOf(connection, workspace, object, id);
  const ids = [...belongings.values()].flat();

  // 1 what is personal, out of the records
  const words: string[] = [];
  const records: ErasureReport['records'][number][] = [];
  const gone = new Map<ObjectModel, string[]>();
  const fileFields: Sql[] = [];
  for (const [of, own] of belongings) {
    const kind = objectOf(workspace.model, of);
    const rows = [...(await lockRows(door, kind, own, 'delete', 'any')).values()] as Row[];
    const leaving = rows.filter((row) => mode === 'delete' || clearedOf(kind, row) === null);
    gone.set(
      kind,
      leaving.map((row) => row.id),
    );
    const drafts = rows
      .map((row) => exactDraft(row, clearedOf(kind, row) ?? clearedOf(kind, row, 'anyway') ?? {}))
      .filter((draft) => draft.changed.size > 0);
    words.push(...rows.map((row) => searchText(kind, row) ?? ''));
    await writeExactly(door, kind, drafts);
    const personal = [...kind.fields.values()].filter(
      (field) => field.type.name === 'file' && field.definition.personal,
    );
    fileFields.push(
      ...personal.map(
        (field) => sql`(l.object = ${of} and l.field = ${field.name} and l.record_id = any(${own}::uuid[]))`,
      ),
    );
    if (leaving.length > 0)
      fileFields.push(sql`(l.object = ${of} and l.record_id = any(${leaving.map((row) => row.id)}::uuid[]))`);
    const stay = drafts.filter((draft) => !leaving.some((row) => row.id === draft.id));
    records.push({ object: of, anonymised: stay.length, deleted: leaving.length });
  }

  // 2 what other records derive from it; the events tell which fields, and no value
  await deriveChanged(door);
  const deriving = new Set<string>();
  for (const [index, event] of unit.pending.entries()) {
    const isOwn = ids.includes(event.record);
    if (!isOwn) deriving.add(event.record);
    const isErased = isOwn && event.operation === 'update';
    unit.pending[index] = {
      ...event,
      operation: isErased ? 'erase' : event.operation,
      changes: isErased && event.changes ? withoutValues(event.changes) : null,
    };
  }
  tools.progress?.(3, STEPS);

  // 3 the history, and what of it others keep
  const history = await connection.run(
    sql`select changes::text, note from ${at(workspace)}.event where ${among('record_id', ids)} and (changes is not null or note is not null)`,
  );
  words.push(...history.map(([changes, note]) => foldText(`${changes ?? ''} ${note ?? ''}`)));
  const inExports =
    traces.length > 0 ? sql`or (e.version = 0 and ${traceCondition(traces, 'e.changes::text')})` : raw('');
  const events = await eraseEventData(
    connection,
    workspace.schema,
    unit.changeSet,
    sql`((e.record_id = any(${ids}::uuid[]) and e.operation <> 'erase')
      or (e.record_id = any(${[...deriving]}::uuid[]) and e.operation = 'derive') ${inExports})`,
  );
  const files = await releaseFiles(door, fileFields);
  const kept = await eraseKept(door, belongings, traces, imports);
  tools.progress?.(4, STEPS);

  // 4 the records that go
  for (const [kind, leaving] of [...gone].reverse()) {
    await moveToTrash(door, kind, leaving);
    for (const one of leaving) if (await isThere(door, kind, one)) await purgeRecord(door, kind, one);
  }

  // 5 search
  await forgetAll(door, words);
  const mentions = await mentionsOf(door, traces, new Set(ids));
  tools.progress?.(5, STEPS);
  return {
    object: name,
    record: id,
    mode,
    records: records.filter(({ anonymised, deleted }) => anonymised + deleted > 0),
    events,
    files,
    ...kept,
    left: { mentions, busyImports: imports.busy },
  };
}

/** Which fields, and nothing else. */
function withoutValues(changes: object): Record<string, readonly [null, null]> {
  return Object.fromEntries(Object.keys(changes).map((field) => [field, [null, null]]));
}

/** What a record is without what is personal in it; null when it cannot be without. */
function clearedOf(object: ObjectModel, row: Row, how?: 'anyway'): Record<string, unknown> | null {
  const changes: Record<string, unknown> = {};
  for (const field of object.fields.values()) {
    if (!field.definition.personal || field.derived || field.target !== null || field.system) continue;
    const value = row[field.name] ?? null;
    if (value === null || (Array.isArray(value) && value.length === 0)) continue;
    const neutral = neutralOf(field);
    if (neutral !== undefined) {
      if (value !== neutral) changes[field.name] = neutral;
    } else if (how !== 'anyway') return null;
  }
  return changes;
}

/** Undefined when the field has to have a value of its own. */
function neutralOf({ type, definition }: FieldModel): unknown {
  if (!definition.required) return null;
  if (definition.unique) return undefined;
  if (type.name === 'text' || type.name === 'longText') return '–';
  return type.name === 'richText' ? '<p>–</p>' : undefined;
}

/** Files that no other record holds are ready for the sweep at once. */
async function releaseFiles({ unit, workspace }: Writing, conditions: readonly Sql[]): Promise<number> {
  if (conditions.length === 0) return 0;
  const rows = await unit.connection.run(
    sql`delete from ${at(workspace)}.file_link l where ${or(conditions)} returning l.file_id::text`,
  );
  const ids = [...new Set(rows.map(([id]) => id as string))];
  if (ids.length === 0) return 0;
  return unit.connection.execute(sql`
    update ${at(workspace)}.file f set linked = false, created_at = '1970-01-01', name = 'file'
    where f.id = any(${ids}::uuid[]) and not exists (select from ${at(workspace)}.file_link l where l.file_id = f.id)`);
}

/** What the program keeps beside the records. */
async function eraseKept({ unit, workspace }: Writing, belongings: Belongings, traces: Traces, imports: ImportedFiles) {
  const { connection } = unit;
  const here = at(workspace);
  const ids = [...belongings.values()].flat();
  const anyId = (text: string) => sql`exists (select from unnest(${ids}::text[]) i where strpos(${raw(text)}, i) > 0)`;
  const anyTrace = (text: string) => (traces.length > 0 ? sql`or ${traceCondition(traces, text)}` : raw(''));
  const duplicateKeys = await connection.execute(
    sql`delete from ${here}.match_key where record_id = any(${ids}::uuid[])`,
  );
  const duplicatePairs = await connection.execute(
    sql`delete from ${here}.duplicate_pair where a_id = any(${ids}::uuid[]) or b_id = any(${ids}::uuid[])`,
  );
  const webhookDeliveries = await connection.execute(sql`
    update ${here}.webhook_delivery set payload = null, response = null
    where (payload is not null or response is not null)
      and (record_id = any(${ids}::uuid[]) ${anyTrace("coalesce(payload, '') || coalesce(response, '')")})`);
  const free = freeOf(imports);
  const errors = await connection.execute(sql`
    delete from ${importTable(workspace.schema, 'import_error')} t
    where t.import_id = any(${free}::uuid[]) ${anyTrace('t.cells::text')}`);
  const links = await connection.execute(sql`
    delete from ${importTable(workspace.schema, 'import_link')} t
    where t.import_id = any(${free}::uuid[]) or t.record_id = any(${ids}::uuid[]) ${anyTrace('t.cells::text')}`);
  const fixed = await connection.execute(sql`
    update ${importTable(workspace.schema)} t set fixes = '{}', message = null
    where t.id = any(${free}::uuid[]) and (t.fixes <> '{}' or t.message is not null)`);
  // A file that holds somebody may be called after them, by one of their names alone.
  const parts = traces.flat().filter((word) => !word.startsWith('#'));
  await connection.execute(sql`
    update ${importTable(workspace.schema)} t set file_name = 'file.' || t.format
    where t.id = any(${free}::uuid[]) and exists (select from unnest(${parts}::text[]) w where strpos(lower(t.file_name), w) > 0)`);
  // That a mail was left out stays known; whose it was does not.
  if (traces.length > 0)
    await connection.execute(sql`
      update ${here}.mailbox_skip set subject = '–', sender = null, message_id = null
      where ${traceCondition(traces, "subject || ' ' || coalesce(sender, '')")}`);
  // Neither what was to be sent to them nor what is known of how it went.
  if (traces.length > 0)
    await connection.execute(sql`
      delete from ${here}.outgoing_mail
      where ${traceCondition(traces, "content::text || ' ' || recipients::text")}`);
  // Nor to which meetings they were invited, or invited us.
  if (traces.length > 0) {
    for (const [name, text] of [
      ['meeting_guest', 'address'],
      ['meeting_received', "organizer || ' ' || organizer_name"],
      ['invitation', 'organizer'],
    ] as const)
      await connection.execute(sql`delete from ${here}.${raw(name)} where ${traceCondition(traces, text)}`);
    await connection.execute(sql`
      update ${here}.meeting_invitation set message = '' where ${traceCondition(traces, 'message')}`);
  }
  const keptAnswers = await connection.execute(sql`
    delete from platform.idempotency k using platform.identity i
    where i.id = k.identity_id and i.workspace_id = ${workspace.id}::uuid and (${anyId('k.answer::text')} ${anyTrace('k.answer::text')})`);
  const told = "coalesce(j.payload::text, '') || coalesce(j.result::text, '') || coalesce(j.message, '')";
  const jobs = await connection.execute(sql`
    update platform.job_progress j set payload = null, result = null, message = null
    where j.workspace_id = ${workspace.id}::uuid and j.state in ('done', 'failed', 'cancelled')
      and (j.payload is not null or j.result is not null or j.message is not null)
      and (${anyId(told)} ${anyTrace(told)})`);
  return {
    duplicateKeys,
    duplicatePairs,
    webhookDeliveries,
    importFiles: free.length,
    importRows: errors + links + fixed,
    preferences: await erasePreferences(unit, here, ids, traces),
    keptAnswers,
    jobs,
  };
}

function freeOf({ holding, busy }: ImportedFiles): string[] {
  return holding.filter((id) => !busy.includes(id));
}

/** What people searched for, visited, and marked. */
async function erasePreferences(unit: Unit, here: Sql, ids: readonly string[], traces: Traces): Promise<number> {
  const rows = await unit.connection.run(sql`select user_id::text, key, value from ${here}.preference`);
  const known = new Set(ids);
  let changed = 0;
  for (const [user, key, value] of rows as [string, string, unknown][]) {
    const text = JSON.stringify(value);
    if (!hasTrace(traces, text) && !ids.some((id) => text.includes(id))) continue;
    changed += await unit.connection.execute(sql`
      update ${here}.preference set value = ${JSON.stringify(withoutTraces(traces, known, value))}::jsonb
      where user_id = ${user}::uuid and key = ${key}`);
  }
  return changed;
}

async function isThere({ unit, workspace }: Writing, object: ObjectModel, id: string): Promise<boolean> {
  const rows = await unit.connection.run(
    sql`select 1 from ${raw(tableOf(workspace.schema, object))} where id = ${id}::uuid`,
  );
  return rows.length > 0;
}

/** In pieces that `forgetWords` reads to their end. */
async function forgetAll(door: Writing, texts: readonly string[]): Promise<void> {
  const words = [...new Set(texts.flatMap((text) => text.split(/[^\p{L}]+/u)))];
  for (let start = 0; start < words.length; start += 400)
    await forgetWords(door, words.slice(start, start + 400).join(' '));
}

/** Where else somebody wrote of the person: for a person to look at, since only they can tell who is meant. */
async function mentionsOf(
  { unit, workspace }: Writing,
  traces: Traces,
  own: ReadonlySet<string>,
): Promise<ErasureReport['left']['mentions']> {
  const looked = traces.filter((words) => !words.some((word) => word.startsWith('#')));
  if (looked.length === 0) return [];
  const mentions: { object: string; record: string }[] = [];
  for (const object of workspace.model.objects.values()) {
    if (object.searched.length === 0) continue;
    const rows = await unit.connection.run(sql`
      select id::text from ${raw(tableOf(workspace.schema, object))}
      where ${or(looked.map((words) => sql`search_text like all(${words.map((word) => `%${escaped(foldText(word))}%`)}::text[])`))}
      order by id desc limit ${MOST_MENTIONS + own.size}`);
    const others = rows.map(([id]) => id as string).filter((id) => !own.has(id));
    mentions.push(...others.slice(0, MOST_MENTIONS).map((record) => ({ object: object.name, record })));
  }
  return mentions;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

function at(workspace: Workspace): Sql {
  return raw(identifier(workspace.schema));
}
