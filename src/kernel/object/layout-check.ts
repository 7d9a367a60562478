import { Type } from 'typebox';
import { richText } from '../fields/richText/index.ts';
import type { FieldError } from '../problems/problem.ts';
import { nowhere } from '../schema/snapshot.ts';
import { judgedOperators } from './condition.ts';
import { frameFields, frameOrigin } from './frame-address.ts';
import type { LayoutDefinition, LayoutTab, Panel } from './layout.ts';
import { type Model, type ObjectModel, resolve } from './model.ts';

const name = Type.String({ pattern: '^[a-z][a-zA-Z0-9]{0,39}$' });
const path = Type.String({ minLength: 1, maxLength: 100 });
const words = (maxLength: number) =>
  Type.Object(
    Object.fromEntries(
      ['en', 'es', 'lt'].map((language) => [language, Type.Optional(Type.String({ minLength: 1, maxLength }))]),
    ),
    { additionalProperties: false },
  );
const names = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 50 });
const forWhom = {
  roles: Type.Optional(names),
  teams: Type.Optional(names),
  when: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
};
const common = { ...forWhom, label: Type.Optional(words(100)), collapsed: Type.Optional(Type.Boolean()) };
const panelOf = (type: string, settings: Parameters<typeof Type.Object>[0] = {}) =>
  Type.Object({ type: Type.Literal(type), ...settings, ...common }, { additionalProperties: false });
