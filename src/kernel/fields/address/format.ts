interface Address {
  street: string | null;
  city: string | null;
  region: string | null;
  postcode: string | null;
  country: string | null;
}

const displays = new Map<string, Intl.DisplayNames>();

/** Its lines: street (which may be several), postcode and city, region, country in the reader's language. */
export function addressLines(value: Address, language: string): string[] {
  const lines = [
    ...(value.street?.split('\n') ?? []),
    [value.postcode, value.city].filter(Boolean).join(' '),
    value.region,
    value.country && countryName(value.country, language),
  ];
  return lines.filter((line): line is string => Boolean(line));
}

/** `Lithuania` for `LT`. */
export function countryName(code: string, language: string): string {
  let display = displays.get(language);
  if (!display) {
    display = new Intl.DisplayNames([language], { type: 'region' });
    displays.set(language, display);
  }
  return display.of(code) ?? code;
}
