import type { Connection } from '../database/connection.ts';
import type { Database } from '../database/pool.ts';
import { identifier } from '../database/sql.ts';
import { StartError } from '../database/start-error.ts';
import { foldText } from '../fields/clean.ts';

/** PostgreSQL before 15 knows neither the partial `set null` nor the index clean-up that the tables rely on. */
const OLDEST_SERVER = 15;

/** Small letters of Latin scripts that fold to one letter. A function of the database cannot fold by Unicode's own table. */
const accented = Array.from({ length: 0x180 - 0xe0 }, (_, index) => String.fromCodePoint(0xe0 + index)).filter(
  (letter) => letter === letter.toLowerCase() && foldText(letter) !== letter && foldText(letter).length === 1,
);

/** The same, behind what most of a text is made of: `translate` looks for each of its letters from the first one on. */
const usual = [...' eaisnortulkdmcpgvbyjzfhqxw0123456789.-@', ...'áéíóúñąčęėįšųūž'];
const byUse = [...usual, ...accented.filter((letter) => !usual.includes(letter))];

/**
 * The schema `platform`: what belongs to no workspace. Number n of this list brings the schema to version n; a landed
 * number is never edited, a change is a new number. Every statement may run twice.
 */
const versions: readonly (readonly string[])[] = [
  [
    // By which texts are sorted and their first letters found: without case and accents, at most what an index can hold.
    `create or replace function platform.fold(value text) returns text language sql immutable parallel safe
      return translate(lower(left(value, 200)), '${accented.join('')}', '${accented.map(foldText).join('')}')`,
    `create table if not exists platform.workspace (
      id uuid constraint pk_workspace primary key,
      slug text not null constraint uq_workspace__slug unique,
      name text not null,
      settings jsonb not null,
      state text not null default 'ready' constraint ck_workspace__state check (state in ('ready', 'changing', 'upgrading')),
      definitions_version bigint not null default 1,
      snapshot jsonb not null,
      journal jsonb,
      journal_done integer not null default 0,
      created_at timestamptz not null
    )`,
    `create table if not exists platform.identity (
      id uuid constraint pk_identity primary key,
      workspace_id uuid not null constraint fk_identity__workspace references platform.workspace (id) on delete cascade,
      user_id uuid not null,
      email text not null,
      password_hash text,
      active boolean not null default true,
      created_at timestamptz not null
    )`,
    'create unique index if not exists uq_identity__email on platform.identity (lower(email))',
    'create index if not exists ix_identity__user on platform.identity (workspace_id, user_id)',
    `create table if not exists platform.session (
      token_hash text constraint pk_session primary key,
      identity_id uuid not null constraint fk_session__identity references platform.identity (id) on delete cascade,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      last_seen_at timestamptz not null,
      user_agent text
    )`,
    'create index if not exists ix_session__identity on platform.session (identity_id)',
    'create index if not exists ix_session__expires on platform.session (expires_at)',
    `create table if not exists platform.api_key (
      id uuid constraint pk_api_key primary key,
      identity_id uuid not null constraint fk_api_key__identity references platform.identity (id) on delete cascade,
      name text not null,
      token_hash text not null constraint uq_api_key__token unique,
      prefix text not null,
      created_at timestamptz not null,
      last_used_at timestamptz,
      expires_at timestamptz
    )`,
    'create index if not exists ix_api_key__identity on platform.api_key (identity_id)',
    `create table if not exists platform.idempotency (
      identity_id uuid not null constraint fk_idempotency__identity references platform.identity (id) on delete cascade,
      key text not null,
      request_hash text not null,
      status integer,
      answer jsonb,
      created_at timestamptz not null,
      constraint pk_idempotency primary key (identity_id, key)
    )`,
    'create index if not exists ix_idempotency__created on platform.idempotency (created_at)',
    `create table if not exists platform.job_progress (
      id uuid constraint pk_job_progress primary key,
      workspace_id uuid not null constraint fk_job_progress__workspace references platform.workspace (id) on delete cascade,
      kind text not null,
      state text not null constraint ck_job_progress__state check (state in ('queued', 'running', 'done', 'failed')),
      done bigint not null default 0,
      total bigint,
      message text,
      result jsonb,
      created_by_id uuid,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`,
    'create index if not exists ix_job_progress__workspace on platform.job_progress (workspace_id, created_at)',
  ],
  [
    // `translate` looks through all its letters for each of the text: 23 µs for a name, for every index of every row that
    // is written. A text without other letters than ASCII needs none of it: 2 µs.
    `create or replace function platform.fold(value text) returns text language sql immutable parallel safe
      return case when octet_length(value) = char_length(value) then lower(left(value, 200))
        else translate(lower(left(value, 200)), '${accented.join('')}', '${accented.map(foldText).join('')}') end`,
  ],
  [
    // Until there were administrators, everybody did what they do.
    'alter table platform.identity add column if not exists administrator boolean not null default true',
    'alter table platform.identity alter column administrator set default false',
    `create table if not exists platform.password_link (
      token_hash text constraint pk_password_link primary key,
      identity_id uuid not null constraint fk_password_link__identity references platform.identity (id) on delete cascade,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`,
    'create index if not exists ix_password_link__identity on platform.password_link (identity_id)',
  ],
  [
    // A failed job can be tried again, and one that is not wanted any more stopped.
    'alter table platform.job_progress add column if not exists payload jsonb',
    'alter table platform.job_progress drop constraint if exists ck_job_progress__state',
    `alter table platform.job_progress add constraint ck_job_progress__state
      check (state in ('queued', 'running', 'done', 'failed', 'cancelled'))`,
  ],
  [
    // The same answers, for a name with other letters than ASCII in 10 µs instead of 21.
    `create or replace function platform.fold(value text) returns text language sql immutable parallel safe
      return case when octet_length(value) = char_length(value) then lower(left(value, 200))
        else translate(lower(left(value, 200)), '${byUse.join('')}', '${byUse.map(foldText).join('')}') end`,
  ],
  [
    // Where people come from who sign in elsewhere: an OpenID Connect provider, an LDAP directory, or who is provisioned.
    `create table if not exists platform.identity_provider (
      workspace_id uuid not null constraint fk_identity_provider__workspace references platform.workspace (id) on delete cascade,
      kind text not null constraint ck_identity_provider__kind check (kind in ('openid', 'ldap', 'scim')),
      active boolean not null default false,
      settings jsonb not null,
      secret text,
      updated_at timestamptz not null,
      constraint pk_identity_provider primary key (workspace_id, kind)
    )`,
    // Who somebody is there. One person has one account at each, and one account is one person.
    `create table if not exists platform.external_identity (
      workspace_id uuid not null constraint fk_external_identity__workspace references platform.workspace (id) on delete cascade,
      issuer text not null,
      subject text not null,
      identity_id uuid not null constraint fk_external_identity__identity references platform.identity (id) on delete cascade,
      linked_at timestamptz not null,
      constraint pk_external_identity primary key (workspace_id, issuer, subject),
      constraint uq_external_identity__identity unique (identity_id, issuer)
    )`,
    // What a provisioning directory says of a person beside what their user record holds.
    `create table if not exists platform.provisioned_user (
      identity_id uuid constraint pk_provisioned_user primary key
        constraint fk_provisioned_user__identity references platform.identity (id) on delete cascade,
      workspace_id uuid not null constraint fk_provisioned_user__workspace references platform.workspace (id) on delete cascade,
      external_id text,
      user_name text not null,
      given_name text,
      family_name text,
      updated_at timestamptz not null
    )`,
    `create unique index if not exists uq_provisioned_user__name on platform.provisioned_user (workspace_id, lower(user_name))`,
    `create index if not exists ix_provisioned_user__external on platform.provisioned_user (workspace_id, external_id)`,
    `create table if not exists platform.provisioned_group (
      id uuid constraint pk_provisioned_group primary key,
      workspace_id uuid not null constraint fk_provisioned_group__workspace references platform.workspace (id) on delete cascade,
      external_id text,
      name text not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`,
    `create unique index if not exists uq_provisioned_group__name on platform.provisioned_group (workspace_id, lower(name))`,
    `create table if not exists platform.provisioned_member (
      group_id uuid not null constraint fk_provisioned_member__group references platform.provisioned_group (id) on delete cascade,
      identity_id uuid not null constraint fk_provisioned_member__identity references platform.identity (id) on delete cascade,
      constraint pk_provisioned_member primary key (group_id, identity_id)
    )`,
    'create index if not exists ix_provisioned_member__identity on platform.provisioned_member (identity_id)',
    // What a key may do of what its owner may: until now, everything.
    `alter table platform.api_key add column if not exists scope jsonb not null default '{"kind":"all"}'`,
  ],
  [
    // How somebody signs in: what guesses cost, second factors, passkeys, what the administrators ask for, and mail.
    `alter table platform.session add column if not exists kind text not null default 'password'`,
    `create table if not exists platform.throttle (
      subject text constraint pk_throttle primary key,
      attempts integer not null,
      last_at timestamptz not null,
      blocked_until timestamptz,
      succeeded_at timestamptz
    )`,
    'create index if not exists ix_throttle__last on platform.throttle (last_at)',
    `create table if not exists platform.pending_sign_in (
      token_hash text constraint pk_pending_sign_in primary key,
      purpose text not null constraint ck_pending_sign_in__purpose check (purpose in ('second-factor', 'enrolment', 'passkey', 'new-passkey')),
      identity_id uuid constraint fk_pending_sign_in__identity references platform.identity (id) on delete cascade,
      kind text,
      challenge text,
      expires_at timestamptz not null
    )`,
    'create index if not exists ix_pending_sign_in__identity on platform.pending_sign_in (identity_id)',
    'create index if not exists ix_pending_sign_in__expires on platform.pending_sign_in (expires_at)',
    `create table if not exists platform.authenticator (
      identity_id uuid constraint pk_authenticator primary key
        constraint fk_authenticator__identity references platform.identity (id) on delete cascade,
      secret text not null,
      confirmed_at timestamptz,
      last_step bigint not null default 0,
      created_at timestamptz not null
    )`,
    `create table if not exists platform.recovery_code (
      identity_id uuid not null constraint fk_recovery_code__identity references platform.identity (id) on delete cascade,
      code_hash text not null,
      constraint pk_recovery_code primary key (identity_id, code_hash)
    )`,
    `create table if not exists platform.passkey (
      id text constraint pk_passkey primary key,
      identity_id uuid not null constraint fk_passkey__identity references platform.identity (id) on delete cascade,
      name text not null,
      public_key text not null,
      counter bigint not null,
      transports text[] not null,
      created_at timestamptz not null,
      last_used_at timestamptz
    )`,
    'create index if not exists ix_passkey__identity on platform.passkey (identity_id)',
    `create table if not exists platform.sign_in_policy (
      workspace_id uuid constraint pk_sign_in_policy primary key
        constraint fk_sign_in_policy__workspace references platform.workspace (id) on delete cascade,
      second_factor boolean not null,
      idle_minutes integer not null,
      longest_hours integer not null,
      networks text[] not null
    )`,
    `create table if not exists platform.mail_server (
      workspace_id uuid constraint pk_mail_server primary key
        constraint fk_mail_server__workspace references platform.workspace (id) on delete cascade,
      host text not null,
      port integer not null,
      security text not null constraint ck_mail_server__security check (security in ('tls', 'starttls', 'none')),
      username text,
      password text,
      sender_name text not null,
      sender_address text not null,
      site text not null
    )`,
  ],
  [
    // Through whose eyes an administrator looks; a person who is gone takes it with them.
    'alter table platform.session add column if not exists viewing_as uuid',
  ],
  [
    // How often a page that strangers open was seen, begun and sent, by day and by where they came from.
    `create table if not exists platform.page_visit (
      workspace_id uuid not null constraint fk_page_visit__workspace references platform.workspace (id) on delete cascade,
      page_id uuid not null,
      on_day date not null,
      source text not null,
      views integer not null,
      starts integer not null,
      submissions integer not null,
      constraint pk_page_visit primary key (page_id, on_day, source)
    )`,
  ],
  [
    // Where people sign in to their mailboxes without a password.
    `create table if not exists platform.mail_provider (
      workspace_id uuid not null constraint fk_mail_provider__workspace references platform.workspace (id) on delete cascade,
      name text not null,
      issuer text not null,
      client_id text not null,
      scope text not null,
      label text not null,
      secret text,
      constraint pk_mail_provider primary key (workspace_id, name)
    )`,
  ],
  [
    // How far what a company's tables hold was brought along, and what its standard roles were shipped with.
    'alter table platform.workspace add column if not exists steps_done integer not null default 0',
    `create table if not exists platform.standard_role (
      workspace_id uuid not null constraint fk_standard_role__workspace references platform.workspace (id) on delete cascade,
      role_id uuid not null,
      kind text not null,
      grants jsonb not null,
      constraint pk_standard_role primary key (workspace_id, role_id)
    )`,
  ],
  [
    // Of what was booked on a page.
    'alter table platform.page_visit add column if not exists moves integer not null default 0',
    'alter table platform.page_visit add column if not exists cancellations integer not null default 0',
  ],
  [
    // Several OpenID Connect providers. Those there are keep the address that they send people back to.
    'alter table platform.identity_provider add column if not exists id uuid not null default gen_random_uuid()',
    'alter table platform.identity_provider add column if not exists first_callback boolean not null default true',
    'alter table platform.identity_provider alter column id drop default',
    'alter table platform.identity_provider alter column first_callback set default false',
    'alter table platform.external_identity drop constraint if exists fk_external_identity__provider',
    'alter table platform.identity_provider drop constraint if exists pk_identity_provider',
    'alter table platform.identity_provider add constraint pk_identity_provider primary key (workspace_id, id)',
    `create unique index if not exists uq_identity_provider__kind on platform.identity_provider (workspace_id, kind)
      where kind <> 'openid'`,
    // Who somebody is belongs to one of them, and goes with it. A directory's name is no address of the web.
    'alter table platform.external_identity add column if not exists provider_id uuid',
    `update platform.external_identity e set provider_id = p.id from platform.identity_provider p
      where e.provider_id is null and p.workspace_id = e.workspace_id
        and p.kind = case when e.issuer ~* '^https?://' then 'openid' else 'ldap' end`,
    'delete from platform.external_identity where provider_id is null',
    'alter table platform.external_identity alter column provider_id set not null',
    'alter table platform.external_identity drop constraint if exists pk_external_identity',
    `alter table platform.external_identity add constraint pk_external_identity
      primary key (workspace_id, provider_id, issuer, subject)`,
    'alter table platform.external_identity drop constraint if exists uq_external_identity__identity',
    `alter table platform.external_identity add constraint uq_external_identity__identity
      unique (identity_id, provider_id, issuer)`,
    `alter table platform.external_identity add constraint fk_external_identity__provider
      foreign key (workspace_id, provider_id) references platform.identity_provider (workspace_id, id) on delete cascade`,
  ],
];

