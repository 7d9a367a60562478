import type pg from 'pg';
import type { Database } from './pool.ts';
import { identifier } from './sql.ts';

type Hear = (payload: string) => void;

/** The one connection on which a process listens to a database, whoever wants to hear what. */
interface Ear {
  add(channel: string, hear: Hear): void;
  remove(channel: string, hear: Hear): Promise<void>;
}

const nothing = () => {};

const AGAIN_MS = 1_000;
const ears = new WeakMap<Database, Ear>();

/**
 * Hears what is said on a channel with NOTIFY, also after the connection was lost and found again. What is said meanwhile
 * is lost: whoever relies on it looks for itself from time to time.
 */
export function listen(database: Database, channel: string, hear: Hear): { stop(): Promise<void> } {
  let ear = ears.get(database);
  if (!ear) {
    ear = openEar(database);
    ears.set(database, ear);
  }
  const mine = ear;
  mine.add(channel, hear);
  return { stop: () => mine.remove(channel, hear) };
}

function openEar(database: Database): Ear {
  const hearers = new Map<string, Set<Hear>>();
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | undefined;
  const again = () => {
    client = null;
    if (hearers.size > 0) retry = setTimeout(open, AGAIN_MS);
  };
  const open = () => {
    opening = connect().catch(again);
  };
  const connect = async () => {
    const mine = await database.dedicated();
    client = mine;
    mine.on('notification', ({ channel, payload }) => {
      for (const hear of hearers.get(channel) ?? []) hear(payload ?? '');
    });
    for (const channel of hearers.keys()) await mine.query(`listen ${identifier(channel)}`);
    // Not before: a connection that ends earlier fails here, and would be replaced twice.
    mine.once('end', again);
  };
  // Whoever begins to listen in the same breath is in time for the first round.
  let opening = Promise.resolve().then(connect).catch(again);

  return {
    add(channel, hear) {
      const known = hearers.get(channel);
      hearers.set(channel, (known ?? new Set()).add(hear));
      // One after the other, and after those of a connection that is being made.
      if (!known) opening = opening.then(() => client?.query(`listen ${identifier(channel)}`)).then(nothing, nothing);
    },
    async remove(channel, hear) {
      const left = hearers.get(channel);
      left?.delete(hear);
      if (left?.size === 0) hearers.delete(channel);
      if (hearers.size > 0) return;
      ears.delete(database);
      clearTimeout(retry);
      await opening;
      await client?.end().catch(() => {});
    },
  };
}
