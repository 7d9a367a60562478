import { identifier } from '../database/sql.ts';
import { foldSql } from '../fields/clean.ts';
import type { FieldEnv } from '../fields/field-type.ts';
import {
  type FieldModel,
  formulaSql,
  LONGEST_INDEXED_TEXT,
  type Model,
  type ObjectModel,
  snakeCase,
} from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { fixedTables } from './fixed-tables.ts';
import { foreignKeyName, indexName, uniqueName } from './names.ts';
import type { Column, ForeignKey, Index, Snapshot, Table } from './table.ts';

/** Stands in keys for the schema of the extensions, which differs from server to server. */
export const EXTENSIONS = '@extensions';

/**
 * The tables that a model needs.
 *
 * - A required field is `not null`, so that sorting and paging may rely on it. Where it becomes required later, rows
 *   without a value get its constant default when the column is new; otherwise the change is refused (see `apply`).
 * - A required reference cannot be cleared, so `onDelete: 'clear'` restricts.
 * - Owner, creator and changer have no foreign key: users are made inactive and never purged, and a key would lock the
 *   same few rows of `user` for every row of an import.
 *
 * @throws Problem `object.invalid` when two fields need the same column, or an index on a text that is too long
 */
export function snapshotOf(model: Model): Snapshot {
  const tables: Record<string, Table> = { ...fixedTables };
  const add = (name: string, table: Table) => {
    if (tables[name]) throw new Problem('object.exists', { object: table.object ?? name, table: name });
    tables[name] = table;
  };
  for (const object of model.objects.values()) {
    add(object.table, objectTable(model, object));
    for (const field of object.fields.values()) if (field.link) add(field.link, linkTable(model, object, field));
  }
  return { format: 1, tables };
}

/** Fields of an object that a unique index is over, by the name that an error of PostgreSQL gives. */
export function uniqueFields(object: ObjectModel): Map<string, readonly string[]> {
  const unique = new Map<string, readonly string[]>();
  for (const field of object.fields.values()) {
    if (field.definition.unique) unique.set(uniqueName(object.table, snakeCase(field.name)), [field.name]);
  }
  for (const [name, fields] of Object.entries(object.definition.unique ?? {})) {
    unique.set(uniqueName(object.table, `by__${snakeCase(name)}`), fields);
  }
  return unique;
}

/** The reference field behind a foreign key that an error of PostgreSQL names. */
export function referenceOfKey(model: Model, key: string): FieldModel | undefined {
  for (const object of model.objects.values()) {
    for (const field of object.fields.values()) {
      const [column] = field.columns;
      if (field.target !== null && column && foreignKeyName(object.table, column.name) === key) return field;
      if (
        field.link &&
        (foreignKeyName(field.link, 'from_id') === key || foreignKeyName(field.link, 'to_id') === key)
      ) {
        return field;
      }
    }
  }
  return undefined;
}

function objectTable(model: Model, object: ObjectModel): Table {
  const columns: Record<string, Column> = {};
  const add = (name: string, column: Column, field: string) => {
    if (columns[name]) throw refused(object, field, 'field.name-taken', { column: name });
    columns[name] = column;
  };
  add('id', { type: 'uuid', notNull: true }, 'id');
  for (const field of object.fields.values()) {
    if (!field.system) for (const [name, column] of fieldColumns(model, field)) add(name, column, field.name);
  }
  if (!columns.owner_id) add('owner_id', { type: 'uuid' }, 'owner');
  add('created_at', { type: 'timestamptz', notNull: true }, 'createdAt');
  add('created_by_id', { type: 'uuid' }, 'createdBy');
  add('updated_at', { type: 'timestamptz', notNull: true }, 'updatedAt');
  add('updated_by_id', { type: 'uuid' }, 'updatedBy');
  add('version', { type: 'integer', notNull: true, default: '1' }, 'version');
  add('deleted_at', { type: 'timestamptz' }, 'deletedAt');
  if (object.searched.length > 0) {
    const derived = object.searched.map((field) => field.name).join(' ');
    add('search_text', { type: 'text', derived }, 'searchText');
  }
  return {
    object: object.name,
    columns,
    primaryKey: ['id'],
    indexes: objectIndexes(object),
    foreignKeys: objectForeignKeys(model, object),
  };
}

function fieldColumns(model: Model, field: FieldModel): [string, Column][] {
  const generated = field.derived?.kind === 'generated' ? formulaSql(model, '', field, '') : [];
  const derived = derivation(model, field);
  const fills = field.definition.required ? fillOf(field) : [];
  return field.columns.map(({ name, type }, index) => {
    const expression = generated[index];
    const column: Column = {
      type,
      ...(field.definition.required && field.derived === null && index === 0 ? { notNull: true } : {}),
      ...(expression === undefined ? {} : { generated: expression }),
      ...(derived === null ? {} : { derived }),
      ...(fills[index] === undefined ? {} : { fill: fills[index] }),
    };
    return [name, column];
  });
}

