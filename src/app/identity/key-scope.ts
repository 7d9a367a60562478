import { type Operation, operations, type Role } from '#kernel/access/access.ts';

/** Whom an address book holds: those whom one owns, also those whom one follows or marked, everybody one may see. */
export const bookChoices = ['own', 'followed', 'all'] as const;
export type BookChoice = (typeof bookChoices)[number];

/** What a program may do with a key, of what its owner may. */
export type KeyScope =
  | { readonly kind: 'all' }
  /** Reads and exports. */
  | { readonly kind: 'read' }
  /** Provisions people and groups, and nothing else. */
  | { readonly kind: 'scim' }
  /** Reads its owner's calendar, and nothing else: it stands in an address that calendar programs keep. */
  | { readonly kind: 'calendar' }
  /** An address book for a phone: reads and keeps contacts, and nothing else. */
  | { readonly kind: 'contacts'; readonly choice: BookChoice }
  | { readonly kind: 'objects'; readonly objects: Readonly<Record<string, readonly Operation[]>> };

export const everything: KeyScope = { kind: 'all' };

/** What somebody's calendar shows, and whom it names. */
const calendarObjects = ['interaction', 'task', 'absence', 'account', 'contact', 'user'];

/** What an address book reads beside contacts, and what it changes. */
const bookGrants: Role['grants'] = {
  ...Object.fromEntries(['account', 'user', 'follow'].map((object) => [object, { read: 'all' as const }])),
  contact: { read: 'all', create: 'all', update: 'all', delete: 'all' },
};

/** What the roles of the key's owner are narrowed to; null when they are not. */
export function limitsOf(scope: KeyScope): Role['grants'] | null {
  if (scope.kind === 'all') return null;
  if (scope.kind === 'read') return { '*': { read: 'all', export: 'all' } };
  if (scope.kind === 'scim') return {};
  if (scope.kind === 'calendar') return Object.fromEntries(calendarObjects.map((object) => [object, { read: 'all' }]));
  if (scope.kind === 'contacts') return bookGrants;
  return Object.fromEntries(
    Object.entries(scope.objects).map(([object, granted]) => [
      object,
      Object.fromEntries(granted.map((operation) => [operation, 'all' as const])),
    ]),
  );
}

/**
 * May a key ask this at all? One that is narrowed changes something only where the door to the records sees what it may;
 * people, settings, further keys and work that is done later are for those that are not.
 */
export function mayAsk(scope: KeyScope, method: string, path: string): boolean {
  const isProvisioning = path.startsWith('/scim/');
  if (isProvisioning || scope.kind === 'scim') return isProvisioning && scope.kind === 'scim';
  if (scope.kind === 'all') return true;
  if (scope.kind === 'calendar' || scope.kind === 'contacts') return false;
  return ['GET', 'HEAD', 'OPTIONS'].includes(method) || /^\/api\/(records|files)(\/|\?|$)/.test(path);
}

/**
 * `all`, `read`, `scim`, `calendar`, `contacts:own` (`followed`, `all`), or objects with what may be done: `account:read,update contact:read`.
 * @returns null for what is none of these
 */
export function parseScope(text: string, hasObject: (name: string) => boolean): KeyScope | null {
  const words = text.trim();
  if (words === 'all' || words === 'read' || words === 'scim' || words === 'calendar') return { kind: words };
  const choice = bookChoices.find((one) => words === `contacts:${one}`);
  if (choice) return { kind: 'contacts', choice };
  const objects: Record<string, Operation[]> = {};
  for (const part of words.split(/\s+/)) {
    const [object = '', granted = '', ...more] = part.split(':');
    const names = granted.split(',');
    if (more.length > 0 || !hasObject(object) || !names.every(isOperation)) return null;
    objects[object] = names;
  }
  return { kind: 'objects', objects };
}

function isOperation(name: string): name is Operation {
  return (operations as readonly string[]).includes(name);
}
