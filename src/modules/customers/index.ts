import { defineModule } from '#kernel/object/module.ts';
import { account } from './account.object.ts';
import { accountRules } from './account.rules.ts';
import { accountContact } from './account-contact.object.ts';
import { contact } from './contact.object.ts';
import { accountContactRules, contactRules } from './contact.rules.ts';
import { accountDuplicates, contactDuplicates } from './duplicates/adapt.ts';
import { customersGlance } from './glance.ts';
import duplicatesEn from './i18n/duplicates.en.json' with { type: 'json' };
import duplicatesEs from './i18n/duplicates.es.json' with { type: 'json' };
import duplicatesLt from './i18n/duplicates.lt.json' with { type: 'json' };
import en from './i18n/en.json' with { type: 'json' };
import es from './i18n/es.json' with { type: 'json' };
import lt from './i18n/lt.json' with { type: 'json' };
import { relationship } from './relationship.object.ts';
import { relationshipRules } from './relationship.rules.ts';

export { account } from './account.object.ts';
export { accountContact } from './account-contact.object.ts';
export { contact } from './contact.object.ts';
export { findDuplicates } from './duplicates/find.ts';
export { matchKeys } from './duplicates/keys.ts';
export { judge } from './duplicates/match.ts';
export { type DuplicateReport, reportDuplicates } from './duplicates/report.ts';
export { relationship } from './relationship.object.ts';
export { checkTaxNumber, lithuanianControl, spanishCompanyControl } from './tax-number.ts';

export const customers = defineModule({
  name: 'customers',
  objects: [account, contact, accountContact, relationship],
  duplicates: [accountDuplicates, contactDuplicates],
  rules: [accountRules, contactRules, accountContactRules, relationshipRules],
  glance: customersGlance,
  catalogues: {
    en: { ...en, ...duplicatesEn },
    es: { ...es, ...duplicatesEs },
    lt: { ...lt, ...duplicatesLt },
  },
});
