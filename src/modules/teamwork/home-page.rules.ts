import { defineRules } from '#kernel/object/rules.ts';
import { homePage } from './home-page.object.ts';

const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Each asks the server for what it shows. */
const MOST_CARDS = 20;

export const homePageRules = defineRules(homePage, {
  async beforeSave({ after, changed, set, refuse, context: { records } }) {
    const { role } = after;
    // A role is named by its id, so that another name does not lose the page; whoever gives the name means that role.
    if (role && !['*', 'administrator', 'member'].includes(role) && !isId.test(role)) {
      const named = await records.find('role', { name: role }, { fields: [] });
      if (named) set('role', named.id);
      else refuse('role', 'field.unknown-reference');
    }
    if (changed('cards') && !areCards(after.cards)) refuse('cards', 'field.invalid');
  },
});

function areCards(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= MOST_CARDS &&
    new Set(value).size === value.length &&
    value.every((one) => typeof one === 'string' && /^[a-z][\w:./-]{0,149}$/i.test(one))
  );
}
