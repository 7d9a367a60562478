import { defineRules } from '#kernel/object/rules.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { settleTarget } from '#kernel/records/settle-target.ts';
import { comment } from './comment.object.ts';
import { EVERY, follow } from './follow.object.ts';

export const commentRules = defineRules(comment, {
  async beforeSave(save) {
    const { before, context } = save;
    if (before && context.userId !== null && before.createdBy !== context.userId)
      throw new Problem('comment.not-yours');
    await settleTarget(save);
  },
});

export const followRules = defineRules(follow, {
  async beforeSave(save) {
    const { before, after, context } = save;
    if (before || after.targetId !== EVERY) return settleTarget(save);
    // Of what one may see none of, there is nothing to follow.
    if (after.targetObject) await context.records.list(after.targetObject, { fields: [], limit: 1 });
  },
});

/** Ids of the people mentioned in a text as `@{id}`, each once. */
export function mentionsIn(body: string): string[] {
  return [...new Set([...body.matchAll(/@\{([0-9a-f-]{36})\}/gi)].map(([, id]) => id!.toLowerCase()))];
}
