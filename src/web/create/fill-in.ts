import type { Definition, FieldShape } from '../api/types.ts';
import { readSignature, splitName } from './read-signature.ts';

/** What was pasted, as values of an object's fields; only those that it has and that may be written. */
export function fillIn(definition: Definition, text: string): Record<string, unknown> {
  const read = readSignature(text);
  const field = (name: string) => definition.fields.find((one) => one.name === name && !one.readOnly);
  const ofType = (type: string) => definition.fields.find((one) => one.type === type && !one.readOnly);
  const values: Record<string, unknown> = {};
  const points = (target: FieldShape | undefined, found: { value: string; label: string | null }[]) => {
    if (target && found[0]) values[target.name] = target.options?.many ? found : found[0].value;
  };
  if (field('firstName') && field('lastName')) {
    if (read.name) Object.assign(values, splitName(read.name));
  } else if (field(definition.title)?.type === 'text') {
    // A company's card names the person too.
    const title = read.company ?? read.name;
    if (title) values[definition.title] = title;
  }
  if (read.jobTitle && field('jobTitle')) values.jobTitle = read.jobTitle;
  points(
    ofType('email'),
    read.emails.map((value) => ({ value, label: null })),
  );
  points(ofType('phone'), read.phones);
  const site = ofType('url');
  if (site && read.url) values[site.name] = /^https?:/i.test(read.url) ? read.url : `https://${read.url}`;
  const place = ofType('address');
  if (place && read.address) values[place.name] = { ...read.address, region: null };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** The company that was pasted, to look for among the records a field points to. */
export function companyIn(text: string): string | null {
  return readSignature(text).company;
}
