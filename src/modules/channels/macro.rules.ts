import { defineRules } from '#kernel/object/rules.ts';
import { macro } from './macro.object.ts';
import { readSteps } from './macro-steps.ts';

export const macroRules = defineRules(macro, {
  beforeSave({ after, changed, set, refuse }) {
    if (changed('steps') && readSteps(after.steps) === null) refuse('steps', 'macro.not-steps');
    if (after.sharing === 'team' && after.team === null) refuse('team', 'field.required');
    if (after.sharing !== 'team' && after.team !== null) set('team', null);
  },
});
