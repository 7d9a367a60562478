import { Type } from 'typebox';
import { defineAction } from '#kernel/object/action.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import { isOpenLead, lead } from './lead.object.ts';

const isOpen = ({ status }: RecordOf<typeof lead>) => isOpenLead(status);

/** There is a sale in it: it becomes an opportunity. */
export const qualifyLead = defineAction(lead, {
  name: 'qualify',
  icon: 'target',
  input: Type.Object({}, { additionalProperties: false }),
  isAvailable: isOpen,
  run: ({ records, record }) => records.update(lead, record.id, { status: 'qualified' }),
});

export const disqualifyLead = defineAction(lead, {
  name: 'disqualify',
  icon: 'thumb-down',
  input: Type.Object(
    {
      reason: Type.Enum(
        lead.fields.disqualifiedReason.options.map(({ value }) => value),
        { 'x-field': 'disqualifiedReason' },
      ),
      note: Type.Optional(Type.String({ maxLength: 4000, 'x-field': 'disqualifiedNote' })),
    },
    { additionalProperties: false },
  ),
  isAvailable: isOpen,
  run: ({ records, record, input: { reason, note } }) =>
    records.update(
      lead,
      record.id,
      { status: 'disqualified', disqualifiedReason: reason, disqualifiedNote: note ?? null },
      { note },
    ),
});

/** Somebody looks once more whether there is a sale in it. */
export const reopenLead = defineAction(lead, {
  name: 'reopen',
  icon: 'rotate-clockwise',
  input: Type.Object({}, { additionalProperties: false }),
  isAvailable: ({ status }) => status === 'disqualified',
  run: ({ records, record }) => records.update(lead, record.id, { status: 'working' }),
});
