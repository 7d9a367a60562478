import { Button, Group, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatAgo } from '#kernel/fields/web/format.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { computed } from '../fields.ts';
import { FieldValue } from '../ui/field-value.tsx';
import { Actor } from './actor.tsx';
import style from './record.module.css';

/** Somebody else saved the same fields meanwhile: for each one, theirs or mine. */
export function ConflictDialog({
  definition,
  current,
  seen,
  mine,
  onClose,
}: {
  definition: Definition;
  current: RecordShape;
  /** The record as the writer saw it. */
  seen: RecordShape;
  mine: Record<string, unknown>;
  onClose(chosen: Record<string, unknown> | null): void;
}) {
  const { t, i18n } = useTranslation();
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set(Object.keys(mine)));
  const changed = [...definition.fields, ...definition.system].filter(
    (field) =>
      !['updatedAt', 'updatedBy'].includes(field.name) &&
      !computed.has(field.type) &&
      !isSame(seen[field.name], current[field.name]),
  );
  const fields = changed.filter((field) => field.name in mine && !isSame(mine[field.name], current[field.name]));
  const others = changed.filter((field) => !(field.name in mine));
  const choose = (field: string, own: boolean) => {
    const next = new Set(kept);
    if (own) next.add(field);
    else next.delete(field);
    setKept(next);
  };
  return (
    <Modal
      opened
      onClose={() => onClose(null)}
      title={t('conflict.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={style.conflictText}>
        {t('conflict.text')} <Actor id={(current.updatedBy as string | null) ?? null} />{' '}
        {formatAgo(String(current.updatedAt), i18n.language)}
      </p>
      {fields.map((field) => (
        <fieldset key={field.name} className={style.conflict}>
          <legend>{field.label}</legend>
          {[true, false].map((own) => (
            <label key={String(own)} data-chosen={kept.has(field.name) === own}>
              <input
                type="radio"
                name={field.name}
                checked={kept.has(field.name) === own}
                onChange={() => choose(field.name, own)}
              />
              <span className={style.conflictSide}>{own ? t('conflict.mine') : t('conflict.theirs')}</span>
              <FieldValue field={field} record={own ? { ...current, ...mine } : current} />
            </label>
          ))}
        </fieldset>
      ))}
      {others.length > 0 ? (
        <p className={style.conflictText}>
          {t('conflict.others', { fields: others.map(({ label }) => label).join(', ') })}
        </p>
      ) : null}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={() => onClose(null)}>
          {t('common.cancel')}
        </Button>
        <Button
          data-autofocus
          onClick={() => onClose(Object.fromEntries(Object.entries(mine).filter(([field]) => kept.has(field))))}
        >
          {t('conflict.save')}
        </Button>
      </Group>
    </Modal>
  );
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left ?? null) === JSON.stringify(right ?? null);
}
