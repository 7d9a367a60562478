import { addJob } from '#kernel/jobs/jobs.ts';
import { defineReader } from '#kernel/object/module.ts';
import { interaction } from '#modules/channels/index.ts';
import { booking } from './booking.object.ts';

/** Whoever drags a meeting to a day drags it to the right one a moment later: the visitor hears of where it ended. */
const QUIET_MS = 10_000;
/** Ids in one question. */
const AT_ONCE = 500;

/** A meeting that was booked and is moved, called off or deleted by whoever is visited: the booking goes along. */
export const bookingReader = defineReader({
  name: 'forms.bookings',
  objects: ['interaction'],
  operations: ['update', 'remove', 'restore'],
  async run(events, { records, connection, door }) {
    const touched = events.filter(
      ({ operation, changes }) =>
        operation !== 'update' || ['at', 'duration', 'state'].some((name) => name in (changes ?? {})),
    );
    const last = new Map(touched.map((event) => [event.record, event]));
    const ids = [...last.keys()];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const filter = { interaction: { in: ids.slice(at, at + AT_ONCE) } };
      const { items } = await records.list(booking, { filter, fields: ['interaction'], limit: AT_ONCE });
      if (items.length === 0) continue;
      const meetings = { id: { in: items.flatMap((one) => one.interaction ?? []) } };
      const found = await records.list(interaction, { filter: meetings, fields: ['owner'], limit: AT_ONCE });
      const owners = new Map(found.items.map((one) => [one.id, one.owner]));
      for (const { id, interaction: meeting } of items) {
        const { actor, via } = last.get(meeting!)!;
        // What a calendar says of a meeting its owner said there.
        const by = via === 'calendar' ? owners.get(meeting!) : actor;
        await addJob(connection, {
          ...{ workspaceId: door.workspace.id, kind: 'booking', createdBy: null, key: `booking ${id}` },
          ...{
            payload: { id, follows: true, by: by ?? null },
            runAt: new Date(Date.now() + QUIET_MS),
          },
        });
      }
    }
  },
});
