-- The schema of a new workspace called "company". Written by `npm run schema`, never by hand.

create table if not exists "ws_company"."absence" (
  "id" uuid not null,
  "name" text,
  "user_id" uuid not null,
  "from" date not null,
  "until" date not null,
  "delegate_id" uuid not null,
  "scope" text[],
  "handover" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_absence" primary key ("id")
);

create table if not exists "ws_company"."account" (
  "id" uuid not null,
  "name" text not null,
  "kind" text not null,
  "status" text not null,
  "classification" text,
  "parent_id" uuid,
  "industry" text,
  "employees" bigint,
  "annual_revenue" numeric(19,4),
  "annual_revenue_currency" text,
  "annual_revenue_base" numeric(19,4),
  "founded_year" bigint,
  "tax_number" text,
  "registration_code" text,
  "website" text,
  "emails" text,
  "emails_all" text[],
  "emails_labels" text[],
  "phones" text,
  "phones_all" text[],
  "phones_labels" text[],
  "billing_address_street" text,
  "billing_address_city" text,
  "billing_address_region" text,
  "billing_address_postcode" text,
  "billing_address_country" text,
  "shipping_address_street" text,
  "shipping_address_city" text,
  "shipping_address_region" text,
  "shipping_address_postcode" text,
  "shipping_address_country" text,
  "position_latitude" double precision,
  "position_longitude" double precision,
  "tags" text[],
  "description" text,
  "external_id" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_account" primary key ("id")
);

create table if not exists "ws_company"."account_contact" (
  "id" uuid not null,
  "account_id" uuid not null,
  "contact_id" uuid not null,
  "role" text not null,
  "primary" boolean not null,
  "since" date,
  "until" date,
  "comment" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_account_contact" primary key ("id")
);

create table if not exists "ws_company"."address_book" (
  "book" text not null,
  "nonce" text not null,
  "generation" bigint not null,
  "position" bigint not null,
  "basis" text not null,
  constraint "pk_address_book" primary key ("book")
);

create table if not exists "ws_company"."address_book_card" (
  "book" text not null,
  "name" text not null,
  "contact_id" uuid not null,
  "etag" text not null,
  "generation" bigint not null,
  "gone" boolean not null,
  constraint "pk_address_book_card" primary key ("book", "name")
);

create table if not exists "ws_company"."address_card_name" (
  "user_id" uuid not null,
  "name" text not null,
  "uid" text not null,
  "contact_id" uuid not null,
  constraint "pk_address_card_name" primary key ("user_id", "name")
);

create table if not exists "ws_company"."attachment" (
  "id" uuid not null,
  "target_object" text not null,
  "target_id" text not null,
  "name" text,
  "file" jsonb not null,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_attachment" primary key ("id")
);

create table if not exists "ws_company"."booking" (
  "id" uuid not null,
  "name" text not null,
  "page_id" uuid not null,
  "interaction_id" uuid,
  "contact_id" uuid,
  "state" text not null,
  "at" timestamptz not null,
  "minutes" bigint not null,
  "email" text not null,
  "language" text,
  "time_zone" text,
  "answers" jsonb,
  "suggestions" jsonb,
  "sequence" bigint not null,
  "key" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_booking" primary key ("id")
);

create table if not exists "ws_company"."booking__hosts" (
  "from_id" uuid not null,
  "to_id" uuid not null,
  "position" integer not null default 0,
  constraint "pk_booking__hosts" primary key ("from_id", "to_id")
);

create table if not exists "ws_company"."booking_page" (
  "id" uuid not null,
  "name" text not null,
  "slug" text not null,
  "state" text not null,
  "texts" jsonb,
  "questions" jsonb,
  "sites" text,
  "color" text,
  "durations" jsonb,
  "mode" text not null,
  "buffer_before" bigint not null,
  "buffer_after" bigint not null,
  "notice_hours" bigint not null,
  "ahead_days" bigint not null,
  "per_day" bigint,
  "remind_hours" bigint,
  "place" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_booking_page" primary key ("id")
);

create table if not exists "ws_company"."booking_page__hosts" (
  "from_id" uuid not null,
  "to_id" uuid not null,
  "position" integer not null default 0,
  constraint "pk_booking_page__hosts" primary key ("from_id", "to_id")
);

create table if not exists "ws_company"."bounced_address" (
  "id" uuid not null,
  "address" text not null,
  "contact_id" uuid,
  "at" timestamptz not null,
  "reason" text not null,
  "diagnostic" text,
  "interaction_id" uuid,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_bounced_address" primary key ("id")
);

create table if not exists "ws_company"."calendar" (
  "id" uuid not null,
  "user_id" uuid not null,
  "name" text not null,
  "address" text not null,
  "calendar" text not null,
  "username" text not null,
  "secret" text not null,
  "choice" text not null,
  "state" text not null,
  "tag" text,
  "position" bigint not null default 0,
  "runner" uuid,
  "leased_until" timestamptz,
  "attempts" integer not null default 0,
  "fault" text,
  "detail" text,
  "failed_at" timestamptz,
  "succeeded_at" timestamptz,
  "retry_at" timestamptz,
  "created_at" timestamptz not null,
  constraint "pk_calendar" primary key ("id")
);

create table if not exists "ws_company"."calendar_busy" (
  "calendar_id" uuid not null,
  "href" text not null,
  "recurrence" text not null,
  "user_id" uuid not null,
  "starts_at" timestamptz not null,
  "ends_at" timestamptz not null,
  constraint "pk_calendar_busy" primary key ("calendar_id", "href", "recurrence")
);

create table if not exists "ws_company"."calendar_link" (
  "calendar_id" uuid not null,
  "href" text not null,
  "recurrence" text not null,
  "interaction_id" uuid not null,
  "base" jsonb not null,
  constraint "pk_calendar_link" primary key ("calendar_id", "href", "recurrence")
);

create table if not exists "ws_company"."calendar_object" (
  "calendar_id" uuid not null,
  "href" text not null,
  "etag" text not null,
  "again_at" timestamptz,
  "fault" text,
  constraint "pk_calendar_object" primary key ("calendar_id", "href")
);

create table if not exists "ws_company"."comment" (
  "id" uuid not null,
  "target_object" text not null,
  "target_id" text not null,
  "body" text not null,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_comment" primary key ("id")
);

create table if not exists "ws_company"."consent" (
  "id" uuid not null,
  "contact_id" uuid not null,
  "purpose" text not null,
  "channel" text not null,
  "state" text not null,
  "at" timestamptz not null,
  "how" text not null,
  "shown_text" text,
  "evidence" text,
  "evidence_file" jsonb,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_consent" primary key ("id")
);

create table if not exists "ws_company"."contact" (
  "id" uuid not null,
  "name" text generated always as (left(left(btrim(left((coalesce((("first_name") collate "default"), '') || coalesce((' '::text collate "default"), '') || coalesce((("last_name") collate "default"), '')), 10000), E' \t\r\n'), 10000), 600)) stored,
  "salutation" text,
  "first_name" text,
  "last_name" text,
  "job_title" text,
  "department" text,
  "account_id" uuid,
  "emails" text,
  "emails_all" text[],
  "emails_labels" text[],
  "phones" text,
  "phones_all" text[],
  "phones_labels" text[],
  "language" text,
  "birthday" date,
  "address_street" text,
  "address_city" text,
  "address_region" text,
  "address_postcode" text,
  "address_country" text,
  "website" text,
  "do_not_call" boolean not null,
  "do_not_email" boolean not null,
  "do_not_contact" boolean not null,
  "tags" text[],
  "description" text,
  "external_id" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_contact" primary key ("id")
);

create table if not exists "ws_company"."conversation" (
  "id" uuid not null,
  "subject" text not null,
  "channel" text not null,
  "status" text not null,
  "snoozed_until" timestamptz,
  "team_id" uuid,
  "account_id" uuid,
  "contact_id" uuid,
  "opportunity_id" uuid,
  "last_at" timestamptz not null,
  "last_direction" text not null,
  "preview" text,
  "tags" text[],
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_conversation" primary key ("id")
);

create table if not exists "ws_company"."conversation__mentioned" (
  "from_id" uuid not null,
  "to_id" uuid not null,
  "position" integer not null default 0,
  constraint "pk_conversation__mentioned" primary key ("from_id", "to_id")
);

create table if not exists "ws_company"."counter" (
  "name" text not null,
  "value" bigint not null default 0,
  constraint "pk_counter" primary key ("name")
);

create table if not exists "ws_company"."duplicate_pair" (
  "id" uuid not null,
  "object" text not null,
  "a_id" uuid not null,
  "b_id" uuid not null,
  "score" double precision not null,
  "certainty" text not null,
  "state" text not null,
  "fingerprint" bigint not null,
  "found_at" timestamptz not null,
  "decided_at" timestamptz,
  "decided_by_id" uuid,
  constraint "pk_duplicate_pair" primary key ("id")
);

create table if not exists "ws_company"."erasure" (
  "id" uuid not null,
  "object" text not null,
  "record_id" uuid not null,
  "mode" text not null,
  "reason" text not null,
  "report" jsonb not null,
  "hash" text not null,
  "change_set" uuid not null,
  "done_by_id" uuid,
  "done_at" timestamptz not null,
  constraint "pk_erasure" primary key ("id")
);

create table if not exists "ws_company"."event" (
  "position" bigint not null,
  "at" timestamptz not null,
  "change_set" uuid not null,
  "object" text not null,
  "record_id" uuid not null,
  "operation" text not null,
  "version" integer not null,
  "actor_id" uuid,
  "via" text not null,
  "changes" jsonb,
  "note" text,
  constraint "pk_event" primary key ("position", "at")
) partition by range ("at");
create table if not exists "ws_company"."event_default" partition of "ws_company"."event" default;

create table if not exists "ws_company"."event_erasure" (
  "position" bigint not null,
  "data_hash" bytea not null,
  "change_set" uuid not null,
  constraint "pk_event_erasure" primary key ("position")
);

create table if not exists "ws_company"."event_seal" (
  "number" bigint not null,
  "first_position" bigint not null,
  "last_position" bigint not null,
  "salts" bytea not null,
  "leaves" bytea not null,
  "hash" bytea not null,
  "signature" bytea not null,
  "sealed_at" timestamptz not null,
  constraint "pk_event_seal" primary key ("number")
);

create table if not exists "ws_company"."fax_gateway" (
  "id" uuid not null,
  "name" text not null,
  "mailbox_id" uuid not null,
  "number" text not null,
  "address" text not null,
  "number_form" text not null,
  "subject" text,
  "first_line" text,
  "senders" text[],
  "number_in" text not null,
  "number_after" text,
  "header" text,
  "delivered" text[],
  "failed" text[],
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_fax_gateway" primary key ("id")
);

create table if not exists "ws_company"."file" (
  "id" uuid not null,
  "name" text not null,
  "size" bigint not null,
  "type" text not null,
  "sha256" text not null,
  "storage_key" text not null,
  "linked" boolean not null default false,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  constraint "pk_file" primary key ("id")
);

create table if not exists "ws_company"."file_link" (
  "file_id" uuid not null,
  "object" text not null,
  "record_id" uuid not null,
  "field" text not null,
  "removed" boolean not null default false,
  constraint "pk_file_link" primary key ("file_id", "object", "record_id", "field")
);

create table if not exists "ws_company"."follow" (
  "id" uuid not null,
  "user_id" uuid not null,
  "target_object" text not null,
  "target_id" text not null,
  "muted" boolean not null,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_follow" primary key ("id")
);

