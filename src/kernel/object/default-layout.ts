import type { LayoutDefinition } from './layout.ts';
import type { ObjectModel } from './model.ts';

/** Fields whose values say most about a record, the most telling type first. */
const telling = ['money', 'percent', 'rollup', 'formula', 'rating', 'date'];
const long: ReadonlySet<string> = new Set(['longText', 'richText', 'checklist', 'json']);
const MOST_HIGHLIGHTS = 6;
/** What fits beside the middle without scrolling on 900 pixels. */
const MOST_KEY_FIELDS = 15;

/** The layout that follows from a definition. */
export function defaultLayout(object: ObjectModel): LayoutDefinition {
  const own = [...object.fields.values()].filter((field) => !field.system && field.name !== object.title.name);
  const short = own.filter((field) => !long.has(field.type.name));
  const highlights = telling.flatMap((type) =>
    // A day that the program sets is a matter of the program.
    short.filter((field) => field.type.name === type && !(type === 'date' && field.definition.readOnly)),
  );
  const isKey = (name: string) => object.definition.quickCreate?.includes(name) ?? false;
  const key = [
    ...(object.definition.quickCreate ?? []).flatMap((name) => short.find((field) => field.name === name) ?? []),
    ...short.filter((field) => field.definition.required && !isKey(field.name)),
    ...short.filter((field) => !field.definition.required && !isKey(field.name)),
  ].filter((field) => field.name !== 'owner');
  const texts = own.filter((field) => long.has(field.type.name));
  // An empty description invites to write one; an empty "why it was lost" does not.
  const first = texts.find((field) => field.name === 'description') ?? texts.at(-1);
  const ordered = first ? [first, ...texts.filter((field) => field !== first)] : [];
  return {
    name: 'default',
    highlights: highlights.slice(0, MOST_HIGHLIGHTS).map((field) => field.name),
    left: [{ type: 'fields', fields: [...key.slice(0, MOST_KEY_FIELDS).map((field) => field.name), 'owner'] }],
    tabs: [
      {
        name: 'overview',
        panels: [
          ...(ordered.length > 0
            ? [{ type: 'fields' as const, fields: ordered.map((field) => field.name), hideEmpty: true }]
            : []),
          { type: 'timeline', brief: true },
        ],
      },
      { name: 'activity', panels: [{ type: 'timeline' }] },
    ],
    right: [{ type: 'otherRelated' }, { type: 'files' }],
  };
}
