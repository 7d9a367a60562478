import { identifier } from '../database/sql.ts';
import type { FieldOf, FieldType } from '../fields/field-type.ts';
import { behaviourOf, type FieldDefinition, fieldType } from '../fields/registry.ts';
import {
  type CheckedFormula,
  checkFormula,
  compileFormula,
  type FormulaScope,
  type FormulaSql,
  type FormulaType,
} from '../formula/formula.ts';
import { bound } from '../formula/sql.ts';
import { Problem } from '../problems/problem.ts';
import { shortName } from '../schema/names.ts';
import type { ObjectDefinition } from './definition.ts';

/**
 * The definitions of one workspace, shipped and added, made ready for work: names resolved, columns named, formulas
 * checked, and what depends on what. Built once per version of the definitions and shared by all requests.
 */
export interface Model {
  readonly objects: ReadonlyMap<string, ObjectModel>;
}

export interface ObjectModel {
  readonly name: string;
  readonly definition: ObjectDefinition;
  /** Added at run time. */
  readonly custom: boolean;
  /** Unqualified, unquoted table name. */
  readonly table: string;
  /** Own fields first, then the system fields. */
  readonly fields: ReadonlyMap<string, FieldModel>;
  readonly title: FieldModel;
  /** Fields whose words are in the record's `search_text`. */
  readonly searched: readonly FieldModel[];
  /** References of other objects (and its own) to this one. */
  readonly referencedBy: readonly FieldModel[];
}

export interface FieldModel {
  readonly name: string;
  readonly object: string;
  readonly type: FieldType;
  /** What it filters, sorts and groups as: of a formula or roll-up the type it returns, otherwise its own. */
  readonly behaviour: FieldType;
  readonly definition: FieldOf;
  readonly custom: boolean;
  readonly system: boolean;
  /** Unquoted names of its columns in the object's table; none for `link` and for formulas computed at reading. */
  readonly columns: readonly { readonly name: string; readonly type: string; readonly copy?: true }[];
  /** Object a reference, references or user field points to. */
  readonly target: string | null;
  /** Unqualified table of a `references` field. */
  readonly link: string | null;
  readonly derived: Derivation | null;
}

/** How a formula or roll-up gets its value. */
export type Derivation = FormulaDerivation | RollupDerivation;

/**
 * - `generated`: reads its own row only: a generated column, PostgreSQL keeps it.
 * - `maintained`: looks through references: the door recomputes it in the transaction that changes what it reads.
 * - `virtual`: depends on the clock: computed at reading, neither indexed nor kept.
 */
export interface FormulaDerivation {
  readonly kind: 'generated' | 'maintained' | 'virtual';
  readonly checked: CheckedFormula;
}

export interface RollupDerivation {
  readonly kind: 'rollup';
  readonly from: string;
  readonly via: string;
  readonly measure: 'count' | 'sum' | 'min' | 'max' | 'avg';
  readonly field: string | null;
  readonly where: RollupOptions['where'];
}

interface RollupOptions {
  from: string;
  via: string;
  measure: RollupDerivation['measure'];
  field?: string;
  where?: import('../query/filter.ts').Filter;
}

/** Characters. An entry of a B-tree holds 2,704 bytes and a character has up to four: longer texts get no index. */
export const LONGEST_INDEXED_TEXT = 600;

const systemFields: Record<string, FieldDefinition & { column?: string }> = {
  id: { type: 'reference', to: '', readOnly: true },
  owner: { type: 'user', index: true, default: 'me' },
  createdAt: { type: 'datetime', readOnly: true },
  createdBy: { type: 'user', readOnly: true },
  updatedAt: { type: 'datetime', readOnly: true },
  updatedBy: { type: 'user', readOnly: true },
  version: { type: 'integer', readOnly: true },
  deletedAt: { type: 'datetime', readOnly: true },
};

/** Physical names of the system columns. Owner and the two actors end in `_id` like every reference. */
const systemColumns: Record<string, string> = { id: 'id' };

