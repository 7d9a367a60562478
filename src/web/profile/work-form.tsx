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
  // Only what was typed: when the record is read again meanwhile, it stays.
  const [typed, setTyped] = useState<Record<string, unknown>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const fields = asked.flatMap((name) => definition.fields.find((field) => field.name === name) ?? []);
  const changes = Object.fromEntries(
    Object.entries(typed).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(user[name] ?? null)),
  );
  const errorOf = (name: string) => (isProblem(problem) ? problem.of(name) : undefined);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await onSave(changes);
      setTyped({});
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
            value={field.name in typed ? typed[field.name] : (user[field.name] ?? null)}
            error={errorOf(field.name)}
            onChange={(value) => setTyped((old) => ({ ...old, [field.name]: value }))}
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
