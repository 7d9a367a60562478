/**
 * What the routes answer, beside records, which follow from their definitions. The OpenAPI document is made of these
 * schemas, a property test holds the routes to them, and the web app takes its types from here.
 */
import { type Static, type TSchema, Type } from 'typebox';

const text = Type.String();
const id = Type.String({ format: 'uuid' });
const time = Type.String({ format: 'date-time' });
const count = Type.Integer({ minimum: 0 });
const words = Type.Record(text, text);
const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const listOf = <Schema extends TSchema>(schema: Schema) => Type.Object({ items: Type.Array(schema) });

/** A file: its content, not JSON. */
export function binary(...types: readonly string[]) {
  const content = Type.String({ format: 'binary' });
  return {
    200: {
      description: 'The file',
      content: Object.fromEntries(types.map((type) => [type, { schema: content }])),
    },
  };
}

const Logo = Type.String({ description: 'A small picture, as a data address' });

export const Session = Type.Object({
  user: Type.Object({
    id,
    name: text,
    email: text,
    language: text,
    timeZone: text,
    theme: text,
    density: text,
    roles: Type.Array(text, { description: 'Their names' }),
    administrator: Type.Boolean({ description: 'May change settings, definitions and who works here' }),
  }),
  workspace: Type.Object({
    name: text,
    slug: text,
    language: text,
    currency: text,
    timeZone: text,
    country: text,
    logo: Type.Optional(Logo),
  }),
  csrf: Type.String({
    description: 'Sent as `x-csrf` with every request that changes something and comes with the cookie',
  }),
});
export type Session = Static<typeof Session>;

export const SetupState = Type.Object({
  needed: Type.Boolean(),
  languages: Type.Array(text),
  currencies: Type.Array(text),
  timeZones: Type.Array(text),
  company: Type.Union([Type.Object({ name: text, logo: Type.Optional(Logo) }), Type.Null()], {
    description: 'Whose server this is, while it is one company’s',
  }),
});
export type SetupState = Static<typeof SetupState>;

export const OwnSessions = listOf(
  Type.Object({
    id: text,
    isCurrent: Type.Boolean({ description: 'The one that asks' }),
    userAgent: Type.String({ description: 'What the browser said of itself' }),
    createdAt: time,
    lastSeenAt: Type.String({ format: 'date-time', description: 'To the minute' }),
  }),
);
export type OwnSession = Static<typeof OwnSessions>['items'][number];

export const Job = Type.Object({
  id,
  kind: text,
  state: Type.Enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  done: count,
  total: orNull(count),
  message: Type.Union([text, Type.Null()], { description: 'What it is at, or why it failed' }),
  result: Type.Unknown(),
  createdAt: time,
  updatedAt: time,
});
export type Job = Static<typeof Job>;
export const Jobs = listOf(Type.Object({ ...Job.properties, createdBy: orNull(id) }));
export const JobQueued = Type.Object({ job: Type.Object({ id }) });

const Reasons = Type.Array(text, { description: 'Sentences in the reader’s language, strongest first' });
const Certainty = Type.Enum(['certain', 'likely', 'possible']);
const Score = Type.Number({ minimum: 0, maximum: 1 });

const Candidate = Type.Object({ id, title: text, certainty: Certainty, score: Score, reasons: Reasons });
export type Candidate = Static<typeof Candidate>;
export const Candidates = Type.Object({ candidates: Type.Array(Candidate) });

const Titled = Type.Object({ id, title: text });
export const PairState = Type.Enum(['open', 'merged', 'dismissed']);
const Pair = Type.Object({
  id,
  object: text,
  records: Type.Array(Titled, { minItems: 2, maxItems: 2 }),
  certainty: Certainty,
  score: Score,
  reasons: Reasons,
  state: PairState,
  foundAt: time,
  decidedAt: orNull(time),
  decidedBy: orNull(id),
});
export const Pairs = Type.Object({ items: Type.Array(Pair), next: orNull(text) });
export const PairDecided = Type.Object({ id, state: PairState });

export const Merged = Type.Object({
  changeSet: id,
  record: Type.Record(text, Type.Unknown(), { description: 'The survivor' }),
  moved: count,
  dropped: count,
});