/**
 * Builds the model of a set of definitions.
 * @param custom names of objects (`visit`) and fields (`account.segment`) added at run time: their columns are prefixed `x_`
 * @throws Problem `object.invalid` with one error per thing that is wrong
 */
export function buildModel(definitions: readonly ObjectDefinition[], custom: ReadonlySet<string> = new Set()): Model {
  const objects = new Map<string, ObjectModel>();
  for (const definition of definitions) objects.set(definition.name, nameColumns(definition, custom));
  for (const object of objects.values()) checkTargets(object, objects);
  for (const object of objects.values()) deriveFields(object, objects);
  for (const object of objects.values()) {
    (object as unknown as { referencedBy: FieldModel[] }).referencedBy = referencesTo(object.name, objects);
  }
  return { objects };
}

/** @throws Problem `object.unknown` */
export function objectOf(model: Model, name: string): ObjectModel {
  const object = model.objects.get(name);
  if (!object) throw new Problem('object.unknown', { object: name });
  return object;
}

/** Quoted, qualified table. */
export function tableOf(schema: string, object: ObjectModel): string {
  return `${identifier(schema)}.${identifier(object.table)}`;
}

/** Quoted columns of a field behind an alias (without one, unqualified); for a link the two things its operators want. */
export function columnsOf(field: FieldModel, alias: string, schema: string): string[] {
  const of = alias === '' ? '' : `${alias}.`;
  if (field.link) return [`${of}"id"`, `${identifier(schema)}.${identifier(field.link)}`];
  return field.columns.map((column) => `${of}${identifier(column.name)}`);
}

export function isStored(field: FieldModel): boolean {
  return field.derived?.kind !== 'virtual' && field.link === null;
}

/** May a client write it? */
export function isWritable(field: FieldModel): boolean {
  return !field.definition.readOnly && field.derived === null && field.type.name !== 'autoNumber';
}

/** `openAmount` → `open_amount` */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * SQL of a formula for the row behind `alias`. References are followed by primary key. Money has three parts.
 * @param inline compile formulas of the same row in place (a generated column may not read another one)
 */
export function formulaSql(
  model: Pick<Model, 'objects'>,
  schema: string,
  field: FieldModel,
  alias: string,
  env: { today: string; now: string } = { today: 'null::date', now: 'null::timestamptz' },
): string[] {
  const object = model.objects.get(field.object)!;
  const { checked } = field.derived as FormulaDerivation;
  const compile = (part: 'amount' | 'base') =>
    compileFormula(checked, (path) => pathSql(model, schema, object, path, alias, env, part), env);
  const sql = compile('amount');
  if ('value' in sql) {
    const isKey = checked.type === 'text' && (field.definition.index === true || object.title.name === field.name);
    return [
      isKey
        ? `left(${sql.value}, ${LONGEST_INDEXED_TEXT})`
        : fit(sql.value, field.type.columns(field.definition)[0]!.type),
    ];
  }
  return [sql.amount, sql.currency, (compile('base') as { amount: string }).amount];
}

/** A number as its column can hold it: rounded to its decimals, null beyond its range. A generated column may not fail. */
function fit(value: string, column: string): string {
  const [, digits, decimals] = /^numeric\((\d+),(\d+)\)$/.exec(column) ?? (column === 'bigint' ? ['', '15', '0'] : []);
  if (digits === undefined || decimals === undefined) return value;
  const limit = `1e${Number(digits) - Number(decimals)}`;
  return bound(`round(${value}, ${decimals})`, `-${limit}`, limit);
}

