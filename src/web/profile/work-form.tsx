import { Alert, Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../api/problem.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { LabelledField } from '../ui/labelled-field.tsx';
import { problemText } from '../ui/toast.tsx';
import style from './profile.module.css';

const asked = ['languages', 'skills', 'workingHours'] as const;

/** When somebody works and what they can do: for themself, or for whoever administers them. */
export function WorkForm({
  definition,
  user,
  onSave,
}: {
  /** Of users. */
  definition: Definition;
  user: RecordShape;
  onSave(changes: Record<string, unknown>): Promise<unknown>;
}) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Record<string, unknown>>(() =>
    Object.fromEntries(asked.map((name) => [name, user[name] ?? null])),
  );
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const fields = asked.flatMap((name) => definition.fields.find((field) => field.name === name) ?? []);
  const changes = Object.fromEntries(
    Object.entries(values).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(user[name] ?? null)),
  );
  const errorOf = (name: string) => (isProblem(problem) ? problem.of(name) : undefined);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await onSave(changes);
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return (
    <form className={style.form} onSubmit={(event) => void save(event)}>
      {problem && !fields.some(({ name }) => errorOf(name)) ? (
        <Alert className={style.wide} color="red" role="alert" p="xs">
          {problemText(problem)}
        </Alert>
      ) : null}
      {fields.map((field) => (
        <div key={field.name} className={field.type === 'weeklyHours' ? style.wide : undefined}>
          <LabelledField
            field={field}
            value={values[field.name]}
            error={errorOf(field.name)}
            onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
          />
        </div>
      ))}
      <div className={`${style.wide} ${style.end}`}>
        <Button type="submit" loading={busy} disabled={Object.keys(changes).length === 0}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
