import type { Filter } from '../api/types.ts';

export const states = ['open', 'snoozed', 'done'] as const;
export type State = (typeof states)[number];

/** What is open in the inbox; all of it stands in the address. */
export interface InboxSearch {
  /** Whose conversations; one's own when left out. */
  in?: 'mentions' | 'ours' | 'teamless' | 'unassigned' | 'team' | 'for' | 'unknown';
  /** Id of the team, or of whom one stands in for. */
  of?: string;
  state?: Exclude<State, 'open'>;
  q?: string;
  channel?: string;
  account?: string;
  /** The conversation that is read. */
  c?: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function readInboxSearch(search: Record<string, unknown>): InboxSearch {
  const id = (value: unknown) => (typeof value === 'string' && uuid.test(value) ? value : undefined);
  const word = (value: unknown) => (value === undefined || value === '' ? undefined : String(value).slice(0, 200));
  const place = (['mentions', 'ours', 'teamless', 'unassigned', 'team', 'for', 'unknown'] as const).find(
    (name) => name === search.in,
  );
  const of = id(search.of);
  return {
    in: (place === 'team' || place === 'for') && !of ? undefined : place,
    of: place === 'team' || place === 'for' ? of : undefined,
    state: (['snoozed', 'done'] as const).find((state) => state === search.state),
    q: word(search.q),
    channel: word(search.channel),
    account: id(search.account),
    c: id(search.c),
  };
}

/** Which conversations stand in a folder: each of these walks an index of its own. */
export function folderFilter({ in: place, of, state }: InboxSearch): Filter {
  const status: State = state ?? 'open';
  switch (place) {
    case 'mentions':
      return { mentioned: { hasAny: ['me'] } };
    case 'unassigned':
      return { owner: null, status };
    case 'ours':
      return { owner: null, team: { in: ['mine'] }, status };
    case 'teamless':
      return { owner: null, team: null, status };
    case 'team':
      return { team: { is: of }, status };
    case 'for':
      return { owner: { is: of }, status };
    default:
      return { owner: { is: 'me' }, status };
  }
}

/** Addresses of which somebody is to say whose they are. */
export const waitingAddresses: Filter = { verdict: 'open' };

export function listFilter(search: InboxSearch): Filter {
  const { channel, account } = search;
  return {
    ...folderFilter(search),
    ...(channel ? { channel: { is: channel } } : {}),
    ...(account ? { account: { is: account } } : {}),
  };
}

/** What comes back first stands first; everything else by when something was last said. */
export function sortOf({ in: place, state }: InboxSearch): string[] {
  return state === 'snoozed' && place !== 'mentions' ? ['snoozedUntil'] : ['-lastAt'];
}

/** Whether a conversation leaves a folder when it becomes this. */
export function leaves({ in: place, of, state }: InboxSearch, changes: Record<string, unknown>, me: string): boolean {
  if (place === 'mentions') return 'mentioned' in changes;
  if ('status' in changes && changes.status !== (state ?? 'open')) return true;
  if (place === 'team') return 'team' in changes && changes.team !== of;
  if (!('owner' in changes)) return place === 'teamless' && Boolean(changes.team);
  const isNobodys = place === 'unassigned' || place === 'ours' || place === 'teamless';
  return changes.owner !== (isNobodys ? null : place === 'for' ? of : me);
}
