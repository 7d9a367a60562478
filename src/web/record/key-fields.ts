import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { isEmpty } from '../fields.ts';

const long = new Set(['longText', 'richText', 'json']);

/** Long texts, shown with room on the overview: those that say something, or else one to begin with. */
export function longFields(definition: Definition, record: RecordShape): FieldShape[] {
  const all = definition.fields.filter((field) => long.has(field.type) && field.name !== definition.title);
  const filled = all.filter((field) => !isEmpty(record[field.name]));
  const first = all.find((field) => field.name === 'description') ?? all.at(-1);
  return filled.length > 0 || !first ? filled : [first];
}

/** What matters most: the short form's fields first, then the required, then the rest in the order they were declared. */
export function keyFields(definition: Definition, fields: ReadonlyMap<string, FieldShape>): FieldShape[] {
  const rest = definition.fields.filter((field) => !long.has(field.type));
  const ordered = [
    ...definition.quickCreate.flatMap((name) => rest.find((field) => field.name === name) ?? []),
    ...rest.filter((field) => field.required),
    ...rest,
  ];
  const owner = fields.get('owner');
  const unique = [...new Set(ordered)]
    .filter((field) => field.name !== definition.title && field.name !== 'owner')
    .slice(0, 15);
  return owner ? [...unique, owner] : unique;
}
