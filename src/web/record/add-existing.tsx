import { Alert } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordPicker } from '#kernel/fields/web/record-picker.tsx';
import { ApiProblem } from '../api/problem.ts';
import { queryClient, readRecord } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { createRecord, saveRecord } from '../api/writes.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { LabelledField } from '../ui/labelled-field.tsx';
import { problemText, showUndo } from '../ui/toast.tsx';
import { isList, otherSideOf, type RelatedOf } from './related-query.ts';

/**
 * Ties records that exist to this one: by the field that points here, or, where the relation is a record of its own (what a
 * contact is to an account), by one of those with its role.
 */
export function AddExisting({
  list,
  record,
  definition,
  onClose,
}: {
  list: RelatedOf;
  record: RecordShape;
  definition: Definition;
  onClose(tied: true | null): void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const { target, field } = list;
  const otherSide = otherSideOf(list);
  const [ids, setIds] = useState<readonly string[]>([]);
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const known = problem instanceof ApiProblem ? problem : null;
  const role = otherSide
    ? target.quickCreate
        .filter((name) => name !== field && name !== otherSide.name)
        .flatMap((name) => target.fields.find((one) => one.name === name) ?? [])
    : [];
  const object = otherSide ? String(otherSide.options?.to) : target.name;

  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      // Those that are tied stay tied when a later one is refused: the form then holds the others.
      for (const one of ids) {
        if (otherSide) await createRecord(target, { ...values, [field]: record.id, [otherSide.name]: one });
        else await tie(one);
        setIds((left) => left.filter((other) => other !== one));
      }
      void queryClient.invalidateQueries({ queryKey: ['records', target.name, 'list'] });
      onClose(true);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const tie = async (one: string) => {
    const found = await readRecord(target, one);
    const before = found[field] ?? null;
    const after = isList(target, field) ? [...new Set([...((before ?? []) as string[]), record.id])] : record.id;
    const saved = await saveRecord(target, found, { [field]: after });
    const title = String(found[target.title] ?? '');
    showUndo(t('related.tied', { title }), () => saveRecord(target, saved, { [field]: before }));
  };
  return (
    <FormDialog
      title={t('related.existing', { object: (otherSide?.label ?? target.label.one).toLocaleLowerCase() })}
      submit={t('related.tie', { count: ids.length })}
      busy={busy}
      disabled={ids.length === 0}
      onSubmit={() => void save()}
      onClose={() => onClose(null)}
    >
      <RecordPicker
        id={id}
        object={object}
        many
        aria-label={otherSide?.label ?? target.label.one}
        placeholder={t('related.find')}
        value={ids}
        onChange={setIds}
        creatable={false}
        autoFocus
      />
      {role.map((one) => (
        <LabelledField
          key={one.name}
          field={one}
          value={values[one.name] ?? one.options?.default}
          error={known?.of(one.name)}
          onChange={(value) => setValues((old) => ({ ...old, [one.name]: value }))}
        />
      ))}
      {problem ? (
        <Alert color="red" role="alert">
          {problemText(problem)}
        </Alert>
      ) : null}
      {!otherSide && !isList(target, field) ? (
        <p style={{ color: 'var(--text-3)' }}>{t('related.moves', { object: definition.label.one })}</p>
      ) : null}
    </FormDialog>
  );
}
