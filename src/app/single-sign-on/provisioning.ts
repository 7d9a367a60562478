import { v7 as uuid } from 'uuid';
import { asSystem } from '#kernel/access/access.ts';
import { and, sql } from '#kernel/database/sql.ts';
import type { FieldEnv } from '#kernel/fields/field-type.ts';
import { phone as phoneType } from '#kernel/fields/phone/index.ts';
import { FieldProblem, Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { exclusively } from '#kernel/schema/apply.ts';
import { changeAccess, createIdentity } from '../identity/people.ts';
import type { Runtime } from '../runtime.ts';
import { bringGroupsUpToDate, rolesOfNewcomers } from './groups.ts';
import { readProvider, type ScimSettings } from './providers.ts';
import { SignInRefusal } from './refusal.ts';

/** Somebody as a provisioning directory sees them. */
export interface ProvisionedUser {
  /** Of the `user` record. */
  readonly id: string;
  readonly userName: string;
  readonly externalId: string | null;
  readonly name: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly email: string;
  readonly title: string | null;
  /** E.164 */
  readonly phone: string | null;
  readonly manager: { readonly id: string; readonly name: string } | null;
  readonly language: string;
  readonly timeZone: string;
  readonly active: boolean;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a directory says of somebody; what is left out stays as it is. */
export interface UserWords {
  userName?: string;
  externalId?: string | null;
  name?: string;
  givenName?: string | null;
  familyName?: string | null;
  email?: string;
  title?: string | null;
  phone?: string | null;
  /** Id of a user. */
  manager?: string | null;
  language?: string;
  timeZone?: string;
  active?: boolean;
}

export interface ProvisionedGroup {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly members: readonly { readonly id: string; readonly name: string }[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a list is asked for; all of it has to hold. */
export interface UserQuery {
  readonly id?: string;
  readonly userName?: string;
  readonly externalId?: string;
  readonly email?: string;
  readonly active?: boolean;
}

export interface GroupQuery {
  readonly id?: string;
  readonly name?: string;
  readonly externalId?: string;
  /** Id of a user. */
  readonly member?: string;
}

export interface Slice {
  /** How many are passed over. */
  readonly offset: number;
  readonly limit: number;
}

const described = ['name', 'title', 'phone', 'manager', 'language', 'timeZone'];

/** Whoever may sign in, and those that the directory has switched off: others who left are not its matter. */
export async function listProvisionedUsers(
  { database }: Runtime,
  workspace: Workspace,
  query: UserQuery,
  { offset, limit }: Slice,
): Promise<{ total: number; items: ProvisionedUser[] }> {
  const conditions = [
    sql`i.workspace_id = ${workspace.id}::uuid and (i.active or p.identity_id is not null)`,
    query.id === undefined ? null : sql`i.user_id = ${query.id}::uuid`,
    query.userName === undefined ? null : sql`lower(coalesce(p.user_name, i.email)) = lower(${query.userName})`,
    query.externalId === undefined ? null : sql`p.external_id = ${query.externalId}`,
    query.email === undefined ? null : sql`lower(i.email) = lower(${query.email})`,
    query.active === undefined ? null : sql`i.active = ${query.active}::boolean`,
  ].filter((condition) => condition !== null);
  const from = sql`platform.identity i left join platform.provisioned_user p on p.identity_id = i.id
    where ${and(conditions)}`;
  const [counted] = await database.run(sql`select count(*) from ${from}`);
  const rows = await database.run(sql`
    select i.id::text, i.user_id::text, coalesce(p.user_name, i.email), p.external_id, p.given_name, p.family_name, i.email,
      i.active, i.created_at, greatest(i.created_at, p.updated_at)
    from ${from} order by i.created_at, i.id limit ${limit}::integer offset ${offset}::integer`);
  const records = directory(workspace);
  const users = new Map<string, Record<string, unknown>>();
  for (let at = 0; at < rows.length; at += 200) {
    const ids = rows.slice(at, at + 200).map(([, userId]) => userId as string);
    const query = { filter: { id: { in: ids } }, fields: described, expand: ['manager'], limit: 200 };
    for (const user of (await records.list('user', query)).items) users.set(user.id, user);
  }
  const groups = await groupsOf(
    workspace,
    rows.map(([id]) => id as string),
  );
  const items = rows.map(
    ([identityId, id, userName, externalId, givenName, familyName, email, active, createdAt, updatedAt]) => {
      const user = users.get(id as string) ?? {};
      const { name = email, title = null, phone = null, language = 'en', timeZone = 'UTC' } = user;
      const { manager = null } = (user.expanded ?? {}) as { manager?: { id: string; title: string } | null };
      return {
        ...{ id, userName, externalId, givenName, familyName, email, active, createdAt, updatedAt },
        ...{ name, title, phone, language, timeZone },
        manager: manager && { id: manager.id, name: manager.title },
        groups: groups.get(identityId as string) ?? [],
      } as ProvisionedUser;
    },
  );
  return { total: counted![0] as number, items };
}

/** @throws Problem `record.not-found` */
export async function readProvisionedUser(
  runtime: Runtime,
  workspace: Workspace,
  id: string,
): Promise<ProvisionedUser> {
  const { items } = await listProvisionedUsers(runtime, workspace, { id }, { offset: 0, limit: 1 });
  if (!items[0]) throw new Problem('record.not-found', { object: 'user', id });
  return items[0];
}

/**
 * Somebody is given access, in the same way as somebody who is invited, but without a link: they come in through the
 * provider. Whoever left and comes again is who they were.
 *
 * @throws Problem `record.duplicate` when the name or the address is taken, `record.invalid`
 */
export function provisionUser(runtime: Runtime, workspace: Workspace, words: UserWords): Promise<ProvisionedUser> {
  return alone(runtime, workspace, async (settings) => {
    const userName = words.userName?.trim() ?? '';
    const email = (words.email ?? userName).trim();
    if (userName === '' || !/^[^@\s]+@[^@\s]+$/.test(email)) throw invalid(userName === '' ? 'userName' : 'emails');
    const [known] = await runtime.database.run(sql`
      select i.id::text, i.user_id::text, i.workspace_id = ${workspace.id}::uuid and not i.active and p.identity_id is null
      from platform.identity i left join platform.provisioned_user p on p.identity_id = i.id
      where lower(i.email) = lower(${email}) or (p.workspace_id = ${workspace.id}::uuid and lower(p.user_name) = lower(${userName}))`);
    if (known && known[2] !== true) throw new Problem('record.duplicate');
    const { language: ownLanguage, timeZone: ownZone } = workspace.settings;
    const { language = ownLanguage, timeZone = ownZone, name = userName, active = true } = words;
    const person = known
      ? { identityId: known[0] as string, userId: known[1] as string }
      : await createIdentity(runtime.database, workspace, {
          ...{ name, email, language, timeZone },
          roles: await rolesOfNewcomers(workspace, settings.roles).catch((error) => {
            throw error instanceof SignInRefusal ? invalid('roles') : error;
          }),
        });
    await describe(runtime, workspace, person.identityId, { ...words, userName });
    const { title, phone, manager } = words;
    await changeUser(runtime, workspace, person, { name, title, phone, manager, active });
    return readProvisionedUser(runtime, workspace, person.userId);
  });
}

/** @throws Problem `record.not-found`, `record.duplicate`, `record.invalid`, `user.last-administrator` */
export function changeProvisionedUser(
  runtime: Runtime,
  workspace: Workspace,
  id: string,
  words: UserWords,
): Promise<ProvisionedUser> {
  return alone(runtime, workspace, async () => {
    const before = await readProvisionedUser(runtime, workspace, id);
    const identityId = await identityOf(runtime, workspace, id);
    await describe(runtime, workspace, identityId, { ...words, userName: words.userName ?? before.userName });
    const { email, title, phone, manager, language, timeZone, active } = words;
    const parts = [words.givenName ?? before.givenName, words.familyName ?? before.familyName];
    const isNamedAnew = words.givenName !== undefined || words.familyName !== undefined;
    const name = words.name ?? (isNamedAnew && parts.every((part) => part) ? parts.join(' ') : undefined);
    await changeUser(
      runtime,
      workspace,
      { identityId, userId: id },
      {
        ...(email !== undefined && email.trim() !== before.email ? { email: email.trim() } : {}),
        ...(name !== undefined && name !== before.name ? { name } : {}),
        ...(title !== undefined && title !== before.title ? { title } : {}),
        ...(phone !== undefined ? { phone } : {}),
        ...(manager !== undefined && manager !== (before.manager?.id ?? null) ? { manager } : {}),
        ...(language !== undefined && language !== before.language ? { language } : {}),
        ...(timeZone !== undefined && timeZone !== before.timeZone ? { timeZone } : {}),
        ...(active !== undefined && active !== before.active ? { active } : {}),
      },
    );
    return readProvisionedUser(runtime, workspace, id);
  });
}

/** Somebody is let go, and no longer the directory's matter. Their records stay, and so does their name on them. */
export function deprovisionUser(runtime: Runtime, workspace: Workspace, id: string): Promise<void> {
  return alone(runtime, workspace, async () => {
    const { active } = await readProvisionedUser(runtime, workspace, id);
    const identityId = await identityOf(runtime, workspace, id);
    if (active) await changeUser(runtime, workspace, { identityId, userId: id }, { active: false });
    await runtime.database.execute(
      sql`delete from platform.provisioned_member where identity_id = ${identityId}::uuid`,
    );
    await runtime.database.execute(sql`delete from platform.provisioned_user where identity_id = ${identityId}::uuid`);
  });
}

export async function listProvisionedGroups(
  { database }: Runtime,
  workspace: Workspace,
  query: GroupQuery,
  { offset, limit }: Slice,
): Promise<{ total: number; items: ProvisionedGroup[] }> {
  const conditions = [
    sql`g.workspace_id = ${workspace.id}::uuid`,
    query.id === undefined ? null : sql`g.id = ${query.id}::uuid`,
    query.name === undefined ? null : sql`lower(g.name) = lower(${query.name})`,
    query.externalId === undefined ? null : sql`g.external_id = ${query.externalId}`,
    query.member === undefined
      ? null
      : sql`exists (select from platform.provisioned_member m join platform.identity i on i.id = m.identity_id
          where m.group_id = g.id and i.user_id = ${query.member}::uuid)`,
  ].filter((condition) => condition !== null);
  const from = sql`platform.provisioned_group g where ${and(conditions)}`;
  const [counted] = await database.run(sql`select count(*) from ${from}`);
  const rows = await database.run(sql`
    select g.id::text, g.name, g.external_id, g.created_at, g.updated_at
    from ${from} order by g.created_at, g.id limit ${limit}::integer offset ${offset}::integer`);
  const ids = rows.map(([id]) => id as string);
  const members = await database.run(sql`
    select m.group_id::text, i.user_id::text, coalesce(p.user_name, i.email) from platform.provisioned_member m
    join platform.identity i on i.id = m.identity_id left join platform.provisioned_user p on p.identity_id = i.id
    where m.group_id = any(${ids}::uuid[]) order by i.created_at, i.id`);
  const byGroup = Map.groupBy(members as [string, string, string][], ([group]) => group);
  const items = rows.map(
    ([id, name, externalId, createdAt, updatedAt]) =>
      ({
        ...{ id, name, externalId, createdAt, updatedAt },
        members: (byGroup.get(id as string) ?? []).map(([, userId, userName]) => ({ id: userId, name: userName })),
      }) as ProvisionedGroup,
  );
  return { total: counted![0] as number, items };
}

/** @throws Problem `record.not-found` */
export async function readProvisionedGroup(
  runtime: Runtime,
  workspace: Workspace,
  id: string,
): Promise<ProvisionedGroup> {
  const { items } = await listProvisionedGroups(runtime, workspace, { id }, { offset: 0, limit: 1 });
  if (!items[0]) throw new Problem('record.not-found', { object: 'group', id });
  return items[0];
}

/** What a directory says of a group; what is left out stays as it is. */
export interface GroupWords {
  name?: string;
  externalId?: string | null;
  /** Ids of users: all of them, or who comes and who goes. */
  members?: readonly string[];
  added?: readonly string[];
  removed?: readonly string[];
}

/** @throws Problem `record.duplicate`, `record.invalid` for a member who is not there */
export function provisionGroup(runtime: Runtime, workspace: Workspace, words: GroupWords): Promise<ProvisionedGroup> {
  return alone(runtime, workspace, async (settings) => {
    const id = uuid();
    const name = words.name?.trim() ?? '';
    if (name === '') throw invalid('displayName');
    const members = await identitiesOf(runtime, workspace, words.members ?? []);
    await uniquely(() =>
      runtime.database.execute(sql`
        insert into platform.provisioned_group (id, workspace_id, external_id, name, created_at, updated_at)
        values (${id}::uuid, ${workspace.id}::uuid, ${words.externalId ?? null}, ${name}, now(), now())`),
    );
    await addMembers(runtime, id, members);
    await apply(runtime, workspace, members, settings);
    return readProvisionedGroup(runtime, workspace, id);
  });
}

/** @throws Problem `record.not-found`, `record.duplicate`, `record.invalid` for a member who is not there */
export function changeProvisionedGroup(
  runtime: Runtime,
  workspace: Workspace,
  id: string,
  words: GroupWords,
): Promise<ProvisionedGroup> {
  return alone(runtime, workspace, async (settings) => {
    const before = await readProvisionedGroup(runtime, workspace, id);
    const had = new Set(before.members.map((member) => member.id));
    const wanted = new Set(words.members ?? had);
    for (const member of words.added ?? []) wanted.add(member);
    for (const member of words.removed ?? []) wanted.delete(member);
    const isRenamed = words.name !== undefined && words.name.trim() !== before.name;
    const name = words.name?.trim() || before.name;
    const added = await identitiesOf(
      runtime,
      workspace,
      [...wanted].filter((member) => !had.has(member)),
    );
    const gone = await identitiesOf(
      runtime,
      workspace,
      [...had].filter((member) => !wanted.has(member)),
    );
    const externalId = words.externalId === undefined ? before.externalId : words.externalId;
    await uniquely(() =>
      runtime.database.execute(sql`
        update platform.provisioned_group set name = ${name}, external_id = ${externalId}, updated_at = now()
        where id = ${id}::uuid`),
    );
    await addMembers(runtime, id, added);
    await runtime.database.execute(
      sql`delete from platform.provisioned_member where group_id = ${id}::uuid and identity_id = any(${gone}::uuid[])`,
    );
    const all = isRenamed ? await membersOf(runtime, id) : added;
    await apply(runtime, workspace, [...new Set([...all, ...gone])], settings);
    return readProvisionedGroup(runtime, workspace, id);
  });
}

export function removeProvisionedGroup(runtime: Runtime, workspace: Workspace, id: string): Promise<void> {
  return alone(runtime, workspace, async (settings) => {
    await readProvisionedGroup(runtime, workspace, id);
    const members = await membersOf(runtime, id);
    await runtime.database.execute(sql`delete from platform.provisioned_group where id = ${id}::uuid`);
    await apply(runtime, workspace, members, settings);
  });
}

/** After what groups stand for was changed. */
export function applyAllGroups(runtime: Runtime, workspace: Workspace): Promise<void> {
  return alone(runtime, workspace, async (settings) => {
    const rows = await runtime.database.run(sql`
      select distinct m.identity_id::text from platform.provisioned_member m
      join platform.provisioned_group g on g.id = m.group_id where g.workspace_id = ${workspace.id}::uuid`);
    await apply(
      runtime,
      workspace,
      rows.map(([id]) => id as string),
      settings,
    );
  });
}

/** Groups of one directory come several at a time; what they give one person is computed from all of them. */
async function alone<Result>(
  runtime: Runtime,
  workspace: Workspace,
  work: (settings: ScimSettings) => Promise<Result>,
): Promise<Result> {
  return exclusively(runtime.database, `provisioning ${workspace.id}`, async () => {
    const provider = await readProvider(runtime, workspace.id, 'scim');
    return work(provider?.settings ?? { roles: [], groups: [] });
  });
}

async function apply(
  runtime: Runtime,
  workspace: Workspace,
  identityIds: readonly string[],
  settings: ScimSettings,
): Promise<void> {
  const groups = await groupsOf(workspace, identityIds);
  const rows = await runtime.database.run(
    sql`select id::text, user_id::text from platform.identity where id = any(${[...identityIds]}::uuid[])`,
  );
  for (const [identityId, userId] of rows as [string, string][]) {
    const names = (groups.get(identityId) ?? []).map(({ name }) => name);
    try {
      await bringGroupsUpToDate(workspace, userId, names, settings);
    } catch (error) {
      if (!(error instanceof SignInRefusal)) throw error;
      // Whoever has no role left does not come in.
      await changeUser(runtime, workspace, { identityId, userId }, { active: false });
    }
  }
}

async function groupsOf(
  { database, id }: Workspace,
  identityIds: readonly string[],
): Promise<Map<string, { id: string; name: string }[]>> {
  const rows = (await database.run(sql`
    select m.identity_id::text, g.id::text, g.name from platform.provisioned_member m
    join platform.provisioned_group g on g.id = m.group_id and g.workspace_id = ${id}::uuid
    where m.identity_id = any(${[...identityIds]}::uuid[]) order by g.name`)) as [string, string, string][];
  const byIdentity = Map.groupBy(rows, ([identityId]) => identityId);
  return new Map([...byIdentity].map(([key, groups]) => [key, groups.map(([, id, name]) => ({ id, name }))]));
}

async function describe(
  { database }: Runtime,
  workspace: Workspace,
  identityId: string,
  words: UserWords & { userName: string },
): Promise<void> {
  const given = (value: string | null | undefined) => sql`${value === undefined}::boolean`;
  const { userName, externalId, givenName, familyName } = words;
  await uniquely(() =>
    database.execute(sql`
      insert into platform.provisioned_user as p
        (identity_id, workspace_id, external_id, user_name, given_name, family_name, updated_at)
      values (${identityId}::uuid, ${workspace.id}::uuid, ${externalId ?? null}, ${userName}, ${givenName ?? null}, ${familyName ?? null}, now())
      on conflict (identity_id) do update set user_name = excluded.user_name, updated_at = now(),
        external_id = case when ${given(externalId)} then p.external_id else excluded.external_id end,
        given_name = case when ${given(givenName)} then p.given_name else excluded.given_name end,
        family_name = case when ${given(familyName)} then p.family_name else excluded.family_name end`),
  );
}

/** The identity first: whoever is let go is out before anything else. */
async function changeUser(
  runtime: Runtime,
  workspace: Workspace,
  { identityId, userId }: { identityId: string; userId: string },
  {
    phone,
    ...changes
  }: Pick<UserWords, 'email' | 'name' | 'title' | 'phone' | 'manager' | 'language' | 'timeZone' | 'active'>,
): Promise<void> {
  const { email, active } = changes;
  if (active !== undefined) await changeAccess(runtime.database, workspace.id, identityId, { active });
  if (email !== undefined) {
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw invalid('emails');
    await uniquely(() =>
      runtime.database.execute(sql`update platform.identity set email = ${email} where id = ${identityId}::uuid`),
    );
  }
  const said = { ...changes, phone: phone ? numberOf(phone, workspace.settings.country) : phone };
  const record = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  if (Object.keys(record).length > 0) await directory(workspace).update('user', userId, record);
}

/** Directories hold what people typed: what is no number is passed over, as an unknown time zone is. */
function numberOf(text: string, country: string): unknown {
  try {
    return phoneType.normalise(text, { name: 'phone' }, { country } as FieldEnv);
  } catch (error) {
    if (error instanceof FieldProblem) return undefined;
    throw error;
  }
}

async function identityOf({ database }: Runtime, workspace: Workspace, userId: string): Promise<string> {
  const [row] = await database.run(
    sql`select id::text from platform.identity where workspace_id = ${workspace.id}::uuid and user_id = ${userId}::uuid`,
  );
  if (!row) throw new Problem('record.not-found', { object: 'user', id: userId });
  return row[0] as string;
}

async function identitiesOf(
  { database }: Runtime,
  workspace: Workspace,
  userIds: readonly string[],
): Promise<string[]> {
  const wanted = [...new Set(userIds)];
  const rows = await database.run(sql`
    select id::text from platform.identity where workspace_id = ${workspace.id}::uuid and user_id = any(${wanted}::uuid[])`);
  if (rows.length < wanted.length) throw invalid('members');
  return rows.map(([id]) => id as string);
}

async function membersOf({ database }: Runtime, groupId: string): Promise<string[]> {
  const rows = await database.run(
    sql`select identity_id::text from platform.provisioned_member where group_id = ${groupId}::uuid`,
  );
  return rows.map(([id]) => id as string);
}

async function addMembers({ database }: Runtime, groupId: string, identityIds: readonly string[]): Promise<void> {
  await database.execute(sql`
    insert into platform.provisioned_member (group_id, identity_id)
    select ${groupId}::uuid, unnest(${[...identityIds]}::uuid[]) on conflict do nothing`);
}

/** @throws Problem `record.duplicate` instead of the database's own refusal */
async function uniquely(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if ((error as { code?: unknown }).code === '23505') throw new Problem('record.duplicate');
    throw error;
  }
}

function directory(workspace: Workspace) {
  return recordsFor(workspace, asSystem('a directory provisions the company’s people'), 'scim');
}

function invalid(field: string): Problem {
  return new Problem('record.invalid', {}, [{ field, code: 'field.invalid' }]);
}