function derivation(model: Model, field: FieldModel): string | null {
  if (field.derived?.kind === 'maintained') return formulaSql(model, '', field, 'r').join(' ');
  if (field.derived?.kind === 'rollup') {
    const { from, via, measure, field: measured, where } = field.derived;
    return JSON.stringify([from, via, measure, measured, where ?? null]);
  }
  return null;
}

/** The constant default of a field as literals, one per column; none for `me`, `today` and what needs a workspace. */
function fillOf(field: FieldModel): string[] {
  const { default: initial } = field.definition;
  if (initial === undefined || initial === null || (typeof initial === 'string' && /^(me|today|now)$/.test(initial))) {
    return [];
  }
  const value = field.type.normalise(initial, field.definition, nowhere);
  return field.type.write(value, field.definition).map(literal);
}

/** For values that depend on nobody and no moment. */
export const nowhere: FieldEnv = {
  now: new Date(0),
  timeZone: 'UTC',
  language: 'en',
  country: 'US',
  currency: 'EUR',
  rate: () => undefined,
  userId: null,
};

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `array[${value.map(literal).join(', ')}]::text[]`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.includes('\\')
    ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;
}

const LIVE = '"deleted_at" is null';

/**
 * New entries wait in a list that every search reads from end to end: with the 4 MB that PostgreSQL allows it a search takes
 * 3 ms of CPU instead of 0.7. A creation costs the same with a short list (0.48 ms of the database), 500 at once a tenth more.
 */
const PENDING_KB = 512;

/**
 * Every list is of records outside the trash, so its index leaves the trash out; counting can then stay in the index.
 * Keys ascend, also for "newest first": PostgreSQL reads an index backwards as well, and new entries at the right end
 * fill its pages where entries at the left end would split them in halves.
 */
function objectIndexes(object: ObjectModel): Record<string, Index> {
  const indexes: Record<string, Index> = {};
  const declared = Object.values(object.definition.indexes ?? {})
    .filter((fields) => !fields.some((signed) => signed.startsWith('!')))
    .map((fields) => fields.map(withoutSign).join(' '));
  const isDeclared = (...fields: string[]) =>
    declared.some((index) => index === fields.join(' ') || index.startsWith(`${fields.join(' ')} `));
  const add = (name: string, index: Index) => {
    indexes[name] = index;
  };
  const named = (purpose: string) => indexName(object.table, purpose);

  // The default list: newest first.
  if (!isDeclared('updatedAt')) add(named('updated_at'), { keys: ['"updated_at"', '"id"'], where: LIVE });
  // The trash, and what has to leave it.
  add(named('deleted_at'), { keys: ['"deleted_at"', '"id"'], where: '"deleted_at" is not null' });
  // Words anywhere in the record.
  if (object.searched.length > 0) {
    const keys = [`"search_text" ${EXTENSIONS}.gin_trgm_ops`];
    add(named('search_text'), { keys, method: 'gin', where: LIVE, with: `gin_pending_list_limit = ${PENDING_KB}` });
  }

  for (const field of object.fields.values()) {
    if (field.columns.length === 0 || field.name === 'id') continue;
    const quoted = field.columns.map((column) => identifier(column.name));
    const first = field.columns[0]!;
    const purpose = snakeCase(field.name);
    if (field.target !== null) {
      // "My records", related lists and roll-ups, newest first. With a foreign key also for the purge of what it
      // points to, which does not ask about the trash.
      if (!isActor(field) && !isDeclared(field.name, 'updatedAt')) {
        // Whose the parent is decides on its parts also while it lies in the trash; the last key is for counting.
        const last = field.name === 'owner' ? ['"deleted_at"'] : [];
        add(named(purpose), { keys: [quoted[0]!, '"updated_at"', '"id"', ...last] });
      }
    } else if (!field.system) {
      const shapes = field.type.columns(field.definition);
      const isList = shapes[0]?.index === 'gin';
      // Filtered by, sorted by.
      if ((isIndexed(object, field) || (field.definition.unique && first.type === 'text')) && !isList) {
        if (!isDeclared(field.name)) add(named(purpose), { keys: [...sortKeys(object, field), '"id"'], where: LIVE });
      }
      // One of several values: tags, further e-mail addresses and phone numbers.
      for (const [at, shape] of shapes.entries()) {
        if (shape.index === 'gin' && (field.definition.index || field.definition.search || field.definition.unique)) {
          add(named(`${purpose}__values`), { keys: [quoted[at]!], method: 'gin', where: LIVE });
        }
      }
    }
    // The first letters of it, while somebody types in a search box; the index by which it is sorted serves as well.
    const folded = `(${foldSql(quoted[0]!)})`;
    const sorting = indexes[named(purpose)];
    if (field.definition.search === 'prefix' && sorting?.keys[0] !== folded) {
      add(named(`${purpose}__prefix`), { keys: [folded], where: LIVE });
    }
    if (field.definition.unique) {
      add(uniqueName(object.table, purpose), { keys: [uniqueKey(object, field)], unique: true, where: LIVE });
    }
  }

  for (const [name, fields] of Object.entries(object.definition.indexes ?? {})) {
    const descending = fields.at(-1)?.startsWith('-') ? ' desc' : '';
    const where = [LIVE];
    const keys = fields.flatMap((signed) => {
      const field = fieldNamed(object, withoutSign(signed), name);
      if (!signed.startsWith('!'))
        return sortKeys(object, field).map((key) => (signed.startsWith('-') ? `${key} desc` : key));
      where.push(`${identifier(field.columns[0]!.name)} is null`);
      return [];
    });
    add(named(`by__${snakeCase(name)}`), { keys: [...keys, `"id"${descending}`], where: where.join(' and ') });
  }
  for (const [name, fields] of Object.entries(object.definition.unique ?? {})) {
    const keys = fields.map((field) => uniqueKey(object, fieldNamed(object, field, name)));
    add(uniqueName(object.table, `by__${snakeCase(name)}`), { keys, unique: true, where: LIVE });
  }
  return indexes;
}

