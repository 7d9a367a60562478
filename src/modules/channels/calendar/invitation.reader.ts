import { inviteFurther, noteChanged } from '#kernel/calendar/invitation-state.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import { defineReader } from '#kernel/object/module.ts';
import { chunked } from '../chunked.ts';
import { interaction } from '../interaction.object.ts';
import { participant } from '../participant.object.ts';
import { meetingSeries } from './meeting-series.object.ts';

/** Whoever drags a meeting to a day drags it to the right one a moment later: guests hear of where it ended. */
const QUIET_S = 10;

/** Guests of a meeting hear of it when it has changed, and so do those who come to it and go from it. */
export const invitationReader = defineReader({
  name: 'channels.invitations',
  objects: ['interaction', 'participant', 'meetingSeries'],
  async isIdle({ connection, schema }) {
    const rows = await connection.run(sql`select 1 from ${raw(identifier(schema))}.meeting_invitation limit 1`);
    return rows.length === 0;
  },
  async run(events, { connection, schema, records }) {
    const of = (object: string) => [...new Set(events.flatMap((one) => (one.object === object ? one.record : [])))];
    const meetings = new Set(of('interaction'));
    const filter = { id: { in: of('participant') } };
    for (const deleted of [false, true])
      for (let cursor: string | undefined; ; ) {
        const query = { filter, fields: ['interaction'], limit: 500, deleted, ...(cursor ? { cursor } : {}) } as const;
        const { items, next } = await records.list(participant, query);
        for (const { interaction } of items) meetings.add(interaction);
        if (next === null) break;
        cursor = next;
      }
    for (const id of of('meetingSeries')) {
      meetings.add(id);
      const one = await records.find(meetingSeries, { id }, { fields: ['follows'] });
      if (one?.follows) await inviteFurther(connection, schema, one.follows, id);
    }
    // Of a series, all of it is told.
    for (const ids of chunked([...meetings], 500))
      for (const deleted of [false, true]) {
        const query = {
          filter: { id: { in: ids }, series: { empty: false } },
          fields: ['series'],
          limit: 500,
          deleted,
        };
        for (const { series } of (await records.list(interaction, query)).items) meetings.add(series!);
      }
    await noteChanged(connection, schema, [...meetings], QUIET_S);
  },
});
