import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { readPage } from '../api/queries.ts';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';

/** A column of a board, or a step of the bar above a record. */
export interface Lane {
  value: string;
  label: string;
  tone: string | null;
  record?: RecordShape;
}

export interface Lanes {
  lanes: readonly Lane[];
  /** The reference that divides the lanes, e.g. a stage's pipeline, and what it may be. */
  divider: { field: FieldShape; choices: readonly { id: string; title: string }[] } | null;
  isPending: boolean;
  error: unknown;
}

/**
 * The values of a field as lanes: the options of a select, or all records of a referenced object. Where those records
 * belong to another one by a required reference (stages to pipelines), lanes are those of one of them.
 */
export function useLanes(field: FieldShape | undefined, chosen?: string): Lanes & { dividedBy: string | null } {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const target =
    field?.type === 'reference' || field?.type === 'user'
      ? definitions.get(field.type === 'user' ? 'user' : String(field.options?.to))
      : undefined;
  const query = useQuery({
    queryKey: ['records', target?.name ?? '', 'lanes'],
    enabled: target !== undefined,
    queryFn: async ({ signal }) => {
      const divider = dividerOf(target!);
      const order = target!.fields.some((one) => one.name === 'position') ? ['position'] : [target!.title];
      const page = await readPage(
        target!.name,
        { sort: order, expand: divider ? [divider.name] : undefined, limit: 200 },
        signal,
      );
      return page.items;
    },
  });
  if (!target || !field) {
    const options = (field?.options?.options ?? []) as { value: string; label: string; color?: string }[];
    const lanes: Lane[] = options.map((option) => ({
      value: option.value,
      label: option.label,
      tone: option.color ?? null,
    }));
    return { lanes, divider: null, dividedBy: null, isPending: false, error: null };
  }
  const divider = dividerOf(target);
  const records = query.data ?? [];
  const choices = divider
    ? [
        ...new Map(
          records.map((record) => [
            String(record[divider.name]),
            String((record.expanded?.[divider.name] as { title?: string } | undefined)?.title ?? '—'),
          ]),
        ),
      ].map(([id, title]) => ({ id, title }))
    : [];
  const dividedBy = divider
    ? choices.some((choice) => choice.id === chosen)
      ? chosen!
      : (choices[0]?.id ?? null)
    : null;
  const lanes = records
    .filter((record) => !divider || record[divider.name] === dividedBy)
    .map(
      (record): Lane => ({
        value: record.id,
        label: String(record[target.title] ?? t('list.untitled')),
        tone: typeof record.color === 'string' ? record.color : kindTone(record.kind),
        record,
      }),
    );
  return {
    lanes,
    divider: divider ? { field: divider, choices } : null,
    dividedBy,
    isPending: query.isPending,
    error: query.error,
  };
}

function dividerOf(target: Definition): FieldShape | undefined {
  return target.fields.find(
    (field) => field.type === 'reference' && field.required && field.options?.to === target.detailOf,
  );
}

function kindTone(kind: unknown): string | null {
  return kind === 'won' ? 'green' : kind === 'lost' ? 'red' : null;
}