create table if not exists "ws_company"."form_submission" (
  "id" uuid not null,
  "name" text not null,
  "form_id" uuid not null,
  "state" text not null,
  "at" timestamptz not null,
  "confirmed_at" timestamptz,
  "email" text,
  "language" text,
  "answers" jsonb,
  "consents" jsonb,
  "files" jsonb,
  "source" text,
  "origin" jsonb,
  "form_version" bigint,
  "key" text,
  "reason" text,
  "contact_id" uuid,
  "account_id" uuid,
  "lead_id" uuid,
  "opportunity_id" uuid,
  "interaction_id" uuid,
  "suggestions" jsonb,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_form_submission" primary key ("id")
);

create table if not exists "ws_company"."gateway_secret" (
  "gateway_id" uuid not null,
  "secret" text not null,
  constraint "pk_gateway_secret" primary key ("gateway_id")
);

create table if not exists "ws_company"."held_mail" (
  "id" uuid not null,
  "subject" text,
  "body" text,
  "at" timestamptz not null,
  "direction" text not null,
  "people" text,
  "envelope" jsonb,
  "mailbox_id" uuid,
  "interaction_id" uuid,
  "account_id" uuid,
  "contact_id" uuid,
  "attachments" jsonb,
  "original" jsonb,
  "message_key" text,
  "copy_key" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_held_mail" primary key ("id")
);

create table if not exists "ws_company"."home_page" (
  "id" uuid not null,
  "role" text not null,
  "cards" jsonb not null,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_home_page" primary key ("id")
);

create table if not exists "ws_company"."import" (
  "id" uuid not null,
  "object" text not null,
  "file_name" text not null,
  "path" text not null,
  "size" bigint not null,
  "format" text not null,
  "hints" jsonb not null,
  "settings" jsonb not null,
  "fixes" jsonb not null,
  "state" text not null,
  "counts" jsonb not null,
  "dry_run" jsonb,
  "total" bigint not null,
  "position" bigint not null,
  "change_set" uuid not null,
  "indexes" jsonb not null,
  "runner" uuid,
  "message" jsonb,
  "created_by_id" uuid,
  "created_at" timestamptz not null,
  "updated_at" timestamptz not null,
  constraint "pk_import" primary key ("id")
);

create table if not exists "ws_company"."import_error" (
  "import_id" uuid not null,
  "row" bigint not null,
  "line" bigint not null,
  "cells" jsonb not null,
  "errors" jsonb not null,
  "kept" boolean not null,
  "fixed" boolean not null default false,
  constraint "pk_import_error" primary key ("import_id", "row")
);

create table if not exists "ws_company"."import_link" (
  "import_id" uuid not null,
  "row" bigint not null,
  "line" bigint not null,
  "record_id" uuid not null,
  "field" text not null,
  "found_by" text,
  "value" text not null,
  "cells" jsonb not null,
  constraint "pk_import_link" primary key ("import_id", "row", "field")
);

create table if not exists "ws_company"."interaction" (
  "id" uuid not null,
  "channel" text not null,
  "direction" text not null,
  "subject" text,
  "body" text,
  "at" timestamptz not null,
  "duration" bigint,
  "state" text not null,
  "outcome" text,
  "sentiment" text,
  "account_id" uuid,
  "contact_id" uuid,
  "opportunity_id" uuid,
  "conversation_id" uuid,
  "visibility" text not null,
  "delivery" text,
  "opened_at" timestamptz,
  "openings" bigint,
  "followed_at" timestamptz,
  "automatic" text,
  "away_until" date,
  "pinned" boolean not null,
  "place" text,
  "repeats" text,
  "series_id" uuid,
  "occurs_at" timestamptz,
  "stop" bigint,
  "arrived_at" timestamptz,
  "left_at" timestamptz,
  "arrived_place_latitude" double precision,
  "arrived_place_longitude" double precision,
  "left_place_latitude" double precision,
  "left_place_longitude" double precision,
  "distance" bigint,
  "attachments" jsonb,
  "original" jsonb,
  "message_key" text,
  "message_id" text,
  "thread_root" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_interaction" primary key ("id")
);

create table if not exists "ws_company"."invitation" (
  "key" text not null,
  "organizer" text not null,
  "sequence" bigint not null,
  "stamped_at" timestamptz not null,
  constraint "pk_invitation" primary key ("key")
);

create table if not exists "ws_company"."known_address" (
  "id" uuid not null,
  "address" text not null,
  "verdict" text not null,
  "contact_id" uuid,
  "account_id" uuid,
  "name" text,
  "signature" text,
  "interaction_id" uuid,
  "last_at" timestamptz,
  "messages" bigint,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_known_address" primary key ("id")
);

create table if not exists "ws_company"."lead" (
  "id" uuid not null,
  "name" text not null,
  "contact_id" uuid,
  "account_id" uuid,
  "status" text not null,
  "warmth" text,
  "source" text,
  "amount" numeric(19,4),
  "amount_currency" text,
  "amount_base" numeric(19,4),
  "next_step" text,
  "description" text,
  "opportunity_id" uuid,
  "disqualified_reason" text,
  "disqualified_note" text,
  "settled_at" timestamptz,
  "tags" text[],
  "external_id" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_lead" primary key ("id")
);

create table if not exists "ws_company"."macro" (
  "id" uuid not null,
  "name" text not null,
  "sharing" text not null,
  "team_id" uuid,
  "steps" jsonb not null,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_macro" primary key ("id")
);

create table if not exists "ws_company"."mail_template" (
  "id" uuid not null,
  "name" text not null,
  "kind" text not null,
  "folder" text,
  "sharing" text not null,
  "team_id" uuid,
  "texts" jsonb not null,
  "attachments" jsonb,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_mail_template" primary key ("id")
);

create table if not exists "ws_company"."mailbox" (
  "id" uuid not null,
  "name" text not null,
  "address" text not null,
  "aliases" text[],
  "kind" text not null,
  "team_id" uuid,
  "state" text not null,
  "since" date,
  "visibility" text not null,
  "known_only" boolean not null,
  "blocked" text[],
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_mailbox" primary key ("id")
);

create table if not exists "ws_company"."mailbox__members" (
  "from_id" uuid not null,
  "to_id" uuid not null,
  "position" integer not null default 0,
  constraint "pk_mailbox__members" primary key ("from_id", "to_id")
);

create table if not exists "ws_company"."mailbox_folder" (
  "mailbox_id" uuid not null,
  "path" text not null,
  "role" text,
  "chosen" boolean not null,
  "present" boolean not null default true,
  "messages" integer,
  "before_start" integer not null default 0,
  "cursor" jsonb,
  "succeeded_at" timestamptz,
  "fault" text,
  "detail" text,
  "failed_at" timestamptz,
  constraint "pk_mailbox_folder" primary key ("mailbox_id", "path")
);

create table if not exists "ws_company"."mailbox_mail" (
  "mailbox_id" uuid not null,
  "folder" text not null,
  "uid" bigint not null,
  "key" text not null,
  "flags" text[] not null,
  "received_at" timestamptz not null,
  constraint "pk_mailbox_mail" primary key ("mailbox_id", "folder", "uid")
);

create table if not exists "ws_company"."mailbox_skip" (
  "mailbox_id" uuid not null,
  "folder" text not null,
  "uid" bigint not null,
  "key" text,
  "reason" text not null,
  "message_id" text,
  "subject" text not null,
  "sender" text,
  "size" bigint not null,
  "received_at" timestamptz not null,
  constraint "pk_mailbox_skip" primary key ("mailbox_id", "folder", "uid")
);

create table if not exists "ws_company"."mailbox_state" (
  "mailbox_id" uuid not null,
  "imap" jsonb not null,
  "smtp" jsonb,
  "secret" text not null,
  "revision" bigint not null default 0,
  "runner" uuid,
  "leased_until" timestamptz,
  "turn_at" timestamptz,
  "doing" text,
  "folder" text,
  "succeeded_at" timestamptz,
  "attempts" integer not null default 0,
  "fault" text,
  "detail" text,
  "failed_at" timestamptz,
  "retry_at" timestamptz,
  constraint "pk_mailbox_state" primary key ("mailbox_id")
);

create table if not exists "ws_company"."match_key" (
  "key" bigint not null,
  "record_id" uuid not null,
  constraint "pk_match_key" primary key ("key", "record_id")
);

create table if not exists "ws_company"."meeting_guest" (
  "interaction_id" uuid not null,
  "address" text not null,
  "participant_id" uuid not null,
  "language" text not null,
  "sequence" integer not null,
  "state" text not null,
  "fault" text,
  "outgoing_id" uuid,
  "mail_id" uuid,
  constraint "pk_meeting_guest" primary key ("interaction_id", "address")
);

create table if not exists "ws_company"."meeting_invitation" (
  "interaction_id" uuid not null,
  "user_id" uuid not null,
  "mailbox_id" uuid not null,
  "organizer" text not null,
  "organizer_name" text not null,
  "message" text not null,
  "sequence" integer not null,
  "told" jsonb,
  "due_at" timestamptz,
  "fault" text,
  constraint "pk_meeting_invitation" primary key ("interaction_id")
);

create table if not exists "ws_company"."meeting_mail" (
  "mail_key" text not null,
  "interaction_id" uuid not null,
  constraint "pk_meeting_mail" primary key ("mail_key")
);

create table if not exists "ws_company"."meeting_received" (
  "interaction_id" uuid not null,
  "address" text not null,
  "mailbox_id" uuid not null,
  "uid" text not null,
  "recurrence" text not null,
  "repeats" boolean not null,
  "organizer" text not null,
  "organizer_name" text not null,
  "sequence" bigint not null,
  "answer" text,
  "answered_at" timestamptz,
  constraint "pk_meeting_received" primary key ("interaction_id", "address")
);

create table if not exists "ws_company"."meeting_series" (
  "id" uuid not null,
  "subject" text,
  "channel" text not null,
  "direction" text not null,
  "body" text,
  "duration" bigint,
  "place" text,
  "account_id" uuid,
  "contact_id" uuid,
  "opportunity_id" uuid,
  "start" text not null,
  "time_zone" text not null,
  "rule" text not null,
  "uid" text,
  "follows_id" uuid,
  "laid_until" timestamptz,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_meeting_series" primary key ("id")
);

create table if not exists "ws_company"."merged_record" (
  "record_id" uuid not null,
  "object" text not null,
  "survivor_id" uuid not null,
  "change_set" uuid not null,
  constraint "pk_merged_record" primary key ("record_id")
);

create table if not exists "ws_company"."note" (
  "id" uuid not null,
  "subject" text,
  "body" text not null,
  "pinned" boolean not null,
  "account_id" uuid,
  "contact_id" uuid,
  "opportunity_id" uuid,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_note" primary key ("id")
);

create table if not exists "ws_company"."notification" (
  "id" uuid not null,
  "user_id" uuid not null,
  "kind" text not null,
  "actor_id" uuid,
  "target_object" text not null,
  "target_id" text,
  "params" jsonb,
  "read_at" timestamptz,
  "snoozed_until" timestamptz,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_notification" primary key ("id")
);

create table if not exists "ws_company"."object_count" (
  "object" text not null,
  "live" bigint not null default 0,
  "trash" bigint not null default 0,
  constraint "pk_object_count" primary key ("object")
);

