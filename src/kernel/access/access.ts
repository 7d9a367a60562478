import { Problem } from '../problems/problem.ts';
import type { Filter } from '../query/filter.ts';

/** NOTIFY with the id of a workspace whose rights changed. */
export const RIGHTS_CHANNEL = 'tendero_rights';

/** Whoever acts: a person or a program, with the roles that say what they may do. */
export interface Principal {
  /** Id of the `user` record; null for the program itself. */
  readonly userId: string | null;
  readonly roles: readonly Role[];
  readonly language: string;
  /** IANA zone. */
  readonly timeZone: string;
  /** Ids of the teams the person is in: what is shared with one of them is shared with the person. */
  readonly teams?: readonly string[];
  /** What these teams are called: layouts name them so, as a configuration does. */
  readonly teamNames?: readonly string[];
  /** Users in one of these teams. */
  readonly teammates?: readonly string[];
  /** Users who report to the person, directly or through others. */
  readonly reports?: readonly string[];
  /** Absent people whose work the person does meanwhile. */
  readonly standsInFor?: readonly Standing[];
  /**
   * Objects of which some record is shared with the person, a team of theirs or somebody they stand in for; where it is not
   * known, any. Most people have none, and a list that need not look for shares costs half.
   */
  readonly sharedObjects?: readonly string[];
  /** What a key, or somebody looking through another's eyes, may do at most, whatever the roles say. */
  readonly limits?: Role['grants'];
}

/** Somebody's records are worked as one's own: those of all objects, or of some. */
export interface Standing {
  readonly userId: string;
  readonly objects: readonly string[] | 'all';
}

export const operations = [
  'create',
  'read',
  'update',
  'delete',
  'export',
  'import',
  'bulk',
  'merge',
  'reassign',
  'run',
] as const;

/** `bulk` is a change of many at once, `reassign` giving a record to another owner or sharing it, `run` an action. */
export type Operation = (typeof operations)[number];

/**
 * Which records: none, those one owns, those that a member of one's teams or somebody below one in the reporting tree
 * owns (each with one's own), those a filter finds, those whose `through` may be seen (a reference, or `target` for an
 * object that belongs to records of any other), all.
 */
export type Scope =
  | 'none'
  | 'own'
  | 'team'
  | 'tree'
  | 'all'
  | { readonly filter: Filter }
  | { readonly through: string };

/** Several scopes are added to one another. */
export type Grant = Scope | readonly Scope[];

/** `masked` shows the last four letters of a text, and of anything else nothing. */
export type FieldLimit = 'hidden' | 'masked' | 'read';

/** What a role allows, by object name or `*`. What no role allows is denied. */
export interface Role {
  readonly name: string;
  readonly grants: Readonly<Record<string, Partial<Record<Operation, Grant>>>>;
  /** `object.field` → what may be done with it; everything when left out. */
  readonly fields?: Readonly<Record<string, FieldLimit>>;
}

const everything = granting('all', ...operations);
const nothing = granting('none', ...operations);
const onTarget = { through: 'target' } as const;

/** What concerns the whole company: definitions, settings, who may sign in. Granted like an object. */
const ADMINISTRATION = 'administration';

/** One's own, what is for everyone, and what is for a team one is in; only its owner changes it. */
const sharedByItsOwner: Role['grants'][string] = {
  ...everything,
  ...granting(
    {
      filter: {
        or: [
          { owner: { is: 'me' } },
          { sharing: { is: 'everyone' } },
          { sharing: { is: 'team' }, team: { in: ['mine'] } },
        ],
      },
    },
    'read',
    'run',
  ),
  ...granting('own', 'update', 'delete'),
};

/** What every role says of the objects that the program itself works with, unless it says otherwise. */
export const ground: Role['grants'] = {
  [ADMINISTRATION]: nothing,
  // A webhook sends everything outside; who works here, and what they may do, is the administrators' matter.
  webhook: nothing,
  role: nothing,
  user: { ...nothing, read: 'all', export: 'all', run: 'all' },
  team: { ...nothing, read: 'all', export: 'all' },
  // One's own days, and those of whoever reports to one.
  absence: {
    ...everything,
    ...granting(
      { filter: { or: [{ user: { is: 'me' } }, { 'user.manager': { is: 'me' } }] } },
      'create',
      'update',
      'delete',
    ),
  },
  // How the company's home page looks is the administrators' matter; each person may arrange their own.
  homePage: { ...nothing, read: 'all', export: 'all' },
  // Others see a view when it is for everyone or for a team they are in; only its owner changes it.
  savedView: {
    ...everything,
    read: {
      filter: {
        or: [
          { owner: { is: 'me' } },
          { sharing: { is: 'everyone' } },
          { sharing: { is: 'team' }, team: { hasAny: ['me'] } },
        ],
      },
    },
    update: 'own',
    delete: 'own',
  },
  // Whoever may see a macro may run it; what it does they need the rights for themselves.
  macro: sharedByItsOwner,
  mailTemplate: sharedByItsOwner,
  // How a mailbox is reached is told where it is connected; whoever works its mails sees that it is there.
  mailbox: {
    ...nothing,
    ...granting({ filter: { or: [{ owner: { is: 'me' } }, { members: { hasAny: ['me'] } }] } }, 'read', 'export'),
    ...granting('own', 'update', 'delete'),
  },
  // What a mailbox holds back is told to whoever works it, and to no administrator.
  heldMail: {
    ...nothing,
    ...granting(['own', { filter: { 'mailbox.members': { hasAny: ['me'] } } }], 'read', 'run', 'delete', 'export'),
  },
  // What passes for a fax is the administrators' matter; whoever works its mailbox may send through a gateway.
  faxGateway: nothing,
  // What strangers may open is the administrators' matter; whoever looks after what came of it sees that.
  webForm: nothing,
  formSubmission: { ...nothing, ...granting('own', 'read', 'update', 'export') },
  bookingPage: nothing,
  booking: { ...nothing, ...granting('own', 'read', 'export') },
  pipeline: { read: 'all' },
  stage: { read: 'all' },
  // What belongs to a record is seen by whoever sees the record.
  comment: { ...everything, ...granting(onTarget, 'create', 'read', 'export'), delete: 'own' },
  attachment: { ...everything, create: onTarget, read: onTarget, update: onTarget, delete: onTarget, export: onTarget },
  share: { ...everything, create: onTarget, read: onTarget, update: onTarget, delete: onTarget, export: onTarget },
  follow: {
    ...everything,
    ...granting({ filter: { user: { is: 'me' } } }, 'create', 'read', 'update', 'delete', 'export'),
  },
  // News come of what happened, from nobody's hand.
  notification: {
    ...everything,
    ...granting('none', 'create', 'import'),
    ...granting({ filter: { user: { is: 'me' } } }, 'read', 'update', 'delete', 'export'),
  },
};