/** The title, by which people sort, has an index where its type and length allow one. */
function isIndexed(object: ObjectModel, field: FieldModel): boolean {
  return field.definition.index === true || (field === object.title && indexRefusal(field, orderOf(field)[0]) === null);
}

function isActor(field: FieldModel): boolean {
  return field.system && field.name !== 'owner';
}

function fieldNamed(object: ObjectModel, name: string, index: string): FieldModel {
  const field = object.fields.get(name);
  if (!field || field.columns.length === 0) throw refused(object, name, 'field.index-impossible', { index });
  return field;
}

/** What the field's type sorts by. */
function sortKeys(object: ObjectModel, field: FieldModel): string[] {
  const keys = orderOf(field);
  refuseIndex(object, field, keys[0]);
  return keys.map((key) => (/^"([^"]|"")*"$/.test(key) ? key : `(${key})`));
}

function orderOf(field: FieldModel): readonly string[] {
  const quoted = field.columns.map((column) => identifier(column.name));
  return field.type.order?.(quoted, field.definition) ?? quoted;
}

/** Texts are compared without regard to case; a record without a value is never a duplicate. */
function uniqueKey(object: ObjectModel, field: FieldModel): string {
  const [first] = field.columns;
  const column = identifier(first!.name);
  refuseIndex(object, field, column);
  return first!.type === 'text' && field.target === null ? `lower(${column})` : column;
}

function refuseIndex(object: ObjectModel, field: FieldModel, key: string | undefined): void {
  const refusal = indexRefusal(field, key);
  if (refusal) throw refused(object, field.name, refusal, { max: LONGEST_INDEXED_TEXT });
}

/** A key that is the column itself holds all of a text, one that is an expression the beginning. */
function indexRefusal(field: FieldModel, key: string | undefined): string | null {
  const [first] = field.columns;
  if (first?.type !== 'text' || field.derived !== null) return null;
  if (!field.type.order) return 'field.index-impossible';
  if (key !== identifier(first.name)) return null;
  const { maxLength } = field.type.schema(field.definition).output as { maxLength?: number };
  return (maxLength ?? 0) > LONGEST_INDEXED_TEXT ? 'field.index-too-long' : null;
}

function withoutSign(field: string): string {
  return field.replace(/^[-!]/, '');
}

function objectForeignKeys(model: Model, object: ObjectModel): Record<string, ForeignKey> {
  const keys: Record<string, ForeignKey> = {};
  for (const field of object.fields.values()) {
    const [column] = field.columns;
    if (field.target === null || !column || field.system || field.name === 'owner') continue;
    const wanted = (field.definition as { onDelete?: 'restrict' | 'clear' | 'cascade' }).onDelete ?? 'clear';
    const onDelete = wanted !== 'clear' ? wanted : field.definition.required ? 'restrict' : 'set null';
    const to = model.objects.get(field.target)!.table;
    keys[foreignKeyName(object.table, column.name)] = { column: column.name, to, onDelete };
  }
  return keys;
}

function linkTable(model: Model, object: ObjectModel, field: FieldModel): Table {
  const name = field.link!;
  const key = (column: string, to: string): [string, ForeignKey] => [
    foreignKeyName(name, column),
    { column, to, onDelete: 'cascade' },
  ];
  return {
    columns: {
      from_id: { type: 'uuid', notNull: true },
      to_id: { type: 'uuid', notNull: true },
      position: { type: 'integer', notNull: true, default: '0' },
    },
    primaryKey: ['from_id', 'to_id'],
    // The same links seen from the other side.
    indexes: { [indexName(name, 'to_id')]: { keys: ['"to_id"', '"from_id"'] } },
    foreignKeys: Object.fromEntries([
      key('from_id', object.table),
      key('to_id', model.objects.get(field.target!)!.table),
    ]),
  };
}

function refused(object: ObjectModel, field: string, code: string, params: Record<string, unknown> = {}): Problem {
  return new Problem('object.invalid', { object: object.name }, [{ field, code, params }]);
}
