import { useMemo } from 'react';

export interface Choice {
  value: string;
  label: string;
  color?: string | null;
}

export interface ChoiceOptions {
  options?: readonly Choice[];
}

/** The choices of a select field, by value too. A value that is no longer offered is shown as itself. */
export function useChoices(options: ChoiceOptions | undefined): { list: readonly Choice[]; of(value: string): Choice } {
  return useMemo(() => {
    const list = options?.options ?? [];
    const byValue = new Map(list.map((choice) => [choice.value, choice]));
    return { list, of: (value) => byValue.get(value) ?? { value, label: value } };
  }, [options]);
}
