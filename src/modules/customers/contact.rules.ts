import { defineRules } from '#kernel/object/rules.ts';
import { accountContact } from './account-contact.object.ts';
import { contact } from './contact.object.ts';

export const contactRules = defineRules(contact, {
  beforeSave({ before, after, refuse }) {
    // Whoever was anonymised has no name, and can still be given another owner.
    const hadName = !before || before.firstName || before.lastName;
    if (!after.firstName && !after.lastName && hadName) refuse('lastName', 'contact.name-missing');
  },
});

export const accountContactRules = defineRules(accountContact, {
  /** The primary account of a person is one, and it is the one that stands on the contact. */
  async beforeSave({ before, after, changed, refuse, context: { records } }) {
    if (after.since && after.until && after.until < after.since) refuse('until', 'period.reversed');
    if (!after.primary || !(changed('primary') || changed('account') || changed('contact'))) return;
    const others = { contact: after.contact, primary: true, ...(before && { id: { isNot: before.id } }) };
    await records.updateMany(accountContact, { filter: others }, { primary: false });
    await records.update(contact, after.contact, { account: after.account });
  },
  /** The primary account of whoever stays remains the primary one. */
  async beforeMove({ before, after, set, context: { records } }) {
    if (!after.primary || before.contact === after.contact) return;
    if (await records.find(accountContact, { contact: after.contact, primary: true }, { fields: ['id'] }))
      set('primary', false);
  },
});
