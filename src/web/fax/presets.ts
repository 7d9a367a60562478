/** What services say of themselves in public; the rest is the company's own: who writes to it, and its number. */
export interface FaxPreset {
  readonly name: string;
  /** Where it says so. */
  readonly source: string;
  readonly values: Readonly<Record<string, string>>;
}

export const faxPresets: readonly FaxPreset[] = [
  {
    name: 'Retarus',
    source: 'https://docs.retarus.com/fax/addressing-in-email-to-fax',
    values: { address: '{number}@rfax.net', numberForm: 'plus' },
  },
  {
    name: 'Sinch',
    source: 'https://developers.sinch.com/docs/fax/api-reference/fax/fax-to-email/send-a-fax-using-email',
    values: { address: '{number}@sinchfax.com', numberForm: 'plus' },
  },
  {
    name: 'Mitel MiCloud Connect',
    source: 'https://shoretel.my.site.com/articles/en_US/Knowledge/Using-Mitel-Connect-CLOUD-Fax',
    values: { address: '{number}@shoretelfax.com', numberForm: 'digits' },
  },
];
