import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { FieldProblem } from '../../problems/problem.ts';
import { excerpt } from '../clean.ts';
import { labelledType, shortText } from '../labelled.ts';
import { plainNumber } from './plain-number.ts';

/**
 * A phone number in E.164, its extension behind an `x`: `+12125550123x7294`. Numbers without a country code belong to the
 * workspace's country. A number has to be possible (of a length its country has), not assigned: people keep numbers that
 * the plan does not know yet. For that the `min` metadata (80 kB) are as good as `max` (145 kB) and start 20 ms sooner;
 * both take the same 5–10 µs a number, so a quick look comes first.
 */
export const phone = labelledType({
  name: 'phone',
  maxLength: 32,
  normalise: (input, env) => {
    const text = shortText(input, 100, 'field.not-a-phone');
    const plain = plainNumber(text, env.country);
    if (plain !== undefined) return plain;
    const country = isSupportedCountry(env.country) ? (env.country as CountryCode) : undefined;
    // Nearly everywhere 00 stands for +, and a number that begins so is never a national one.
    const number = parsePhoneNumberFromString(text.replace(/^\s*\(?00\)?[\s-]*(?=[1-9])/, '+'), {
      ...(country ? { defaultCountry: country } : {}),
      extract: false,
    });
    if (!number?.isPossible()) throw new FieldProblem('field.not-a-phone', { text: excerpt(text) });
    return number.ext ? `${number.number}x${number.ext}` : number.number;
  },
  words: (value) => value.slice(1).split('x'),
  part: (text) => String(text).replace(/[^\d+x]/g, '') || String(text),
  show: (value) => parsePhoneNumberFromString(value)?.formatInternational().replace(' ext. ', ' x') ?? value,
  parse: (cell) => cell.replace(/^\s*tel:/i, '').trim(),
  separator: /[;,\n|]/,
  samples: [
    { input: '+1 (212) 555-0123 x72946', value: '+12125550123x72946', text: '+1 212 555 0123 x72946' },
    { input: '0034 612 345 678', value: '+34612345678', text: '+34 612 34 56 78' },
    { input: '0 612 34567', value: '+37061234567', text: '+370 612 34567' },
    {
      input: '+44 20 7183 8750',
      value: [{ value: '+442071838750', label: null }],
      text: '+44 20 7183 8750',
      field: { many: true },
    },
    {
      input: [{ value: '+48 512 345 678', label: 'mobile' }, '+49 30 123456'],
      value: [
        { value: '+48512345678', label: 'mobile' },
        { value: '+4930123456', label: null },
      ],
      text: '+48 512 345 678 (mobile); +49 30 123456',
      field: { many: true },
    },
    {
      input: [{ value: '+81 3 1234 5678' }],
      value: [{ value: '+81312345678', label: null }],
      text: '+81 3 1234 5678',
      field: { many: true },
    },
  ],
  refused: [
    { input: 37061234567, code: 'field.not-text' },
    { input: 'call me', code: 'field.not-a-phone' },
    { input: '12', code: 'field.not-a-phone' },
    { input: '+999 123 456 78', code: 'field.not-a-phone' },
    { input: '2026-01-31 10:00:00', code: 'field.not-a-phone' },
    { input: '6'.repeat(10_000_000), code: 'field.not-a-phone' },
    { input: [{ value: 'n/a' }], code: 'field.not-a-phone', field: { many: true } },
  ],
});
