import { defineRules } from '#kernel/object/rules.ts';
import { settleTarget } from '#kernel/records/settle-target.ts';
import { attachment } from './attachment.object.ts';

export const attachmentRules = defineRules(attachment, {
  async beforeSave(save) {
    const { after, set } = save;
    await settleTarget(save);
    if (!after.name) set('name', after.file?.[0]?.name ?? null);
  },
});