/** Fields that are the administrators' matter in objects that everybody works with. */
export const groundFields: NonNullable<Role['fields']> = {
  // What opens first opens for everybody.
  'savedView.isDefault': 'read',
  // Whose a mailbox is, and into whose inbox its mails go.
  'mailbox.address': 'read',
  'mailbox.kind': 'read',
  'mailbox.team': 'read',
  'mailbox.members': 'read',
  'user.roles': 'hidden',
};

/** A role of what is granted in it, on the ground that all roles stand on. */
export function roleOf({ name, grants, fields }: Role): Role {
  return { name, grants: { ...ground, ...grants }, fields: { ...groundFields, ...fields } };
}

/** Whoever has no role of their own works with all records, but not with what is the administrators' matter. */
export const memberRole: Role = roleOf({ name: 'member', grants: { '*': everything } });

export const administratorRole: Role = {
  name: 'administrator',
  grants: { '*': everything, heldMail: ground.heldMail! },
};

/** The program's own: what it keeps, it reads. */
const programRole: Role = { name: 'program', grants: { '*': everything } };

export function isAdministrator(principal: Principal): boolean {
  return isAllowed(principal, ADMINISTRATION, 'update');
}

/** @throws Problem `access.denied` */
export function requireAdministrator(principal: Principal): void {
  if (!isAdministrator(principal)) throw new Problem('access.denied');
}

/** The scopes that apply, without the empty ones; `['all']` as soon as one role says so; `[]` means denied. */
export function scopesOf(
  principal: Principal,
  object: string,
  operation: Operation,
): readonly Exclude<Scope, 'none'>[] {
  const { limits } = principal;
  if (limits && grantOf(limits, object, operation) === 'none') return [];
  const scopes: Exclude<Scope, 'none'>[] = [];
  for (const role of principal.roles) {
    const grant = grantOf(role.grants, object, operation);
    for (const scope of isSeveral(grant) ? grant : [grant]) {
      if (scope === 'all') return ['all'];
      if (scope !== 'none') scopes.push(scope);
    }
  }
  return scopes;
}

export function isAllowed(principal: Principal, object: string, operation: Operation): boolean {
  return scopesOf(principal, object, operation).length > 0;
}

/** @throws Problem `access.denied` when no record at all is allowed */
export function requireAllowed(principal: Principal, object: string, operation: Operation): void {
  if (!isAllowed(principal, object, operation)) throw new Problem('access.denied');
}

/** What a role says of an operation. */
export function grantOf(grants: Role['grants'], object: string, operation: Operation): Grant {
  return grants[object]?.[operation] ?? grants['*']?.[operation] ?? 'none';
}

function isSeveral(grant: Grant): grant is readonly Scope[] {
  return Array.isArray(grant);
}

function granting<const Granted extends Grant>(
  scope: Granted,
  ...to: Operation[]
): Readonly<Record<Operation, Granted>> {
  return Object.fromEntries(to.map((operation) => [operation, scope])) as Record<Operation, Granted>;
}

const widths = ['hidden', 'masked', 'read', 'write'] as const;

/** The widest right that any role gives on a field, of those that give anything on its object. */
export function fieldAccess(principal: Principal, object: string, field: string): (typeof widths)[number] {
  let best: (typeof widths)[number] = 'hidden';
  const path = `${object}.${field}`;
  for (const role of principal.roles) {
    const limit = role.fields?.[path] ?? 'write';
    if (widths.indexOf(limit) <= widths.indexOf(best)) continue;
    if (principal.roles.length === 1 || grantOf(role.grants, object, 'read') !== 'none') best = limit;
    if (best === 'write') break;
  }
  return best;
}

/** Whether somebody sees all of a field's value, and so may also look for it. */
export function isShown(principal: Principal, object: string, field: string): boolean {
  const access = fieldAccess(principal, object, field);
  return access === 'read' || access === 'write';
}

/** Values as somebody may see them, without those that are only shown in part. */
export function withoutHidden<Value>(
  principal: Principal,
  object: string,
  record: Readonly<Record<string, Value>>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => isShown(principal, object, name)));
}

/**
 * The program acting for itself, with every right: migrations, readers, imports started by somebody whose rights were
 * checked. Loud on purpose: a test holds the list of places that may say it, each with its reason.
 */
export function asSystem(_reason: string): Principal {
  return { userId: null, roles: [programRole], language: 'en', timeZone: 'UTC' };
}
