import { Tooltip } from '@mantine/core';
import IconCloudUp from '@tabler/icons-react/dist/esm/icons/IconCloudUp.mjs';
import IconHelp from '@tabler/icons-react/dist/esm/icons/IconHelp.mjs';
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs';
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { isProblem } from '../api/problem.ts';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { computed, isEmpty } from '../fields.ts';
import { useWaiting } from '../offline/offline.ts';
import { FieldValue } from '../ui/field-value.tsx';
import { problemText } from '../ui/toast.tsx';
import { dropDraft, keepDraft, readDraft } from './drafts.ts';
import { InlineEditor } from './inline-editor.tsx';
import { EditedBy } from './people.tsx';
import { useEditing } from './presence.ts';
import style from './record.module.css';
import { saveChanges } from './save-field.tsx';
import { useFlash } from './use-flash.ts';

const withLinks = new Set([
  'reference',
  'references',
  'email',
  'phone',
  'url',
  'address',
  'geo',
  'file',
  'richText',
  'checklist',
]);

const isSame = (value: unknown, saved: unknown) => JSON.stringify(value ?? null) === JSON.stringify(saved ?? null);

/** A labelled value that becomes its editor when clicked. */
export function InlineField({
  definition,
  record,
  field,
  onHistory,
  wide = false,
}: {
  definition: Definition;
  record: RecordShape;
  field: FieldShape;
  onHistory?(field: FieldShape): void;
  wide?: boolean;
}) {
  const { t } = useTranslation();
  const { userId } = useFieldEnvironment();
  const place = `${userId}/${definition.name}/${record.id}/${field.name}`;
  // What could not be saved stays in its editor, with the reason; also when the page is opened again.
  const [refused, setRefused] = useState<{ value: unknown; message: string; from: RecordShape } | null>(() => {
    const kept = readDraft<{ value: unknown }>(place);
    if (kept && isSame(kept.value, record[field.name])) {
      // It was saved after all: the page was left before the answer came.
      dropDraft(place);
      return null;
    }
    return kept && { value: kept.value, message: t('record.unsaved'), from: record };
  });
  const [editing, setEditing] = useState(refused !== null);
  const flashing = useFlash(record);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const editable = definition.can.update && !field.readOnly && !computed.has(field.type) && !record.deletedAt;
  // A button may not hold links: such values get a button beside them.
  const linked = withLinks.has(field.type) && !isEmpty(record[field.name]);
  const tickable = field.type === 'checklist';
  const editLabel = `${t('record.edit', { field: field.label })}`;
  const returnFocus = useRef(false);
  useEditing(definition.name, record.id, field.name, editing);
  const isWaiting = useWaiting(definition.name, record.id, field.name);

  useEffect(() => {
    if (editing || !returnFocus.current) return;
    returnFocus.current = false;
    box.current?.querySelector<HTMLElement>('[data-value][tabindex], [data-value] > button')?.focus();
  }, [editing]);

  const save = async (value: unknown, from: RecordShape) => {
    setEditing(false);
    setRefused(null);
    if (isSame(value, from[field.name])) return dropDraft(place);
    try {
      await saveChanges(definition, from, { [field.name]: value });
      dropDraft(place);
    } catch (error) {
      keepDraft(place, { value });
      const message = isProblem(error) ? error.of(field.name) : undefined;
      setRefused({ value, message: message || problemText(error), from });
      setEditing(true);
    }
  };

  return (
    <div className={style.field} data-wide={wide} ref={box}>
      <div className={style.label}>
        <span title={field.label}>{field.label}</span>
        {field.help ? (
          <Tooltip label={field.help} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
            <button type="button" className={style.help} aria-label={`${field.label}: ${field.help}`}>
              <IconHelp size={13} aria-hidden />
            </button>
          </Tooltip>
        ) : null}
        {/* Named before the value, so that both are read out. */}
        <span hidden id={`${id}-edit`}>
          {editLabel}
        </span>
        {isWaiting ? (
          <span role="img" className={style.waiting} aria-label={t('offline.queued')} title={t('offline.queued')}>
            <IconCloudUp size={13} aria-hidden />
          </span>
        ) : null}
        {onHistory ? (
          <button
            type="button"
            className={style.historyButton}
            aria-label={t('record.fieldHistory', { field: field.label })}
            onClick={() => onHistory(field)}
          >
            <IconHistory size={13} />
          </button>
        ) : null}
      </div>
      {editing ? (
        <InlineEditor
          field={field}
          // Not what was shown while the server was asked: compared with that, the value would be no change.
          record={refused?.from ?? record}
          draft={refused?.value}
          error={refused?.message}
          onSave={(value, by, from) => {
            returnFocus.current = by === 'enter' || by === 'pick';
            void save(value, from);
          }}
          onCancel={() => {
            dropDraft(place);
            returnFocus.current = true;
            setRefused(null);
            setEditing(false);
          }}
        />
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: where there are links inside, the pencil is the control
        <div
          // Made anew, it flashes; but whoever ticks one point after the other keeps the focus.
          key={flashing.has(field.name) && !tickable ? `${field.name}-${record.version}` : field.name}
          data-value
          className={`${style.value} ${flashing.has(field.name) ? 'flash' : ''}`}
          data-editable={editable}
          id={`${id}-value`}
          {...(editable && !linked ? { role: 'button', tabIndex: 0, 'aria-labelledby': `${id}-edit ${id}-value` } : {})}
          onClick={(event) => {
            if (editable && !(event.target as HTMLElement).closest('a, input, label')) setEditing(true);
          }}
          onKeyDown={(event) => {
            if (!editable || linked || event.target !== event.currentTarget) return;
            if (event.key === 'Enter' || event.key === ' ' || event.key === 'F2') {
              event.preventDefault();
              setEditing(true);
            }
          }}
        >
          {wide && editable && isEmpty(record[field.name]) ? (
            <span className={style.quiet}>{t('record.add', { field: field.label.toLocaleLowerCase() })}</span>
          ) : (
            <FieldValue
              field={field}
              record={record}
              onChange={editable ? (value) => void save(value, record) : undefined}
            />
          )}
          {editable && linked ? (
            <button type="button" className={style.pencil} aria-label={editLabel}>
              <IconPencil size={13} aria-hidden />
            </button>
          ) : null}
        </div>
      )}
      <EditedBy definition={definition} id={record.id} field={field.name} />
    </div>
  );
}
