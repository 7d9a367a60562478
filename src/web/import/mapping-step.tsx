import { Button, Checkbox, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '#kernel/fields/web/chip.tsx';
import { useDefinitions } from '../api/definitions.ts';
import type { FieldShape } from '../api/types.ts';
import { Constants } from './constants.tsx';
import style from './import.module.css';
import { optionsOf, unknownValues } from './meanings.ts';
import { columnValuesQuery } from './queries.ts';
import { type ColumnSetting, type ImportColumn, type ImportShape, type Mapping, settingOf, targetOf } from './types.ts';
import { ValueMap } from './value-map.tsx';

/** Which column becomes which field: guessed, with how sure the guess is, and changeable. */
export function MappingStep({
  shape,
  busy,
  onNext,
}: {
  shape: ImportShape;
  busy: boolean;
  onNext(changes: { mapping: Mapping; constants: Record<string, string> }): unknown;
}) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const definition = definitions.get(shape.object);
  // What a person left out stays left out when they come back to this step.
  const isMapped = Object.keys(shape.mapping ?? {}).length > 0;
  const [mapping, setMapping] = useState<Mapping>(() =>
    Object.fromEntries(
      shape.columns.map((column) => [
        String(column.index),
        isMapped ? (shape.mapping?.[column.index] ?? null) : column.target,
      ]),
    ),
  );
  const [constants, setConstants] = useState(shape.constants ?? {});
  const [meaning, setMeaning] = useState<ImportColumn | null>(null);
  const fieldOf = (target: string | null) =>
    definition?.fields.find((field) => field.name === target?.split(/[.#:]/)[0]);
  const targets = shape.targets.map((target) =>
    typeof target === 'string'
      ? { value: target, label: fieldOf(target)?.label ?? target }
      : { value: target.name, label: target.label },
  );
  const used = new Set([...Object.values(mapping).map(targetOf), ...Object.keys(constants)].filter(Boolean));
  const missing = (definition?.fields ?? []).filter(
    (field) =>
      field.required &&
      !field.readOnly &&
      field.options?.default === undefined &&
      ![...used].some((name) => name === field.name || name?.startsWith(`${field.name}.`)),
  );
  const set = (column: ImportColumn, setting: string | null | ColumnSetting) =>
    setMapping((old) => ({ ...old, [column.index]: setting }));
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
            {shape.columns.map((column) => {
              const target = targetOf(mapping[column.index]);
              const field = fieldOf(target);
              const to = typeof field?.options?.to === 'string' ? definitions.get(field.options.to) : undefined;
              const header = column.header || t('import.columnNumber', { number: column.index + 1 });
              return (
                <tr key={column.index}>
                  <th scope="row">{header}</th>
                  <td className={style.samples}>{column.samples.filter(Boolean).slice(0, 3).join(' · ')}</td>
                  <td>
                    <Select
                      aria-label={t('import.fieldFor', { column: column.header })}
                      placeholder={t('import.leaveOut')}
                      searchable
                      clearable
                      selectFirstOptionOnChange
                      data={targets.map((one) => ({
                        ...one,
                        disabled: used.has(one.value) && target !== one.value,
                      }))}
                      value={target}
                      onChange={(next) => set(column, next)}
                    />
                  </td>
                  <td>
                    <div className={style.more}>
                      {target && target === column.target ? <Confidence column={column} /> : null}
                      {target ? (
                        <Meaning
                          importId={shape.id}
                          column={column}
                          field={field}
                          setting={settingOf(mapping[column.index])!}
                          onOpen={() => setMeaning(column)}
                        />
                      ) : null}
                      {/* Rows of the same object may come later in the file: such references are looked up at its end. */}
                      {target && to?.can.create && to.name !== 'user' && to.name !== shape.object ? (
                        <Checkbox
                          label={t('import.createMissing')}
                          aria-label={t('import.createMissingFor', { object: to.label.many, column: header })}
                          checked={settingOf(mapping[column.index])?.createMissing ?? false}
                          onChange={(event) =>
                            set(column, {
                              ...settingOf(mapping[column.index])!,
                              createMissing: event.currentTarget.checked,
                            })
                          }
                        />
                      ) : null}
                    </div>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <Constants
        targets={targets}
        used={used}
        constants={constants}
        fieldOf={fieldOf}
        example={`{{${shape.columns[0]?.header || '…'}}}`}
        onChange={setConstants}
      />
      {missing.length > 0 ? (
        <p className={style.warning} role="status">
          {t('import.missing', { fields: missing.map((field) => field.label).join(', ') })}
        </p>
      ) : null}
      <div className={style.foot}>
        <Button loading={busy} disabled={used.size === 0} onClick={() => void onNext({ mapping, constants })}>
          {t('import.next')}
        </Button>
      </div>
      {meaning ? (
        <ValueMap
          importId={shape.id}
          column={meaning}
          field={fieldOf(targetOf(mapping[meaning.index]))}
          setting={settingOf(mapping[meaning.index])!}
          onClose={() => setMeaning(null)}
          onSave={(values) => {
            const { values: _before, ...setting } = settingOf(mapping[meaning.index])!;
            set(meaning, Object.keys(values).length > 0 ? { ...setting, values } : setting);
            setMeaning(null);
          }}
        />
      ) : null}
    </>
  );
}

/** The way to say what a column's texts mean; loud where the field would refuse some of them. */
function Meaning({
  importId,
  column,
  field,
  setting,
  onOpen,
}: {
  importId: string;
  column: ImportColumn;
  field: FieldShape | undefined;
  setting: ColumnSetting;
  onOpen(): void;
}) {
  const { t } = useTranslation();
  const isChoice = optionsOf(field) !== null;
  const { data } = useQuery({ ...columnValuesQuery(importId, column.index), enabled: isChoice });
  const unknown = unknownValues(data?.values ?? [], field, setting.values ?? {}).length;
  const isPlain = ['text', 'reference', 'references', 'user', 'tags', 'boolean'].includes(field?.type ?? '');
  if (!isChoice && !isPlain) return null;
  return (
    <Button
      variant="subtle"
      size="compact-xs"
      color={unknown > 0 ? 'orange' : 'gray'}
      c={unknown > 0 ? undefined : 'dimmed'}
      onClick={onOpen}
    >
      {unknown > 0 ? t('import.unknownValues', { count: unknown }) : t('import.meaning')}
      {setting.values ? ` (${Object.keys(setting.values).length})` : ''}
    </Button>
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
