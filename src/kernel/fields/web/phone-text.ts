import { useSyncExternalStore } from 'react';

/** `+37061234567x12` as people write it: `+370 612 34567 x12`. Anything else as it is. */
type PhoneText = (value: string) => string;

/**
 * How numbers are written in every country is 40 kB (gzip): fetched with the first number on the screen. Until it is there,
 * numbers are as they are stored.
 */
export function usePhoneText(): PhoneText {
  return useSyncExternalStore(subscribe, () => phoneText);
}

const listeners = new Set<() => void>();
const texts = new Map<string, string>();
let phoneText: PhoneText = (value) => value;
let isAsked = false;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!isAsked) void load();
  isAsked = true;
  return () => listeners.delete(listener);
}

async function load(): Promise<void> {
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min');
  phoneText = (value) => {
    // A list scrolls through thousands of them, 5–10 µs each.
    const known = texts.get(value);
    if (known !== undefined) return known;
    const text = parsePhoneNumberFromString(value)?.formatInternational().replace(' ext. ', ' x') ?? value;
    if (texts.size > 5_000) texts.clear();
    texts.set(value, text);
    return text;
  };
  for (const listener of listeners) listener();
}
