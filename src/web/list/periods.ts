/** Periods offered for dates; the numbered ones are the usual among `last-N-…` and `next-N-…`. */
export const periods = [
  'today',
  'yesterday',
  'tomorrow',
  'past',
  'future',
  'this-week',
  'last-week',
  'next-week',
  'this-month',
  'last-month',
  'next-month',
  'this-quarter',
  'last-quarter',
  'next-quarter',
  'this-year',
  'last-year',
  'last-7-days',
  'last-30-days',
  'last-90-days',
  'next-7-days',
  'next-30-days',
  'next-90-days',
] as const;

/** i18next separates keys by dots, hyphens are fine: `period.this-week`. */
export function periodKey(period: string): string {
  return `period.${period}`;
}