create table if not exists "ws_company"."opportunity" (
  "id" uuid not null,
  "name" text not null,
  "account_id" uuid,
  "contact_id" uuid,
  "pipeline_id" uuid not null,
  "stage_id" uuid not null,
  "amount" numeric(19,4),
  "amount_currency" text,
  "amount_base" numeric(19,4),
  "probability" numeric(14,4),
  "weighted" numeric(19,4) generated always as (case when (("amount_currency")::text collate "default") is not null then nullif(nullif(least(greatest(round(nullif(nullif(least(greatest(round(nullif(nullif(least(greatest(round(("amount")::numeric * ("probability")::numeric, 20), -1e30), 1e30), 1e30), -1e30) / nullif(100::numeric, 0), 20), -1e30), 1e30), 1e30), -1e30), 4), -1e15), 1e15), 1e15), -1e15) end) stored,
  "weighted_currency" text generated always as (case when nullif(nullif(least(greatest(round(nullif(nullif(least(greatest(round(nullif(nullif(least(greatest(round(("amount")::numeric * ("probability")::numeric, 20), -1e30), 1e30), 1e30), -1e30) / nullif(100::numeric, 0), 20), -1e30), 1e30), 1e30), -1e30), 4), -1e15), 1e15), 1e15), -1e15) is not null then (("amount_currency")::text collate "default") end) stored,
  "weighted_base" numeric(19,4) generated always as (case when (("amount_currency")::text collate "default") is not null then nullif(nullif(least(greatest(round(nullif(nullif(least(greatest(round(nullif(nullif(least(greatest(round(("amount_base")::numeric * ("probability")::numeric, 20), -1e30), 1e30), 1e30), -1e30) / nullif(100::numeric, 0), 20), -1e30), 1e30), 1e30), -1e30), 4), -1e15), 1e15), 1e15), -1e15) end) stored,
  "close_on" date,
  "forecast" text not null,
  "next_step" text,
  "source" text,
  "products" text[],
  "competitor_id" uuid,
  "started_on" date,
  "stage_since" timestamptz,
  "won_at" timestamptz,
  "lost_at" timestamptz,
  "lost_reason" text,
  "lost_note" text,
  "tags" text[],
  "description" text,
  "external_id" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_opportunity" primary key ("id")
);

create table if not exists "ws_company"."opportunity_contact" (
  "id" uuid not null,
  "opportunity_id" uuid not null,
  "contact_id" uuid not null,
  "role" text not null,
  "primary" boolean not null,
  "comment" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_opportunity_contact" primary key ("id")
);

create table if not exists "ws_company"."outgoing_mail" (
  "id" uuid not null,
  "user_id" uuid not null,
  "state" text not null,
  "content" jsonb not null,
  "revision" integer not null default 1,
  "created_at" timestamptz not null,
  "updated_at" timestamptz not null,
  "mailbox_id" uuid,
  "interaction_id" uuid,
  "message_id" text,
  "file" jsonb,
  "recipients" jsonb not null default '[]',
  "send_at" timestamptz,
  "runner" uuid,
  "leased_until" timestamptz,
  "attempts" integer not null default 0,
  "fault" text,
  "detail" text,
  "failed_at" timestamptz,
  "retry_at" timestamptz,
  "sent_at" timestamptz,
  "kept_at" timestamptz,
  "follow_up_at" timestamptz,
  constraint "pk_outgoing_mail" primary key ("id")
);

create table if not exists "ws_company"."overlay" (
  "version" bigint not null,
  "document" jsonb not null,
  "changed_at" timestamptz not null,
  "changed_by_id" uuid,
  constraint "pk_overlay" primary key ("version")
);

create table if not exists "ws_company"."participant" (
  "id" uuid not null,
  "interaction_id" uuid not null,
  "role" text not null,
  "name" text,
  "address" text,
  "contact_id" uuid,
  "user_id" uuid,
  "response" text,
  "comment" text,
  "proposed_at" timestamptz,
  "proposed_duration" bigint,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_participant" primary key ("id")
);

create table if not exists "ws_company"."pipeline" (
  "id" uuid not null,
  "name" text not null,
  "position" bigint not null,
  "active" boolean not null,
  "description" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_pipeline" primary key ("id")
);

create table if not exists "ws_company"."playbook" (
  "id" uuid not null,
  "name" text not null,
  "about" text not null,
  "active" boolean not null,
  "starts" text not null,
  "stage_id" uuid,
  "filter" jsonb,
  "description" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_playbook" primary key ("id")
);

create table if not exists "ws_company"."playbook_run" (
  "id" uuid not null,
  "name" text,
  "playbook_id" uuid,
  "state" text not null,
  "account_id" uuid,
  "contact_id" uuid,
  "opportunity_id" uuid,
  "started_on" date,
  "done" bigint not null,
  "total" bigint,
  "next" text,
  "next_on" date,
  "steps" jsonb,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_playbook_run" primary key ("id")
);

create table if not exists "ws_company"."playbook_step" (
  "id" uuid not null,
  "playbook_id" uuid not null,
  "position" bigint not null,
  "subject" text not null,
  "days" bigint not null,
  "after" text not null,
  "who" text not null,
  "person_id" uuid,
  "team_id" uuid,
  "priority" text not null,
  "checklist" jsonb,
  "description" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_playbook_step" primary key ("id")
);

create table if not exists "ws_company"."preference" (
  "user_id" uuid not null,
  "key" text not null,
  "value" jsonb not null,
  "updated_at" timestamptz not null,
  constraint "pk_preference" primary key ("user_id", "key")
);

create table if not exists "ws_company"."rate" (
  "currency" text not null,
  "on_date" date not null,
  "rate" numeric(24,12) not null,
  constraint "pk_rate" primary key ("currency", "on_date")
);

create table if not exists "ws_company"."reader" (
  "name" text not null,
  "position" bigint not null default 0,
  "attempts" integer not null default 0,
  "error" text,
  "failed_at" timestamptz,
  constraint "pk_reader" primary key ("name")
);

create table if not exists "ws_company"."relationship" (
  "id" uuid not null,
  "kind" text not null,
  "from_account_id" uuid,
  "from_contact_id" uuid,
  "to_account_id" uuid,
  "to_contact_id" uuid,
  "since" date,
  "until" date,
  "comment" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_relationship" primary key ("id")
);

create table if not exists "ws_company"."role" (
  "id" uuid not null,
  "name" text not null,
  "description" text,
  "grants" jsonb not null,
  "fields" jsonb,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_role" primary key ("id")
);

create table if not exists "ws_company"."saved_view" (
  "id" uuid not null,
  "name" text not null,
  "object" text not null,
  "shape" text not null,
  "sharing" text not null,
  "is_default" boolean not null,
  "settings" jsonb,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_saved_view" primary key ("id")
);

create table if not exists "ws_company"."saved_view__team" (
  "from_id" uuid not null,
  "to_id" uuid not null,
  "position" integer not null default 0,
  constraint "pk_saved_view__team" primary key ("from_id", "to_id")
);

create table if not exists "ws_company"."search_word" (
  "key" integer not null,
  "word" text not null,
  constraint "pk_search_word" primary key ("key", "word")
);

create table if not exists "ws_company"."setting" (
  "key" text not null,
  "value" jsonb not null,
  constraint "pk_setting" primary key ("key")
);

create table if not exists "ws_company"."share" (
  "id" uuid not null,
  "target_object" text not null,
  "target_id" text not null,
  "user_id" uuid,
  "team_id" uuid,
  "level" text not null,
  "purpose" text,
  "until" date,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_share" primary key ("id")
);

create table if not exists "ws_company"."stage" (
  "id" uuid not null,
  "name" text not null,
  "pipeline_id" uuid not null,
  "position" bigint not null,
  "probability" numeric(14,4) not null,
  "kind" text not null,
  "is_closed" boolean generated always as (((("kind") collate "default") <> ('open'::text collate "default"))) stored,
  "color" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_stage" primary key ("id")
);

create table if not exists "ws_company"."task" (
  "id" uuid not null,
  "subject" text not null,
  "due_on" date,
  "due_time" text,
  "priority" text not null,
  "status" text not null,
  "done_at" timestamptz,
  "account_id" uuid,
  "contact_id" uuid,
  "opportunity_id" uuid,
  "remind_before" text[],
  "repeats" text,
  "repeats_from" text,
  "acceptance" text,
  "answer" text,
  "given_by_id" uuid,
  "follow_up_on" date,
  "remind_on" timestamptz,
  "checklist" jsonb,
  "description" text,
  "delegated_to_id" uuid,
  "remind_at" timestamptz,
  "reminded_at" timestamptz,
  "occurs_on" date,
  "playbook_run_id" uuid,
  "next_id" uuid,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_task" primary key ("id")
);

create table if not exists "ws_company"."team" (
  "id" uuid not null,
  "name" text not null,
  "description" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  constraint "pk_team" primary key ("id")
);

create table if not exists "ws_company"."user" (
  "id" uuid not null,
  "name" text not null,
  "email" text not null,
  "title" text,
  "phone" text,
  "language" text not null,
  "time_zone" text not null,
  "manager_id" uuid,
  "working_hours" jsonb,
  "languages" text[],
  "skills" text[],
  "avatar" jsonb,
  "active" boolean not null,
  "preferences" jsonb,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_user" primary key ("id")
);

create table if not exists "ws_company"."user__roles" (
  "from_id" uuid not null,
  "to_id" uuid not null,
  "position" integer not null default 0,
  constraint "pk_user__roles" primary key ("from_id", "to_id")
);

create table if not exists "ws_company"."user__teams" (
  "from_id" uuid not null,
  "to_id" uuid not null,
  "position" integer not null default 0,
  constraint "pk_user__teams" primary key ("from_id", "to_id")
);

create table if not exists "ws_company"."web_form" (
  "id" uuid not null,
  "name" text not null,
  "slug" text not null,
  "state" text not null,
  "texts" jsonb,
  "questions" jsonb,
  "sites" text,
  "color" text,
  "consents" jsonb,
  "double_opt_in" boolean not null,
  "makes_account" boolean not null,
  "makes_lead" boolean not null,
  "makes_opportunity" boolean not null,
  "team_id" uuid,
  "redirect" text,
  "owner_id" uuid,
  "created_at" timestamptz not null,
  "created_by_id" uuid,
  "updated_at" timestamptz not null,
  "updated_by_id" uuid,
  "version" integer not null default 1,
  "deleted_at" timestamptz,
  "search_text" text,
  constraint "pk_web_form" primary key ("id")
);

create table if not exists "ws_company"."web_form__assignees" (
  "from_id" uuid not null,
  "to_id" uuid not null,
  "position" integer not null default 0,
  constraint "pk_web_form__assignees" primary key ("from_id", "to_id")
);

create table if not exists "ws_company"."web_form__told" (
  "from_id" uuid not null,
  "to_id" uuid not null,
  "position" integer not null default 0,
  constraint "pk_web_form__told" primary key ("from_id", "to_id")
);

create table if not exists "ws_company"."webhook" (
  "id" uuid not null,
  "url" text not null,
  "secret" text not null,
  "description" text not null,
  "objects" text[] not null,
  "operations" text[] not null,
  "active" boolean not null,
  "from_position" bigint not null,
  "failures" integer not null default 0,
  "retry_at" timestamptz,
  "succeeded_at" timestamptz,
  "note" text,
  "owner_id" uuid not null,
  "created_at" timestamptz not null,
  "updated_at" timestamptz not null,
  constraint "pk_webhook" primary key ("id")
);

create table if not exists "ws_company"."webhook_delivery" (
  "id" uuid not null,
  "webhook_id" uuid not null,
  "position" bigint not null,
  "object" text not null,
  "record_id" uuid not null,
  "operation" text not null,
  "state" text not null,
  "attempts" integer not null default 0,
  "next_at" timestamptz not null,
  "first_at" timestamptz,
  "status" integer,
  "error" text,
  "response" text,
  "payload" text,
  "created_at" timestamptz not null,
  "finished_at" timestamptz,
  constraint "pk_webhook_delivery" primary key ("id")
);

