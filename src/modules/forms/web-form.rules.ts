import { defineRules } from '#kernel/object/rules.ts';
import {
  type ConsentAsked,
  type FormTexts,
  isWellFormed,
  languagesOf,
  originOf,
  type Question,
  wrongIn,
} from './design.ts';
import { askedObjects } from './questions.ts';
import { webForm } from './web-form.object.ts';

/** Fields of these, and the company's own questions. */
const askable: ReadonlySet<string> = new Set([...askedObjects, 'own']);

export const webFormRules = defineRules(webForm, {
  beforeSave({ after, changed, refuse }) {
    for (const field of wrongIn(after, changed('slug'))) refuse(field, `webForm.${field}`);
    if (after.redirect && !originOf(after.redirect)) refuse('redirect', 'webForm.redirect');
    const questions = (after.questions ?? []) as unknown as readonly Question[];
    const texts = (after.texts ?? {}) as FormTexts;
    let isReadable = true;
    for (const part of ['texts', 'questions', 'consents'] as const) {
      if (after[part] === null || isWellFormed(part, after[part])) continue;
      refuse(part, 'field.invalid');
      isReadable = false;
    }
    // A lead becomes a sale when somebody says that there is one in it.
    if (after.makesLead && after.makesOpportunity) refuse('makesLead', 'webForm.lead-or-sale');
    if (!isReadable) return;
    const keys = questions.map(({ key }) => key);
    if (new Set(keys).size < keys.length || keys.some((key) => !askable.has(key.split('.')[0]!)))
      refuse('questions', 'webForm.questions');
    if (questions.some(({ key, type }) => key.startsWith('own.') !== (type !== undefined)))
      refuse('questions', 'webForm.questions');
    if (after.state !== 'open') return;
    if (languagesOf(texts).length === 0) refuse('texts', 'webForm.no-title');
    // A contact without a name cannot be made, and everything that is sent would wait.
    if (!keys.some((key) => key === 'contact.lastName' || key === 'contact.firstName'))
      refuse('questions', 'webForm.no-name');
    const byMail = ((after.consents ?? []) as unknown as readonly ConsentAsked[]).some(
      ({ channel }) => channel === 'email',
    );
    if ((after.doubleOptIn || byMail) && !keys.includes('contact.emails')) refuse('questions', 'webForm.no-email');
  },
});
