const icons: Readonly<Record<string, string>> = {
  ...{ note: 'note', call: 'phone', phone: 'phone', meeting: 'calendar-event', visit: 'map-pin', email: 'mail' },
  ...{ letter: 'mailbox', fax: 'printer', chat: 'message-circle', sms: 'device-mobile-message', form: 'forms' },
  ...{ social: 'social', portal: 'door-enter' },
};

/** Name of the icon of a channel, or of a kind of note. */
export function channelIcon(channel: string, other = 'messages'): string {
  return icons[channel] ?? other;
}
