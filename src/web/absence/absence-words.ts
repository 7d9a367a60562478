import type { Definition } from '../api/types.ts';
import type { NearAbsence } from './near-absences.ts';

/** Names of the parts that are left to somebody. */
export function partsOf({ scope }: Pick<NearAbsence, 'scope'>, definition: Definition, everything: string): string {
  const options = (definition.fields.find(({ name }) => name === 'scope')?.options?.options ?? []) as {
    value: string;
    label: string;
  }[];
  return scope.map((part) => options.find(({ value }) => value === part)?.label ?? part).join(', ') || everything;
}
