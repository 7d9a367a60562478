import { Button, Group, Modal, Select, Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatNumber } from '#kernel/fields/web/format.ts';
import type { FieldShape } from '../api/types.ts';
import { ErrorState } from '../ui/state.tsx';
import style from './import.module.css';
import { optionsOf, unknownValues } from './meanings.ts';
import { columnValuesQuery } from './queries.ts';
import type { ColumnSetting, ImportColumn } from './types.ts';

type Meanings = Record<string, string | null>;

/** In a select: the cell stays as it is, or stands for nothing. Options cannot be called so. */
const asItIs = '\u0000as-it-is';
const nothing = '\u0000nothing';

/** What each text of a column means: an option of the field, another text, or nothing. */
export function ValueMap({
  importId,
  column,
  field,
  setting,
  onClose,
  onSave,
}: {
  importId: string;
  column: ImportColumn;
  field: FieldShape | undefined;
  setting: ColumnSetting;
  onClose(): void;
  onSave(values: Meanings): void;
}) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const { data, error, refetch } = useQuery(columnValuesQuery(importId, column.index));
  const [meanings, setMeanings] = useState<Meanings>(setting.values ?? {});
  const options = optionsOf(field);
  const unknown = new Set(unknownValues(data?.values ?? [], field, {}));
  // Those that nobody understands first: they are why somebody is here.
  const values = [...(data?.values ?? [])].sort((a, b) => Number(unknown.has(b.text)) - Number(unknown.has(a.text)));
  const mean = (text: string, meaning: string | null | undefined) =>
    setMeanings(({ [text]: _before, ...others }) => (meaning === undefined ? others : { ...others, [text]: meaning }));
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('import.meaningOf', { column: column.header })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={style.text}>{t('import.meaningText')}</p>
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
      {data ? (
        <div className={style.meanings}>
          <strong>{t('import.inFile')}</strong>
          <strong>{t('import.saved')}</strong>
          {values.map(({ text, count }) => (
            <Fragment key={text}>
              <span className={style.meaning}>
                {text}
                <small>{t('import.times', { count, shown: formatNumber(count, language) })}</small>
              </span>
              {options ? (
                <Select
                  aria-label={t('import.meaningFor', { text })}
                  searchable
                  allowDeselect={false}
                  error={unknown.has(text) && !(text in meanings)}
                  data={[
                    { value: asItIs, label: t('import.asItIs') },
                    { value: nothing, label: t('import.nothing') },
                    ...options,
                  ]}
                  value={text in meanings ? (meanings[text] ?? nothing) : asItIs}
                  onChange={(next) =>
                    mean(text, next === asItIs || next === null ? undefined : next === nothing ? null : next)
                  }
                />
              ) : (
                <TextInput
                  aria-label={t('import.meaningFor', { text })}
                  placeholder={t('import.asItIs')}
                  maxLength={1000}
                  value={meanings[text] ?? ''}
                  onChange={({ currentTarget: { value } }) => mean(text, value === '' ? undefined : value)}
                />
              )}
            </Fragment>
          ))}
        </div>
      ) : error ? null : (
        <Skeleton height={140} mt="md" />
      )}
      {data?.more ? <p className={style.text}>{t('import.meaningMore')}</p> : null}
      <Group justify="end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => onSave(meanings)}>{t('common.save')}</Button>
      </Group>
    </Modal>
  );
}
