/** The ways in which a customer and the company meet, the same for interactions and for their threads. */
export const channelOptions = [
  { value: 'email', color: 'blue' },
  { value: 'phone', color: 'teal' },
  { value: 'meeting', color: 'violet' },
  { value: 'visit', color: 'grape' },
  { value: 'chat', color: 'cyan' },
  { value: 'form', color: 'indigo' },
  { value: 'sms', color: 'lime' },
  { value: 'social', color: 'pink' },
  { value: 'fax', color: 'gray' },
  { value: 'letter', color: 'yellow' },
  { value: 'portal', color: 'orange' },
] as const;

/** What an interaction can be besides: a word among colleagues, which never leaves the house. */
export const interactionChannelOptions = [...channelOptions, { value: 'note', color: 'yellow' }] as const;

export type Channel = (typeof channelOptions)[number]['value'];

export const directionOptions = [
  /** The customer came to us. */
  { value: 'in', color: 'teal' },
  { value: 'out', color: 'blue' },
  /** Among colleagues. */
  { value: 'internal', color: 'gray' },
] as const;

export type Direction = (typeof directionOptions)[number]['value'];
