import type { Definition, FieldShape, Filter, ViewShape } from '../api/types.ts';
import type { ListSearch } from './search.ts';

export const shapes = ['list', 'board', 'calendar', 'timeline', 'map', 'chart'] as const;
export type Shape = (typeof shapes)[number];
export const totalKinds = ['count', 'sum', 'avg', 'min', 'max'] as const;
export type TotalKind = (typeof totalKinds)[number];
export const chartKinds = ['bar', 'line', 'pie', 'funnel'] as const;
export type ChartKind = (typeof chartKinds)[number];

/** What a view says about how records are looked at. A member that is left out is chosen by the screen. */
export interface ViewSettings {
  shape: Shape;
  filter: Filter;
  sort: readonly string[];
  columns?: readonly string[];
  /** Field, or field and bucket as `closeOn:month`, whose values head groups of rows. */
  group?: string;
  /** Groups that somebody put in an order of their own; the others come behind them. */
  groupOrder?: readonly string[];
  /** Column → what its foot tells of it. */
  totals?: Readonly<Record<string, TotalKind>>;
  /** Columns of a board, date of a calendar, start of a timeline, place on a map, categories of a chart. */
  by?: string;
  /** End of a timeline's bars. */
  until?: string;
  /** Summed in the heads of a board and by a chart. */
  sum?: string;
  measure?: TotalKind;
  /** Fields on a card, a calendar's entry, a map's label. */
  cards?: readonly string[];
  /** A board's swimlanes. */
  lanes?: string;
  chart?: ChartKind;
  /** How many columns stay while the others are scrolled. */
  freeze?: number;
  /** Fields with a quick filter above the records. */
  quick?: readonly string[];
  /** Only what the reader follows. */
  followed?: boolean;
  /** Only what colleagues have shared with the reader or a team of theirs. */
  shared?: boolean;
}

export type SettingName = keyof ViewSettings;

/** In an address: the view has something here, and it is switched off. */
const none = 'none';

const lists = new Set<SettingName>(['sort', 'columns', 'cards', 'quick', 'groupOrder']);

/** What of a view's settings the address changes. */
export function settingsOf(view: ViewSettings, search: ListSearch): ViewSettings {
  const settings: Record<string, unknown> = { ...view };
  for (const name of settingNames) {
    const given = search[name];
    if (given === undefined) continue;
    settings[name] =
      name === 'filter' ? given : given === none ? (name === 'sort' ? [] : undefined) : read(name, given as string);
  }
  const shape = settings.shape as Shape;
  return { ...(settings as unknown as ViewSettings), shape: shapes.includes(shape) ? shape : 'list' };
}

/** The address for settings: only where they differ from what the view says. */
export function searchOf(view: ViewSettings, change: Partial<ViewSettings>): Partial<ListSearch> {
  const search: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(change) as [SettingName, unknown][]) {
    if (isSame(view[name], value)) search[name] = undefined;
    else search[name] = name === 'filter' ? (value ?? {}) : isNothing(value) ? none : write(name, value);
  }
  return search;
}

/** Has the address changed what the view keeps? Words and days are looked for, not kept. */
export function changedSettings(view: ViewSettings, search: ListSearch): SettingName[] {
  const settings = settingsOf(view, search);
  return settingNames.filter((name) => search[name] !== undefined && !isSame(view[name], settings[name]));
}

export const settingNames = [
  ...['shape', 'filter', 'sort', 'columns', 'group', 'totals', 'by', 'until', 'sum', 'measure', 'cards', 'lanes'],
  ...['chart', 'freeze', 'quick', 'followed', 'shared', 'groupOrder'],
] as readonly SettingName[];

export function settingsOfShipped(view: ViewShape): ViewSettings {
  const { type, filter = {}, sort = ['-createdAt'], columns, by, sum } = view;
  return type === 'list'
    ? { shape: type, filter, sort, columns }
    : { shape: type, filter, sort, cards: columns, by, sum };
}

