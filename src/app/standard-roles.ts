import { type Grant, type Operation, operations, type Role, roleOf, type Scope } from '#kernel/access/access.ts';
import { translator } from '#kernel/i18n/translate.ts';
import type { Records } from '#kernel/records/records.ts';

/** What a company begins with; nobody has one until somebody gives it to them. */
export type StandardRole = 'representative' | 'manager' | 'reader' | 'marketing';

type Rights = Partial<Record<Operation, Grant>>;

const onRecord = { through: 'target' } as const;
/** Whoever opens the account sees all that was said and promised there: the shop remembers, not its keeper. */
const withTheRecord = [{ through: 'account' }, { through: 'contact' }, { through: 'opportunity' }] as const;
/** What was said over any channel: with whoever took part in it, and who looks after it. */
const talks = (seen: Grant, changed: Grant): Role['grants'] => {
  const own: Rights = {
    read: [...[seen].flat(), ...withTheRecord] as Grant,
    create: 'all',
    ...rights(changed, 'update', 'delete', 'reassign', 'run', 'bulk'),
  };
  const inInteraction = { through: 'interaction' } as const;
  return {
    conversation: {
      ...own,
      read: [...(own.read as Scope[]), ofMyTeams],
      ...rights([...[changed].flat(), ofMyTeams] as Grant, 'update', 'delete', 'reassign', 'run', 'bulk', 'merge'),
    },
    interaction: { ...own, read: [...(own.read as Scope[]), { through: 'conversation' }] },
    meetingSeries: own,
    participant: part('interaction', { create: 'all', ...rights(inInteraction, 'update', 'delete') }),
    knownAddress: { read: 'all', create: 'all', ...rights('all', 'update', 'delete', 'run') },
  };
};
/** What waits for a team is each member's to take. */
const ofMyTeams = { filter: { team: { in: ['mine'] } } } as const;
/** A lead that nobody has is there for whoever takes it. */
const nobodys = { filter: { owner: null } } as const;
/** What one gave to somebody stays in sight. */
const givenAway = { filter: { givenBy: { is: 'me' } } } as const;
const part = (reference: string, more: Rights = {}): Rights => ({ read: { through: reference }, ...more });

/** How the company sells and works is not a seller's to change. */
const setUp: Role['grants'] = Object.fromEntries(
  ['pipeline', 'stage', 'playbook', 'playbookStep'].map((object) => [
    object,
    { ...rights('none', ...operations), read: 'all' },
  ]),
);

/**
 * Accounts and contacts are everybody's to see, so that nobody is asked twice and nothing is entered twice; sales are those
 * of oneself and one's team; what is changed is one's own.
 */
const representative: Role['grants'] = {
  ...setUp,
  '*': { read: 'all', ...rights('own', 'create', 'update', 'delete', 'run', 'bulk') },
  account: { read: 'all', create: 'all', ...rights('own', 'update', 'run', 'bulk', 'merge', 'reassign', 'delete') },
  contact: {
    ...{ read: 'all', create: 'all', update: ['own', { through: 'account' }], run: 'own', bulk: 'own' },
    ...rights('own', 'delete', 'merge', 'reassign'),
  },
  accountContact: part('account', { create: 'all', ...rights({ through: 'account' }, 'update', 'delete') }),
  relationship: { read: 'all', create: 'all', ...rights('own', 'update', 'delete') },
  lead: {
    read: ['own', 'team', nobodys],
    create: 'all',
    ...rights(['own', nobodys], 'update', 'run', 'reassign'),
    ...rights('own', 'delete', 'bulk', 'merge'),
  },
  opportunity: { read: ['own', 'team'], ...rights('own', 'create', 'update', 'delete', 'reassign', 'run', 'bulk') },
  opportunityContact: part('opportunity', rights({ through: 'opportunity' }, 'create', 'update', 'delete')),
  task: {
    read: ['own', 'team', givenAway, ...withTheRecord],
    create: 'all',
    ...rights(['own', givenAway], 'update', 'reassign', 'run'),
    ...rights('own', 'delete', 'bulk'),
  },
  note: { read: ['own', ...withTheRecord], create: 'all', ...rights('own', 'update', 'delete') },
  playbookRun: { read: ['own', ...withTheRecord], ...rights('own', 'create', 'update', 'run') },
  ...talks(['own', 'team'], ['own', 'team']),
};

const below = ['own', 'team', 'tree'] as const;