alter table "ws_company"."absence" drop constraint if exists "fk_absence__delegate_id", add constraint "fk_absence__delegate_id" foreign key ("delegate_id") references "ws_company"."user" ("id") on delete restrict;
alter table "ws_company"."absence" drop constraint if exists "fk_absence__user_id", add constraint "fk_absence__user_id" foreign key ("user_id") references "ws_company"."user" ("id") on delete restrict;

alter table "ws_company"."account" drop constraint if exists "fk_account__parent_id", add constraint "fk_account__parent_id" foreign key ("parent_id") references "ws_company"."account" ("id") on delete set null;

alter table "ws_company"."account_contact" drop constraint if exists "fk_account_contact__account_id", add constraint "fk_account_contact__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete cascade;
alter table "ws_company"."account_contact" drop constraint if exists "fk_account_contact__contact_id", add constraint "fk_account_contact__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete cascade;

alter table "ws_company"."booking" drop constraint if exists "fk_booking__contact_id", add constraint "fk_booking__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."booking" drop constraint if exists "fk_booking__interaction_id", add constraint "fk_booking__interaction_id" foreign key ("interaction_id") references "ws_company"."interaction" ("id") on delete set null;
alter table "ws_company"."booking" drop constraint if exists "fk_booking__page_id", add constraint "fk_booking__page_id" foreign key ("page_id") references "ws_company"."booking_page" ("id") on delete cascade;

alter table "ws_company"."booking__hosts" drop constraint if exists "fk_booking__hosts__from_id", add constraint "fk_booking__hosts__from_id" foreign key ("from_id") references "ws_company"."booking" ("id") on delete cascade;
alter table "ws_company"."booking__hosts" drop constraint if exists "fk_booking__hosts__to_id", add constraint "fk_booking__hosts__to_id" foreign key ("to_id") references "ws_company"."user" ("id") on delete cascade;

alter table "ws_company"."booking_page__hosts" drop constraint if exists "fk_booking_page__hosts__from_id", add constraint "fk_booking_page__hosts__from_id" foreign key ("from_id") references "ws_company"."booking_page" ("id") on delete cascade;
alter table "ws_company"."booking_page__hosts" drop constraint if exists "fk_booking_page__hosts__to_id", add constraint "fk_booking_page__hosts__to_id" foreign key ("to_id") references "ws_company"."user" ("id") on delete cascade;

alter table "ws_company"."bounced_address" drop constraint if exists "fk_bounced_address__contact_id", add constraint "fk_bounced_address__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."bounced_address" drop constraint if exists "fk_bounced_address__interaction_id", add constraint "fk_bounced_address__interaction_id" foreign key ("interaction_id") references "ws_company"."interaction" ("id") on delete set null;

alter table "ws_company"."consent" drop constraint if exists "fk_consent__contact_id", add constraint "fk_consent__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete cascade;

alter table "ws_company"."contact" drop constraint if exists "fk_contact__account_id", add constraint "fk_contact__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete set null;

alter table "ws_company"."conversation" drop constraint if exists "fk_conversation__account_id", add constraint "fk_conversation__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete set null;
alter table "ws_company"."conversation" drop constraint if exists "fk_conversation__contact_id", add constraint "fk_conversation__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."conversation" drop constraint if exists "fk_conversation__opportunity_id", add constraint "fk_conversation__opportunity_id" foreign key ("opportunity_id") references "ws_company"."opportunity" ("id") on delete set null;
alter table "ws_company"."conversation" drop constraint if exists "fk_conversation__team_id", add constraint "fk_conversation__team_id" foreign key ("team_id") references "ws_company"."team" ("id") on delete set null;

alter table "ws_company"."conversation__mentioned" drop constraint if exists "fk_conversation__mentioned__from_id", add constraint "fk_conversation__mentioned__from_id" foreign key ("from_id") references "ws_company"."conversation" ("id") on delete cascade;
alter table "ws_company"."conversation__mentioned" drop constraint if exists "fk_conversation__mentioned__to_id", add constraint "fk_conversation__mentioned__to_id" foreign key ("to_id") references "ws_company"."user" ("id") on delete cascade;

alter table "ws_company"."fax_gateway" drop constraint if exists "fk_fax_gateway__mailbox_id", add constraint "fk_fax_gateway__mailbox_id" foreign key ("mailbox_id") references "ws_company"."mailbox" ("id") on delete cascade;

alter table "ws_company"."follow" drop constraint if exists "fk_follow__user_id", add constraint "fk_follow__user_id" foreign key ("user_id") references "ws_company"."user" ("id") on delete restrict;

alter table "ws_company"."form_submission" drop constraint if exists "fk_form_submission__account_id", add constraint "fk_form_submission__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete set null;
alter table "ws_company"."form_submission" drop constraint if exists "fk_form_submission__contact_id", add constraint "fk_form_submission__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."form_submission" drop constraint if exists "fk_form_submission__form_id", add constraint "fk_form_submission__form_id" foreign key ("form_id") references "ws_company"."web_form" ("id") on delete cascade;
alter table "ws_company"."form_submission" drop constraint if exists "fk_form_submission__interaction_id", add constraint "fk_form_submission__interaction_id" foreign key ("interaction_id") references "ws_company"."interaction" ("id") on delete set null;
alter table "ws_company"."form_submission" drop constraint if exists "fk_form_submission__lead_id", add constraint "fk_form_submission__lead_id" foreign key ("lead_id") references "ws_company"."lead" ("id") on delete set null;
alter table "ws_company"."form_submission" drop constraint if exists "fk_form_submission__opportunity_id", add constraint "fk_form_submission__opportunity_id" foreign key ("opportunity_id") references "ws_company"."opportunity" ("id") on delete set null;

alter table "ws_company"."held_mail" drop constraint if exists "fk_held_mail__account_id", add constraint "fk_held_mail__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete set null;
alter table "ws_company"."held_mail" drop constraint if exists "fk_held_mail__contact_id", add constraint "fk_held_mail__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."held_mail" drop constraint if exists "fk_held_mail__interaction_id", add constraint "fk_held_mail__interaction_id" foreign key ("interaction_id") references "ws_company"."interaction" ("id") on delete cascade;
alter table "ws_company"."held_mail" drop constraint if exists "fk_held_mail__mailbox_id", add constraint "fk_held_mail__mailbox_id" foreign key ("mailbox_id") references "ws_company"."mailbox" ("id") on delete set null;

alter table "ws_company"."interaction" drop constraint if exists "fk_interaction__account_id", add constraint "fk_interaction__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete set null;
alter table "ws_company"."interaction" drop constraint if exists "fk_interaction__contact_id", add constraint "fk_interaction__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."interaction" drop constraint if exists "fk_interaction__conversation_id", add constraint "fk_interaction__conversation_id" foreign key ("conversation_id") references "ws_company"."conversation" ("id") on delete set null;
alter table "ws_company"."interaction" drop constraint if exists "fk_interaction__opportunity_id", add constraint "fk_interaction__opportunity_id" foreign key ("opportunity_id") references "ws_company"."opportunity" ("id") on delete set null;
alter table "ws_company"."interaction" drop constraint if exists "fk_interaction__series_id", add constraint "fk_interaction__series_id" foreign key ("series_id") references "ws_company"."meeting_series" ("id") on delete set null;

alter table "ws_company"."known_address" drop constraint if exists "fk_known_address__account_id", add constraint "fk_known_address__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete cascade;
alter table "ws_company"."known_address" drop constraint if exists "fk_known_address__contact_id", add constraint "fk_known_address__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete cascade;
alter table "ws_company"."known_address" drop constraint if exists "fk_known_address__interaction_id", add constraint "fk_known_address__interaction_id" foreign key ("interaction_id") references "ws_company"."interaction" ("id") on delete set null;

alter table "ws_company"."lead" drop constraint if exists "fk_lead__account_id", add constraint "fk_lead__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete set null;
alter table "ws_company"."lead" drop constraint if exists "fk_lead__contact_id", add constraint "fk_lead__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."lead" drop constraint if exists "fk_lead__opportunity_id", add constraint "fk_lead__opportunity_id" foreign key ("opportunity_id") references "ws_company"."opportunity" ("id") on delete set null;

alter table "ws_company"."macro" drop constraint if exists "fk_macro__team_id", add constraint "fk_macro__team_id" foreign key ("team_id") references "ws_company"."team" ("id") on delete set null;

alter table "ws_company"."mail_template" drop constraint if exists "fk_mail_template__team_id", add constraint "fk_mail_template__team_id" foreign key ("team_id") references "ws_company"."team" ("id") on delete set null;

alter table "ws_company"."mailbox" drop constraint if exists "fk_mailbox__team_id", add constraint "fk_mailbox__team_id" foreign key ("team_id") references "ws_company"."team" ("id") on delete set null;

alter table "ws_company"."mailbox__members" drop constraint if exists "fk_mailbox__members__from_id", add constraint "fk_mailbox__members__from_id" foreign key ("from_id") references "ws_company"."mailbox" ("id") on delete cascade;
alter table "ws_company"."mailbox__members" drop constraint if exists "fk_mailbox__members__to_id", add constraint "fk_mailbox__members__to_id" foreign key ("to_id") references "ws_company"."user" ("id") on delete cascade;

alter table "ws_company"."meeting_series" drop constraint if exists "fk_meeting_series__account_id", add constraint "fk_meeting_series__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete set null;
alter table "ws_company"."meeting_series" drop constraint if exists "fk_meeting_series__contact_id", add constraint "fk_meeting_series__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."meeting_series" drop constraint if exists "fk_meeting_series__follows_id", add constraint "fk_meeting_series__follows_id" foreign key ("follows_id") references "ws_company"."meeting_series" ("id") on delete set null;
alter table "ws_company"."meeting_series" drop constraint if exists "fk_meeting_series__opportunity_id", add constraint "fk_meeting_series__opportunity_id" foreign key ("opportunity_id") references "ws_company"."opportunity" ("id") on delete set null;

alter table "ws_company"."note" drop constraint if exists "fk_note__account_id", add constraint "fk_note__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete set null;
alter table "ws_company"."note" drop constraint if exists "fk_note__contact_id", add constraint "fk_note__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."note" drop constraint if exists "fk_note__opportunity_id", add constraint "fk_note__opportunity_id" foreign key ("opportunity_id") references "ws_company"."opportunity" ("id") on delete set null;

alter table "ws_company"."notification" drop constraint if exists "fk_notification__actor_id", add constraint "fk_notification__actor_id" foreign key ("actor_id") references "ws_company"."user" ("id") on delete set null;
alter table "ws_company"."notification" drop constraint if exists "fk_notification__user_id", add constraint "fk_notification__user_id" foreign key ("user_id") references "ws_company"."user" ("id") on delete restrict;

alter table "ws_company"."opportunity" drop constraint if exists "fk_opportunity__account_id", add constraint "fk_opportunity__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete restrict;
alter table "ws_company"."opportunity" drop constraint if exists "fk_opportunity__competitor_id", add constraint "fk_opportunity__competitor_id" foreign key ("competitor_id") references "ws_company"."account" ("id") on delete set null;
alter table "ws_company"."opportunity" drop constraint if exists "fk_opportunity__contact_id", add constraint "fk_opportunity__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."opportunity" drop constraint if exists "fk_opportunity__pipeline_id", add constraint "fk_opportunity__pipeline_id" foreign key ("pipeline_id") references "ws_company"."pipeline" ("id") on delete restrict;
alter table "ws_company"."opportunity" drop constraint if exists "fk_opportunity__stage_id", add constraint "fk_opportunity__stage_id" foreign key ("stage_id") references "ws_company"."stage" ("id") on delete restrict;

