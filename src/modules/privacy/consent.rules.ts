import { defineRules } from '#kernel/object/rules.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { consent } from './consent.object.ts';

/** Clocks of devices that somebody imports from are some minutes fast. */
const FAST_MS = 10 * 60_000;

export const consentRules = defineRules(consent, {
  beforeSave({ before, after, refuse, context }) {
    if (before) throw new Problem('consent.append-only');
    if (Date.parse(after.at) > context.now.getTime() + FAST_MS) refuse('at', 'consent.in-future');
  },
  beforeRemove() {
    throw new Problem('consent.append-only');
  },
});