/** The version that this program works with. */
export const newestPlatform = versions.length;

/**
 * Makes or upgrades the schema `platform`, and the extension that search needs. Safe when several processes start at once.
 * @throws StartError `database-too-old`, `database-too-new`, `database-locale`, `extension-missing`
 */
export async function preparePlatform(db: Database, programVersion: string): Promise<void> {
  const [row] = await db.run(
    `select current_setting('server_version_num')::integer, current_setting('server_version'), lower('Ž') = 'ž'`,
  );
  const [number, name, isFolding] = row as [number, string, boolean];
  if (number < OLDEST_SERVER * 10_000) {
    throw new StartError(
      'database-too-old',
      `The database server is PostgreSQL ${name}; Tendero needs ${OLDEST_SERVER} or newer.`,
    );
  }
  if (!isFolding) {
    throw new StartError(
      'database-locale',
      'The database knows no letters but a to z, so nobody would be found by name. Make it with a locale like C.UTF-8: create database tendero template template0 encoding utf8 locale "C.UTF-8";',
    );
  }
  await db.transaction(async (connection) => {
    await connection.run(`select pg_advisory_xact_lock(hashtextextended('tendero platform', 0))`);
    const at = await platformVersion(connection);
    if (at > newestPlatform) {
      throw new StartError(
        'database-too-new',
        `The database was upgraded by a newer Tendero (its schema is version ${at}, this program knows ${newestPlatform}). Start that version.`,
      );
    }
    await bringPlatform(connection, at, newestPlatform, programVersion);
  });
}

