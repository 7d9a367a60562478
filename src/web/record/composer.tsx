import { Button, SegmentedControl } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { createRecord } from '../api/writes.ts';
import { fieldParts, isEmpty } from '../fields.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { showProblem } from '../ui/toast.tsx';
import { linkField } from './activity.tsx';
import style from './record.module.css';

type Kind = 'note' | 'task' | 'comment';

/** Writes a note, a task or a comment where it is read. */
export function Composer({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t } = useTranslation();
  const id = useId();
  const definitions = useDefinitions();
  const kinds = (['note', 'task', 'comment'] as const).filter((kind) => {
    const about = definitions.get(kind);
    return about?.can.create && (kind === 'comment' || linkField(about, definition));
  });
  const [kind, setKind] = useState<Kind | null>(null);
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [busy, setBusy] = useState(false);
  const chosen = kind ?? kinds[0];
  useShortcuts([
    { keys: 'n', label: t('shortcut.note'), run: () => kinds.includes('note') && setKind('note') },
    { keys: 't', label: t('shortcut.task'), run: () => kinds.includes('task') && setKind('task') },
    { keys: 'm', label: t('shortcut.comment'), run: () => setKind('comment') },
  ]);
  if (!chosen || record.deletedAt) return null;
  const about = definitions.get(chosen)!;
  const names = { note: ['body'], task: ['subject', 'dueOn'], comment: ['body'] }[chosen];
  const fields = names.flatMap((name) => about.fields.find((field) => field.name === name) ?? []);
  const main = fields[0];
  const save = async () => {
    if (!main || isEmpty(values[main.name]) || busy) return;
    setBusy(true);
    const link =
      chosen === 'comment'
        ? { targetObject: definition.name, targetId: record.id }
        : { [linkField(about, definition)!]: record.id };
    try {
      await createRecord(about, { ...values, ...link });
      setValues({});
      setKind(null);
      await queryClient.invalidateQueries({ queryKey: ['records', chosen] });
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };
  if (kind === null) {
    return (
      <div className={style.composerClosed}>
        {kinds.map((one) => (
          <Button
            key={one}
            variant="default"
            onClick={() => setKind(one)}
            aria-keyshortcuts={{ note: 'N', task: 'T', comment: 'M' }[one]}
          >
            {t(`activity.write.${one}`)}
          </Button>
        ))}
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the form inside it
    <div
      className={style.composer}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          void save();
        }
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.stopPropagation();
          setKind(null);
        }
      }}
    >
      <SegmentedControl
        size="xs"
        aria-label={t('activity.kind')}
        value={chosen}
        onChange={(next) => {
          setKind(next as Kind);
          setValues({});
        }}
        data={kinds.map((one) => ({ value: one, label: definitions.get(one)!.label.one }))}
      />
      {fields.map((field, index) => {
        const { Editor } = fieldParts(field.type);
        return (
          <Editor
            key={`${chosen}-${field.name}-${busy && index === 0 ? 'saving' : ''}`}
            id={`${id}-${field.name}`}
            aria-label={field.label}
            placeholder={field.label}
            field={field}
            value={values[field.name] ?? null}
            autoFocus={index === 0}
            onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
          />
        );
      })}
      <div className={style.composerFoot}>
        <span className={style.quiet}>{t('activity.sendHint')}</span>
        <Button variant="subtle" color="gray" onClick={() => setKind(null)}>
          {t('common.cancel')}
        </Button>
        <Button loading={busy} disabled={!main || isEmpty(values[main.name])} onClick={() => void save()}>
          {t('common.save')}
        </Button>
      </div>
    </div>
  );
}
