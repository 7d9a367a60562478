import { Type } from 'typebox';
import { instantIn, weekday } from '#kernel/fields/calendar.ts';
import { defineAction } from '#kernel/object/action.ts';
import { account } from '#modules/customers/index.ts';
import { hoursOf } from '#modules/teamwork/index.ts';
import { interaction } from './interaction.object.ts';

/** Where nobody says when people work. */
const START = '09:00';

/** Puts a customer on one's round of a day; which stop it is follows when the route is made. */
export const planVisit = defineAction(account, {
  name: 'planVisit',
  icon: 'map-pin',
  input: Type.Object(
    {
      day: Type.String({ format: 'date' }),
      purpose: Type.Optional(Type.String({ maxLength: 200 })),
    },
    { additionalProperties: false },
  ),
  async run({ records, record, input: { day, purpose }, context, changeSet }) {
    const user =
      context.userId && (await records.find('user', { id: context.userId }, { fields: ['timeZone', 'workingHours'] }));
    const timeZone = (user && (user.timeZone as string | null)) || context.timeZone;
    const hours = hoursOf(
      { workingHours: user ? user.workingHours : null },
      { ...(context.workingHours && { workingHours: context.workingHours }) },
    );
    const from = hours?.find((one) => one.day === weekday(day))?.from ?? START;
    const { id } = await records.create(interaction, {
      channel: 'visit',
      direction: 'out',
      state: 'planned',
      subject: purpose || null,
      at: instantIn(`${day}T${from}:00.000`, timeZone).toISOString(),
      account: record.id,
    });
    return { changeSet, interaction: id };
  },
});
