import type { Save } from '../object/rules.ts';

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Targeted {
  targetObject: string;
  targetId: string;
}

/**
 * What a comment is on, a file belongs to or a person follows has to be a record that the person may see, and stays the same one.
 * @throws Problem `object.unknown`, `record.not-found`
 */
export async function settleTarget<R extends Targeted>({
  before,
  after,
  changed,
  set,
  refuse,
  context,
}: Save<R>): Promise<void> {
  if (before) {
    for (const field of ['targetObject', 'targetId'] as const) if (changed(field)) refuse(field, 'field.read-only');
    return;
  }
  // What is missing is refused as any required field is.
  if (!after.targetObject || !after.targetId) return;
  const id = after.targetId.toLowerCase();
  if (!isUuid.test(id)) {
    refuse('targetId', 'field.not-a-reference');
    return;
  }
  set('targetId', id);
  await context.records.read(after.targetObject, id, { fields: ['id'] });
}
