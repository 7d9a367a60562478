import { defineModule } from '#kernel/object/module.ts';
import { channels } from '#modules/channels/index.ts';
import { customers } from '#modules/customers/index.ts';
import { privacy } from '#modules/privacy/index.ts';
import { sales } from '#modules/sales/index.ts';
import { teamwork } from '#modules/teamwork/index.ts';
import { booking } from './booking.object.ts';
import { bookingReader } from './booking.reader.ts';
import { bookingPage } from './booking-page.object.ts';
import { bookingPageRules } from './booking-page.rules.ts';
import { formSubmission } from './form-submission.object.ts';
import en from './i18n/en.json' with { type: 'json' };
import es from './i18n/es.json' with { type: 'json' };
import lt from './i18n/lt.json' with { type: 'json' };
import { webForm } from './web-form.object.ts';
import { webFormRules } from './web-form.rules.ts';

export { booking } from './booking.object.ts';
export { bookingPage } from './booking-page.object.ts';
export {
  type ConsentAsked,
  chosenLanguage,
  type FormTexts,
  isWellFormed,
  languagesOf,
  originOf,
  type Question,
  sitesOf,
  slugPattern,
  titleOf,
  type Words,
  wordsIn,
} from './design.ts';
export { formSubmission } from './form-submission.object.ts';
export { type ConsentGiven, makeRecords, settleStranger, type VisitOrigin } from './make-records.ts';
export { type Asked, askedOf, offeredFields, type Refused, readAnswers, tellAnswer } from './questions.ts';
export { type BookingTimes, fairest, freeSlots, type Slot } from './slots.ts';
export { webForm } from './web-form.object.ts';

export const forms = defineModule({
  name: 'forms',
  uses: [customers, privacy, sales, teamwork, channels],
  objects: [webForm, formSubmission, bookingPage, booking],
  rules: [webFormRules, bookingPageRules],
  readers: [bookingReader],
  catalogues: { en, es, lt },
});