function nameColumns(definition: ObjectDefinition, custom: ReadonlySet<string>): ObjectModel {
  const isCustom = custom.has(definition.name);
  const fields = new Map<string, FieldModel>();
  const add = (name: string, settings: FieldDefinition, system: boolean) => {
    const type = fieldType(settings.type);
    const isCustomField = !isCustom && custom.has(`${definition.name}.${name}`);
    const base = systemColumns[name] ?? `${isCustomField ? 'x_' : ''}${snakeCase(name)}`;
    const settled = { ...settings, name } as FieldOf;
    const columns = type.columns(settled).map((column) => ({
      name: system && name === 'id' ? 'id' : `${base}${column.suffix}`,
      type: column.type,
      ...(column.copy && { copy: column.copy }),
    }));
    const target = (settings as { to?: string }).to || (settings.type === 'user' ? 'user' : null);
    fields.set(name, {
      name,
      object: definition.name,
      type,
      behaviour: behaviourOf(settings as { type: string; returns?: string }),
      definition: settled,
      custom: isCustomField || isCustom,
      system,
      columns: type.storage === 'link' ? [] : columns,
      target: name === 'id' && system ? definition.name : target,
      link: type.storage === 'link' ? shortName(`${tableName(definition.name, isCustom)}__${base}`) : null,
      derived: null,
    });
  };
  for (const [name, settings] of Object.entries(definition.fields)) add(name, settings, false);
  for (const [name, settings] of Object.entries(systemFields)) {
    if (fields.has(name) && name !== 'owner') throw invalid(definition.name, name, 'field.name-reserved');
    if (!fields.has(name)) add(name, settings, true);
  }
  const title = fields.get(definition.title);
  if (!title) throw invalid(definition.name, definition.title, 'object.title-unknown');
  return {
    name: definition.name,
    definition,
    custom: isCustom,
    table: tableName(definition.name, isCustom),
    fields,
    title,
    searched: [...fields.values()].filter((field) => field.definition.search),
    referencedBy: [],
  };
}

function tableName(name: string, isCustom: boolean): string {
  return `${isCustom ? 'x_' : ''}${snakeCase(name)}`;
}

function checkTargets(object: ObjectModel, objects: ReadonlyMap<string, ObjectModel>): void {
  for (const field of object.fields.values()) {
    if (field.target !== null && !objects.has(field.target)) {
      throw invalid(object.name, field.name, 'field.target-unknown', { target: field.target });
    }
  }
}

function referencesTo(name: string, objects: ReadonlyMap<string, ObjectModel>): FieldModel[] {
  return [...objects.values()].flatMap((object) =>
    [...object.fields.values()].filter((field) => field.target === name && field.name !== 'id'),
  );
}

/** Settles how each formula and roll-up gets its value; a formula may read one that is settled later, so on demand. */
function deriveFields(object: ObjectModel, objects: ReadonlyMap<string, ObjectModel>): void {
  for (const field of object.fields.values()) derive(field, objects, []);
}

function derive(field: FieldModel, objects: ReadonlyMap<string, ObjectModel>, trail: readonly FieldModel[]): void {
  if (field.type.storage !== 'derived' || field.type.name === 'autoNumber' || field.derived) return;
  if (trail.includes(field)) throw invalid(field.object, field.name, 'formula.circle');
  const settled = field as { derived: Derivation | null; columns: readonly { name: string; type: string }[] };
  if (field.type.name === 'rollup') {
    settled.derived = rollupDerivation(field, objects, [...trail, field]);
    return;
  }
  const { formula } = field.definition as FieldOf<{ formula: string }>;
  const read: FieldModel[] = [];
  const checked = checkFormula(
    formula,
    formulaScope(objects, field.object, (found) => {
      derive(found, objects, [...trail, field]);
      read.push(found);
    }),
    formulaType(field),
  );
  const isVirtual = checked.volatile || read.some((other) => other.derived?.kind === 'virtual');
  const looksAway = checked.reads.some((path) => path.length > 1);
  const readsLooking = read.some((other) => other.object === field.object && other.derived?.kind === 'maintained');
  settled.derived = { kind: isVirtual ? 'virtual' : looksAway || readsLooking ? 'maintained' : 'generated', checked };
  if (isVirtual) settled.columns = [];
}

