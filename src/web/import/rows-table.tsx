import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Definition, FieldShape } from '../api/types.ts';
import style from './import.module.css';
import { optionsOf } from './meanings.ts';
import { type ImportColumn, type ImportShape, type PreviewRow, targetOf } from './types.ts';

/** Rows of the file, what is wrong with them in red: a click on a cell mends it. */
export function RowsTable({
  shape,
  definition,
  rows,
  onFix,
}: {
  shape: ImportShape;
  definition: Definition | undefined;
  rows: readonly PreviewRow[];
  onFix(row: PreviewRow, column: ImportColumn, text: string): void;
}) {
  const { t } = useTranslation();
  const isMapped = Object.keys(shape.mapping ?? {}).length > 0;
  const goesTo = (column: ImportColumn) => (isMapped ? targetOf(shape.mapping?.[column.index]) : column.target);
  const columns = shape.columns.filter(goesTo);
  return (
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
              {columns.map((column) => {
                const target = goesTo(column) ?? '';
                return (
                  <Cell
                    key={column.index}
                    row={row}
                    column={column}
                    target={target}
                    field={definition?.fields.find(({ name }) => name === target.split(/[.#:]/)[0])}
                    onFix={(text) => onFix(row, column, text)}
                  />
                );
              })}
              <td className={style.remark}>{row.errors.map((error) => error.message).join(' ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({
  row,
  column,
  target,
  field,
  onFix,
}: {
  row: PreviewRow;
  column: ImportColumn;
  target: string;
  field: FieldShape | undefined;
  onFix(text: string): void;
}) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const text = row.cells?.[column.index] ?? '';
  const error = row.errors.find(
    (one) =>
      one.column === column.index ||
      (one.column === undefined &&
        one.field !== undefined &&
        (one.field === target || one.field.startsWith(`${target}.`))),
  );
  const options = optionsOf(field);
  const end = (next: string) => {
    setEditing(false);
    if (next !== text) onFix(next);
  };
  if (editing && options && field?.type === 'select') {
    return (
      <td>
        <Select
          size="xs"
          miw={160}
          aria-label={column.header}
          autoFocus
          searchable
          clearable
          defaultDropdownOpened
          data={options}
          defaultValue={options.find(({ value, label }) => value === text || label === text)?.value ?? null}
          onChange={(next) => end(next ?? '')}
          onBlur={() => setEditing(false)}
        />
      </td>
    );
  }
  if (editing) {
    return (
      <td>
        <TextInput
          size="xs"
          miw={160}
          aria-label={column.header}
          autoFocus
          defaultValue={text}
          onBlur={(event) => end(event.currentTarget.value)}
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
        aria-label={`${t('import.fix', { column: column.header, row: row.row })}: ${text}`}
        onClick={() => setEditing(true)}
      >
        {text || '—'}
      </button>
    </td>
  );
}
