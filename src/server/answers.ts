/**
 * What the routes answer, beside records, which follow from their definitions. The OpenAPI document is made of these
 * schemas, a property test holds the routes to them, and the web app takes its types from here.
 */

import { type Static, type TSchema, Type } from 'typebox';
import { bookChoices } from '#app/identity/key-scope.ts';
import { operations } from '#kernel/access/access.ts';
import { weeklyHours } from '#kernel/fields/weeklyHours/index.ts';
import { mailProviderNames } from '#kernel/mail/mail-providers.ts';

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

const MailAddress = Type.Object({ name: text, address: orNull(text) });

/** `ShownMail` of the kernel, with the words of its notes. */
export const ShownMail = Type.Object({
  subject: text,
  from: orNull(MailAddress),
  to: Type.Array(MailAddress),
  cc: Type.Array(MailAddress),
  date: orNull(time),
  text,
  frame: Type.Union([text, Type.Null()], { description: 'A document for `srcdoc` of a frame with an empty sandbox' }),
  remotePictures: Type.Integer({ minimum: 0, description: 'Left out; they come with `pictures=true`' }),
  trackers: Type.Integer({ minimum: 0, description: 'Pictures of one point, left out for good' }),
  attachments: Type.Array(Type.Object({ name: text, type: text, size: count })),
  notes: Type.Array(text, { description: 'What was odd about the mail' }),
});
export type ShownMail = Static<typeof ShownMail>;

const Logo = Type.String({ description: 'A small picture, as a data address' });

export const WeeklyHours = weeklyHours.schema({ name: 'workingHours' }).output;
const Holidays = Type.Array(Type.Object({ on: Type.String({ format: 'date' }), name: text }));

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
    homePages: Type.Array(text, {
      description: 'What `role` of a home page may say to be theirs; of the first that there is a page for, it is',
    }),
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
    workingHours: Type.Optional(WeeklyHours),
  }),
  viewer: Type.Union([Type.Object({ id, name: text }), Type.Null()], {
    description: 'The administrator who looks through this person’s eyes, and may only look',
  }),
  csrf: Type.String({
    description: 'Sent as `x-csrf` with every request that changes something and comes with the cookie',
  }),
  position: Type.Integer({
    minimum: 0,
    description:
      'Of the newest event: whoever listens from here on (`since`) hears of all that is not in later answers',
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
  mail: Type.Boolean({ description: 'A link can be sent to who forgot their password' }),
});
export type SetupState = Static<typeof SetupState>;

export const NextStep = Type.Object({
  step: Type.Enum(['second-factor', 'enrolment'], {
    description: 'A second factor is asked for, or has to be set up first',
  }),
  token: Type.String({ description: 'For the next step alone, ten minutes long' }),
  ways: Type.Array(Type.Enum(['code', 'passkey', 'recovery'])),
});
export type NextStep = Static<typeof NextStep>;

export const AuthenticatorSecret = Type.Object({
  secret: Type.String({ description: 'To be typed into an authenticator app' }),
  uri: Type.String({ description: 'The same as a picture tells it' }),
});
export type AuthenticatorSecret = Static<typeof AuthenticatorSecret>;

export const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Array(text, { description: 'Each good once; shown once' }),
});
export type RecoveryCodes = Static<typeof RecoveryCodes>;
export const SignedInWithCodes = Type.Object({ session: Session, ...RecoveryCodes.properties });
export type SignedInWithCodes = Static<typeof SignedInWithCodes>;

export const PasskeyOptions = Type.Object({}, { description: 'For the browser’s WebAuthn functions, as JSON' });

export const Factors = Type.Object({
  authenticator: Type.Union([time, Type.Null()], { description: 'Since when codes of an app are asked for' }),
  recoveryCodes: Type.Integer({ minimum: 0, description: 'How many are left' }),
  passkeys: Type.Array(Type.Object({ id: text, name: text, createdAt: time, lastUsedAt: orNull(time) })),
  hasPassword: Type.Boolean(),
});
export type Factors = Static<typeof Factors>;