export const Undone = Type.Object({
  changeSet: id,
  undone: count,
  conflicts: Type.Array(
    Type.Object({
      object: text,
      record: text,
      fields: Type.Array(text, { description: 'Changed again since, so left as they are' }),
    }),
  ),
});
export type Undone = Static<typeof Undone>;

const Counts = Type.Object({
  total: orNull(count),
  done: orNull(count),
  created: count,
  updated: count,
  skipped: count,
  failed: count,
});
const ImportSummary = {
  id,
  object: text,
  file: text,
  state: text,
  createdAt: time,
  updatedAt: time,
  mapping: Type.Record(text, Type.Unknown()),
  mode: text,
  key: orNull(text),
  duplicates: text,
  counts: Counts,
  dryRun: orNull(Counts),
  changeSet: orNull(id),
  message: orNull(text),
};
export const ImportList = listOf(Type.Object(ImportSummary));
export const ImportAnswer = Type.Object({
  ...ImportSummary,
  label: text,
  format: text,
  columns: Type.Array(
    Type.Object({
      index: count,
      header: text,
      samples: Type.Array(text),
      target: orNull(text),
      confidence: Type.Number(),
      reason: orNull(text),
    }),
  ),
  targets: Type.Array(Type.Object({ name: text, label: text, type: text, required: Type.Boolean() })),
  constants: words,
  options: Type.Record(text, Type.Unknown()),
});
const CellErrors = Type.Array(Type.Object({ column: orNull(count), field: orNull(text), code: text, message: text }));
const Row = { row: count, line: count, cells: Type.Array(text), errors: CellErrors };
export const ImportPreview = Type.Object({
  rows: Type.Array(Type.Object({ ...Row, kind: text, values: Type.Record(text, Type.Unknown()) })),
  total: orNull(count),
  errors: count,
});
export const ImportValues = Type.Object({
  values: Type.Array(Type.Object({ text, count })),
  more: Type.Boolean({ description: 'There are more of them, or more rows than were read' }),
});
export const ImportErrors = Type.Object({ rows: Type.Array(Type.Object(Row)), next: orNull(count) });

export const Keys = listOf(
  Type.Object({
    id,
    name: text,
    prefix: text,
    createdAt: time,
    lastUsedAt: orNull(time),
    expiresAt: orNull(time),
  }),
);

export const Users = listOf(
  Type.Object({
    id,
    name: text,
    language: orNull(text),
    email: text,
    administrator: Type.Boolean(),
    active: Type.Boolean(),
    hasPassword: Type.Boolean(),
    createdAt: time,
    lastSeenAt: orNull(time),
  }),
);

export const Webhook = Type.Object({
  id,
  url: text,
  description: text,
  objects: Type.Array(text, { description: 'Empty: all' }),
  operations: Type.Array(text, { description: 'Empty: all but `derived`' }),
  active: Type.Boolean(),
  note: Type.Union([text, Type.Null()], { description: 'Why it was switched off: `gone`, `failing`' }),
  owner: id,
  createdAt: time,
  updatedAt: time,
  secret: Type.Optional(Type.String({ description: 'Shown once, when it is made' })),
});
export const Webhooks = listOf(Webhook);
export const Deliveries = Type.Object({
  items: Type.Array(
    Type.Object({
      id,
      position: count,
      type: text,
      record: id,
      state: Type.Enum(['waiting', 'delivered', 'failed', 'skipped']),
      attempts: count,
      nextAt: orNull(time),
      status: orNull(Type.Integer()),
      error: orNull(text),
      response: orNull(text),
      createdAt: time,
      finishedAt: orNull(time),
    }),
  ),
  next: orNull(count),
});

const Dependents = Type.Array(Type.Unknown());
export const ObjectImpact = Type.Object({ records: count, dependents: Dependents });
export const FieldImpact = Type.Object({
  records: count,
  dependents: Dependents,
  options: orNull(Type.Record(text, count)),
});
const Labels = Type.Record(text, Type.Unknown(), { description: 'Language → words' });
export const WrittenDefinition = Type.Object({
  name: text,
  plural: text,
  icon: text,
  title: text,
  custom: Type.Boolean(),
  quickCreate: Type.Array(text),
  detailOf: orNull(text),
  label: Labels,
  ownLabel: Labels,
  fields: Type.Array(
    Type.Object({ name: text, custom: Type.Boolean(), type: text, settings: Type.Record(text, Type.Unknown()) }),
  ),
  removed: Type.Array(Type.Object({ name: text, type: text, label: Labels })),
});
export const RemovedObjects = listOf(Type.Object({ name: text, icon: text, label: Labels }));

