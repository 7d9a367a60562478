import { asSystem } from '#kernel/access/access.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { raw, sql } from '#kernel/database/sql.ts';
import { richText } from '#kernel/fields/richText/index.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { tableOf } from '#kernel/object/model.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { dropLeftColumn } from '#kernel/workspace/upgrade.ts';
import { interaction } from '#modules/channels/index.ts';
import { note } from '#modules/teamwork/index.ts';

/** What notes said of how something came to be known → what an interaction calls it. */
const channels: Readonly<Record<string, string>> = { call: 'phone', meeting: 'meeting', email: 'email' };

/** One transaction; of Node 0.5 s. */
const AT_ONCE = 500;

/**
 * Before there were interactions, a call or a meeting was a note of that kind. They become what they were, under the same
 * id, so that remarks, files and news find them; the notes go to the trash, with whatever was added to them at run time.
 * Then the kind goes, unless a company had kinds of its own, which say more than the program could.
 */
export async function notesOfContacts(
  workspace: Workspace,
  onProgress: (done: number) => void = () => {},
): Promise<void> {
  const { database, id, schema, model } = workspace;
  const table = raw(tableOf(schema, model.objects.get(note.name)!));
  const [has] = await database.run(sql`
    select 1 from information_schema.columns
    where table_schema = ${schema} and table_name = ${note.name} and column_name = 'kind'`);
  if (!has) return;
  const refused: string[] = [];
  for (let done = 0; ; ) {
    const rows = (await database.run(sql`
      select n.id::text, n.kind from ${table} n
      where n.kind = any(${Object.keys(channels)}) and n.deleted_at is null and n.id <> all(${refused}::uuid[])
      order by n.id limit ${AT_ONCE}`)) as [string, string][];
    if (rows.length === 0) break;
    refused.push(...(await makeInteractions(workspace, new Map(rows))));
    done += rows.length;
    onProgress(done);
  }
  const [left] = await database.run(sql`
    select 1 from ${table} n where n.deleted_at is null and n.kind is distinct from 'note' limit 1`);
  if (!left) await dropLeftColumn(database, id, { schema, table: note.name, column: 'kind' });
}

/** @returns those that a company's own rules do not allow as interactions: they stay notes */
async function makeInteractions(workspace: Workspace, kinds: ReadonlyMap<string, string>): Promise<string[]> {
  const { language, timeZone } = workspace.settings;
  const program = { ...asSystem('what a customer said is theirs, whatever it was kept as'), language, timeZone };
  const words = translator(language)('upgrade.notes');
  const move = async (records: Records, connection: Connection) => {
    const { items } = await records.list(note, { filter: { id: { in: [...kinds.keys()] } }, limit: AT_ONCE });
    const inputs = items.map((one) => ({
      id: one.id,
      channel: channels[kinds.get(one.id)!],
      at: one.createdAt,
      subject: one.subject,
      body: richText.format(one.body, { name: 'body' }, { language, timeZone }),
      pinned: one.pinned,
      account: one.account,
      contact: one.contact,
      opportunity: one.opportunity,
      owner: one.owner,
      createdAt: one.createdAt,
      createdBy: one.createdBy,
    }));
    const { results } = await records.createMany(interaction, inputs);
    const refused = new Set(results.flatMap(({ index, problem }) => (problem ? [inputs[index]!.id] : [])));
    const moved = items.map(({ id }) => id).filter((id) => !refused.has(id));
    await turnTo(workspace, connection, moved);
    await records.removeMany(note, { ids: moved });
    return [...refused];
  };
  return inTransaction(workspace, program, 'upgrade', move, { note: words });
}

/** What is about any record, and said that it was about a note. */
async function turnTo({ model, schema }: Workspace, connection: Connection, ids: readonly string[]): Promise<void> {
  for (const object of model.objects.values()) {
    if (!object.definition.target) continue;
    await connection.run(sql`
      update ${raw(tableOf(schema, object))} set target_object = ${interaction.name}
      where target_object = ${note.name} and target_id = any(${ids}::text[])`);
  }
}
