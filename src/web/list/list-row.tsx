import { memo } from 'react';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { fieldNow } from '../field-rules.ts';
import { isEmpty, numeric, titleOf } from '../fields.ts';
import { type EndedBy, InlineEditor } from '../record/inline-editor.tsx';
import { useFlash } from '../record/use-flash.ts';
import { FieldValue } from '../ui/field-value.tsx';
import { mayOverflow, shownText } from './column-widths.ts';
import style from './list.module.css';
import type { Refusals } from './use-cells.ts';
import { columnStyle } from './use-columns.ts';
import { recordHref } from './use-record-links.ts';

/** Translated once for all rows: asking for each took a tenth of drawing it. */
export interface RowWords {
  untitled: string;
  select(title: string): string;
}

/**
 * Kept as it is while nothing of it changes: moving the cursor draws two rows, not fifty. Clicks and drags over cells
 * are heard by the grid, which reads `data-row` and `data-column`. Placed by `top`: a transform of its own for each row
 * would be a layer to be put together in every frame.
 */
export const ListRow = memo(function ListRow({
  words,
  activeId,
  definition,
  columns,
  widths,
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
  words: RowWords;
  /** Id of the cursor's cell, of whichever row. */
  activeId: string;
  definition: Definition;
  columns: readonly FieldShape[];
  widths: readonly number[];
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
  const flashing = useFlash(record);
  const title = titleOf(definition, record, words.untitled);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by themselves
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={style.row}
      data-row={index}
      data-active={activeColumn >= 0 || undefined}
      style={{
        top,
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
          aria-label={words.select(title)}
          checked={selected}
          onChange={() => {}}
          onClick={(event) => onToggle(index, event.shiftKey)}
        />
      </div>
      {columns.map((field, column) => {
        const isTitle = field.name === definition.title;
        const isActive = column === activeColumn;
        const refusal = refusals?.[field.name];
        const look = column < frozen ? `${style.cell} ${style.frozen}` : style.cell;
        return (
          // biome-ignore lint/a11y/useSemanticElements: see above
          // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus
          <div
            key={field.name}
            id={isActive ? activeId : undefined}
            role="gridcell"
            aria-selected={column >= left && column <= right ? true : undefined}
            aria-invalid={refusal ? true : undefined}
            title={refusal?.message}
            className={flashing.has(field.name) ? `${look} flash` : look}
            style={columnStyle(column, column < frozen)}
            data-column={column}
            data-align={numeric.has(field.type) ? 'end' : undefined}
            data-long={mayOverflow(isTitle ? title : shownText(field, record), widths[column] ?? 0) || undefined}
            data-active={isActive || undefined}
            data-last={column === frozen - 1 || undefined}
            data-marked={column >= left && column <= right && !isActive ? true : undefined}
            data-editing={(isActive && editing) || undefined}
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
              <a href={recordHref(definition.name, record.id)} tabIndex={-1} className={style.title} draggable={false}>
                {title}
              </a>
            ) : isEmpty(record[field.name]) ? null : (
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

export const PhoneRow = memo(function PhoneRow({
  untitled,
  definition,
  columns,
  record,
  top,
}: {
  untitled: string;
  definition: Definition;
  columns: readonly FieldShape[];
  record: RecordShape;
  top: number;
}) {
  const details = columns
    .filter((field) => field.name !== definition.title && !isEmpty(record[field.name]))
    .slice(0, 3);
  return (
    <a href={recordHref(definition.name, record.id)} className={style.phoneRow} style={{ top }}>
      <div>{titleOf(definition, record, untitled)}</div>
      <div className={style.phoneDetail}>
        {details.map((field) => (
          <span key={field.name}>
            <FieldValue field={field} record={record} cell />
          </span>
        ))}
      </div>
    </a>
  );
});
