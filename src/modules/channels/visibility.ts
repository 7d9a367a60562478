/** How much of an interaction colleagues see, the least first: who with whom and when; what about; all. */
export const shownOptions = [
  { value: 'metadata', color: 'orange' },
  { value: 'subject', color: 'yellow' },
  { value: 'full', color: 'green' },
] as const;

/** The same for a mailbox, whose mails they may also not see at all. */
export const visibilityOptions = [{ value: 'private', color: 'red' }, ...shownOptions] as const;

export type Visibility = (typeof visibilityOptions)[number]['value'];

const order = visibilityOptions.map(({ value }) => value);

export function isLess(one: Visibility, other: Visibility): boolean {
  return order.indexOf(one) < order.indexOf(other);
}
