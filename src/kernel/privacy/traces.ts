import { and, or, raw, type Sql, sql } from '../database/sql.ts';
import type { ObjectModel } from '../object/model.ts';

/**
 * By what somebody is recognised in texts that no field points from: addresses, numbers, the name. Each is a list of words
 * in small letters that all have to occur.
 */
export type Traces = readonly (readonly string[])[];

/** A shorter one would be found in what is about others. */
const SHORTEST = 5;
/** Of a phone number: without the country, which people leave out. */
const DIGITS = 8;

/** From values of the person's record, as they are and as they were. */
export function tracesOf(object: ObjectModel, values: readonly Readonly<Record<string, unknown>>[]): Traces {
  const traces = new Map<string, readonly string[]>();
  const add = (words: readonly string[]) => {
    if (words.join('').length >= SHORTEST) traces.set(words.join(' '), words);
  };
  for (const record of values) {
    for (const [name, value] of Object.entries(record)) {
      const field = object.fields.get(name);
      if (!field || value === null || value === undefined) continue;
      if (field === object.title && typeof value === 'string') {
        const words = wordsOf(value);
        if (words.length > 1 || !field.derived) add(words);
      } else if (field.definition.personal && (field.type.name === 'email' || field.type.name === 'phone')) {
        const texts = (Array.isArray(value) ? value : [value]).map((one) =>
          typeof one === 'string' ? one : String((one as { value?: unknown }).value ?? ''),
        );
        for (const text of texts)
          if (field.type.name === 'email') add([text.toLowerCase()]);
          else if (digitsOf(text).length >= DIGITS) add([`#${digitsOf(text).slice(-DIGITS)}`]);
      }
    }
  }
  return [...traces.values()];
}

export function hasTrace(traces: Traces, text: string): boolean {
  const small = text.toLowerCase();
  let digits: string | undefined;
  return traces.some((words) =>
    words.every((word) => {
      if (!word.startsWith('#')) return small.includes(word);
      digits ??= digitsOf(small);
      return digits.includes(word.slice(1));
    }),
  );
}

/** The same in SQL, for a text. */
export function traceCondition(traces: Traces, text: string): Sql {
  return or(
    traces.map((words) =>
      and(
        words.map((word) =>
          word.startsWith('#')
            ? sql`strpos(regexp_replace(${raw(text)}, '[^0-9]', '', 'g'), ${word.slice(1)}) > 0`
            : sql`strpos(lower(${raw(text)}), ${word}) > 0`,
        ),
      ),
    ),
  );
}

/** JSON without the entries of lists, and the texts, in which a trace or one of these ids occurs. */
export function withoutTraces(traces: Traces, ids: ReadonlySet<string>, value: unknown): unknown {
  const isOne = (text: string) =>
    hasTrace(traces, text) || ids.has(text) || [...text.matchAll(UUID)].some(([id]) => ids.has(id));
  const clean = (one: unknown): unknown => {
    if (typeof one === 'string') return isOne(one) ? null : one;
    if (Array.isArray(one)) return one.filter((entry) => !isOne(JSON.stringify(entry))).map(clean);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one)
        .filter(([key]) => !isOne(key))
        .map(([key, entry]) => [key, clean(entry)]),
    );
  };
  return clean(value);
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}
