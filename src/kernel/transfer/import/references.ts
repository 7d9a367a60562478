import { isAllowed } from '../../access/access.ts';
import { type FieldModel, objectOf } from '../../object/model.ts';
import type { Door } from '../../records/door.ts';
import { newId } from '../../records/new-id.ts';
import { type CompiledColumns, divideName, type ReferenceColumn, type RowInput } from './columns.ts';
import { type Found, foldKey, lookUp } from './look-up.ts';
import { hasFullName } from './targets.ts';

/** A record that a reference named and nobody had made yet; it is created with the batch. */
export interface NewTarget {
  object: string;
  id: string;
  values: Record<string, unknown>;
}

/** A reference to a record of the same file that may come later; resolved when all rows are there. */
export interface LaterLink {
  field: string;
  by: string | null;
  text: string;
}

export interface ReferenceResolver {
  /** Fills in the references of some rows. */
  resolve(rows: readonly RowInput[]): Promise<Resolved>;
}

export interface Resolved {
  /** What has to be created first. */
  create: NewTarget[];
  /** What has to wait. */
  later: Map<RowInput, LaterLink[]>;
}

/** Texts remembered per column: a file names the same accounts and people again and again. */
const REMEMBERED = 50_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function referenceResolver(doorOf: () => Door, columns: CompiledColumns, object: string): ReferenceResolver {
  const caches = new Map<ReferenceColumn, Map<string, Found>>(columns.references.map((column) => [column, new Map()]));
  /** By target object and name: two columns may name the same new record. */
  const made = new Map<string, string>();

  const byField = (column: ReferenceColumn, text: string): FieldModel | null => {
    const target = objectOf(doorOf().workspace.model, column.field.target as string);
    if (column.by !== null) return target.fields.get(column.by) ?? null;
    if (UUID.test(text)) return target.fields.get('id') ?? null;
    const email = target.fields.get('email');
    return target.name === 'user' && text.includes('@') && email ? email : target.title;
  };

  return {
    async resolve(rows) {
      const result: Resolved = { create: [], later: new Map() };
      const plain = columns.references.filter((column) => column.within === null);
      await resolveColumns(new Set(plain), rows, result);
      // The pipeline first, then the stage within it.
      const within = columns.references.filter((column) => column.within !== null);
      if (within.length > 0) await resolveColumns(new Set(within), rows, result);
      return result;
    },
  };

  async function resolveColumns(
    only: ReadonlySet<ReferenceColumn>,
    rows: readonly RowInput[],
    { create, later }: Resolved,
  ): Promise<void> {
    const door = doorOf();
    const scopeOf = (row: RowInput, { within }: ReferenceColumn) =>
      within ? String(row.values[within.own] ?? '') : '';
    // 1 the texts that nobody asked for yet, by column, scope and the field they are compared with
    const asked = new Map<string, { column: ReferenceColumn; scope: string; field: FieldModel; texts: Set<string> }>();
    for (const row of rows) {
      for (const { column, text } of row.references) {
        if (!only.has(column)) continue;
        const scope = scopeOf(row, column);
        for (const part of partsOf(column, text)) {
          if (caches.get(column)?.has(`${scope}${part}`) || (part === 'me' && column.field.type.name === 'user'))
            continue;
          const field = byField(column, part);
          if (!field) continue;
          const key = `${columns.references.indexOf(column)} ${scope} ${field.name}`;
          const group = asked.get(key) ?? { column, scope, field, texts: new Set() };
          asked.set(key, group);
          group.texts.add(part);
        }
      }
    }
    // 2 one statement for each of them
    for (const { column, scope, field, texts } of asked.values()) {
      const cache = caches.get(column) as Map<string, Found>;
      if (cache.size > REMEMBERED) cache.clear();
      const far =
        column.within && scope !== ''
          ? objectOf(door.workspace.model, field.object).fields.get(column.within.far)
          : undefined;
      for (const [text, found] of await lookUp(door, field, [...texts], far && { field: far, id: scope })) {
        // A record that is not there yet may be made by this very file, so that is never remembered.
        if ('id' in found || column.field.target !== object)
          cache.set(Buffer.from(`${scope}${text}`).toString(), found);
      }
    }
    // 3 the values
    for (const row of rows) {
      for (const { column, text } of row.references) {
        if (!only.has(column)) continue;
        const { field } = column;
        const at = column.column === null ? {} : { column: column.column };
        const ids: string[] = [];
        for (const part of partsOf(column, text)) {
          const found = caches.get(column)?.get(`${scopeOf(row, column)}${part}`);
          if (part === 'me' && field.type.name === 'user') ids.push('me');
          else if (found && 'id' in found) ids.push(found.id);
          else if (found && found.count > 1) {
            row.errors.push({
              ...at,
              field: field.name,
              code: 'import.reference-ambiguous',
              params: { text: part, count: found.count },
            });
          } else if (field.target === object && !field.link) {
            const links = later.get(row) ?? [];
            links.push({
              field: field.name,
              by: column.by ?? (UUID.test(part) ? 'id' : null),
              text: Buffer.from(part).toString(),
            });
            later.set(row, links);
          } else if (mayCreate(column, door)) {
            ids.push(newTarget(column, part, scopeOf(row, column), create));
          } else {
            row.errors.push({
              ...at,
              field: field.name,
              code: 'import.reference-missing',
              params: { text: part.slice(0, 100) },
            });
          }
        }
        if (ids.length === 0) continue;
        if (!field.link) row.values[field.name] = ids[0];
        else
          row.values[field.name] = [...new Set([...((row.values[field.name] as string[] | undefined) ?? []), ...ids])];
      }
    }
  }

  function newTarget(column: ReferenceColumn, text: string, scope: string, create: NewTarget[]): string {
    const target = objectOf(doorOf().workspace.model, column.field.target as string);
    const name = text.trim();
    const key = `${target.name} ${column.by ?? ''} ${scope} ${foldKey(name)}`;
    const known = made.get(key);
    if (known) return known;
    const id = newId();
    made.set(key, id);
    caches.get(column)?.set(Buffer.from(`${scope}${text}`).toString(), { id });
    const values: Record<string, unknown> = {};
    if (column.by !== null) values[column.by] = name;
    if (column.within && scope !== '') values[column.within.far] = scope;
    if (!target.title.derived) values[target.title.name] ??= name;
    else if (hasFullName(target)) [values.firstName, values.lastName] = divideName(name);
    create.push({ object: target.name, id, values });
    return id;
  }
}

/** A person is given access by whoever may, never by a cell that names them. */
function mayCreate({ createMissing, field }: ReferenceColumn, door: Door): boolean {
  return createMissing && field.target !== 'user' && isAllowed(door.principal, field.target as string, 'create');
}

function partsOf(column: ReferenceColumn, text: string): string[] {
  const parts = column.field.link ? text.split(/[;|\n]/) : [text];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