export const FormulaChecked = Type.Object({
  ok: Type.Boolean(),
  type: orNull(text),
  error: orNull(Type.Object({ code: text, message: text, position: count, length: count })),
  sample: Type.Union([text, Type.Null()], { description: 'What it makes of the record it was tried on' }),
});
export const FormulaCompletions = Type.Object({
  from: count,
  to: count,
  items: Type.Array(Type.Object({ kind: Type.Enum(['field', 'function']), name: text })),
});
export const FormulaFunctions = listOf(Type.Object({ name: text, description: text }));

export const Company = Type.Object({
  name: text,
  logo: orNull(text),
  language: text,
  currency: text,
  timeZone: text,
  country: text,
  job: Type.Optional(orNull(id)),
});
export const Rates = Type.Object({
  base: text,
  items: Type.Array(Type.Object({ currency: text, on: Type.String({ format: 'date' }), rate: Type.Number() })),
});
export const Converting = Type.Object({ job: id });
export const Numberings = listOf(
  Type.Object({ object: text, field: text, prefix: text, digits: count, next: Type.Integer({ minimum: 1 }) }),
);
export const NumberingSet = Type.Object({ next: Type.Integer({ minimum: 1 }) });

const Changes = Type.Array(Type.Record(text, Type.Unknown()));
const Refused = Type.Array(
  Type.Object({
    change: Type.Record(text, Type.Unknown()),
    problem: Type.Object({ title: text, detail: text, code: text, errors: Type.Array(Type.Unknown()) }),
  }),
);
export const ConfigurationRead = Type.Object({ files: words });
export const Configuration = Type.Object({ version: count, files: words });
export const ConfigurationBefore = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  changeSet: orNull(id),
  rates: Type.Array(Type.Object({ currency: text, on: text, rate: orNull(Type.Number()) }), { maxItems: 10_000 }),
});
export const ConfigurationDifference = Type.Object({
  version: count,
  changes: Changes,
  refused: Refused,
  before: Type.Optional(ConfigurationBefore),
});
export const ConfigurationVersions = Type.Object({
  version: count,
  items: Type.Array(Type.Object({ version: count, changedAt: time, changedBy: orNull(id) })),
});

export const Backups = Type.Object({
  items: Type.Array(Type.Object({ name: text, bytes: count, madeAt: time })),
  folder: text,
});
const AuditEntry = Type.Object({
  position: Type.Integer({ minimum: 1 }),
  at: time,
  changeSet: id,
  object: text,
  record: orNull(id),
  title: Type.Union([text, Type.Null()], { description: 'What the record is called now' }),
  operation: text,
  version: count,
  actor: orNull(id),
  via: text,
  changes: orNull(Type.Record(text, Type.Tuple([Type.Unknown(), Type.Unknown()]), { description: 'From, to' })),
  note: orNull(text),
});
export type AuditEntry = Static<typeof AuditEntry>;
export const AuditPage = Type.Object({
  items: Type.Array(AuditEntry),
  next: Type.Union([Type.Integer(), Type.Null()], {
    description: 'For `before`; a page may be short, even empty, before the end',
  }),
  lookedBackTo: Type.Union([time, Type.Null()], { description: 'How far this page looked, whatever it found' }),
});
export type AuditPage = Static<typeof AuditPage>;
export const AuditSettings = Type.Object(
  {
    views: Type.Array(text, { maxItems: 200, description: 'Objects of which it is noted who looked at a record' }),
    keepYears: Type.Union([Type.Integer({ minimum: 1, maximum: 100 }), Type.Null()], {
      description: 'After so many years events lose what they held; null keeps it',
    }),
  },
  { additionalProperties: false },
);
export type AuditSettings = Static<typeof AuditSettings>;

const Facts = Type.Record(text, Type.Unknown());
export const HealthDetails = Type.Object({
  program: Facts,
  database: Facts,
  readers: Type.Array(Facts),
  jobs: Type.Array(Facts),
  disk: orNull(Facts),
  records: Type.Array(Facts),
  upgrade: Facts,
});
