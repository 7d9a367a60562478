import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { fieldNow } from '../field-rules.ts';
import { isEmpty, numeric } from '../fields.ts';
import { type EndedBy, InlineEditor } from '../record/inline-editor.tsx';
import { useFlash } from '../record/use-flash.ts';
import { FieldValue } from '../ui/field-value.tsx';
import style from './list.module.css';
import type { Refusals } from './use-cells.ts';
import type { ListView } from './use-list-view.ts';

/**
 * Kept as it is while nothing of it changes: moving the cursor draws two rows, not fifty. Clicks and drags over cells
 * are heard by the grid, which reads `data-row` and `data-column`.
 */
export const ListRow = memo(function ListRow({
  gridId,
  definition,
  columns,
  frozen,
  record,
  index,
  top,
  selected,
  activeColumn,
  left,
  right,
  editing,
  refusals,
  onToggle,
  onSave,
  onCancel,
}: {
  gridId: string;
  definition: Definition;
  columns: readonly FieldShape[];
  frozen: number;
  record: RecordShape;
  index: number;
  top: number;
  selected: boolean;
  /** Column of the cursor; -1 on all other rows. */
  activeColumn: number;
  /** Columns of the marked range; -1 outside it. */
  left: number;
  right: number;
  editing: boolean;
  refusals: Refusals | undefined;
  onToggle(index: number, range: boolean): void;
  onSave(from: RecordShape, field: FieldShape, value: unknown, by: EndedBy): void;
  onCancel(): void;
}) {
  const { t } = useTranslation();
  const flashing = useFlash(record);
  const title = titleOf(definition, record, t('list.untitled'));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by themselves
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={style.row}
      data-row={index}
      data-active={activeColumn >= 0}
      style={{
        transform: `translateY(${top}px)`,
        zIndex: editing ? 2 : undefined,
        contain: editing ? 'none' : undefined,
      }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus */}
      <div role="gridcell" className={`${style.cell} ${style.check} ${style.sticky}`}>
        {/* The browser's own: a composed one takes longer to draw than the rest of the row. */}
        <input
          type="checkbox"
          className={style.box}
          tabIndex={-1}
          aria-label={t('list.selectRow', { title })}
          checked={selected}
          onChange={() => {}}
          onClick={(event) => onToggle(index, event.shiftKey)}
        />
      </div>
      {columns.map((field, column) => {
        const isTitle = field.name === definition.title;
        const isActive = column === activeColumn;
        const refusal = refusals?.[field.name];
        return (
          // biome-ignore lint/a11y/useSemanticElements: see above
          // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus
          <div
            key={field.name}
            id={`${gridId}-${index}-${column}`}
            role="gridcell"
            aria-colindex={column + 2}
            aria-selected={column >= left && column <= right ? true : undefined}
            aria-invalid={refusal ? true : undefined}
            title={refusal?.message}
            className={`${style.cell} ${column < frozen ? style.frozen : ''} ${flashing.has(field.name) ? 'flash' : ''}`}
            style={{ width: `var(--w${column})`, left: column < frozen ? `var(--l${column})` : undefined }}
            data-column={column}
            data-align={numeric.has(field.type) ? 'end' : undefined}
            data-active={isActive}
            data-last={column === frozen - 1 || undefined}
            data-marked={column >= left && column <= right && !isActive ? true : undefined}
            data-editing={isActive && editing}
          >
            {isActive && editing ? (
              <div className={style.editing} data-editor>
                <InlineEditor
                  field={fieldNow(field, record) ?? field}
                  record={record}
                  error={refusal?.message}
                  draft={refusal?.draft}
                  onSave={(value, by, from) => onSave(from, field, value, by)}
                  onCancel={onCancel}
                />
              </div>
            ) : isTitle ? (
              <Link
                to="/o/$object/$id"
                params={{ object: definition.name, id: record.id }}
                tabIndex={-1}
                className={style.title}
                draggable={false}
              >
                {title}
              </Link>
            ) : (
              <div>
                <FieldValue field={field} record={record} cell />
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
});

export function PhoneRow({ list, record, top }: { list: ListView; record: RecordShape; top: number }) {
  const { t } = useTranslation();
  const { definition } = list;
  const details = list.columns
    .filter((field) => field.name !== definition.title && !isEmpty(record[field.name]))
    .slice(0, 3);
  return (
    <Link
      to="/o/$object/$id"
      params={{ object: definition.name, id: record.id }}
      className={style.phoneRow}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div>{titleOf(definition, record, t('list.untitled'))}</div>
      <div className={style.phoneDetail}>
        {details.map((field) => (
          <span key={field.name}>
            <FieldValue field={field} record={record} cell />
          </span>
        ))}
      </div>
    </Link>
  );
}

/** What names a record: its title field's value, a select's in words. */
export function titleOf(definition: Definition, record: RecordShape, untitled: string): string {
  const value = record[definition.title];
  if (isEmpty(value)) return untitled;
  const options = definition.fields.find((field) => field.name === definition.title)?.options?.options;
  const choice = (options as { value: string; label: string }[] | undefined)?.find((one) => one.value === value);
  return choice?.label ?? String(value);
}
