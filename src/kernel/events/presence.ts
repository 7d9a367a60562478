/** Who looks at which record right now. Kept in memory: what a restart forgets, the next sign of life tells again. */
export interface Presence {
  readonly user: string;
  /** Name of the field that is being edited, `''` while somebody only looks. */
  readonly field: string;
  /** Milliseconds since 1970 of the first sign of life. */
  readonly since: number;
}

/** A sign of life, as one process tells the others. */
export interface PresenceSign {
  readonly workspace: string;
  readonly object: string;
  readonly id: string;
  readonly user: string;
  /** Tab or window: somebody who closes one of two is still there. */
  readonly seat: string;
  /** null when it leaves. */
  readonly field: string | null;
}

/** A page gives a sign every 10 s; one that is missed may be late. */
export const PRESENT_MS = 15_000;
/** Seats of one record: a page that everybody has open tells the first of them. */
const MOST_SEATS = 200;

interface Seat {
  readonly user: string;
  field: string;
  readonly since: number;
  until: number;
}

/** Where everybody is. `onChange` hears when somebody comes to a record, leaves it, or begins to edit. */
export function openPresence(onChange: (place: Pick<PresenceSign, 'workspace' | 'object' | 'id'>) => void) {
  const places = new Map<string, Map<string, Seat>>();
  const keyOf = ({ workspace, object, id }: Pick<PresenceSign, 'workspace' | 'object' | 'id'>) =>
    `${workspace} ${object} ${id}`;

  const leave = (key: string, seats: Map<string, Seat>, gone: (seat: Seat, name: string) => boolean): void => {
    const before = seats.size;
    for (const [name, seat] of seats) if (gone(seat, name)) seats.delete(name);
    if (seats.size === 0) places.delete(key);
    if (seats.size === before) return;
    const [workspace, object, id] = key.split(' ') as [string, string, string];
    onChange({ workspace, object, id });
  };

  return {
    hear(sign: PresenceSign, now = Date.now()): void {
      const key = keyOf(sign);
      const seats = places.get(key) ?? new Map<string, Seat>();
      const name = `${sign.user} ${sign.seat}`;
      if (sign.field === null) {
        leave(key, seats, (_seat, other) => other === name);
        return;
      }
      const seat = seats.get(name);
      if (!seat && seats.size >= MOST_SEATS) return;
      places.set(key, seats);
      const isNews = seat?.field !== sign.field;
      seats.set(name, { user: sign.user, since: seat?.since ?? now, field: sign.field, until: now + PRESENT_MS });
      if (isNews) onChange(sign);
    },
    /** Those who gave no sign for too long are gone. */
    sweep(now = Date.now()): void {
      for (const [key, seats] of places) leave(key, seats, (seat) => seat.until < now);
    },
    /** One entry per person, editing before looking, in the order they came. */
    at(place: Pick<PresenceSign, 'workspace' | 'object' | 'id'>): Presence[] {
      const people = new Map<string, Presence>();
      for (const { user, field, since } of places.get(keyOf(place))?.values() ?? []) {
        const known = people.get(user);
        people.set(user, { user, field: known?.field || field, since: Math.min(known?.since ?? since, since) });
      }
      return [...people.values()].sort((a, b) => a.since - b.since);
    },
  };
}