const kinds = ['note', 'interaction', 'task', 'comment', 'file', 'change'].map((kind) => Type.Literal(kind));
const panel = Type.Union([
  panelOf('fields', {
    fields: Type.Array(path, { minItems: 1, maxItems: 200 }),
    hideEmpty: Type.Optional(Type.Boolean()),
  }),
  panelOf('related', {
    object: path,
    field: path,
    columns: Type.Optional(Type.Array(path, { minItems: 1, maxItems: 20 })),
    sort: Type.Optional(Type.Array(path, { maxItems: 3 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  }),
  panelOf('otherRelated'),
  panelOf('timeline', {
    brief: Type.Optional(Type.Boolean()),
    only: Type.Optional(Type.Array(Type.Union(kinds), { minItems: 1, maxItems: kinds.length })),
  }),
  panelOf('files'),
  panelOf('mail'),
  panelOf('calendar'),
  panelOf('chart', {
    object: path,
    field: path,
    by: path,
    chart: Type.Optional(Type.Enum(['bar', 'line', 'pie', 'funnel'])),
    measure: Type.Optional(Type.Enum(['sum', 'avg', 'min', 'max'])),
    of: Type.Optional(path),
  }),
  panelOf('frame', {
    address: Type.String({ minLength: 1, maxLength: 1000 }),
    height: Type.Optional(Type.Integer({ minimum: 120, maximum: 2000 })),
  }),
  panelOf('text', { text: words(20_000) }),
]);
const panels = Type.Array(panel, { maxItems: 40 });

/** The JSON Schema of an object's layouts, for checking what an administrator sends and for the OpenAPI document. */
export const layoutsSchema = Type.Array(
  Type.Object(
    {
      name,
      highlights: Type.Optional(Type.Array(path, { maxItems: 12 })),
      left: panels,
      tabs: Type.Array(
        Type.Object({ name, label: Type.Optional(words(100)), panels, ...forWhom }, { additionalProperties: false }),
        { minItems: 1, maxItems: 20 },
      ),
      right: panels,
      ...forWhom,
    },
    { additionalProperties: false },
  ),
  { maxItems: 20 },
);

const MOST_CONDITIONS = 50;
const buckets = new Set(['day', 'week', 'month', 'quarter', 'year']);

/** What layouts of the right shape name that is not there, or that no page could judge. */
export function checkLayouts(model: Model, object: ObjectModel, layouts: readonly LayoutDefinition[]): FieldError[] {
  const errors: FieldError[] = [...repeated(layouts, 'layouts')];
  for (const [index, layout] of layouts.entries()) {
    const at = `layouts.${index}`;
    errors.push(
      ...repeated(layout.tabs, `${at}.tabs`),
      ...unknownFields(object, layout.highlights, `${at}.highlights`),
    );
    const zones: [string, readonly Panel[]][] = [
      [`${at}.left`, layout.left],
      [`${at}.right`, layout.right],
      ...layout.tabs.map((tab, number): [string, readonly Panel[]] => [`${at}.tabs.${number}.panels`, tab.panels]),
    ];
    const shown: [string, LayoutDefinition | LayoutTab | Panel][] = [
      [at, layout],
      ...layout.tabs.map((tab, number): [string, LayoutTab] => [`${at}.tabs.${number}`, tab]),
      ...zones.flatMap(([zone, list]) => list.map((one, number): [string, Panel] => [`${zone}.${number}`, one])),
    ];
    for (const [where, { when }] of shown) {
      if (when) errors.push(...checkCondition(model, object, when, `${where}.when`, { left: MOST_CONDITIONS }));
    }
    for (const [zone, list] of zones)
      for (const [number, one] of list.entries()) errors.push(...checkPanel(model, object, one, `${zone}.${number}`));
  }
  return errors.slice(0, 20);
}

/** Texts of administrators are shown as they are: reduced to what is safe on the way in, like any rich text. */
export function cleanLayouts(layouts: readonly LayoutDefinition[]): LayoutDefinition[] {
  const clean = (one: Panel): Panel => {
    if (one.type !== 'text') return one;
    const texts = Object.entries(one.text).map(([language, text]) => [
      language,
      richText.normalise(text, { name: 'text' }, nowhere),
    ]);
    return { ...one, text: Object.fromEntries(texts) };
  };
  return layouts.map((layout) => ({
    ...layout,
    left: layout.left.map(clean),
    right: layout.right.map(clean),
    tabs: layout.tabs.map((tab) => ({ ...tab, panels: tab.panels.map(clean) })),
  }));
}

function checkPanel(model: Model, object: ObjectModel, panel: Panel, at: string): FieldError[] {
  if (panel.type === 'fields') return unknownFields(object, panel.fields, `${at}.fields`);
  if (panel.type === 'frame') return checkFrame(object, panel.address, `${at}.address`);
  if (panel.type !== 'related' && panel.type !== 'chart') return [];
  const target = model.objects.get(panel.object);
  if (!target || target.fields.get(panel.field)?.target !== object.name)
    return [
      { field: `${at}.field`, code: 'field.target-unknown', params: { target: `${panel.object}.${panel.field}` } },
    ];
  if (panel.type === 'chart') return checkChart(target, panel, at);
  return [
    ...unknownFields(target, panel.columns, `${at}.columns`),
    ...unknownFields(
      target,
      panel.sort?.map((signed) => signed.replace(/^-/, '')),
      `${at}.sort`,
    ),
  ];
}

function checkChart(
  target: ObjectModel,
  { by, measure, of }: Extract<Panel, { type: 'chart' }>,
  at: string,
): FieldError[] {
  const [name, bucket, ...more] = by.split(':');
  const groups = target.fields.get(name!)?.behaviour.groups;
  const isBucket = bucket === undefined || (groups === 'bucket' && buckets.has(bucket));
  return [
    ...(groups && isBucket && more.length === 0
      ? []
      : [{ field: `${at}.by`, code: 'field.unknown', params: { field: by } }]),
    ...(measure === undefined || target.fields.get(of ?? '')?.behaviour.aggregations?.includes(measure)
      ? []
      : [{ field: `${at}.of`, code: 'field.unknown', params: { field: of ?? '' } }]),
  ];
}

function checkFrame(object: ObjectModel, address: string, at: string): FieldError[] {
  if (frameOrigin(address) === null) return [{ field: at, code: 'field.address-invalid' }];
  return frameFields(address)
    .filter((name) => name !== 'id' && !object.fields.has(name))
    .map((field) => ({ field: at, code: 'field.unknown', params: { field } }));
}

function checkCondition(
  model: Model,
  object: ObjectModel,
  condition: unknown,
  at: string,
  budget: { left: number },
): FieldError[] {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition) || --budget.left < 0)
    return [{ field: at, code: 'field.setting-invalid', params: { rule: 'condition' } }];
  return Object.entries(condition).flatMap(([key, value]): FieldError[] => {
    if (key === 'not') return checkCondition(model, object, value, `${at}.not`, budget);
    if (key === 'and' || key === 'or') {
      if (!Array.isArray(value))
        return [{ field: `${at}.${key}`, code: 'field.setting-invalid', params: { rule: key } }];
      return value.flatMap((part, index) => checkCondition(model, object, part, `${at}.${key}.${index}`, budget));
    }
    const steps = key.split('.');
    if (steps.length > 2 || !resolve(model.objects, object.name, steps))
      return [{ field: `${at}.${key}`, code: 'field.unknown' }];
    if (typeof value !== 'object' || value === null) return [];
    return Object.keys(value)
      .filter((operator) => !judgedOperators.has(operator))
      .map((operator) => ({ field: `${at}.${key}`, code: 'field.setting-invalid', params: { rule: operator } }));
  });
}

function unknownFields(object: ObjectModel, fields: readonly string[] = [], at: string): FieldError[] {
  return fields.flatMap((field, index) =>
    object.fields.has(field) ? [] : [{ field: `${at}.${index}`, code: 'field.unknown', params: { field } }],
  );
}

function repeated(named: readonly { readonly name: string }[], at: string): FieldError[] {
  return named.flatMap(({ name: own }, index) =>
    named.findIndex((other) => other.name === own) < index
      ? [{ field: `${at}.${index}.name`, code: 'field.not-unique' }]
      : [],
  );
}
