import { defineRules } from '#kernel/object/rules.ts';
import { homePage } from './home-page.object.ts';

/** Each asks the server for what it shows. */
const MOST_CARDS = 20;

export const homePageRules = defineRules(homePage, {
  beforeSave({ after, changed, refuse }) {
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
