import { defineRules } from '#kernel/object/rules.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { settleTarget } from '#kernel/records/settle-target.ts';
import { comment } from './comment.object.ts';
import { follow } from './follow.object.ts';

export const commentRules = defineRules(comment, {
  async beforeSave(save) {
    const { before, context } = save;
    if (before && context.userId !== null && before.createdBy !== context.userId)
      throw new Problem('comment.not-yours');
    await settleTarget(save);
  },
});

export const followRules = defineRules(follow, {
  beforeSave: (save) => settleTarget(save),
});

/** Ids of the people mentioned in a text as `@{id}`, each once. */
export function mentionsIn(body: string): string[] {
  return [...new Set([...body.matchAll(/@\{([0-9a-f-]{36})\}/gi)].map(([, id]) => id!.toLowerCase()))];
}