alter table "ws_company"."opportunity_contact" drop constraint if exists "fk_opportunity_contact__contact_id", add constraint "fk_opportunity_contact__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete cascade;
alter table "ws_company"."opportunity_contact" drop constraint if exists "fk_opportunity_contact__opportunity_id", add constraint "fk_opportunity_contact__opportunity_id" foreign key ("opportunity_id") references "ws_company"."opportunity" ("id") on delete cascade;

alter table "ws_company"."participant" drop constraint if exists "fk_participant__contact_id", add constraint "fk_participant__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."participant" drop constraint if exists "fk_participant__interaction_id", add constraint "fk_participant__interaction_id" foreign key ("interaction_id") references "ws_company"."interaction" ("id") on delete cascade;
alter table "ws_company"."participant" drop constraint if exists "fk_participant__user_id", add constraint "fk_participant__user_id" foreign key ("user_id") references "ws_company"."user" ("id") on delete set null;

alter table "ws_company"."playbook" drop constraint if exists "fk_playbook__stage_id", add constraint "fk_playbook__stage_id" foreign key ("stage_id") references "ws_company"."stage" ("id") on delete set null;

alter table "ws_company"."playbook_run" drop constraint if exists "fk_playbook_run__account_id", add constraint "fk_playbook_run__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete cascade;
alter table "ws_company"."playbook_run" drop constraint if exists "fk_playbook_run__contact_id", add constraint "fk_playbook_run__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete cascade;
alter table "ws_company"."playbook_run" drop constraint if exists "fk_playbook_run__opportunity_id", add constraint "fk_playbook_run__opportunity_id" foreign key ("opportunity_id") references "ws_company"."opportunity" ("id") on delete cascade;
alter table "ws_company"."playbook_run" drop constraint if exists "fk_playbook_run__playbook_id", add constraint "fk_playbook_run__playbook_id" foreign key ("playbook_id") references "ws_company"."playbook" ("id") on delete set null;

alter table "ws_company"."playbook_step" drop constraint if exists "fk_playbook_step__person_id", add constraint "fk_playbook_step__person_id" foreign key ("person_id") references "ws_company"."user" ("id") on delete set null;
alter table "ws_company"."playbook_step" drop constraint if exists "fk_playbook_step__playbook_id", add constraint "fk_playbook_step__playbook_id" foreign key ("playbook_id") references "ws_company"."playbook" ("id") on delete cascade;
alter table "ws_company"."playbook_step" drop constraint if exists "fk_playbook_step__team_id", add constraint "fk_playbook_step__team_id" foreign key ("team_id") references "ws_company"."team" ("id") on delete set null;

alter table "ws_company"."relationship" drop constraint if exists "fk_relationship__from_account_id", add constraint "fk_relationship__from_account_id" foreign key ("from_account_id") references "ws_company"."account" ("id") on delete cascade;
alter table "ws_company"."relationship" drop constraint if exists "fk_relationship__from_contact_id", add constraint "fk_relationship__from_contact_id" foreign key ("from_contact_id") references "ws_company"."contact" ("id") on delete cascade;
alter table "ws_company"."relationship" drop constraint if exists "fk_relationship__to_account_id", add constraint "fk_relationship__to_account_id" foreign key ("to_account_id") references "ws_company"."account" ("id") on delete cascade;
alter table "ws_company"."relationship" drop constraint if exists "fk_relationship__to_contact_id", add constraint "fk_relationship__to_contact_id" foreign key ("to_contact_id") references "ws_company"."contact" ("id") on delete cascade;

alter table "ws_company"."saved_view__team" drop constraint if exists "fk_saved_view__team__from_id", add constraint "fk_saved_view__team__from_id" foreign key ("from_id") references "ws_company"."saved_view" ("id") on delete cascade;
alter table "ws_company"."saved_view__team" drop constraint if exists "fk_saved_view__team__to_id", add constraint "fk_saved_view__team__to_id" foreign key ("to_id") references "ws_company"."user" ("id") on delete cascade;

alter table "ws_company"."share" drop constraint if exists "fk_share__team_id", add constraint "fk_share__team_id" foreign key ("team_id") references "ws_company"."team" ("id") on delete set null;
alter table "ws_company"."share" drop constraint if exists "fk_share__user_id", add constraint "fk_share__user_id" foreign key ("user_id") references "ws_company"."user" ("id") on delete set null;

alter table "ws_company"."stage" drop constraint if exists "fk_stage__pipeline_id", add constraint "fk_stage__pipeline_id" foreign key ("pipeline_id") references "ws_company"."pipeline" ("id") on delete cascade;

alter table "ws_company"."task" drop constraint if exists "fk_task__account_id", add constraint "fk_task__account_id" foreign key ("account_id") references "ws_company"."account" ("id") on delete set null;
alter table "ws_company"."task" drop constraint if exists "fk_task__contact_id", add constraint "fk_task__contact_id" foreign key ("contact_id") references "ws_company"."contact" ("id") on delete set null;
alter table "ws_company"."task" drop constraint if exists "fk_task__delegated_to_id", add constraint "fk_task__delegated_to_id" foreign key ("delegated_to_id") references "ws_company"."user" ("id") on delete set null;
alter table "ws_company"."task" drop constraint if exists "fk_task__given_by_id", add constraint "fk_task__given_by_id" foreign key ("given_by_id") references "ws_company"."user" ("id") on delete set null;
alter table "ws_company"."task" drop constraint if exists "fk_task__next_id", add constraint "fk_task__next_id" foreign key ("next_id") references "ws_company"."task" ("id") on delete set null;
alter table "ws_company"."task" drop constraint if exists "fk_task__opportunity_id", add constraint "fk_task__opportunity_id" foreign key ("opportunity_id") references "ws_company"."opportunity" ("id") on delete set null;
alter table "ws_company"."task" drop constraint if exists "fk_task__playbook_run_id", add constraint "fk_task__playbook_run_id" foreign key ("playbook_run_id") references "ws_company"."playbook_run" ("id") on delete set null;

alter table "ws_company"."user" drop constraint if exists "fk_user__manager_id", add constraint "fk_user__manager_id" foreign key ("manager_id") references "ws_company"."user" ("id") on delete set null;

alter table "ws_company"."user__roles" drop constraint if exists "fk_user__roles__from_id", add constraint "fk_user__roles__from_id" foreign key ("from_id") references "ws_company"."user" ("id") on delete cascade;
alter table "ws_company"."user__roles" drop constraint if exists "fk_user__roles__to_id", add constraint "fk_user__roles__to_id" foreign key ("to_id") references "ws_company"."role" ("id") on delete cascade;

alter table "ws_company"."user__teams" drop constraint if exists "fk_user__teams__from_id", add constraint "fk_user__teams__from_id" foreign key ("from_id") references "ws_company"."user" ("id") on delete cascade;
alter table "ws_company"."user__teams" drop constraint if exists "fk_user__teams__to_id", add constraint "fk_user__teams__to_id" foreign key ("to_id") references "ws_company"."team" ("id") on delete cascade;

alter table "ws_company"."web_form" drop constraint if exists "fk_web_form__team_id", add constraint "fk_web_form__team_id" foreign key ("team_id") references "ws_company"."team" ("id") on delete set null;

alter table "ws_company"."web_form__assignees" drop constraint if exists "fk_web_form__assignees__from_id", add constraint "fk_web_form__assignees__from_id" foreign key ("from_id") references "ws_company"."web_form" ("id") on delete cascade;
alter table "ws_company"."web_form__assignees" drop constraint if exists "fk_web_form__assignees__to_id", add constraint "fk_web_form__assignees__to_id" foreign key ("to_id") references "ws_company"."user" ("id") on delete cascade;

alter table "ws_company"."web_form__told" drop constraint if exists "fk_web_form__told__from_id", add constraint "fk_web_form__told__from_id" foreign key ("from_id") references "ws_company"."web_form" ("id") on delete cascade;
alter table "ws_company"."web_form__told" drop constraint if exists "fk_web_form__told__to_id", add constraint "fk_web_form__told__to_id" foreign key ("to_id") references "ws_company"."user" ("id") on delete cascade;

create index if not exists "ix_absence__by__of_day" on "ws_company"."absence" using btree ("until", "from", "id") where "deleted_at" is null;
create index if not exists "ix_absence__by__of_user" on "ws_company"."absence" using btree ("user_id", "until", "id") where "deleted_at" is null;
create index if not exists "ix_absence__delegate" on "ws_company"."absence" using btree ("delegate_id", "updated_at", "id");
create index if not exists "ix_absence__deleted_at" on "ws_company"."absence" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_absence__name" on "ws_company"."absence" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_absence__owner" on "ws_company"."absence" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_absence__updated_at" on "ws_company"."absence" using btree ("updated_at", "id") where "deleted_at" is null;
create index if not exists "ix_absence__user" on "ws_company"."absence" using btree ("user_id", "updated_at", "id");

