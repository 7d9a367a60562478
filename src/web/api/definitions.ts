import { useSuspenseQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { definitionsQuery } from './queries.ts';
import type { Definition, FieldShape } from './types.ts';

export interface Definitions {
  list: readonly Definition[];
  get(object: string): Definition | undefined;
}

const memo = new WeakMap<object, Definitions>();

export function useDefinitions(): Definitions {
  const { data } = useSuspenseQuery(definitionsQuery);
  return definitionsOf(data);
}

/** @throws Error when there is no such object: the route shows that it is unknown. */
export function useDefinition(object: string): Definition {
  const definition = useDefinitions().get(object);
  if (!definition) throw new UnknownObject(object);
  return definition;
}

export class UnknownObject extends Error {}

export function definitionsOf(data: { objects: Definition[] }): Definitions {
  let definitions = memo.get(data);
  if (!definitions) {
    const byName = new Map(data.objects.map((definition) => [definition.name, definition]));
    definitions = { list: data.objects, get: (object) => byName.get(object) };
    memo.set(data, definitions);
  }
  return definitions;
}

/** Fields every record has, as fields, labelled by `label`. */
export function systemFields(label: (name: string) => string): FieldShape[] {
  const user = { is: 'value', isNot: 'value', in: 'list', empty: 'nothing' };
  const time = { within: 'period', gte: 'value', lt: 'value' };
  const field = (name: string, type: string, operators: Record<string, string>, readOnly = true): FieldShape => ({
    name,
    type,
    label: label(name),
    readOnly,
    operators,
    sortable: type === 'datetime',
    options: {},
  });
  return [
    field('owner', 'user', user, false),
    field('createdAt', 'datetime', time),
    field('createdBy', 'user', user),
    field('updatedAt', 'datetime', time),
    field('updatedBy', 'user', user),
  ];
}

/** A field by name among an object's own and the system's; `undefined` for paths through references. */
export function useFields(definition: Definition, label: (name: string) => string): ReadonlyMap<string, FieldShape> {
  return useMemo(() => {
    const own = definition.fields.map((field): [string, FieldShape] => [field.name, field]);
    return new Map([...systemFields(label).map((field): [string, FieldShape] => [field.name, field]), ...own]);
  }, [definition, label]);
}
