/** What brought a customer: of a lead, and of the sale that it becomes. */
export const sources = [
  { value: 'website' },
  { value: 'phone' },
  { value: 'email' },
  { value: 'referral' },
  { value: 'event' },
  { value: 'campaign' },
  { value: 'coldCall' },
  { value: 'partner' },
  { value: 'existingCustomer' },
  { value: 'tender' },
  { value: 'social' },
  { value: 'other' },
] as const;