function rollupDerivation(
  field: FieldModel,
  objects: ReadonlyMap<string, ObjectModel>,
  trail: readonly FieldModel[],
): RollupDerivation {
  const options = field.definition as FieldOf<RollupOptions>;
  const child = objects.get(options.from);
  const via = child?.fields.get(options.via);
  if (!child || via?.target !== field.object || via.link) {
    throw invalid(field.object, field.name, 'field.target-unknown', { target: `${options.from}.${options.via}` });
  }
  if (options.measure !== 'count') {
    const measured = options.field ? child.fields.get(options.field) : undefined;
    if (!measured) throw invalid(field.object, field.name, 'field.target-unknown', { target: options.field ?? '' });
    derive(measured, objects, trail);
    if (measured.derived?.kind === 'virtual') throw invalid(field.object, field.name, 'rollup.of-virtual');
  }
  return {
    kind: 'rollup',
    from: options.from,
    via: options.via,
    measure: options.measure,
    field: options.field ?? null,
    where: options.where,
  };
}

/** Follows a path of names through references. */
export function resolve(
  objects: ReadonlyMap<string, ObjectModel>,
  object: string,
  path: readonly string[],
): FieldModel | undefined {
  let current = objects.get(object);
  for (let index = 0; index < path.length; index++) {
    const field = current?.fields.get(path[index]!);
    if (!field || index === path.length - 1) return field;
    if (field.target === null || field.link) return undefined;
    current = objects.get(field.target);
  }
  return undefined;
}

/** What a formula of an object may name. `onRead` is told of each field it does. */
export function formulaScope(
  objects: ReadonlyMap<string, ObjectModel>,
  object: string,
  onRead: (field: FieldModel) => void = () => {},
): FormulaScope {
  return {
    field: (path) => {
      const found = resolve(objects, object, path);
      if (!found) return undefined;
      onRead(found);
      return { type: formulaType(found) };
    },
    suggest: (path) => suggestions(objects, object, path),
  };
}

function suggestions(objects: ReadonlyMap<string, ObjectModel>, object: string, path: readonly string[]): string[] {
  const at = path.length <= 1 ? object : resolve(objects, object, path.slice(0, -1))?.target;
  return [...((at && objects.get(at)?.fields.keys()) || [])];
}

function formulaType(field: FieldModel): FormulaType {
  const returns = (field.definition as { returns?: string }).returns;
  switch (returns ?? field.type.name) {
    case 'integer':
    case 'decimal':
    case 'percent':
    case 'rating':
    case 'number':
      return 'number';
    case 'money':
      return 'money';
    case 'boolean':
      return 'boolean';
    case 'date':
      return 'date';
    case 'datetime':
      return 'datetime';
    case 'duration':
      return 'duration';
    case 'reference':
    case 'user':
      return 'reference';
    case 'tags':
    case 'multiSelect':
      return 'list';
    default:
      return 'text';
  }
}

/** A field seen from a row: its column, its own formula in place, or a look through references by primary key. */
function pathSql(
  model: Pick<Model, 'objects'>,
  schema: string,
  object: ObjectModel,
  path: readonly string[],
  alias: string,
  env: { today: string; now: string },
  part: 'amount' | 'base',
): FormulaSql {
  const field = object.fields.get(path[0]!)!;
  if (path.length === 1) {
    const kind = field.derived?.kind;
    const columns =
      kind === 'generated' || kind === 'virtual'
        ? formulaSql(model, schema, field, alias, env)
        : columnsOf(field, alias, schema);
    return formulaType(field) === 'money'
      ? { amount: part === 'base' ? columns[2]! : columns[0]!, currency: columns[1]! }
      : { value: columns[0]! };
  }
  const target = model.objects.get(field.target!)!;
  const inner = `${alias}_${field.columns[0]!.name}`.replaceAll('"', '');
  const far = pathSql(model, schema, target, path.slice(1), inner, env, part);
  const look = (value: string) =>
    `(select ${value} from ${tableOf(schema, target)} ${inner} where ${inner}."id" = ${columnsOf(field, alias, schema)[0]})`;
  return 'value' in far ? { value: look(far.value) } : { amount: look(far.amount), currency: look(far.currency) };
}

function invalid(object: string, field: string, code: string, params: Record<string, unknown> = {}): Problem {
  return new Problem('object.invalid', { object }, [{ field, code, params }]);
}