create index if not exists "ix_account__by__own_by_name" on "ws_company"."account" using btree ("owner_id", (platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_account__classification" on "ws_company"."account" using btree ("classification", "id") where "deleted_at" is null;
create index if not exists "ix_account__deleted_at" on "ws_company"."account" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_account__emails__values" on "ws_company"."account" using gin ("emails_all") where "deleted_at" is null;
create index if not exists "ix_account__external_id" on "ws_company"."account" using btree ((platform.fold("external_id") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_account__industry" on "ws_company"."account" using btree ("industry", "id") where "deleted_at" is null;
create index if not exists "ix_account__name" on "ws_company"."account" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_account__owner" on "ws_company"."account" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_account__parent" on "ws_company"."account" using btree ("parent_id", "updated_at", "id");
create index if not exists "ix_account__phones__values" on "ws_company"."account" using gin ("phones_all") where "deleted_at" is null;
create index if not exists "ix_account__registration_code" on "ws_company"."account" using btree ((platform.fold("registration_code") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_account__search_text" on "ws_company"."account" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_account__status" on "ws_company"."account" using btree ("status", "id") where "deleted_at" is null;
create index if not exists "ix_account__tax_number" on "ws_company"."account" using btree ((platform.fold("tax_number") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_account__updated_at" on "ws_company"."account" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_account_contact__account" on "ws_company"."account_contact" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_account_contact__contact" on "ws_company"."account_contact" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_account_contact__deleted_at" on "ws_company"."account_contact" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_account_contact__owner" on "ws_company"."account_contact" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_account_contact__role" on "ws_company"."account_contact" using btree ("role", "id") where "deleted_at" is null;
create index if not exists "ix_account_contact__updated_at" on "ws_company"."account_contact" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_account_contact__by__role_once" on "ws_company"."account_contact" using btree ("account_id", "contact_id", lower("role")) where "deleted_at" is null;

create index if not exists "ix_attachment__by__of_record" on "ws_company"."attachment" using btree ((platform.fold("target_object") collate "C"), (platform.fold("target_id") collate "C"), "created_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_attachment__deleted_at" on "ws_company"."attachment" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_attachment__name" on "ws_company"."attachment" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_attachment__owner" on "ws_company"."attachment" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_attachment__search_text" on "ws_company"."attachment" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_attachment__updated_at" on "ws_company"."attachment" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_booking__by__of_page" on "ws_company"."booking" using btree ("page_id", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_booking__contact" on "ws_company"."booking" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_booking__deleted_at" on "ws_company"."booking" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_booking__interaction" on "ws_company"."booking" using btree ("interaction_id", "updated_at", "id");
create index if not exists "ix_booking__key" on "ws_company"."booking" using btree ((platform.fold("key") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_booking__name" on "ws_company"."booking" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_booking__owner" on "ws_company"."booking" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_booking__page" on "ws_company"."booking" using btree ("page_id", "updated_at", "id");
create index if not exists "ix_booking__search_text" on "ws_company"."booking" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_booking__updated_at" on "ws_company"."booking" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_booking__key" on "ws_company"."booking" using btree (lower("key")) where "deleted_at" is null;

create index if not exists "ix_booking__hosts__to_id" on "ws_company"."booking__hosts" using btree ("to_id", "from_id");

create index if not exists "ix_booking_page__deleted_at" on "ws_company"."booking_page" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_booking_page__name" on "ws_company"."booking_page" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_booking_page__owner" on "ws_company"."booking_page" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_booking_page__search_text" on "ws_company"."booking_page" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_booking_page__slug" on "ws_company"."booking_page" using btree ((platform.fold("slug") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_booking_page__updated_at" on "ws_company"."booking_page" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_booking_page__slug" on "ws_company"."booking_page" using btree (lower("slug")) where "deleted_at" is null;

create index if not exists "ix_booking_page__hosts__to_id" on "ws_company"."booking_page__hosts" using btree ("to_id", "from_id");

create index if not exists "ix_bounced_address__address" on "ws_company"."bounced_address" using btree ((platform.fold("address") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_bounced_address__contact" on "ws_company"."bounced_address" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_bounced_address__deleted_at" on "ws_company"."bounced_address" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_bounced_address__interaction" on "ws_company"."bounced_address" using btree ("interaction_id", "updated_at", "id");
create index if not exists "ix_bounced_address__owner" on "ws_company"."bounced_address" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_bounced_address__search_text" on "ws_company"."bounced_address" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_bounced_address__updated_at" on "ws_company"."bounced_address" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_bounced_address__address" on "ws_company"."bounced_address" using btree (lower("address")) where "deleted_at" is null;

create index if not exists "ix_calendar_busy__user" on "ws_company"."calendar_busy" using btree ("user_id", "ends_at");

create index if not exists "ix_calendar_link__interaction" on "ws_company"."calendar_link" using btree ("interaction_id");

create index if not exists "ix_comment__by__of_record" on "ws_company"."comment" using btree ((platform.fold("target_object") collate "C"), (platform.fold("target_id") collate "C"), "created_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_comment__deleted_at" on "ws_company"."comment" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_comment__owner" on "ws_company"."comment" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_comment__search_text" on "ws_company"."comment" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_comment__updated_at" on "ws_company"."comment" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_consent__by__of_contact" on "ws_company"."consent" using btree ("contact_id", "purpose", "channel", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_consent__contact" on "ws_company"."consent" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_consent__deleted_at" on "ws_company"."consent" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_consent__owner" on "ws_company"."consent" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_consent__purpose" on "ws_company"."consent" using btree ("purpose", "id") where "deleted_at" is null;
create index if not exists "ix_consent__updated_at" on "ws_company"."consent" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_contact__account" on "ws_company"."contact" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_contact__by__own_by_name" on "ws_company"."contact" using btree ("owner_id", (platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_contact__deleted_at" on "ws_company"."contact" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_contact__emails__values" on "ws_company"."contact" using gin ("emails_all") where "deleted_at" is null;
create index if not exists "ix_contact__external_id" on "ws_company"."contact" using btree ((platform.fold("external_id") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_contact__last_name" on "ws_company"."contact" using btree ((platform.fold("last_name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_contact__name" on "ws_company"."contact" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_contact__owner" on "ws_company"."contact" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_contact__phones__values" on "ws_company"."contact" using gin ("phones_all") where "deleted_at" is null;
create index if not exists "ix_contact__search_text" on "ws_company"."contact" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_contact__updated_at" on "ws_company"."contact" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_conversation__account" on "ws_company"."conversation" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_conversation__by__inbox" on "ws_company"."conversation" using btree ("status", "last_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_conversation__by__of_account" on "ws_company"."conversation" using btree ("account_id", "last_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_conversation__by__of_owner" on "ws_company"."conversation" using btree ("owner_id", "status", "last_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_conversation__by__of_team" on "ws_company"."conversation" using btree ("team_id", "status", "last_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_conversation__by__own_snoozed" on "ws_company"."conversation" using btree ("owner_id", "status", "snoozed_until", "id") where "deleted_at" is null;
create index if not exists "ix_conversation__by__snoozed" on "ws_company"."conversation" using btree ("status", "snoozed_until", "id") where "deleted_at" is null;
create index if not exists "ix_conversation__by__team_snoozed" on "ws_company"."conversation" using btree ("team_id", "status", "snoozed_until", "id") where "deleted_at" is null;
create index if not exists "ix_conversation__by__unassigned" on "ws_company"."conversation" using btree ("team_id", "status", "last_at" desc, "id" desc) where "deleted_at" is null and "owner_id" is null;
create index if not exists "ix_conversation__contact" on "ws_company"."conversation" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_conversation__deleted_at" on "ws_company"."conversation" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_conversation__opportunity" on "ws_company"."conversation" using btree ("opportunity_id", "updated_at", "id");
create index if not exists "ix_conversation__owner" on "ws_company"."conversation" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_conversation__search_text" on "ws_company"."conversation" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_conversation__subject" on "ws_company"."conversation" using btree ((platform.fold("subject") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_conversation__team" on "ws_company"."conversation" using btree ("team_id", "updated_at", "id");
create index if not exists "ix_conversation__updated_at" on "ws_company"."conversation" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_conversation__mentioned__to_id" on "ws_company"."conversation__mentioned" using btree ("to_id", "from_id");

create index if not exists "ix_duplicate_pair__b" on "ws_company"."duplicate_pair" using btree ("b_id");
create index if not exists "ix_duplicate_pair__queue" on "ws_company"."duplicate_pair" using btree ("object", "state", "score", "id");
create unique index if not exists "uq_duplicate_pair__records" on "ws_company"."duplicate_pair" using btree ("a_id", "b_id");

create index if not exists "ix_erasure__done_at" on "ws_company"."erasure" using btree ("done_at", "id");
create index if not exists "ix_erasure__record" on "ws_company"."erasure" using btree ("record_id");

create index if not exists "ix_event__change_set" on "ws_company"."event" using btree ("change_set");
create index if not exists "ix_event__record_at" on "ws_company"."event" using btree ("record_id", "at", "position");
create index if not exists "ix_event__security" on "ws_company"."event" using btree ("position") where "version" = 0;

create unique index if not exists "uq_event_seal__last_position" on "ws_company"."event_seal" using btree ("last_position");

create index if not exists "ix_fax_gateway__deleted_at" on "ws_company"."fax_gateway" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_fax_gateway__mailbox" on "ws_company"."fax_gateway" using btree ("mailbox_id", "updated_at", "id");
create index if not exists "ix_fax_gateway__name" on "ws_company"."fax_gateway" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_fax_gateway__owner" on "ws_company"."fax_gateway" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_fax_gateway__updated_at" on "ws_company"."fax_gateway" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_file__sha256" on "ws_company"."file" using btree ("sha256");
create index if not exists "ix_file__unlinked" on "ws_company"."file" using btree ("created_at") where not "linked";

create index if not exists "ix_file_link__record" on "ws_company"."file_link" using btree ("record_id");

create index if not exists "ix_follow__deleted_at" on "ws_company"."follow" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_follow__owner" on "ws_company"."follow" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_follow__target_id" on "ws_company"."follow" using btree ((platform.fold("target_id") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_follow__target_object" on "ws_company"."follow" using btree ((platform.fold("target_object") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_follow__updated_at" on "ws_company"."follow" using btree ("updated_at", "id") where "deleted_at" is null;
create index if not exists "ix_follow__user" on "ws_company"."follow" using btree ("user_id", "updated_at", "id");
create unique index if not exists "uq_follow__by__once" on "ws_company"."follow" using btree ("user_id", lower("target_object"), lower("target_id")) where "deleted_at" is null;

create index if not exists "ix_form_submission__account" on "ws_company"."form_submission" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_form_submission__by__of_contact" on "ws_company"."form_submission" using btree ("contact_id", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_form_submission__by__of_form" on "ws_company"."form_submission" using btree ("form_id", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_form_submission__by__of_state" on "ws_company"."form_submission" using btree ("state", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_form_submission__contact" on "ws_company"."form_submission" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_form_submission__deleted_at" on "ws_company"."form_submission" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_form_submission__form" on "ws_company"."form_submission" using btree ("form_id", "updated_at", "id");
create index if not exists "ix_form_submission__interaction" on "ws_company"."form_submission" using btree ("interaction_id", "updated_at", "id");
create index if not exists "ix_form_submission__key" on "ws_company"."form_submission" using btree ((platform.fold("key") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_form_submission__lead" on "ws_company"."form_submission" using btree ("lead_id", "updated_at", "id");
create index if not exists "ix_form_submission__name" on "ws_company"."form_submission" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_form_submission__opportunity" on "ws_company"."form_submission" using btree ("opportunity_id", "updated_at", "id");
create index if not exists "ix_form_submission__owner" on "ws_company"."form_submission" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_form_submission__search_text" on "ws_company"."form_submission" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_form_submission__updated_at" on "ws_company"."form_submission" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_form_submission__key" on "ws_company"."form_submission" using btree (lower("key")) where "deleted_at" is null;

create index if not exists "ix_held_mail__account" on "ws_company"."held_mail" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_held_mail__by__of_account" on "ws_company"."held_mail" using btree ("account_id", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_held_mail__by__of_contact" on "ws_company"."held_mail" using btree ("contact_id", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_held_mail__contact" on "ws_company"."held_mail" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_held_mail__copy_key" on "ws_company"."held_mail" using btree ((platform.fold("copy_key") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_held_mail__deleted_at" on "ws_company"."held_mail" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_held_mail__interaction" on "ws_company"."held_mail" using btree ("interaction_id", "updated_at", "id");
create index if not exists "ix_held_mail__mailbox" on "ws_company"."held_mail" using btree ("mailbox_id", "updated_at", "id");
create index if not exists "ix_held_mail__message_key" on "ws_company"."held_mail" using btree ((platform.fold("message_key") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_held_mail__owner" on "ws_company"."held_mail" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_held_mail__search_text" on "ws_company"."held_mail" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_held_mail__subject" on "ws_company"."held_mail" using btree ((platform.fold("subject") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_held_mail__updated_at" on "ws_company"."held_mail" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_held_mail__copy_key" on "ws_company"."held_mail" using btree (lower("copy_key")) where "deleted_at" is null;

create index if not exists "ix_home_page__deleted_at" on "ws_company"."home_page" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_home_page__owner" on "ws_company"."home_page" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_home_page__role" on "ws_company"."home_page" using btree ((platform.fold("role") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_home_page__updated_at" on "ws_company"."home_page" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_home_page__role" on "ws_company"."home_page" using btree (lower("role")) where "deleted_at" is null;

create index if not exists "ix_import__created_at" on "ws_company"."import" using btree ("created_at", "id");

create index if not exists "ix_interaction__account" on "ws_company"."interaction" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_interaction__at" on "ws_company"."interaction" using btree ("at", "id") where "deleted_at" is null;
create index if not exists "ix_interaction__by__of_account" on "ws_company"."interaction" using btree ("account_id", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_interaction__by__of_contact" on "ws_company"."interaction" using btree ("contact_id", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_interaction__by__of_conversation" on "ws_company"."interaction" using btree ("conversation_id", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_interaction__by__of_opportunity" on "ws_company"."interaction" using btree ("opportunity_id", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_interaction__by__of_owner" on "ws_company"."interaction" using btree ("owner_id", "state", "at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_interaction__by__of_series" on "ws_company"."interaction" using btree ("series_id", "occurs_at", "id") where "deleted_at" is null;
create index if not exists "ix_interaction__contact" on "ws_company"."interaction" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_interaction__conversation" on "ws_company"."interaction" using btree ("conversation_id", "updated_at", "id");
create index if not exists "ix_interaction__deleted_at" on "ws_company"."interaction" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_interaction__message_id" on "ws_company"."interaction" using btree ((platform.fold("message_id") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_interaction__message_key" on "ws_company"."interaction" using btree ((platform.fold("message_key") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_interaction__opportunity" on "ws_company"."interaction" using btree ("opportunity_id", "updated_at", "id");
create index if not exists "ix_interaction__owner" on "ws_company"."interaction" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_interaction__pinned" on "ws_company"."interaction" using btree ("pinned", "id") where "deleted_at" is null;
create index if not exists "ix_interaction__search_text" on "ws_company"."interaction" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_interaction__series" on "ws_company"."interaction" using btree ("series_id", "updated_at", "id");
create index if not exists "ix_interaction__subject" on "ws_company"."interaction" using btree ((platform.fold("subject") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_interaction__thread_root" on "ws_company"."interaction" using btree ((platform.fold("thread_root") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_interaction__updated_at" on "ws_company"."interaction" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_interaction__message_key" on "ws_company"."interaction" using btree (lower("message_key")) where "deleted_at" is null;

create index if not exists "ix_known_address__account" on "ws_company"."known_address" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_known_address__address" on "ws_company"."known_address" using btree ((platform.fold("address") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_known_address__by__of_verdict" on "ws_company"."known_address" using btree ("verdict", "last_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_known_address__contact" on "ws_company"."known_address" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_known_address__deleted_at" on "ws_company"."known_address" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_known_address__interaction" on "ws_company"."known_address" using btree ("interaction_id", "updated_at", "id");
create index if not exists "ix_known_address__owner" on "ws_company"."known_address" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_known_address__search_text" on "ws_company"."known_address" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_known_address__updated_at" on "ws_company"."known_address" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_known_address__address" on "ws_company"."known_address" using btree (lower("address")) where "deleted_at" is null;

create index if not exists "ix_lead__account" on "ws_company"."lead" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_lead__by__of_owner" on "ws_company"."lead" using btree ("owner_id", "status", "created_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_lead__by__of_status" on "ws_company"."lead" using btree ("status", "created_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_lead__contact" on "ws_company"."lead" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_lead__deleted_at" on "ws_company"."lead" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_lead__external_id" on "ws_company"."lead" using btree ((platform.fold("external_id") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_lead__name" on "ws_company"."lead" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_lead__opportunity" on "ws_company"."lead" using btree ("opportunity_id", "updated_at", "id");
create index if not exists "ix_lead__owner" on "ws_company"."lead" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_lead__search_text" on "ws_company"."lead" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_lead__settled_at" on "ws_company"."lead" using btree ("settled_at", "id") where "deleted_at" is null;
create index if not exists "ix_lead__updated_at" on "ws_company"."lead" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_macro__deleted_at" on "ws_company"."macro" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_macro__name" on "ws_company"."macro" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_macro__owner" on "ws_company"."macro" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_macro__team" on "ws_company"."macro" using btree ("team_id", "updated_at", "id");
create index if not exists "ix_macro__updated_at" on "ws_company"."macro" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_mail_template__deleted_at" on "ws_company"."mail_template" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_mail_template__name" on "ws_company"."mail_template" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_mail_template__owner" on "ws_company"."mail_template" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_mail_template__team" on "ws_company"."mail_template" using btree ("team_id", "updated_at", "id");
create index if not exists "ix_mail_template__updated_at" on "ws_company"."mail_template" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_mailbox__address" on "ws_company"."mailbox" using btree ((platform.fold("address") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_mailbox__deleted_at" on "ws_company"."mailbox" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_mailbox__name" on "ws_company"."mailbox" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_mailbox__owner" on "ws_company"."mailbox" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_mailbox__team" on "ws_company"."mailbox" using btree ("team_id", "updated_at", "id");
create index if not exists "ix_mailbox__updated_at" on "ws_company"."mailbox" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_mailbox__address" on "ws_company"."mailbox" using btree (lower("address")) where "deleted_at" is null;

create index if not exists "ix_mailbox__members__to_id" on "ws_company"."mailbox__members" using btree ("to_id", "from_id");

create index if not exists "ix_mailbox_mail__key" on "ws_company"."mailbox_mail" using btree ("key");

create index if not exists "ix_mailbox_skip__received" on "ws_company"."mailbox_skip" using btree ("mailbox_id", "received_at", "uid");

create index if not exists "ix_match_key__record" on "ws_company"."match_key" using btree ("record_id");

create index if not exists "ix_meeting_invitation__due" on "ws_company"."meeting_invitation" using btree ("due_at") where "due_at" is not null;

create index if not exists "ix_meeting_mail__interaction" on "ws_company"."meeting_mail" using btree ("interaction_id");

create index if not exists "ix_meeting_received__uid" on "ws_company"."meeting_received" using btree ("uid", "address");

create index if not exists "ix_meeting_series__account" on "ws_company"."meeting_series" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_meeting_series__by__of_owner" on "ws_company"."meeting_series" using btree ("owner_id", "id") where "deleted_at" is null;
create index if not exists "ix_meeting_series__contact" on "ws_company"."meeting_series" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_meeting_series__deleted_at" on "ws_company"."meeting_series" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_meeting_series__follows" on "ws_company"."meeting_series" using btree ("follows_id", "updated_at", "id");
create index if not exists "ix_meeting_series__laid_until" on "ws_company"."meeting_series" using btree ("laid_until", "id") where "deleted_at" is null;
create index if not exists "ix_meeting_series__opportunity" on "ws_company"."meeting_series" using btree ("opportunity_id", "updated_at", "id");
create index if not exists "ix_meeting_series__owner" on "ws_company"."meeting_series" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_meeting_series__subject" on "ws_company"."meeting_series" using btree ((platform.fold("subject") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_meeting_series__updated_at" on "ws_company"."meeting_series" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_merged_record__change_set" on "ws_company"."merged_record" using btree ("change_set");
create index if not exists "ix_merged_record__survivor" on "ws_company"."merged_record" using btree ("survivor_id");

create index if not exists "ix_note__account" on "ws_company"."note" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_note__by__of_account" on "ws_company"."note" using btree ("account_id", "created_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_note__by__of_contact" on "ws_company"."note" using btree ("contact_id", "created_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_note__by__of_opportunity" on "ws_company"."note" using btree ("opportunity_id", "created_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_note__contact" on "ws_company"."note" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_note__deleted_at" on "ws_company"."note" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_note__opportunity" on "ws_company"."note" using btree ("opportunity_id", "updated_at", "id");
create index if not exists "ix_note__owner" on "ws_company"."note" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_note__pinned" on "ws_company"."note" using btree ("pinned", "id") where "deleted_at" is null;
create index if not exists "ix_note__search_text" on "ws_company"."note" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_note__subject" on "ws_company"."note" using btree ((platform.fold("subject") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_note__updated_at" on "ws_company"."note" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_notification__actor" on "ws_company"."notification" using btree ("actor_id", "updated_at", "id");
create index if not exists "ix_notification__by__inbox" on "ws_company"."notification" using btree ("user_id", "read_at", "created_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_notification__by__of_record" on "ws_company"."notification" using btree ((platform.fold("target_id") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_notification__deleted_at" on "ws_company"."notification" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_notification__kind" on "ws_company"."notification" using btree ("kind", "id") where "deleted_at" is null;
create index if not exists "ix_notification__owner" on "ws_company"."notification" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_notification__updated_at" on "ws_company"."notification" using btree ("updated_at", "id") where "deleted_at" is null;
create index if not exists "ix_notification__user" on "ws_company"."notification" using btree ("user_id", "updated_at", "id");

create index if not exists "ix_opportunity__account" on "ws_company"."opportunity" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_opportunity__amount" on "ws_company"."opportunity" using btree ("amount_base", "id") where "deleted_at" is null;
create index if not exists "ix_opportunity__by__board_column" on "ws_company"."opportunity" using btree ("pipeline_id", "stage_id", "amount_base" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_opportunity__by__own_column" on "ws_company"."opportunity" using btree ("owner_id", "stage_id", "updated_at", "id") where "deleted_at" is null;
create index if not exists "ix_opportunity__by__owner_close" on "ws_company"."opportunity" using btree ("owner_id", "close_on", "id") where "deleted_at" is null;
create index if not exists "ix_opportunity__close_on" on "ws_company"."opportunity" using btree ("close_on", "id") where "deleted_at" is null;
create index if not exists "ix_opportunity__competitor" on "ws_company"."opportunity" using btree ("competitor_id", "updated_at", "id");
create index if not exists "ix_opportunity__contact" on "ws_company"."opportunity" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_opportunity__deleted_at" on "ws_company"."opportunity" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_opportunity__external_id" on "ws_company"."opportunity" using btree ((platform.fold("external_id") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_opportunity__name" on "ws_company"."opportunity" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_opportunity__owner" on "ws_company"."opportunity" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_opportunity__pipeline" on "ws_company"."opportunity" using btree ("pipeline_id", "updated_at", "id");
create index if not exists "ix_opportunity__search_text" on "ws_company"."opportunity" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_opportunity__stage" on "ws_company"."opportunity" using btree ("stage_id", "updated_at", "id");
create index if not exists "ix_opportunity__updated_at" on "ws_company"."opportunity" using btree ("updated_at", "id") where "deleted_at" is null;
create index if not exists "ix_opportunity__weighted" on "ws_company"."opportunity" using btree ("weighted_base", "id") where "deleted_at" is null;
create index if not exists "ix_opportunity__won_at" on "ws_company"."opportunity" using btree ("won_at", "id") where "deleted_at" is null;

create index if not exists "ix_opportunity_contact__contact" on "ws_company"."opportunity_contact" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_opportunity_contact__deleted_at" on "ws_company"."opportunity_contact" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_opportunity_contact__opportunity" on "ws_company"."opportunity_contact" using btree ("opportunity_id", "updated_at", "id");
create index if not exists "ix_opportunity_contact__owner" on "ws_company"."opportunity_contact" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_opportunity_contact__role" on "ws_company"."opportunity_contact" using btree ("role", "id") where "deleted_at" is null;
create index if not exists "ix_opportunity_contact__updated_at" on "ws_company"."opportunity_contact" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_opportunity_contact__by__role_once" on "ws_company"."opportunity_contact" using btree ("opportunity_id", "contact_id", lower("role")) where "deleted_at" is null;

create index if not exists "ix_outgoing_mail__due" on "ws_company"."outgoing_mail" using btree ("retry_at") where "retry_at" is not null;
create index if not exists "ix_outgoing_mail__follow_up" on "ws_company"."outgoing_mail" using btree ("follow_up_at") where "follow_up_at" is not null;
create index if not exists "ix_outgoing_mail__interaction" on "ws_company"."outgoing_mail" using btree ("interaction_id");
create index if not exists "ix_outgoing_mail__message" on "ws_company"."outgoing_mail" using btree ("message_id");
create index if not exists "ix_outgoing_mail__user" on "ws_company"."outgoing_mail" using btree ("user_id", "state", "updated_at");

create index if not exists "ix_participant__address" on "ws_company"."participant" using btree ((platform.fold("address") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_participant__contact" on "ws_company"."participant" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_participant__deleted_at" on "ws_company"."participant" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_participant__interaction" on "ws_company"."participant" using btree ("interaction_id", "updated_at", "id");
create index if not exists "ix_participant__name" on "ws_company"."participant" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_participant__owner" on "ws_company"."participant" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_participant__updated_at" on "ws_company"."participant" using btree ("updated_at", "id") where "deleted_at" is null;
create index if not exists "ix_participant__user" on "ws_company"."participant" using btree ("user_id", "updated_at", "id");

create index if not exists "ix_pipeline__deleted_at" on "ws_company"."pipeline" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_pipeline__name" on "ws_company"."pipeline" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_pipeline__owner" on "ws_company"."pipeline" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_pipeline__position" on "ws_company"."pipeline" using btree ("position", "id") where "deleted_at" is null;
create index if not exists "ix_pipeline__search_text" on "ws_company"."pipeline" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_pipeline__updated_at" on "ws_company"."pipeline" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_playbook__deleted_at" on "ws_company"."playbook" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_playbook__name" on "ws_company"."playbook" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_playbook__owner" on "ws_company"."playbook" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_playbook__search_text" on "ws_company"."playbook" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_playbook__stage" on "ws_company"."playbook" using btree ("stage_id", "updated_at", "id");
create index if not exists "ix_playbook__updated_at" on "ws_company"."playbook" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_playbook_run__account" on "ws_company"."playbook_run" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_playbook_run__contact" on "ws_company"."playbook_run" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_playbook_run__deleted_at" on "ws_company"."playbook_run" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_playbook_run__name" on "ws_company"."playbook_run" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_playbook_run__opportunity" on "ws_company"."playbook_run" using btree ("opportunity_id", "updated_at", "id");
create index if not exists "ix_playbook_run__owner" on "ws_company"."playbook_run" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_playbook_run__playbook" on "ws_company"."playbook_run" using btree ("playbook_id", "updated_at", "id");
create index if not exists "ix_playbook_run__state" on "ws_company"."playbook_run" using btree ("state", "id") where "deleted_at" is null;
create index if not exists "ix_playbook_run__updated_at" on "ws_company"."playbook_run" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_playbook_step__by__of_playbook" on "ws_company"."playbook_step" using btree ("playbook_id", "position", "id") where "deleted_at" is null;
create index if not exists "ix_playbook_step__deleted_at" on "ws_company"."playbook_step" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_playbook_step__owner" on "ws_company"."playbook_step" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_playbook_step__person" on "ws_company"."playbook_step" using btree ("person_id", "updated_at", "id");
create index if not exists "ix_playbook_step__playbook" on "ws_company"."playbook_step" using btree ("playbook_id", "updated_at", "id");
create index if not exists "ix_playbook_step__subject" on "ws_company"."playbook_step" using btree ((platform.fold("subject") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_playbook_step__team" on "ws_company"."playbook_step" using btree ("team_id", "updated_at", "id");
create index if not exists "ix_playbook_step__updated_at" on "ws_company"."playbook_step" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_relationship__deleted_at" on "ws_company"."relationship" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_relationship__from_account" on "ws_company"."relationship" using btree ("from_account_id", "updated_at", "id");
create index if not exists "ix_relationship__from_contact" on "ws_company"."relationship" using btree ("from_contact_id", "updated_at", "id");
create index if not exists "ix_relationship__kind" on "ws_company"."relationship" using btree ("kind", "id") where "deleted_at" is null;
create index if not exists "ix_relationship__owner" on "ws_company"."relationship" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_relationship__to_account" on "ws_company"."relationship" using btree ("to_account_id", "updated_at", "id");
create index if not exists "ix_relationship__to_contact" on "ws_company"."relationship" using btree ("to_contact_id", "updated_at", "id");
create index if not exists "ix_relationship__updated_at" on "ws_company"."relationship" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_role__deleted_at" on "ws_company"."role" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_role__name" on "ws_company"."role" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_role__owner" on "ws_company"."role" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_role__updated_at" on "ws_company"."role" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_role__name" on "ws_company"."role" using btree (lower("name")) where "deleted_at" is null;

create index if not exists "ix_saved_view__deleted_at" on "ws_company"."saved_view" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_saved_view__name" on "ws_company"."saved_view" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_saved_view__object" on "ws_company"."saved_view" using btree ((platform.fold("object") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_saved_view__owner" on "ws_company"."saved_view" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_saved_view__updated_at" on "ws_company"."saved_view" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_saved_view__team__to_id" on "ws_company"."saved_view__team" using btree ("to_id", "from_id");

create index if not exists "ix_share__by__of_record" on "ws_company"."share" using btree ((platform.fold("target_object") collate "C"), (platform.fold("target_id") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_share__by__to_team" on "ws_company"."share" using btree ("team_id", (platform.fold("target_object") collate "C"), (platform.fold("target_id") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_share__by__to_user" on "ws_company"."share" using btree ("user_id", (platform.fold("target_object") collate "C"), (platform.fold("target_id") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_share__deleted_at" on "ws_company"."share" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_share__owner" on "ws_company"."share" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_share__purpose" on "ws_company"."share" using btree ((platform.fold("purpose") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_share__team" on "ws_company"."share" using btree ("team_id", "updated_at", "id");
create index if not exists "ix_share__updated_at" on "ws_company"."share" using btree ("updated_at", "id") where "deleted_at" is null;
create index if not exists "ix_share__user" on "ws_company"."share" using btree ("user_id", "updated_at", "id");
create unique index if not exists "uq_share__by__once_to_team" on "ws_company"."share" using btree (lower("target_object"), lower("target_id"), "team_id") where "deleted_at" is null;
create unique index if not exists "uq_share__by__once_to_user" on "ws_company"."share" using btree (lower("target_object"), lower("target_id"), "user_id") where "deleted_at" is null;

create index if not exists "ix_stage__by__of_pipeline" on "ws_company"."stage" using btree ("pipeline_id", "position", "id") where "deleted_at" is null;
create index if not exists "ix_stage__deleted_at" on "ws_company"."stage" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_stage__name" on "ws_company"."stage" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_stage__owner" on "ws_company"."stage" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_stage__pipeline" on "ws_company"."stage" using btree ("pipeline_id", "updated_at", "id");
create index if not exists "ix_stage__search_text" on "ws_company"."stage" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_stage__updated_at" on "ws_company"."stage" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_stage__by__name_in_pipeline" on "ws_company"."stage" using btree ("pipeline_id", lower("name")) where "deleted_at" is null;

create index if not exists "ix_task__account" on "ws_company"."task" using btree ("account_id", "updated_at", "id");
create index if not exists "ix_task__by__agenda" on "ws_company"."task" using btree ("owner_id", "status", "due_on", "id") where "deleted_at" is null;
create index if not exists "ix_task__by__of_account" on "ws_company"."task" using btree ("account_id", "done_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_task__by__of_contact" on "ws_company"."task" using btree ("contact_id", "done_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_task__by__of_opportunity" on "ws_company"."task" using btree ("opportunity_id", "done_at" desc, "id" desc) where "deleted_at" is null;
create index if not exists "ix_task__contact" on "ws_company"."task" using btree ("contact_id", "updated_at", "id");
create index if not exists "ix_task__delegated_to" on "ws_company"."task" using btree ("delegated_to_id", "updated_at", "id");
create index if not exists "ix_task__deleted_at" on "ws_company"."task" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_task__due_on" on "ws_company"."task" using btree ("due_on", "id") where "deleted_at" is null;
create index if not exists "ix_task__given_by" on "ws_company"."task" using btree ("given_by_id", "updated_at", "id");
create index if not exists "ix_task__next" on "ws_company"."task" using btree ("next_id", "updated_at", "id");
create index if not exists "ix_task__opportunity" on "ws_company"."task" using btree ("opportunity_id", "updated_at", "id");
create index if not exists "ix_task__owner" on "ws_company"."task" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_task__playbook_run" on "ws_company"."task" using btree ("playbook_run_id", "updated_at", "id");
create index if not exists "ix_task__remind_at" on "ws_company"."task" using btree ("remind_at", "id") where "deleted_at" is null;
create index if not exists "ix_task__search_text" on "ws_company"."task" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_task__status" on "ws_company"."task" using btree ("status", "id") where "deleted_at" is null;
create index if not exists "ix_task__subject" on "ws_company"."task" using btree ((platform.fold("subject") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_task__updated_at" on "ws_company"."task" using btree ("updated_at", "id") where "deleted_at" is null;

create index if not exists "ix_team__deleted_at" on "ws_company"."team" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_team__name" on "ws_company"."team" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_team__owner" on "ws_company"."team" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_team__updated_at" on "ws_company"."team" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_team__name" on "ws_company"."team" using btree (lower("name")) where "deleted_at" is null;

create index if not exists "ix_user__deleted_at" on "ws_company"."user" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_user__email" on "ws_company"."user" using btree ((platform.fold("email") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_user__manager" on "ws_company"."user" using btree ("manager_id", "updated_at", "id");
create index if not exists "ix_user__name" on "ws_company"."user" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_user__owner" on "ws_company"."user" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_user__search_text" on "ws_company"."user" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_user__updated_at" on "ws_company"."user" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_user__email" on "ws_company"."user" using btree (lower("email")) where "deleted_at" is null;

create index if not exists "ix_user__roles__to_id" on "ws_company"."user__roles" using btree ("to_id", "from_id");

create index if not exists "ix_user__teams__to_id" on "ws_company"."user__teams" using btree ("to_id", "from_id");

create index if not exists "ix_web_form__deleted_at" on "ws_company"."web_form" using btree ("deleted_at", "id") where "deleted_at" is not null;
create index if not exists "ix_web_form__name" on "ws_company"."web_form" using btree ((platform.fold("name") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_web_form__owner" on "ws_company"."web_form" using btree ("owner_id", "updated_at", "id", "deleted_at");
create index if not exists "ix_web_form__search_text" on "ws_company"."web_form" using gin ("search_text" "extensions".gin_trgm_ops) with (gin_pending_list_limit = 512) where "deleted_at" is null;
create index if not exists "ix_web_form__slug" on "ws_company"."web_form" using btree ((platform.fold("slug") collate "C"), "id") where "deleted_at" is null;
create index if not exists "ix_web_form__team" on "ws_company"."web_form" using btree ("team_id", "updated_at", "id");
create index if not exists "ix_web_form__updated_at" on "ws_company"."web_form" using btree ("updated_at", "id") where "deleted_at" is null;
create unique index if not exists "uq_web_form__slug" on "ws_company"."web_form" using btree (lower("slug")) where "deleted_at" is null;

create index if not exists "ix_web_form__assignees__to_id" on "ws_company"."web_form__assignees" using btree ("to_id", "from_id");

create index if not exists "ix_web_form__told__to_id" on "ws_company"."web_form__told" using btree ("to_id", "from_id");

create index if not exists "ix_webhook_delivery__due" on "ws_company"."webhook_delivery" using btree ("webhook_id", "next_at") where "state" = 'waiting';
create index if not exists "ix_webhook_delivery__record" on "ws_company"."webhook_delivery" using btree ("webhook_id", "record_id", "position") where "state" = 'waiting';
create unique index if not exists "uq_webhook_delivery__event" on "ws_company"."webhook_delivery" using btree ("webhook_id", "position");