/** Brings the schema from one version (0: none) to another, within the caller's transaction. */
export async function bringPlatform(
  connection: Connection,
  from: number,
  to: number,
  programVersion: string,
): Promise<void> {
  await installExtensions(connection);
  if (from === 0) await createMeta(connection);
  for (const statements of versions.slice(from, to))
    for (const statement of statements) await connection.run(statement);
  await connection.run(
    `insert into platform.meta (single, schema_version, program_version) values (true, $1, $2)
     on conflict (single) do update set schema_version = excluded.schema_version, program_version = excluded.program_version`,
    [to, programVersion],
  );
}

/** The schema where pg_trgm is: ours is `extensions`, a managed server may have it elsewhere. */
export async function extensionSchema(connection: Connection): Promise<string> {
  const [row] = await connection.run(
    `select n.nspname::text from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'`,
  );
  if (!row) throw new StartError('extension-missing', missing('it is not installed'));
  return row[0] as string;
}

/** Version of the schema in the database; 0 when there is none. */
export async function platformVersion(connection: Connection): Promise<number> {
  const [exists] = await connection.run(`select to_regclass('platform.meta') is not null`);
  if (!exists![0]) return 0;
  const [row] = await connection.run('select schema_version from platform.meta');
  return (row?.[0] as number | undefined) ?? 0;
}

async function createMeta(connection: Connection): Promise<void> {
  await connection.run('create schema if not exists platform');
  await connection.run(
    `create table if not exists platform.meta (
      single boolean constraint pk_meta primary key constraint ck_meta__single check (single),
      schema_version integer not null,
      program_version text not null
    )`,
  );
}

async function installExtensions(connection: Connection): Promise<void> {
  const [row] = await connection.run(`select count(*) from pg_extension where extname = 'pg_trgm'`);
  if (row![0] === 1) return;
  try {
    await connection.run(`create schema if not exists ${identifier('extensions')}`);
    await connection.run(`create extension if not exists pg_trgm schema ${identifier('extensions')}`);
  } catch (error) {
    throw new StartError('extension-missing', missing((error as Error).message));
  }
}

function missing(reason: string): string {
  return `Tendero needs the PostgreSQL extension pg_trgm (${reason}). Ask the database's administrator to run: create extension pg_trgm;`;
}
