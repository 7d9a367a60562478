import { indexName, uniqueName } from './names.ts';
import type { Column, Index, Table } from './table.ts';

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
        // History and timeline of a record, the newest partition first.
        [indexName('event', 'record_at')]: { keys: ['"record_id"', '"at"', '"position"'] },
        // Undo of a change set.
        [indexName('event', 'change_set')]: { keys: ['"change_set"'] },
        // Who signed in, exported, looked: a few among millions of changes.
        [indexName('event', 'security')]: { keys: ['"position"'], where: '"version" = 0' },
      },
    },
  ),
  /** The stream in sealed pieces, each hash over the one before; see `audit/seal.ts`. */
  event_seal: table(
    {
      number: 'bigint not null',
      first_position: 'bigint not null',
      last_position: 'bigint not null',
      /** 16 bytes for each event; zeros once its data was erased. */
      salts: 'bytea not null',
      /** 32 bytes for each event. */
      leaves: 'bytea not null',
      hash: 'bytea not null',
      /** Of the hash, with the key of the data folder. */
      signature: 'bytea not null',
      sealed_at: 'timestamptz not null',
    },
    ['number'],
    {
      indexes: {
        // In which piece an event is that loses its data.
        [uniqueName('event_seal', 'last_position')]: { keys: ['"last_position"'], unique: true },
      },
    },
  ),
  /** What is left of the data of sealed events that were erased, and the act that erased them. */
  event_erasure: table({ position: 'bigint not null', data_hash: 'bytea not null', change_set: 'uuid not null' }, [
    'position',
  ]),
  /** Proofs of erasures: what was taken out where. No personal data; see `privacy/erase.ts`. */
  erasure: table(
    {
      id: 'uuid not null',
      object: 'text not null',
      record_id: 'uuid not null',
      mode: 'text not null',
      reason: 'text not null',
      report: 'jsonb not null',
      /** SHA-256 of the report; also in the note of the event that tells of it. */
      hash: 'text not null',
      change_set: 'uuid not null',
      done_by_id: 'uuid',
      done_at: 'timestamptz not null',
    },
    ['id'],
    {
      indexes: {
        // Whether somebody was erased already.
        [indexName('erasure', 'record')]: { keys: ['"record_id"'] },
        // The list, newest first.
        [indexName('erasure', 'done_at')]: { keys: ['"done_at"', '"id"'] },
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
  /** Where a merged record went; the way back and forth between a record and what was merged into it. */
  merged_record: table(
    { record_id: 'uuid not null', object: 'text not null', survivor_id: 'uuid not null', change_set: 'uuid not null' },
    ['record_id'],
    {
      indexes: {
        // History of a survivor.
        [indexName('merged_record', 'survivor')]: { keys: ['"survivor_id"'] },
        // Undo of a merge.
        [indexName('merged_record', 'change_set')]: { keys: ['"change_set"'] },
      },
    },
  ),
  /** What records are looked for by when a duplicate is searched; hashes, kept by a reader (see `duplicates/keys.ts`). */
  match_key: table({ key: 'bigint not null', record_id: 'uuid not null' }, ['key', 'record_id'], {
    indexes: {
      // The keys a record had.
      [indexName('match_key', 'record')]: { keys: ['"record_id"'] },
    },
  }),
  /**
   * Words that records are found by, for those who mistype one: each under the hash of itself and of what it is without each
   * of its letters. Kept by a reader (see `search/words.ts`).
   */
  search_word: table({ key: 'integer not null', word: 'text not null' }, ['key', 'word']),
  /** Pairs of records that look the same, and what people decided about them. `a_id` is the smaller id. */
  duplicate_pair: table(
    {
      id: 'uuid not null',
      object: 'text not null',
      a_id: 'uuid not null',
      b_id: 'uuid not null',
      score: 'double precision not null',
      certainty: 'text not null',
      state: 'text not null',
      /** Of the keys of both when it was found; a dismissed pair whose keys stay the same stays dismissed. */
      fingerprint: 'bigint not null',
      found_at: 'timestamptz not null',
      decided_at: 'timestamptz',
      decided_by_id: 'uuid',
    },
    ['id'],
    {
      indexes: {
        // One decision per pair; the pairs of a record from its one side, and from the other.
        [uniqueName('duplicate_pair', 'records')]: { keys: ['"a_id"', '"b_id"'], unique: true },
        [indexName('duplicate_pair', 'b')]: { keys: ['"b_id"'] },
        // The queue, surest first.
        [indexName('duplicate_pair', 'queue')]: { keys: ['"object"', '"state"', '"score"', '"id"'] },
      },
    },
  ),
  setting: table({ key: 'text not null', value: 'jsonb not null' }, ['key']),
  /** What each person set for themself; see `workspace/preferences.ts`. */
  preference: table(
    { user_id: 'uuid not null', key: 'text not null', value: 'jsonb not null', updated_at: 'timestamptz not null' },
    ['user_id', 'key'],
  ),
  /** How far each device with an address book was told of it; see `app/address-book.ts`. */
  address_book: table(
    {
      /** Hash of the key that it signs in with. */
      book: 'text not null',
      nonce: 'text not null',
      generation: 'bigint not null',
      /** Of the event stream when it was last compared, and by which choice. */
      position: 'bigint not null',
      basis: 'text not null',
    },
    ['book'],
  ),
  /** What it was told, and in which generation that was new. */
  address_book_card: table(
    {
      book: 'text not null',
      name: 'text not null',
      contact_id: 'uuid not null',
      etag: 'text not null',
      generation: 'bigint not null',
      gone: 'boolean not null',
    },
    ['book', 'name'],
  ),
  /** What somebody's devices call the contacts that were made there. */
  address_card_name: table(
    { user_id: 'uuid not null', name: 'text not null', uid: 'text not null', contact_id: 'uuid not null' },
    ['user_id', 'name'],
  ),
  /** The calendars that people connected; see `calendar/calendar-state.ts`. */
  calendar: table(
    {
      id: 'uuid not null',
      user_id: 'uuid not null',
      name: 'text not null',
      address: 'text not null',
      calendar: 'text not null',
      username: 'text not null',
      /** The password, sealed with the key of the data folder. */
      secret: 'text not null',
      choice: 'text not null',
      state: 'text not null',
      tag: 'text',
      position: 'bigint not null default 0',
      /** The process that works on it; another one may once the lease has ended. */
      runner: 'uuid',
      leased_until: 'timestamptz',
      attempts: 'integer not null default 0',
      fault: 'text',
      detail: 'text',
      failed_at: 'timestamptz',
      succeeded_at: 'timestamptz',
      retry_at: 'timestamptz',
      created_at: 'timestamptz not null',
    },
    ['id'],
  ),
  /** What of a calendar was read; what was not understood says why. */
  calendar_object: table(
    {
      calendar_id: 'uuid not null',
      href: 'text not null',
      etag: 'text not null',
      again_at: 'timestamptz',
      fault: 'text',
    },
    ['calendar_id', 'href'],
  ),
  /** Which events are interactions, and what both sides last agreed on. */
  calendar_link: table(
    {
      calendar_id: 'uuid not null',
      href: 'text not null',
      recurrence: 'text not null',
      interaction_id: 'uuid not null',
      base: 'jsonb not null',
    },
    ['calendar_id', 'href', 'recurrence'],
    {
      indexes: {
        // Whether an interaction stands in a calendar.
        [indexName('calendar_link', 'interaction')]: { keys: ['"interaction_id"'] },
      },
    },
  ),
  /** Times that are taken by events which are nobody else's to see. */
  calendar_busy: table(
    {
      calendar_id: 'uuid not null',
      href: 'text not null',
      recurrence: 'text not null',
      user_id: 'uuid not null',
      starts_at: 'timestamptz not null',
      ends_at: 'timestamptz not null',
    },
    ['calendar_id', 'href', 'recurrence'],
    {
      indexes: {
        [indexName('calendar_busy', 'user')]: { keys: ['"user_id"', '"ends_at"'] },
      },
    },
  ),
  /** The newest that was heard of each meeting that somebody was invited to; see `channels/email/keep-invitations.ts`. */
  invitation: table(
    {
      key: 'text not null',
      organizer: 'text not null',
      sequence: 'bigint not null',
      stamped_at: 'timestamptz not null',
    },
    ['key'],
  ),
  /** Meetings that invite from here; see `calendar/invitation-state.ts`. */
  meeting_invitation: table(
    {
      interaction_id: 'uuid not null',
      user_id: 'uuid not null',
      mailbox_id: 'uuid not null',
      organizer: 'text not null',
      organizer_name: 'text not null',
      message: 'text not null',
      sequence: 'integer not null',
      /** Hashes of what the guests know of it. */
      told: 'jsonb',
      due_at: 'timestamptz',
      fault: 'text',
    },
    ['interaction_id'],
    {
      indexes: {
        [indexName('meeting_invitation', 'due')]: { keys: ['"due_at"'], where: '"due_at" is not null' },
      },
    },
  ),
  /** What each guest was told last. */
  meeting_guest: table(
    {
      interaction_id: 'uuid not null',
      address: 'text not null',
      participant_id: 'uuid not null',
      language: 'text not null',
      sequence: 'integer not null',
      state: 'text not null',
      fault: 'text',
      outgoing_id: 'uuid',
      mail_id: 'uuid',
    },
    ['interaction_id', 'address'],
  ),
  /** Which of our addresses was invited to which meeting, and what it said. */
  meeting_received: table(
    {
      interaction_id: 'uuid not null',
      address: 'text not null',
      mailbox_id: 'uuid not null',
      uid: 'text not null',
      recurrence: 'text not null',
      repeats: 'boolean not null',
      organizer: 'text not null',
      organizer_name: 'text not null',
      sequence: 'bigint not null',
      answer: 'text',
      answered_at: 'timestamptz',
    },
    ['interaction_id', 'address'],
    {
      indexes: {
        // All of a series.
        [indexName('meeting_received', 'uid')]: { keys: ['"uid"', '"address"'] },
      },
    },
  ),
  /** Mails that tell of meetings, by their keys. */
  meeting_mail: table({ mail_key: 'text not null', interaction_id: 'uuid not null' }, ['mail_key'], {
    indexes: { [indexName('meeting_mail', 'interaction')]: { keys: ['"interaction_id"'] } },
  }),
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
  /** Files that become records: how, how far, and what came of it; see `transfer/import`. */
  import: table(
    {
      id: 'uuid not null',
      object: 'text not null',
      file_name: 'text not null',
      path: 'text not null',
      size: 'bigint not null',
      format: 'text not null',
      hints: 'jsonb not null',
      settings: 'jsonb not null',
      /** Row → column → text, put right by somebody before the start. */
      fixes: 'jsonb not null',
      state: 'text not null',
      counts: 'jsonb not null',
      dry_run: 'jsonb',
      total: 'bigint not null',
      /** Data rows dealt with; moves in the transaction that deals with them. */
      position: 'bigint not null',
      change_set: 'uuid not null',
      /** Definitions of indexes that are away while rows come in. */
      indexes: 'jsonb not null',
      /** Whoever works on it; another one who takes it over stops this one. */
      runner: 'uuid',
      message: 'jsonb',
      created_by_id: 'uuid',
      created_at: 'timestamptz not null',
      updated_at: 'timestamptz not null',
    },
    ['id'],
    {
      indexes: {
        // The list of imports, newest first.
        [indexName('import', 'created_at')]: { keys: ['"created_at"', '"id"'] },
      },
    },
  ),
  /** Rows that were refused, or imported without some of their cells (`kept`). */
  import_error: table(
    {
      import_id: 'uuid not null',
      row: 'bigint not null',
      line: 'bigint not null',
      cells: 'jsonb not null',
      errors: 'jsonb not null',
      kept: 'boolean not null',
      /** Somebody put cells right: the row is tried again. */
      fixed: 'boolean not null default false',
    },
    ['import_id', 'row'],
  ),
  /** References to records that come later in the same file. */
  import_link: table(
    {
      import_id: 'uuid not null',
      row: 'bigint not null',
      line: 'bigint not null',
      record_id: 'uuid not null',
      field: 'text not null',
      found_by: 'text',
      value: 'text not null',
      cells: 'jsonb not null',
    },
    ['import_id', 'row', 'field'],
  ),
  /** Which fields of which records hold a file, kept by the door: whoever may read one of them may read the file. */
  file_link: table(
    {
      file_id: 'uuid not null',
      object: 'text not null',
      record_id: 'uuid not null',
      field: 'text not null',
      /** No longer in the record, but needed to undo that. */
      removed: 'boolean not null default false',
    },
    ['file_id', 'object', 'record_id', 'field'],
    {
      indexes: {
        // Links of a record that is saved or purged.
        [indexName('file_link', 'record')]: { keys: ['"record_id"'] },
      },
    },
  ),
  /** Addresses that hear of changes; see `events/webhooks.ts`. */
  webhook: table(
    {
      id: 'uuid not null',
      url: 'text not null',
      /** Sealed with the key of the data folder; see `workspace/secrets.ts`. */
      secret: 'text not null',
      description: 'text not null',
      objects: 'text[] not null',
      operations: 'text[] not null',
      active: 'boolean not null',
      /** Events after this one. */
      from_position: 'bigint not null',
      /** Failures in a row, and until when nothing is sent because of them. */
      failures: 'integer not null default 0',
      retry_at: 'timestamptz',
      succeeded_at: 'timestamptz',
      /** Why the program switched it off. */
      note: 'text',
      owner_id: 'uuid not null',
      created_at: 'timestamptz not null',
      updated_at: 'timestamptz not null',
    },
    ['id'],
  ),
  webhook_delivery: table(
    {
      id: 'uuid not null',
      webhook_id: 'uuid not null',
      position: 'bigint not null',
      object: 'text not null',
      record_id: 'uuid not null',
      operation: 'text not null',
      state: 'text not null',
      attempts: 'integer not null default 0',
      next_at: 'timestamptz not null',
      first_at: 'timestamptz',
      status: 'integer',
      error: 'text',
      response: 'text',
      /** The body as it was sent first. */
      payload: 'text',
      created_at: 'timestamptz not null',
      finished_at: 'timestamptz',
    },
    ['id'],
    {
      indexes: {
        // Once per event and hook. Also the list of a hook's deliveries, newest first.
        [uniqueName('webhook_delivery', 'event')]: { keys: ['"webhook_id"', '"position"'], unique: true },
        // What is due.
        [indexName('webhook_delivery', 'due')]: { keys: ['"webhook_id"', '"next_at"'], where: `"state" = 'waiting'` },
        // Earlier ones of the same record go first.
        [indexName('webhook_delivery', 'record')]: {
          keys: ['"webhook_id"', '"record_id"', '"position"'],
          where: `"state" = 'waiting'`,
        },
      },
    },
  ),
  /** How a mailbox is reached, who works on it, and how it is; see `mail/mailbox-state.ts`. */
  mailbox_state: table(
    {
      mailbox_id: 'uuid not null',
      /** Host, port, security and user name. */
      imap: 'jsonb not null',
      smtp: 'jsonb',
      /** The passwords, sealed with the key of the data folder. */
      secret: 'text not null',
      /** Grows with each change that whoever follows the mailbox has to begin anew for. */
      revision: 'bigint not null default 0',
      /** The process that works on it; another one may once the lease has ended. */
      runner: 'uuid',
      leased_until: 'timestamptz',
      /** When it last had its turn. */
      turn_at: 'timestamptz',
      doing: 'text',
      folder: 'text',
      succeeded_at: 'timestamptz',
      /** Failures in a row, what the last one was, and when it is tried again. */
      attempts: 'integer not null default 0',
      fault: 'text',
      detail: 'text',
      failed_at: 'timestamptz',
      retry_at: 'timestamptz',
    },
    ['mailbox_id'],
  ),
  mailbox_folder: table(
    {
      mailbox_id: 'uuid not null',
      path: 'text not null',
      role: 'text',
      /** Whether it is read. */
      chosen: 'boolean not null',
      /** Whether the server still has it. */
      present: 'boolean not null default true',
      /** Mails that the server has in it, and those among them that the start date leaves out. */
      messages: 'integer',
      before_start: 'integer not null default 0',
      /** How far it was read; null before the first time. */
      cursor: 'jsonb',
      succeeded_at: 'timestamptz',
      fault: 'text',
      detail: 'text',
      failed_at: 'timestamptz',
    },
    ['mailbox_id', 'path'],
  ),
  /** Where on the server each mail is that is kept here. */
  mailbox_mail: table(
    {
      mailbox_id: 'uuid not null',
      folder: 'text not null',
      uid: 'bigint not null',
      key: 'text not null',
      flags: 'text[] not null',
      received_at: 'timestamptz not null',
    },
    ['mailbox_id', 'folder', 'uid'],
    {
      indexes: {
        // Whether a mail was kept before, and where it is.
        [indexName('mailbox_mail', 'key')]: { keys: ['"key"'] },
      },
    },
  ),
  /** Mails that are on the server and not here, and why. */
  mailbox_skip: table(
    {
      mailbox_id: 'uuid not null',
      folder: 'text not null',
      uid: 'bigint not null',
      key: 'text',
      reason: 'text not null',
      message_id: 'text',
      subject: 'text not null',
      sender: 'text',
      size: 'bigint not null',
      received_at: 'timestamptz not null',
    },
    ['mailbox_id', 'folder', 'uid'],
    {
      indexes: {
        // The list of a mailbox, newest first.
        [indexName('mailbox_skip', 'received')]: { keys: ['"mailbox_id"', '"received_at"', '"uid"'] },
      },
    },
  ),
  /** Mails that people write: drafts, what waits to be sent, and what became of what was; see `mail/outbox.ts`. */
  outgoing_mail: table(
    {
      id: 'uuid not null',
      /** Whoever writes it: nobody else sees it here. */
      user_id: 'uuid not null',
      state: 'text not null',
      content: 'jsonb not null',
      /** Grows with each save: two windows do not overwrite each other. */
      revision: 'integer not null default 1',
      created_at: 'timestamptz not null',
      updated_at: 'timestamptz not null',
      /** From here on once it was given to be sent. */
      mailbox_id: 'uuid',
      interaction_id: 'uuid',
      message_id: 'text',
      /** What is sent, at every try the same. */
      file: 'jsonb',
      /** Each with what the server said of it. */
      recipients: `jsonb not null default '[]'`,
      send_at: 'timestamptz',
      /** The process that sends it; another one may once the lease has ended. */
      runner: 'uuid',
      leased_until: 'timestamptz',
      /** Failures in a row, what the last one was, and when it is tried again. */
      attempts: 'integer not null default 0',
      fault: 'text',
      detail: 'text',
      failed_at: 'timestamptz',
      retry_at: 'timestamptz',
      sent_at: 'timestamptz',
      /** When it was in the mailbox's folder of sent mails. */
      kept_at: 'timestamptz',
      /** When its writer wants to know that nobody answered. */
      follow_up_at: 'timestamptz',
    },
    ['id'],
    {
      indexes: {
        // What somebody writes, the latest first.
        [indexName('outgoing_mail', 'user')]: { keys: ['"user_id"', '"state"', '"updated_at"'] },
        // What became of a message; whose a report about one is.
        [indexName('outgoing_mail', 'interaction')]: { keys: ['"interaction_id"'] },
        [indexName('outgoing_mail', 'message')]: { keys: ['"message_id"'] },
        // What is due.
        [indexName('outgoing_mail', 'due')]: { keys: ['"retry_at"'], where: '"retry_at" is not null' },
        [indexName('outgoing_mail', 'follow_up')]: { keys: ['"follow_up_at"'], where: '"follow_up_at" is not null' },
      },
    },
  ),
  /** What gateways want to be told before they send, sealed; see `mail/gateway-secret.ts`. */
  gateway_secret: table({ gateway_id: 'uuid not null', secret: 'text not null' }, ['gateway_id']),
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