export const SignInPolicy = Type.Object(
  {
    secondFactor: Type.Boolean({
      description: 'Whoever has none sets one up at the next sign-in, before anything else',
    }),
    idleMinutes: Type.Integer({
      minimum: 5,
      maximum: 525_600,
      description: 'A session that nobody used for so long ends',
    }),
    longestHours: Type.Integer({
      minimum: 1,
      maximum: 8_760,
      description: 'Every session ends so long after the sign-in',
    }),
    networks: Type.Array(Type.String({ maxLength: 50 }), {
      maxItems: 100,
      description: 'Where people and keys may come from, like `192.0.2.0/24`; empty: from everywhere',
    }),
  },
  { additionalProperties: false },
);
export type SignInPolicy = Static<typeof SignInPolicy>;

export const MailServer = Type.Object({
  host: Type.String({ minLength: 1, maxLength: 253 }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  security: Type.Enum(['tls', 'starttls', 'none']),
  username: Type.Union([Type.String({ minLength: 1, maxLength: 320 }), Type.Null()]),
  senderName: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  senderAddress: Type.String({ maxLength: 254, pattern: '^[^@\\s<>,;"]+@[^@\\s<>,;"]+$' }),
  site: Type.String({ maxLength: 300, description: 'What links in mails begin with: `https://crm.example.com`' }),
  hasPassword: Type.Boolean(),
});
export type MailServer = Static<typeof MailServer>;

export const OwnSessions = listOf(
  Type.Object({
    id: text,
    isCurrent: Type.Boolean({ description: 'The one that asks' }),
    userAgent: Type.String({ description: 'What the browser said of itself' }),
    kind: Type.String({ description: 'How it began: `password`, `second-factor`, `passkey` …' }),
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
export const HandoverQueued = Type.Object({ job: Type.Object({ id }), changeSet: id });

const SomeRecord = Type.Record(text, Type.Unknown());
export const Brief = Type.Object({
  account: SomeRecord,
  nextStep: Type.Union([SomeRecord, Type.Null()]),
  people: Type.Array(SomeRecord),
  opportunities: Type.Array(SomeRecord),
  tasks: Type.Array(SomeRecord),
  interactions: Type.Array(SomeRecord),
  notes: Type.Array(SomeRecord),
  relationships: Type.Array(SomeRecord),
  shares: Type.Array(SomeRecord),
});
export const HandBack = Type.Object({
  absence: SomeRecord,
  items: Type.Array(
    Type.Object({
      object: text,
      id,
      title: text,
      events: Type.Array(
        Type.Object({ at: text, actor: Type.Union([id, Type.Null()]), operation: text, fields: Type.Array(text) }),
      ),
    }),
  ),
  isCut: Type.Boolean({ description: 'The delegate did more than is told here' }),
});

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

export const KeyScope = Type.Union([
  Type.Object({ kind: Type.Enum(['all', 'read', 'scim', 'calendar']) }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('contacts'), choice: Type.Enum([...bookChoices]) }, { additionalProperties: false }),
  Type.Object(
    {
      kind: Type.Literal('objects'),
      objects: Type.Record(
        Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,62}$' }),
        Type.Array(Type.Enum([...operations]), { minItems: 1, maxItems: operations.length }),
        { minProperties: 1, maxProperties: 300 },
      ),
    },
    { additionalProperties: false },
  ),
]);
export const Keys = listOf(
  Type.Object({
    id,
    name: text,
    prefix: text,
    scope: KeyScope,
    createdAt: time,
    lastUsedAt: orNull(time),
    expiresAt: orNull(time),
  }),
);
export type ApiKey = Static<typeof Keys>['items'][number];

export const Users = listOf(
  Type.Object({
    id,
    name: text,
    language: orNull(text),
    email: text,
    administrator: Type.Boolean(),
    active: Type.Boolean(),
    hasPassword: Type.Boolean(),
    hasSecondFactor: Type.Boolean({ description: 'An app or a passkey' }),
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
  workingHours: Type.Union([WeeklyHours, Type.Null()], { description: 'Of whoever says no others' }),
  holidays: Type.Union([Holidays, Type.Null()], { description: 'Days on which the company does not work' }),
  mailTracking: Type.Boolean({ description: 'Writers may ask to know when a mail of theirs is opened' }),
  job: Type.Optional(orNull(id)),
});
const day = Type.String({ format: 'date' });
export const SavedPlaybook = Type.Object({ changeSet: id });
export const PlaybookDays = Type.Object({
  on: day,
  days: Type.Array(day, { description: 'Of each step, in their order' }),
  holidays: Type.Array(Type.Object({ on: day, name: text }), { description: 'Those that were left out' }),
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
  items: Type.Array(
    Type.Object({
      ...{ version: count, changedAt: time, changedBy: orNull(id) },
      changes: Type.Array(
        Type.Object({
          ...{ kind: text, object: text, name: Type.Optional(text), type: Type.Optional(text) },
          settings: Type.Optional(Type.Array(text, { description: 'Names of what was set' })),
        }),
      ),
    }),
  ),
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
  changes: orNull(
    Type.Record(text, Type.Array(Type.Unknown(), { minItems: 2, maxItems: 2 }), { description: 'From, to' }),
  ),
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

const Counted = Type.Object({ object: text, anonymised: count, deleted: count });
export const ErasurePlan = Type.Object({
  object: text,
  record: id,
  mode: Type.Enum(['anonymise', 'delete']),
  records: Type.Array(Counted),
  events: Type.Integer({ minimum: 0, description: 'Of the history, that lose what they held' }),
  files: count,
  duplicateKeys: count,
  duplicatePairs: count,
  webhookDeliveries: count,
  importFiles: Type.Integer({ minimum: 0, description: 'Imported files that hold the person, and are removed' }),
  importRows: count,
  preferences: count,
  keptAnswers: count,
  jobs: count,
  left: Type.Object({
    mentions: Type.Array(Type.Object({ object: text, record: id }), {
      description: 'Records of others in whose text the name or an address stands: for somebody to look at',
    }),
    busyImports: Type.Array(id, {
      description: 'Imports that work on a file with the person in it: erase again later',
    }),
  }),
});
export type ErasurePlan = Static<typeof ErasurePlan>;
export const Erasures = Type.Object({
  items: Type.Array(
    Type.Object({
      id,
      hash: Type.String({ description: 'SHA-256 of the report; stands in the sealed stream of events' }),
      report: ErasurePlan,
      object: text,
      record: id,
      reason: text,
      doneBy: orNull(id),
      doneAt: time,
    }),
  ),
  next: orNull(id),
});
export type Erasures = Static<typeof Erasures>;
export const Holdings = Type.Object({
  object: text,
  record: id,
  title: text,
  at: time,
  records: Type.Array(Type.Object({ object: text, items: Type.Array(Type.Record(text, Type.Unknown())) })),
  files: Type.Array(Type.Object({ id, name: text, size: count, type: text })),
  events: Type.Array(Type.Record(text, Type.Unknown())),
  sentTo: Type.Array(Type.Object({ url: text, times: count, lastAt: time })),
});
export type Holdings = Static<typeof Holdings>;
const RetentionRule = {
  object: text,
  months: Type.Integer({ minimum: 1 }),
  act: Type.Enum(['anonymise', 'delete']),
};
export const RetentionRules = Type.Object({
  rules: Type.Array(Type.Object(RetentionRule)),
  objects: Type.Array(text, { description: 'That have something personal in them' }),
  shortestMonths: count,
});
export type RetentionRules = Static<typeof RetentionRules>;
export const RetentionDue = listOf(
  Type.Object({ ...RetentionRule, count, isMore: Type.Boolean(), records: Type.Array(id) }),
);
export type RetentionDue = Static<typeof RetentionDue>;

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

export const SignInWays = Type.Object({
  openid: Type.Array(Type.Object({ id, label: Type.String({ description: 'Of the button' }) })),
  leadsTo: Type.Union([id, Type.Null()], { description: 'The provider whose domain was asked about' }),
  directory: Type.Boolean({ description: 'The company’s directory knows the password' }),
  passwords: Type.Boolean({ description: 'For everybody; administrators always have theirs' }),
});
export type SignInWays = Static<typeof SignInWays>;

const strict = { additionalProperties: false };
const atMost = (maxLength: number, description?: string) =>
  Type.String({ maxLength, ...(description ? { description } : {}) });
const someIds = Type.Array(id, { maxItems: 50 });
const groupMappings = {
  roles: Type.Array(id, { maxItems: 50, description: 'Of newcomers' }),
  groups: Type.Array(
    Type.Object({ group: Type.String({ minLength: 1, maxLength: 500 }), roles: someIds, teams: someIds }, strict),
    {
      maxItems: 500,
      description: 'What being in a group of the directory gives',
    },
  ),
};
const admission = {
  domains: Type.Array(Type.String({ pattern: '^[^@\\s]{1,253}$' }), {
    maxItems: 100,
    description: 'Of e-mail addresses; empty: any',
  }),
  createsPeople: Type.Boolean({ description: 'Somebody unknown is given access' }),
  isOnlyWay: Type.Boolean({ description: 'Passwords are for administrators only' }),
  ...groupMappings,
};
export const OpenIdSettings = Type.Object(
  {
    issuer: Type.String({ minLength: 1, maxLength: 500 }),
    clientId: Type.String({ minLength: 1, maxLength: 500 }),
    label: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
    scope: Type.String({ pattern: '^openid( [!-~]+)*$', maxLength: 500 }),
    groupsClaim: atMost(100, 'Empty: groups are not asked for'),
    ...admission,
  },
  strict,
);
export type OpenIdSettings = Static<typeof OpenIdSettings>;
export const LdapSettings = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 500, description: '`ldaps://…`, or `ldap://…` with StartTLS' }),
    certificate: atMost(20_000, 'Who signs the server’s, in PEM; empty: the usual authorities'),
    baseDn: Type.String({ minLength: 1, maxLength: 500 }),
    bindDn: atMost(500),
    userFilter: Type.String({ minLength: 1, maxLength: 1_000, description: 'Holds `{login}`' }),
    nameAttribute: Type.String({ minLength: 1, maxLength: 100 }),
    emailAttribute: Type.String({ minLength: 1, maxLength: 100 }),
    idAttribute: atMost(100, 'What stays the same when somebody is renamed; empty: the DN'),
    groupAttribute: atMost(100, 'Lists a person’s groups; empty: it is not asked for'),
    groupBaseDn: atMost(500, 'Where groups are searched; empty: they are not'),
    groupFilter: atMost(1_000, 'Holds `{dn}` or `{login}`'),
    ...admission,
  },
  strict,
);
export type LdapSettings = Static<typeof LdapSettings>;
export const ScimSettings = Type.Object(groupMappings, strict);
export type ScimSettings = Static<typeof ScimSettings>;

const providerOf = <Schema extends TSchema>(settings: Schema) =>
  orNull(Type.Object({ active: Type.Boolean(), settings, hasSecret: Type.Boolean() }));
const redirectUri = Type.String({ description: 'To be registered at the OpenID Connect provider' });
export const IdentityProviders = Type.Object({
  openid: Type.Array(
    Type.Object({ id, active: Type.Boolean(), settings: OpenIdSettings, hasSecret: Type.Boolean(), redirectUri }),
  ),
  nextOpenid: Type.Object({ id, redirectUri }, { description: 'What another one would be known by' }),
  ldap: providerOf(LdapSettings),
  scim: providerOf(ScimSettings),
  scimUrl: text,
  scimGroups: Type.Array(Type.Object({ name: text, members: count }), { description: 'That were provisioned' }),
});
export type IdentityProviders = Static<typeof IdentityProviders>;
const reason = Type.Union([text, Type.Null()], { description: 'Why it did not go on' });
export const OpenIdTest = Type.Object({
  ok: Type.Boolean(),
  reason,
  issuer: orNull(text),
  scopes: Type.Array(text),
  claims: Type.Array(text),
});
export type OpenIdTest = Static<typeof OpenIdTest>;
export const DirectoryTest = Type.Object({
  ok: Type.Boolean(),
  steps: Type.Array(Type.Enum(['connection', 'account', 'base', 'person']), { description: 'That went well' }),
  reason,
  person: orNull(Type.Object({ name: orNull(text), email: orNull(text), groups: Type.Array(text) })),
});
export type DirectoryTest = Static<typeof DirectoryTest>;

const AccessReasons = Type.Array(
  Type.Object({
    source: Type.String({ description: 'What says it: a role, what everybody has, a share' }),
    rule: Type.String({ description: 'Which records it lets through' }),
    fact: Type.String({ description: 'How that is with this record' }),
    matches: Type.Union([Type.Boolean(), Type.Null()], { description: 'null where no record is asked about' }),
    through: Type.Union([Type.Object({ object: text, id }), Type.Null()], {
      description: 'The record whose rights these follow',
    }),
  }),
);
export const AccessExplanation = Type.Object({
  isAllowed: Type.Boolean(),
  verdict: Type.Enum(['administrator', 'allowed', 'not-granted', 'not-matched', 'limited', 'unseen', 'inactive']),
  text,
  title: Type.Union([text, Type.Null()], { description: 'Of the record' }),
  isDeleted: Type.Boolean({ description: 'The record is in the trash' }),
  reasons: AccessReasons,
});
export type AccessExplanation = Static<typeof AccessExplanation>;

const Source = Type.Object({ source: text, rule: text, isGround: Type.Boolean() });
export const EffectiveAccess = Type.Object({
  id,
  name: text,
  administrator: Type.Boolean(),
  active: Type.Boolean(),
  roles: Type.Array(text),
  operations: Type.Array(Type.Object({ name: Type.Enum([...operations]), label: text })),
  objects: Type.Array(
    Type.Object({
      name: text,
      label: text,
      rights: Type.Record(text, Type.Array(Source), { description: 'Operation → what gives it; empty: nothing does' }),
      fields: Type.Array(
        Type.Object({
          name: text,
          label: text,
          access: Type.Enum(['hidden', 'masked', 'read']),
          sources: Type.Array(text),
        }),
        { description: 'Those that are not seen and changed freely' },
      ),
    }),
  ),
});
export type EffectiveAccess = Static<typeof EffectiveAccess>;

export const Ground = Type.Object({
  grants: Type.Record(text, Type.Record(text, Type.Unknown()), { description: 'As a role writes them' }),
  fields: Type.Record(text, text),
});
export type Ground = Static<typeof Ground>;

export const RecordRights = Type.Object({
  operations: Type.Array(Type.Enum([...operations]), { description: 'Those that the reader may do with the record' }),
});
export type RecordRights = Static<typeof RecordRights>;

export const MailHost = Type.Object({
  host: Type.String({ minLength: 1, maxLength: 253 }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  security: Type.Enum(['tls', 'starttls', 'none']),
  username: Type.String({ minLength: 1, maxLength: 320 }),
});
export type MailHost = Static<typeof MailHost>;

const MailFaultWords = Type.Object({
  fault: Type.String({ description: '`sign-in-refused`, `host-unknown` …' }),
  text: Type.String({ description: 'What it means and what to do, in the reader’s language' }),
  detail: Type.String({ description: 'The server’s own words' }),
});

const mailboxSummary = {
  id,
  version: count,
  name: text,
  address: text,
  aliases: Type.Array(text),
  kind: Type.Enum(['personal', 'shared']),
  state: Type.Enum(['active', 'paused']),
  owner: orNull(id),
  team: orNull(id),
  members: Type.Array(id),
  since: orNull(Type.String({ format: 'date' })),
  visibility: Type.Enum(['private', 'metadata', 'subject', 'full'], {
    description: 'How much of its mails colleagues see who do not work it',
  }),
  knownOnly: Type.Boolean({ description: 'Mails in which no contact and no account takes part are not read' }),
  blocked: Type.Array(text),
  health: Type.Union(
    [
      Type.Object({
        doing: Type.Union(
          [Type.Enum(['connecting', 'syncing', 'watching', 'failed', 'waiting', 'stopped']), Type.Null()],
          {
            description: '`watching`: new mail is seen at once. Null while no process has it',
          },
        ),
        folder: orNull(text),
        succeededAt: orNull(time),
        fault: orNull(MailFaultWords),
        failedAt: orNull(time),
        retryAt: orNull(time),
      }),
      Type.Null(),
    ],
    { description: 'Null for one whose access was never given' },
  ),
};

export const Mailboxes = listOf(Type.Object(mailboxSummary));
export type Mailbox = Static<typeof Mailboxes>['items'][number];

export const MailboxDetails = Type.Object({
  ...mailboxSummary,
  imap: orNull(MailHost),
  smtp: orNull(MailHost),
  folders: Type.Array(
    Type.Object({
      path: text,
      role: orNull(text),
      chosen: Type.Boolean({ description: 'Whether it is read' }),
      present: Type.Boolean({ description: 'Whether the server still has it' }),
      messages: orNull(count),
      beforeStart: count,
      kept: count,
      skipped: count,
      isRead: Type.Boolean({ description: 'Back to the start date' }),
      missing: Type.Integer({ minimum: 0, description: 'Mails that are still to be read' }),
      succeededAt: orNull(time),
      fault: orNull(MailFaultWords),
      failedAt: orNull(time),
    }),
  ),
});
export type MailboxDetails = Static<typeof MailboxDetails>;

const mailProvider = {
  name: Type.Enum([...mailProviderNames]),
  label: Type.String({ description: 'Of the button' }),
};
export const MailProviderWays = listOf(Type.Object(mailProvider));
export type MailProviderWays = Static<typeof MailProviderWays>;
const mailProviderSettings = { ...mailProvider, issuer: text, scope: text };
export const MailProviders = Type.Object({
  items: Type.Array(Type.Object({ ...mailProviderSettings, clientId: text, hasSecret: Type.Boolean() })),
  presets: Type.Array(Type.Object(mailProviderSettings)),
  redirectUri: Type.String({ description: 'To be registered there' }),
});
export type MailProviders = Static<typeof MailProviders>;

export const SharedMail = Type.Object({ interaction: Type.String({ description: 'What colleagues see from now on' }) });

export const MailboxTried = Type.Object({
  imap: orNull(MailFaultWords),
  smtp: orNull(MailFaultWords),
  folders: Type.Array(
    Type.Object({
      path: text,
      name: text,
      parent: orNull(text),
      role: orNull(text),
      roleFrom: orNull(Type.Enum(['server', 'name'])),
      holdsMail: Type.Boolean(),
      messages: orNull(count),
    }),
  ),
});
export type MailboxTried = Static<typeof MailboxTried>;

const PresetServer = Type.Omit(MailHost, ['username']);
export const MailPreset = Type.Object({
  imap: PresetServer,
  smtp: PresetServer,
  needs: Type.Union([Type.Literal('app-password'), Type.Null()], {
    description: 'The usual password is refused there',
  }),
  isGuess: Type.Boolean({ description: 'Only how such servers are usually called' }),
});
export type MailPreset = Static<typeof MailPreset>;

const mailOnServer = {
  folder: text,
  subject: text,
  from: orNull(text),
  size: count,
  receivedAt: time,
  text: Type.String({ description: 'Why it is here or not, in the reader’s language' }),
};
export const SkippedMails = listOf(Type.Object({ ...mailOnServer, reason: text, messageId: orNull(text) }));
export type SkippedMails = Static<typeof SkippedMails>;

export const FoundMails = listOf(Type.Object({ ...mailOnServer, why: text, interaction: orNull(id) }));
export type FoundMails = Static<typeof FoundMails>;

export const FormFields = listOf(
  Type.Object({
    key: text,
    object: text,
    type: text,
    label: text,
    options: Type.Array(Type.Object({ value: text, label: text })),
  }),
);
export type FormFields = Static<typeof FormFields>;

const counts = { views: count, starts: count, submissions: count, moves: count, cancellations: count };
export const PageStatistics = Type.Object({
  items: Type.Array(Type.Object({ source: text, ...counts })),
  weeks: Type.Array(Type.Object({ from: text, ...counts })),
});
export type PageStatistics = Static<typeof PageStatistics>;

const MailPerson = Type.Object(
  { name: Type.String({ maxLength: 300 }), address: Type.String({ maxLength: 320 }) },
  { additionalProperties: false },
);
const people = Type.Array(MailPerson, { maxItems: 200 });

/** What somebody writes, as it is kept while they do. */
export const MailContent = Type.Object(
  {
    mailbox: orNull(id),
    from: Type.Optional(
      Type.Union([Type.String({ maxLength: 320 }), Type.Null()], {
        description: 'One of its addresses; its own when left out',
      }),
    ),
    to: people,
    cc: people,
    bcc: people,
    subject: Type.String({ maxLength: 2_000 }),
    html: Type.String({ maxLength: 100_000, description: 'What is new in it' }),
    signature: Type.String({ maxLength: 20_000 }),
    quote: Type.String({ maxLength: 100_000, description: 'What it answers or passes on' }),
    attachments: Type.Array(
      Type.Object(
        { id, name: Type.String({ maxLength: 255 }), size: count, type: Type.String({ maxLength: 255 }) },
        { additionalProperties: false },
      ),
      { maxItems: 25 },
    ),
    replyTo: Type.Union([id, Type.Null()], { description: 'The interaction that it answers' }),
    about: Type.Object(
      { account: Type.Optional(id), contact: Type.Optional(id), opportunity: Type.Optional(id) },
      { additionalProperties: false },
    ),
    language: Type.Union([Type.String({ maxLength: 20 }), Type.Null()], { description: 'Of whoever reads it' }),
    track: Type.Optional(Type.Boolean({ description: 'Its writer wants to know when it is opened' })),
    purpose: Type.Optional(
      Type.Union([Type.String({ maxLength: 60 }), Type.Null()], {
        description: 'As consents know it: who did not consent is not written to',
      }),
    ),
    fax: Type.Optional(
      Type.Union([id, Type.Null()], { description: 'The gateway that makes a fax of it: addresses are numbers then' }),
    ),
  },
  { additionalProperties: false },
);
export type MailContent = Static<typeof MailContent>;

const MailState = Type.Enum(['draft', 'waiting', 'sending', 'ending', 'sent', 'failed', 'unsure']);
const MailRecipients = Type.Array(
  Type.Object({
    address: text,
    state: Type.Enum(['waiting', 'accepted', 'refused', 'bounced', 'delayed', 'delivered']),
    detail: Type.String({ description: 'In the server’s words' }),
  }),
);

export const OutgoingMailAnswer = Type.Object({
  id,
  state: MailState,
  content: MailContent,
  revision: count,
  interaction: orNull(id),
  recipients: MailRecipients,
  fault: orNull(text),
  text: Type.Union([text, Type.Null()], { description: 'What is wrong, in words' }),
  updatedAt: time,
  sendAt: orNull(time),
  sentAt: orNull(time),
  followUpAt: orNull(time),
});
export type OutgoingMailAnswer = Static<typeof OutgoingMailAnswer>;
export const OutgoingMails = listOf(OutgoingMailAnswer);

export const MailSenders = listOf(
  Type.Object({
    id,
    name: text,
    addresses: Type.Array(text),
    canSend: Type.Boolean({ description: 'Whether it has a server to send through' }),
    kind: Type.Enum(['personal', 'shared']),
    canTrack: Type.Boolean({ description: 'Whether one may ask to know when a mail is opened' }),
  }),
);
export type MailSender = Static<typeof MailSenders>['items'][number];

export const FaxGateways = listOf(
  Type.Object({
    id,
    name: text,
    number: Type.String({ description: 'Ours' }),
    mailbox: id,
  }),
);
export type FaxGateway = Static<typeof FaxGateways>['items'][number];

export const FaxSecrets = listOf(id);

export const MailNotes = listOf(
  Type.Object({
    address: text,
    code: text,
    stops: Type.Boolean({ description: 'It keeps the mail from being sent' }),
    text,
  }),
);
export type MailNote = Static<typeof MailNotes>['items'][number];

export const MailVariables = listOf(
  Type.Object({
    path: Type.String({ description: 'As a text asks for it, between two braces' }),
    group: text,
    label: text,
  }),
);
export type MailVariable = Static<typeof MailVariables>['items'][number];

export const FilledMailText = Type.Object({
  language: Type.String({ description: 'Of the text that was taken' }),
  languages: Type.Array(text, { description: 'In which it is there' }),
  subject: text,
  html: text,
  attachments: MailContent.properties.attachments,
  gaps: Type.Array(text, { description: 'What nobody knows; it stands in the text between ⟦ and ⟧' }),
  problems: Type.Array(
    Type.Object({
      part: Type.Enum(['subject', 'html']),
      code: text,
      line: Type.Integer({ minimum: 1 }),
      column: Type.Integer({ minimum: 1 }),
      word: text,
      text: Type.String({ description: 'What is wrong, and where' }),
    }),
  ),
});
export type FilledMailText = Static<typeof FilledMailText>;

export const MailDelivery = listOf(
  Type.Object({
    interaction: id,
    id: Type.Union([id, Type.Null()], { description: 'For whoever wrote it' }),
    state: MailState,
    fault: orNull(text),
    text: orNull(text),
    sendAt: orNull(time),
    sentAt: orNull(time),
    recipients: MailRecipients,
  }),
);
export type MailDelivery = Static<typeof MailDelivery>['items'][number];

const meetingResponse = Type.Union([Type.Enum(['accepted', 'tentative', 'declined']), Type.Null()]);

export const MeetingShape = Type.Object({
  id,
  repeats: Type.Boolean({ description: 'It is one of a series' }),
  canInvite: Type.Boolean({ description: 'By whoever asks, from a mailbox of theirs' }),
  canDecide: Type.Boolean({ description: 'Whether proposals are theirs to decide' }),
  invitation: orNull(
    Type.Object({
      from: text,
      mailbox: id,
      message: text,
      isPending: Type.Boolean({ description: 'Guests may have something to hear yet' }),
      text: Type.Union([text, Type.Null()], { description: 'Why the guests cannot be told, in words' }),
    }),
  ),
  people: Type.Array(
    Type.Object({
      id,
      name: orNull(text),
      address: orNull(text),
      contact: orNull(id),
      user: orNull(id),
      response: meetingResponse,
      comment: orNull(text),
      isInvited: Type.Boolean({ description: 'False of whoever answers an invitation that they never had' }),
      onlyThis: Type.Boolean({ description: 'Takes part in this one of a series, and not in the series' }),
      delivery: Type.Union([
        Type.Enum(['waiting', 'sent', 'failed', 'unsure', 'kept-out'], { description: 'Of the last mail to them' }),
        Type.Null(),
      ]),
      text: orNull(text),
      proposal: orNull(Type.Object({ at: time, duration: orNull(count) })),
    }),
  ),
  answers: Type.Array(
    Type.Object({
      address: Type.Union([text, Type.Null()], {
        description: 'Which of ours was invited; a colleague answers without',
      }),
      answer: meetingResponse,
      repeats: Type.Boolean(),
      organizer: orNull(text),
    }),
    { description: 'What whoever asks may answer' },
  ),
});
export type MeetingShape = Static<typeof MeetingShape>;
