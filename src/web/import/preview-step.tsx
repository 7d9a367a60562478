import { Alert, Button, Skeleton, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState } from '../ui/state.tsx';
import { Counts } from './counts.tsx';
import style from './import.module.css';
import { previewQuery } from './queries.ts';
import type { ImportShape, PreviewRow } from './types.ts';

export type Fixes = Record<string, Record<string, string>>;

/** The first rows as they will be saved, with what is wrong in red: a click on a cell mends it. */
export function PreviewStep({
  shape,
  version,
  busy,
  onBack,
  onFix,
  onDryRun,
  onStart,
}: {
  shape: ImportShape;
  version: number;
  busy: boolean;
  onBack(): void;
  onFix(fixes: Fixes): Promise<boolean>;
  onDryRun(): unknown;
  onStart(): unknown;
}) {
  const { t } = useTranslation();
  const preview = useQuery({ ...previewQuery(shape.id, version), placeholderData: keepPreviousData });
  const columns = shape.columns.filter((column) => (shape.mapping ? shape.mapping[column.index] : column.target));
  const rows = preview.data?.rows ?? [];
  const wrong = rows.filter((row) => row.errors.length > 0).length;
  return (
    <>
      <p className={style.text}>{wrong > 0 ? t('import.previewWrong', { count: wrong }) : t('import.previewText')}</p>
      {preview.isPending ? <Skeleton height={180} mt="md" /> : null}
      {preview.isError ? <ErrorState error={preview.error} onRetry={() => void preview.refetch()} /> : null}
      {rows.length > 0 ? (
        <div className={style.tableWrap}>
          <table className={style.table}>
            <thead>
              <tr>
                <th>#</th>
                {columns.map((column) => (
                  <th key={column.index}>{column.header}</th>
                ))}
                <th>{t('import.remark')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.row} data-wrong={row.errors.length > 0}>
                  <th scope="row">{row.row}</th>
                  {columns.map((column) => (
                    <Cell
                      key={column.index}
                      row={row}
                      column={column.index}
                      field={shape.mapping?.[column.index] ?? column.target ?? ''}
                      label={column.header}
                      onFix={(text) => onFix({ [row.row]: { [column.index]: text } })}
                    />
                  ))}
                  <td className={style.remark}>{row.errors.map((error) => error.message).join(' ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {shape.dryRun ? (
        <Alert mt="md" color={shape.dryRun.failed ? 'orange' : 'petrol'} title={t('import.dryRunDone')} role="status">
          <Counts counts={shape.dryRun} />
        </Alert>
      ) : null}
      <div className={style.foot}>
        <Button variant="default" onClick={onBack}>
          {t('import.back')}
        </Button>
        <Button variant="default" loading={busy || shape.state === 'checking'} onClick={() => void onDryRun()}>
          {t('import.dryRun')}
        </Button>
        <Button loading={busy} onClick={() => void onStart()}>
          {t('import.start')}
        </Button>
      </div>
    </>
  );
}

function Cell({
  row,
  column,
  field,
  label,
  onFix,
}: {
  row: PreviewRow;
  column: number;
  field: string;
  label: string;
  onFix(text: string): void;
}) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const text = row.cells?.[column] ?? textOf(row.values?.[field]);
  const error = row.errors.find(
    (one) =>
      one.column === column || (one.field !== undefined && (one.field === field || one.field.startsWith(`${field}.`))),
  );
  if (editing) {
    return (
      <td>
        <TextInput
          size="xs"
          aria-label={label}
          autoFocus
          defaultValue={text}
          onBlur={(event) => {
            setEditing(false);
            if (event.currentTarget.value !== text) onFix(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
            if (event.key === 'Escape') setEditing(false);
          }}
        />
      </td>
    );
  }
  return (
    <td data-wrong={error !== undefined}>
      <button
        type="button"
        className={style.cell}
        title={error?.message}
        aria-label={`${t('import.fix', { column: label, row: row.row })}: ${text}`}
        onClick={() => setEditing(true)}
      >
        {text || '—'}
      </button>
    </td>
  );
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
