import { defineRules } from '#kernel/object/rules.ts';
import { bookingPage } from './booking-page.object.ts';
import { type FormTexts, isWellFormed, languagesOf, type Question, wrongIn } from './design.ts';

const LONGEST_MINUTES = 8 * 60;

export const bookingPageRules = defineRules(bookingPage, {
  beforeSave({ after, changed, refuse }) {
    for (const field of wrongIn(after, changed('slug'))) refuse(field, `webForm.${field}`);
    const durations = (after.durations ?? []) as unknown;
    const isMinutes = (one: unknown) =>
      Number.isInteger(one) && (one as number) >= 5 && (one as number) <= LONGEST_MINUTES;
    if (!Array.isArray(durations) || durations.length > 6 || !durations.every(isMinutes))
      refuse('durations', 'bookingPage.durations');
    const limits = { bufferBefore: 240, bufferAfter: 240, noticeHours: 24 * 60, aheadDays: 365 } as const;
    for (const [field, most] of Object.entries(limits) as [keyof typeof limits, number][])
      if (after[field] < 0 || after[field] > most) refuse(field, 'bookingPage.number', { most });
    for (const [field, most] of [
      ['perDay', 50],
      ['remindHours', 24 * 14],
    ] as const)
      if (after[field] !== null && (after[field] < 1 || after[field] > most))
        refuse(field, 'bookingPage.number', { most });
    for (const part of ['texts', 'questions'] as const)
      if (after[part] !== null && !isWellFormed(part, after[part])) return refuse(part, 'field.invalid');
    const questions = (after.questions ?? []) as unknown as readonly Question[];
    const keys = questions.map(({ key }) => key);
    if (new Set(keys).size < keys.length || questions.some(({ type }) => type === 'file'))
      refuse('questions', 'webForm.questions');
    if (after.state !== 'open') return;
    if (languagesOf((after.texts ?? {}) as FormTexts).length === 0) refuse('texts', 'webForm.no-title');
    if (!Array.isArray(durations) || durations.length === 0) refuse('durations', 'bookingPage.durations');
    if ((after.hosts ?? []).length === 0) refuse('hosts', 'field.required');
  },
});
