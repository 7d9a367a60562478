import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '#kernel/fields/web/chip.tsx';
import { useDefinitions } from '../api/definitions.ts';
import style from './import.module.css';
import type { ImportColumn, ImportShape } from './types.ts';

/** Which column becomes which field: guessed, with how sure the guess is, and changeable. */
export function MappingStep({
  shape,
  busy,
  onNext,
}: {
  shape: ImportShape;
  busy: boolean;
  onNext(mapping: Record<string, string | null>): unknown;
}) {
  const { t } = useTranslation();
  const definition = useDefinitions().get(shape.object);
  // What a person left out stays left out when they come back to this step.
  const isMapped = Object.keys(shape.mapping ?? {}).length > 0;
  const [mapping, setMapping] = useState<Record<string, string | null>>(() =>
    Object.fromEntries(
      shape.columns.map((column) => [
        String(column.index),
        isMapped ? (shape.mapping?.[column.index] ?? null) : column.target,
      ]),
    ),
  );
  const labelOf = (name: string) => definition?.fields.find((field) => field.name === name)?.label ?? name;
  const targets = shape.targets.map((target) =>
    typeof target === 'string'
      ? { value: target, label: labelOf(target) }
      : { value: target.name, label: target.label ?? labelOf(target.name) },
  );
  const used = new Set(Object.values(mapping).filter(Boolean));
  const missing = (definition?.fields ?? []).filter(
    (field) =>
      field.required &&
      !field.readOnly &&
      field.options?.default === undefined &&
      ![...used].some((name) => name === field.name || name?.startsWith(`${field.name}.`)),
  );
  return (
    <>
      <p className={style.text}>{t('import.mappingText')}</p>
      <div className={style.tableWrap}>
        <table className={style.table}>
          <thead>
            <tr>
              <th>{t('import.column')}</th>
              <th>{t('import.samples')}</th>
              <th>{t('import.field')}</th>
              <th>{t('import.sure')}</th>
            </tr>
          </thead>
          <tbody>
            {shape.columns.map((column) => (
              <tr key={column.index}>
                <th scope="row">{column.header || t('import.columnNumber', { number: column.index + 1 })}</th>
                <td className={style.samples}>{column.samples.filter(Boolean).slice(0, 3).join(' · ')}</td>
                <td>
                  <Select
                    aria-label={t('import.fieldFor', { column: column.header })}
                    placeholder={t('import.leaveOut')}
                    searchable
                    clearable
                    selectFirstOptionOnChange
                    data={targets.map((target) => ({
                      ...target,
                      disabled: used.has(target.value) && mapping[column.index] !== target.value,
                    }))}
                    value={mapping[column.index] ?? null}
                    onChange={(target) => setMapping((old) => ({ ...old, [column.index]: target }))}
                  />
                </td>
                <td>
                  {mapping[column.index] && mapping[column.index] === column.target ? (
                    <Confidence column={column} />
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {missing.length > 0 ? (
        <p className={style.warning} role="status">
          {t('import.missing', { fields: missing.map((field) => field.label).join(', ') })}
        </p>
      ) : null}
      <div className={style.foot}>
        <Button loading={busy} disabled={used.size === 0} onClick={() => void onNext(mapping)}>
          {t('import.next')}
        </Button>
      </div>
    </>
  );
}

function Confidence({ column }: { column: ImportColumn }) {
  const { t } = useTranslation();
  if (column.confidence === null) return null;
  const level = column.confidence >= 0.9 ? 'high' : column.confidence >= 0.6 ? 'middle' : 'low';
  return (
    <span title={column.reason ?? undefined}>
      <Chip tone={{ high: 'green', middle: 'yellow', low: 'orange' }[level]}>{t(`import.confidence.${level}`)}</Chip>
    </span>
  );
}
