/**
 * The address of a page of another server that stands on a record's page: by https, with fields of the record as variables
 * behind its host, `https://erp.example.com/customers?number={{taxNumber}}`. `{{id}}` is the record's own.
 */
const variable = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** Scheme, host and port alone: an origin that depends on a record could not be allowed alone. */
const begin = /^https:\/\/[^/?#{}\s@\\]+(?=[/?#]|$)/;

/** Null for what is no such address. */
export function frameOrigin(address: string): string | null {
  const plain = address.replace(variable, 'x');
  return begin.test(address) && !/[{}\s]/.test(plain) && URL.canParse(plain) ? new URL(plain).origin : null;
}

/** The fields that are named in it. */
export function frameFields(address: string): string[] {
  return [...new Set([...address.matchAll(variable)].map(([, name]) => name!))];
}

/** With the values of a record: each is only text in it, whatever it says, and leads to no other place. */
export function fillAddress(address: string, record: Readonly<Record<string, unknown>>): string {
  return address.replace(variable, (_all, name: string) => {
    const text = frameValue(record[name]);
    return /^\.+$/.test(text) ? '' : encodeURIComponent(text);
  });
}

/** How a value stands in an address; `''` for what has none. Of several the first, of money its amount. */
export function frameValue(value: unknown): string {
  if (Array.isArray(value)) return frameValue(value[0]);
  if (typeof value === 'object' && value !== null) {
    const { amount, value: own } = value as { amount?: unknown; value?: unknown };
    return frameValue(amount ?? own);
  }
  return value === null || value === undefined ? '' : String(value);
}
