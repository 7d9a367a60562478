/**
 * SQL text with its parameters, composed from fragments.
 *
 * The door compiles a different statement for every combination of fields, filters and rights, so a query builder's
 * type inference would see nothing but strings; composing fragments costs 5–10 µs a request where building the same
 * statement with a builder cost 80–100 µs.
 */
export interface Sql {
  readonly text: readonly string[];
  readonly values: readonly unknown[];
}

/**
 * A fragment. Every `${value}` becomes a parameter, unless it is a fragment itself.
 *
 * @example
 * sql`select ${raw('"name"')} from t where id = ${id}`   // select "name" from t where id = $1
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly unknown[]): Sql {
  const text: string[] = [strings[0] as string];
  const values: unknown[] = [];
  parts.forEach((part, index) => {
    const after = strings[index + 1] as string;
    if (isSql(part)) {
      append(text, part.text);
      values.push(...part.values);
      text[text.length - 1] += after;
    } else {
      values.push(part);
      text.push(after);
    }
  });
  return { text, values };
}

/** Text taken as it is. Only for names and keywords that come from a definition, never for anything a client sent. */
export function raw(text: string): Sql {
  return { text: [text], values: [] };
}

/** A quoted identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Fragments in a row with `separator` between them; `empty` when there are none. */
export function join(fragments: readonly Sql[], separator = ', ', empty = ''): Sql {
  if (fragments.length === 0) return raw(empty);
  const text: string[] = [];
  const values: unknown[] = [];
  fragments.forEach((fragment, index) => {
    if (index === 0) text.push(...fragment.text);
    else {
      text[text.length - 1] += separator;
      append(text, fragment.text);
    }
    values.push(...fragment.values);
  });
  return { text, values };
}

export function and(conditions: readonly Sql[]): Sql {
  return conditions.length === 1 ? conditions[0]! : sql`(${join(conditions, ' and ', 'true')})`;
}

export function or(conditions: readonly Sql[]): Sql {
  return conditions.length === 1 ? conditions[0]! : sql`(${join(conditions, ' or ', 'false')})`;
}

/** One of these ids. For a single one the server keeps its plan, while it plans for a list again each time: 0.35 ms. */
export function among(column: string, ids: readonly string[]): Sql {
  return ids.length === 1 ? sql`${raw(column)} = ${ids[0]}::uuid` : sql`${raw(column)} = any(${ids}::uuid[])`;
}

/**
 * The same for rights: the subquery hides who it is from the planner. Where it sees that somebody has less than the average it
 * plans each of their requests anew, and a search of all objects takes 8 ms to plan.
 */
export function amongKept(column: string, ids: readonly string[]): Sql {
  if (ids.length === 1) return sql`${raw(column)} = (select ${ids[0]}::uuid)`;
  return sql`${raw(column)} = any((select ${ids}::uuid[])::uuid[])`;
}

export function not(condition: Sql): Sql {
  return sql`not coalesce(${condition}, false)`;
}

/** The statement as PostgreSQL reads it, `$1`, `$2` … in place of the values. */
export function statement(fragment: Sql): { text: string; values: unknown[] } {
  let text = fragment.text[0]!;
  for (let index = 1; index < fragment.text.length; index++) text += `$${index}${fragment.text[index]}`;
  return { text, values: fragment.values as unknown[] };
}

export function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && Array.isArray((value as Sql).text) && 'values' in value;
}

function append(text: string[], more: readonly string[]): void {
  text[text.length - 1] = `${text.at(-1)}${more[0]}`;
  for (let index = 1; index < more.length; index++) text.push(more[index]!);
}
