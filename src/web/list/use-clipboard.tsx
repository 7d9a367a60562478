import { type ClipboardEvent, useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { localeOf } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { bulk, undoChange } from '../api/writes.ts';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import { cellText, cellValue, type TextEnvironment } from './cell-text.ts';
import { type Lines, recordsBetween } from './lines.ts';
import { readTsv, writeTsv } from './tsv.ts';
import { type Cells, type Refusal, rangeOf } from './use-cells.ts';

/** Between lists of this app values travel as they are. */
const OWN_FORMAT = 'application/x-tendero-cells';

interface OwnCell {
  type: string;
  to: unknown;
  value: unknown;
}

interface ReadCell {
  value?: unknown;
  message?: string;
}

/** One cell on its way: where to, what was there as text, what it became. */
interface PastedCell {
  record: RecordShape;
  field: FieldShape;
  text: string;
  read: ReadCell;
}

/**
 * Copy and paste of the marked range, also from and to spreadsheets. Pasted texts are read by the server as an import
 * reads them, then written in one bulk update: what is refused stays marked in its cell with the reason, the rest can be
 * undone.
 */
export function useClipboard(
  definition: Definition,
  columns: readonly FieldShape[],
  lines: Lines,
  cells: Cells,
): {
  onCopy(event: ClipboardEvent): void;
  onCut(event: ClipboardEvent): void;
  onPaste(event: ClipboardEvent): void;
  clear(): void;
} {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const environment = useMemo(
    (): TextEnvironment => ({ language, timeZone, yes: t('common.yes'), no: t('common.no') }),
    [language, timeZone, t],
  );

  const write = useCallback(
    async (pasted: readonly PastedCell[], overflow: number) => {
      const refusals: { id: string; field: string; refusal: Refusal }[] = [];
      const changes = new Map<string, { record: RecordShape; changes: Record<string, unknown> }>();
      for (const { record, field, text, read } of pasted) {
        if (read.message !== undefined) {
          refusals.push({
            id: record.id,
            field: field.name,
            refusal: { draft: draftOf(field, text), message: read.message },
          });
          continue;
        }
        const value = read.value ?? null;
        if (JSON.stringify(value) === JSON.stringify(cellValue(field, record))) continue;
        const entry = changes.get(record.id) ?? { record, changes: {} };
        entry.changes[field.name] = value;
        changes.set(record.id, entry);
      }
      const rows = [...changes.values()];
      if (rows.length > 0) {
        const result = await bulk(definition, {
          updateEach: rows.map(({ record, changes: changed }) => ({
            id: record.id,
            version: record.version,
            changes: changed,
          })),
        });
        for (const { index, problem } of result.results) {
          const row = rows[index];
          if (!problem || !row) continue;
          for (const [field, value] of Object.entries(row.changes)) {
            const own = problem.errors?.find((one) => one.field === field || one.field.startsWith(`${field}.`));
            const message = own?.message ?? problem.detail ?? problem.title ?? problem.code;
            refusals.push({ id: row.record.id, field, refusal: { draft: value, message } });
          }
        }
        if (result.succeeded > 0)
          showUndo(t('paste.done', { count: result.succeeded }), () => undoChange(definition, result.changeSet));
      }
      cells.refuse(refusals);
      if (refusals.length > 0)
        showToast(t('paste.refused', { count: refusals.length, reason: refusals[0]!.refusal.message }));
      else if (rows.length === 0) showToast(t('paste.nothing'));
      if (overflow > 0) showToast(t('paste.overflow', { count: overflow }));
    },
    [definition, cells, t],
  );

  const onCopy = useCallback(
    (event: ClipboardEvent) => {
      const range = rangeOf(cells);
      if (!range || cells.editing || event.target !== event.currentTarget) return;
      const shown = columns.slice(range.left, range.right + 1);
      const records = recordsBetween(lines, range.top, range.bottom);
      event.preventDefault();
      event.clipboardData.setData(
        'text/plain',
        writeTsv(records.map((record) => shown.map((field) => cellText(field, record, environment)))),
      );
      const own = records.map((record) =>
        shown.map((field): OwnCell => ({ type: field.type, to: field.options?.to, value: cellValue(field, record) })),
      );
      event.clipboardData.setData(OWN_FORMAT, JSON.stringify(own));
    },
    [columns, lines, cells, environment],
  );

  const onPaste = useCallback(
    (event: ClipboardEvent) => {
      const range = rangeOf(cells);
      if (!range || cells.editing || event.target !== event.currentTarget) return;
      event.preventDefault();
      const own = ownCells(event.clipboardData.getData(OWN_FORMAT));
      const texts = readTsv(event.clipboardData.getData('text/plain'));
      const width = Math.max(...texts.map((row) => row.length));
      // One value fills what is marked, as in a spreadsheet; a row fills the rows below it.
      const isFill = texts.length === 1 && range.bottom > range.top;
      const acrossAll = width === 1 && range.right > range.left;
      const bottom = isFill ? range.bottom : range.top + texts.length - 1;
      const right = acrossAll ? range.right : range.left + width - 1;
      const records = recordsBetween(lines, range.top, bottom);
      const fields = columns.slice(range.left, right + 1);
      const overflow = Math.max(0, (isFill ? range.bottom - range.top + 1 : texts.length) - records.length);
      const textAt = (row: number, column: number) => texts[isFill ? 0 : row]?.[acrossAll ? 0 : column] ?? '';
      const targets = fields.map((field, column) => ({ field, column }));
      const written = targets.filter(({ field }) => cells.isEditable(field));
      if (written.length === 0 || records.length === 0) return showToast(t('paste.nothing'));
      const ownAt = (row: number, column: number) => own?.[isFill ? 0 : row]?.[acrossAll ? 0 : column];
      const fits = (field: FieldShape, cell: OwnCell | undefined) =>
        cell !== undefined && cell.type === field.type && cell.to === field.options?.to;

      const paste = async () => {
        const asked = written.filter(
          ({ field, column }) => !records.every((_, row) => fits(field, ownAt(row, column))),
        );
        const { rows } =
          asked.length === 0
            ? { rows: [] as ReadCell[][] }
            : await post<{ rows: ReadCell[][] }>(`/records/${definition.name}/read-cells`, {
                fields: asked.map(({ field }) => field.name),
                rows: records.map((_, row) => asked.map(({ column }) => textAt(row, column))),
                locale: localeOf(environment.language),
              });
        const pasted = records.flatMap((record, row) =>
          written.map(({ field, column }): PastedCell => {
            const at = asked.findIndex((one) => one.column === column);
            const read = at === -1 ? { value: ownAt(row, column)!.value } : (rows[row]?.[at] ?? { value: null });
            return { record, field, text: textAt(row, column), read };
          }),
        );
        await write(pasted, overflow);
      };
      paste().catch(showProblem);
    },
    [columns, lines, cells, definition, write, t, environment.language],
  );

  const clear = useCallback(() => {
    const range = rangeOf(cells);
    if (!range) return;
    const fields = columns.slice(range.left, range.right + 1).filter((field) => cells.isEditable(field));
    const records = recordsBetween(lines, range.top, range.bottom);
    const pasted = records.flatMap((record) =>
      fields.map((field): PastedCell => ({ record, field, text: '', read: { value: null } })),
    );
    write(pasted, 0).catch(showProblem);
  }, [columns, lines, cells, write]);

  const onCut = useCallback(
    (event: ClipboardEvent) => {
      onCopy(event);
      if (event.defaultPrevented) clear();
    },
    [onCopy, clear],
  );
  return { onCopy, onCut, onPaste, clear };
}

/** What the editor opens with after a refusal: a text where the field is written as one. */
function draftOf(field: FieldShape, text: string): unknown {
  return ['text', 'longText', 'url'].includes(field.type) ? text : undefined;
}

function ownCells(json: string): OwnCell[][] | null {
  if (!json) return null;
  try {
    const rows: unknown = JSON.parse(json);
    return Array.isArray(rows) && rows.every(Array.isArray) ? (rows as OwnCell[][]) : null;
  } catch {
    return null;
  }
}
