import { defineRules } from '#kernel/object/rules.ts';
import { macro } from './macro.object.ts';
import { readSteps } from './macro-steps.ts';
import { parseText, textOfWords } from './mail-templates/texts.ts';

export const macroRules = defineRules(macro, {
  beforeSave({ after, changed, set, refuse, context }) {
    if (after.sharing === 'team' && after.team === null) refuse('team', 'field.required');
    if (after.sharing !== 'team' && after.team !== null) set('team', null);
    if (!changed('steps')) return;
    const steps = readSteps(after.steps);
    if (!steps) return refuse('steps', 'macro.not-steps');
    for (const [index, step] of steps.entries()) {
      const parsed = step.do === 'insert' ? parseText(textOfWords(step.text), context.model) : [];
      for (const { part: _html, code, ...where } of Array.isArray(parsed) ? parsed : [])
        refuse('steps', `mailTemplate.${code}`, { ...where, part: 'step', language: index + 1 });
    }
  },
});
