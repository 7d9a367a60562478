import { useSuspenseQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { definitionsQuery } from './queries.ts';
import type { ActionShape, Definition, FieldShape } from './types.ts';

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

/** Has a menu entry of its own: people are in the settings, parts of other records on their pages. */
export function isInMenu(definition: Definition): boolean {
  return !definition.detailOf && definition.name !== 'user';
}

export class UnknownObject extends Error {}

export function definitionsOf(data: { objects: Definition[] }): Definitions {
  let definitions = memo.get(data);
  if (!definitions) {
    const list = data.objects.map(arrange);
    const byName = new Map(list.map((definition) => [definition.name, definition]));
    definitions = { list, get: (object) => byName.get(object) };
    memo.set(data, definitions);
  }
  return definitions;
}

/** A field by name among an object's own and the system's. */
export function useFields(definition: Definition): ReadonlyMap<string, FieldShape> {
  return useMemo(
    () =>
      new Map([...definition.fields, ...definition.system].map((field): [string, FieldShape] => [field.name, field])),
    [definition],
  );
}

/** What an action wants to know can be asked in a form; one that takes records is run where they are seen. */
function isAsked({ input }: ActionShape): boolean {
  return Object.values(input.properties ?? {}).every(({ type }) => type !== 'array');
}

/** Own and system fields apart; of the latter those that say something to a person. */
function arrange(definition: Definition): Definition {
  const told = ['owner', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy'];
  return {
    ...definition,
    fields: definition.fields.filter((field) => !field.system),
    actions: definition.actions.filter(isAsked),
    system: told.flatMap((name) => definition.fields.find((field) => field.system && field.name === name) ?? []),
  };
}
