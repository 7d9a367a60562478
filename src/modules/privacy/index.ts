import { defineModule } from '#kernel/object/module.ts';
import { customers } from '#modules/customers/index.ts';
import { consent } from './consent.object.ts';
import { consentRules } from './consent.rules.ts';
import en from './i18n/en.json' with { type: 'json' };
import es from './i18n/es.json' with { type: 'json' };
import lt from './i18n/lt.json' with { type: 'json' };

export { consent } from './consent.object.ts';
export { type ContactPermission, type ContactReason, mayContact } from './may-contact.ts';

export const privacy = defineModule({
  name: 'privacy',
  uses: [customers],
  objects: [consent],
  rules: [consentRules],
  problems: { 'consent.append-only': 422 },
  catalogues: { en, es, lt },
});
