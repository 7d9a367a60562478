import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { defineRules } from '../object/rules.ts';
import { Problem } from '../problems/problem.ts';
import { settleTarget } from '../records/settle-target.ts';
import { type Grant, operations, type Scope } from './access.ts';
import { role } from './role.object.ts';
import { share } from './share.object.ts';

const name = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{0,62}$' });
const scope = Type.Union([
  ...(['none', 'own', 'team', 'tree', 'all'] as const).map((word) => Type.Literal(word)),
  Type.Object({ filter: Type.Object({}, { additionalProperties: true }) }, { additionalProperties: false }),
  Type.Object({ through: name }, { additionalProperties: false }),
]);
const grant = Type.Union([scope, Type.Array(scope, { maxItems: 12 })]);
const grants = Compile(
  Type.Record(
    Type.String({ pattern: '^(\\*|[A-Za-z][A-Za-z0-9]{0,62})$' }),
    Type.Object(Object.fromEntries(operations.map((operation) => [operation, Type.Optional(grant)])), {
      additionalProperties: false,
    }),
    { additionalProperties: false },
  ),
);
const limits = Compile(
  Type.Record(
    Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{0,62}\\.[A-Za-z][A-Za-z0-9_]{0,62}$' }),
    Type.Union([Type.Literal('hidden'), Type.Literal('masked'), Type.Literal('read')]),
    { additionalProperties: false },
  ),
);

/** A role that says something the program does not understand would deny, or allow, something nobody meant. */
export const roleRules = defineRules(role, {
  async beforeSave({ after, changed, refuse, context }) {
    if (changed('fields') && after.fields !== null && !limits.Check(after.fields)) refuse('fields', 'role.not-limits');
    if (!changed('grants') || after.grants === null) return;
    if (Array.isArray(after.grants) || !grants.Check(after.grants)) {
      refuse('grants', 'role.not-grants');
      return;
    }
    for (const [object, filter] of filtersIn(after.grants as Record<string, Record<string, Grant>>)) {
      try {
        await context.records.list(object, { filter, fields: [], limit: 1 });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refuse('grants', 'role.filter-invalid', { object });
      }
    }
  },
  async beforeRemove({ id, name }, { records }) {
    const people = await records.list('user', { filter: { roles: { hasAny: [id] } }, fields: ['name'], limit: 5 });
    if (people.items.length === 0) return;
    throw new Problem('role.in-use', { name, people: people.items.map((user) => user.name).join(', ') });
  },
});

function filtersIn(grants: Readonly<Record<string, Readonly<Record<string, Grant>>>>) {
  return Object.entries(grants).flatMap(([object, of]) =>
    Object.values(of)
      .flatMap((given): readonly Scope[] => (Array.isArray(given) ? given : [given as Scope]))
      .flatMap((one) => (typeof one === 'object' && 'filter' in one ? [[object, one.filter] as const] : [])),
  );
}

/** Whoever may give a record away may share it, and take that back. */
export const shareRules = defineRules(share, {
  async beforeSave(save) {
    const { before, after, changed, refuse, context } = save;
    await settleTarget(save);
    if ((after.user === null) === (after.team === null)) refuse('user', 'share.one-of-two');
    if (after.user !== null && after.user === context.userId && !before) refuse('user', 'share.with-oneself');
    if (changed('until') && after.until && after.until < context.now.toISOString().slice(0, 10))
      refuse('until', 'share.in-the-past');
    if (after.targetObject && after.targetId) await mayGive(after, context);
  },
  async beforeRemove(record, context) {
    await mayGive(record as { targetObject: string; targetId: string }, context);
  },
});

async function mayGive(
  { targetObject, targetId }: { targetObject: string; targetId: string },
  { records, userId }: Parameters<NonNullable<typeof shareRules.beforeRemove>>[1],
): Promise<void> {
  if (userId === null) return;
  const allowed = await records.allowed(targetObject, 'reassign', [targetId]);
  if (!allowed.has(targetId)) throw new Problem('access.denied');
}
