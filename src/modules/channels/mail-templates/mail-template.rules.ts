import { defineRules } from '#kernel/object/rules.ts';
import { FieldProblem } from '#kernel/problems/problem.ts';
import { mailTemplate } from './mail-template.object.ts';
import { cleanText, type MailText, parseText, readTexts } from './texts.ts';

export const mailTemplateRules = defineRules(mailTemplate, {
  beforeSave({ after, changed, set, refuse, context }) {
    if (after.sharing === 'team' && after.team === null) refuse('team', 'field.required');
    if (after.sharing !== 'team' && after.team !== null) set('team', null);
    if (!changed('texts')) return;
    const texts = readTexts(after.texts);
    if (!texts) return refuse('texts', 'mailTemplate.not-texts');
    const clean: Record<string, MailText> = {};
    for (const [language, text] of Object.entries(texts)) {
      try {
        clean[language] = cleanText(text);
      } catch (error) {
        if (!(error instanceof FieldProblem)) throw error;
        return refuse('texts', error.code, error.params);
      }
      const parsed = parseText(clean[language], context.model);
      if (!Array.isArray(parsed)) continue;
      for (const { part, code, ...where } of parsed)
        refuse('texts', `mailTemplate.${code}`, { part, language: language.toUpperCase(), ...where });
    }
    set('texts', clean);
  },
});