/** What those below a manager do, the manager sees, mends and hands on. */
const manager: Role['grants'] = {
  ...setUp,
  '*': { read: 'all', create: 'all', ...rights(below, 'update', 'delete', 'run', 'bulk', 'export') },
  account: {
    ...{ read: 'all', create: 'all', export: 'all', import: 'all' },
    ...rights(below, 'update', 'delete', 'run', 'bulk', 'merge', 'reassign'),
  },
  contact: {
    ...{ read: 'all', create: 'all', update: [...below, { through: 'account' }], export: 'all', import: 'all' },
    ...rights(below, 'delete', 'run', 'bulk', 'merge', 'reassign'),
  },
  accountContact: part('account', { create: 'all', ...rights({ through: 'account' }, 'update', 'delete') }),
  relationship: { read: 'all', create: 'all', ...rights(below, 'update', 'delete') },
  lead: { ...rights([...below, nobodys], ...operations), create: 'all' },
  opportunity: rights(below, ...operations),
  opportunityContact: part('opportunity', rights({ through: 'opportunity' }, 'create', 'update', 'delete')),
  task: {
    ...rights(below, 'update', 'delete', 'reassign', 'run', 'bulk', 'export'),
    ...{ read: [...below, givenAway, ...withTheRecord], create: 'all' },
  },
  note: { read: [...below, ...withTheRecord], create: 'all', ...rights(below, 'update', 'delete', 'export') },
  playbookRun: {
    ...{ read: [...below, ...withTheRecord], create: 'all' },
    ...rights(below, 'update', 'delete', 'run', 'export'),
  },
  ...talks(below, below),
};

/** Looks, and neither writes nor takes anything along. */
const reader: Role['grants'] = {
  '*': { read: 'all' },
  comment: { read: onRecord },
  attachment: { read: onRecord },
  share: { read: onRecord },
};

/** Keeps people and companies right and takes lists along; sales are the sellers' to change. */
const marketing: Role['grants'] = {
  ...setUp,
  '*': { read: 'all', ...rights('own', 'create', 'update', 'delete', 'run', 'bulk') },
  ...Object.fromEntries(
    ['account', 'contact', 'accountContact', 'relationship'].map((object) => [
      object,
      rights('all', 'read', 'create', 'update', 'run', 'bulk', 'merge', 'export', 'import'),
    ]),
  ),
  lead: rights('all', 'read', 'create', 'update', 'run', 'bulk', 'merge', 'export', 'import', 'reassign'),
  opportunity: { ...rights('none', ...operations), read: 'all' },
  opportunityContact: { ...rights('none', ...operations), read: 'all' },
  task: {
    ...{ read: ['own', givenAway, ...withTheRecord], create: 'all' },
    ...rights('own', 'update', 'delete', 'reassign', 'run', 'bulk'),
  },
  note: { read: ['own', ...withTheRecord], create: 'all', ...rights('own', 'update', 'delete') },
  playbookRun: { read: ['own', ...withTheRecord], ...rights('own', 'create', 'update', 'run') },
  ...talks('own', 'own'),
};

/** What each may do, beside the ground that all roles stand on. */
export const standardGrants: Readonly<Record<StandardRole, Role['grants']>> = {
  representative,
  manager,
  reader,
  marketing,
};

/** Each on the ground that all roles stand on, by its kind. */
export const standardRoles: readonly Role[] = Object.entries(standardGrants).map(([name, grants]) =>
  roleOf({ name, grants }),
);

/**
 * The roles in the company's language; one of that name stays as it is. @returns their ids
 */
export async function makeStandardRoles(records: Records, language: string): Promise<Record<StandardRole, string>> {
  const words = translator(language);
  const { items } = await records.list('role', { fields: ['name'], limit: 500 });
  const known = new Map(items.map(({ id, name }) => [name as string, id]));
  const ids: Partial<Record<StandardRole, string>> = {};
  for (const [kind, grants] of Object.entries(standardGrants) as [StandardRole, Role['grants']][]) {
    const name = words(`access.standard.${kind}.name`);
    const description = words(`access.standard.${kind}.description`);
    ids[kind] = known.get(name) ?? (await records.create('role', { name, description, grants })).id;
  }
  return ids as Record<StandardRole, string>;
}

function rights(grant: Grant, ...to: Operation[]): Rights {
  return Object.fromEntries(to.map((operation) => [operation, grant]));
}