/** What was kept as JSON may be of an older program, or of a client of its own: only what has the right form is taken. */
export function settingsOfSaved(shape: unknown, kept: unknown): ViewSettings {
  const given = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<string, unknown>;
  const names = (value: unknown) =>
    Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const oneOf = <T extends string>(known: readonly T[], value: unknown) =>
    known.includes(value as T) ? (value as T) : undefined;
  const totals = Object.entries((given.totals as object | null | undefined) ?? {}).filter(([, kind]) =>
    totalKinds.includes(kind as TotalKind),
  );
  return withoutNothing({
    shape: oneOf(shapes, shape) ?? 'list',
    filter: (typeof given.filter === 'object' && given.filter !== null ? given.filter : {}) as Filter,
    sort: names(given.sort) ?? ['-createdAt'],
    columns: names(given.columns),
    group: text(given.group),
    groupOrder: names(given.groupOrder),
    totals: totals.length > 0 ? (Object.fromEntries(totals) as Record<string, TotalKind>) : undefined,
    by: text(given.by),
    until: text(given.until),
    sum: text(given.sum),
    measure: oneOf(totalKinds, given.measure),
    cards: names(given.cards),
    lanes: text(given.lanes),
    chart: oneOf(chartKinds, given.chart),
    freeze: typeof given.freeze === 'number' ? given.freeze : undefined,
    quick: names(given.quick),
    followed: given.followed === true ? true : undefined,
    shared: given.shared === true ? true : undefined,
  });
}

/** Which shapes an object's records can take. */
export function shapesOf(definition: Definition): Shape[] {
  const has = (fits: (field: FieldShape) => boolean) => [...definition.fields, ...definition.system].some(fits);
  return shapes.filter((shape) => {
    if (shape === 'board') return definition.fields.some(isLane);
    if (shape === 'calendar' || shape === 'timeline') return has(isDay);
    if (shape === 'map') return has(isPlace);
    return true;
  });
}

/** The field a shape stands on: the first of those proposed that fits, else the first of the object that does. */
export function fieldFor(
  shape: Shape,
  proposed: readonly (string | undefined)[],
  fields: ReadonlyMap<string, FieldShape>,
): FieldShape | undefined {
  const fits = shape === 'board' ? isLane : shape === 'map' ? isPlace : shape === 'chart' ? isGroup : isDay;
  for (const name of proposed) {
    const field = name ? fields.get(name.split(':')[0]!) : undefined;
    if (field && fits(field)) return field;
  }
  const all = [...fields.values()];
  return all.find((one) => fits(one) && !one.system) ?? all.find(fits);
}

export const isLane = (field: FieldShape) =>
  !field.system && !field.readOnly && ['select', 'reference', 'user'].includes(field.type);
export const isDay = (field: FieldShape) =>
  field.type === 'date' || field.type === 'datetime' || returns(field) === 'date';
export const isPlace = (field: FieldShape) => field.type === 'geo' || field.type === 'address';
export const isGroup = (field: FieldShape) =>
  Boolean(field.groupable) && !['text', 'email', 'phone', 'url'].includes(field.type);
export const isMeasured = (field: FieldShape) => (field.aggregations ?? []).includes('sum');

function returns(field: FieldShape): unknown {
  return field.type === 'formula' ? field.options?.returns : undefined;
}

function read(name: SettingName, text: string): unknown {
  if (lists.has(name)) return text.split(',').filter(Boolean).map(plain);
  if (name === 'totals') {
    const pairs = text.split(',').map((pair) => pair.split('~') as [string, TotalKind]);
    return Object.fromEntries(pairs.filter(([, kind]) => totalKinds.includes(kind)));
  }
  if (name === 'freeze') return Number(text) || 0;
  if (name === 'followed' || name === 'shared') return true;
  return text;
}

/** A comma within a name was written as `%2C`. */
function plain(name: string): string {
  return name.replace(/%(25|2C)/g, decodeURIComponent);
}

function write(name: SettingName, value: unknown): string {
  if (lists.has(name)) return (value as string[]).map((one) => one.replace(/[%,]/g, encodeURIComponent)).join(',');
  if (name === 'totals')
    return Object.entries(value as object)
      .map((pair) => pair.join('~'))
      .join(',');
  return String(value);
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isSame(left: unknown, right: unknown): boolean {
  return (isNothing(left) && isNothing(right)) || JSON.stringify(left) === JSON.stringify(right);
}

function withoutNothing<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
