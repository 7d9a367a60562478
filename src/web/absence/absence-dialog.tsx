import { Alert, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { isProblem } from '../api/problem.ts';
import { readPage } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { createRecord, removeRecord, saveRecord } from '../api/writes.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { LabelledField } from '../ui/labelled-field.tsx';
import { problemText, showUndo } from '../ui/toast.tsx';

const asked = ['from', 'until', 'delegate', 'scope', 'handover'] as const;

/** Which days somebody is away, and who does what meanwhile. */
export function AbsenceDialog({
  definition,
  record,
  of,
  onClose,
}: {
  definition: Definition;
  /** The one to be changed; a new one when left out. */
  record?: RecordShape;
  /** Whose it is, when it is not the reader's own. */
  of?: { id: string; name: string };
  onClose(isSaved: boolean): void;
}) {
  const { t } = useTranslation();
  const { userId } = useFieldEnvironment();
  // Whoever others report to enters their days too.
  const reports = useQuery({
    queryKey: ['records', 'user', 'list', 'reports'],
    enabled: !of && !record,
    queryFn: async () => {
      const filter = { manager: { is: 'me' }, active: true };
      return (await readPage('user', { filter, fields: ['name'], sort: ['name'], limit: 200 })).items;
    },
  });
  const [user, setUser] = useState(of?.id ?? userId);
  const [values, setValues] = useState<Record<string, unknown>>(() =>
    Object.fromEntries(asked.map((name) => [name, record?.[name] ?? null])),
  );
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const fields = asked.flatMap((name) => definition.fields.find((field) => field.name === name) ?? []);
  const errorOf = (name: string) => (isProblem(problem) ? problem.of(name) : undefined);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      if (record) {
        const before = Object.fromEntries(asked.map((name) => [name, record[name] ?? null]));
        const saved = await saveRecord(definition, record, values);
        showUndo(t('absence.changed'), () => saveRecord(definition, saved, before));
      } else {
        const given = Object.entries(values).filter(([, value]) => value !== null && value !== '');
        const made = await createRecord(definition, { ...Object.fromEntries(given), user });
        showUndo(t('absence.added'), () => removeRecord(definition, made.id));
      }
      onClose(true);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const isOwn = user === userId && (!record || record.user === userId);
  return (
    <FormDialog
      title={of ? t('absence.of', { name: of.name }) : t(record ? 'absence.change' : 'absence.add')}
      submit={t('common.save')}
      busy={busy}
      disabled={!values.from || !values.until}
      onSubmit={() => void save()}
      onClose={() => onClose(false)}
    >
      {problem && !fields.some(({ name }) => errorOf(name)) ? (
        <Alert color="red" role="alert" p="xs">
          {problemText(problem)}
        </Alert>
      ) : null}
      {reports.data && reports.data.length > 0 ? (
        <Select
          label={definition.fields.find(({ name }) => name === 'user')?.label}
          allowDeselect={false}
          data={[
            { value: userId ?? '', label: t('field.me') },
            ...reports.data.map(({ id, name }) => ({ value: id, label: String(name) })),
          ]}
          value={user}
          onChange={setUser}
        />
      ) : null}
      {fields.map((field, index) => (
        <LabelledField
          key={field.name}
          field={field.name === 'delegate' && isOwn ? { ...field, help: t('absence.delegateHelp') } : field}
          record={record}
          autoFocus={index === 0 && !record}
          required={field.name === 'delegate' ? false : field.required}
          value={values[field.name]}
          error={errorOf(field.name)}
          onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
        />
      ))}
    </FormDialog>
  );
}
