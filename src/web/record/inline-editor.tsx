import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldShape, RecordShape } from '../api/types.ts';
import { fieldParts, multiLine } from '../fields.ts';
import style from './record.module.css';

export type EndedBy = 'enter' | 'tab' | 'back-tab' | 'blur' | 'pick';

/** An editor in the place of a value: Enter saves, Esc gives up, Tab saves and moves on, leaving it saves. */
export function InlineEditor({
  field,
  record,
  error,
  draft,
  onSave,
  onCancel,
}: {
  field: FieldShape;
  record: RecordShape;
  error?: string;
  /** What was typed before the server refused it. */
  draft?: unknown;
  /** `from`: the record as it was when editing began, so that what others saved meanwhile is not overwritten unseen. */
  onSave(value: unknown, by: EndedBy, from: RecordShape): void;
  onCancel(): void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const ended = useRef(false);
  const from = useRef(record);
  const [value, setValue] = useState<unknown>(draft === undefined ? (record[field.name] ?? null) : draft);
  const latest = useRef(value);
  const { Editor } = fieldParts(field.type);
  const change = (next: unknown) => {
    latest.current = next;
    setValue(next);
  };
  const end = (by: EndedBy, final: unknown = latest.current) => {
    if (ended.current) return;
    ended.current = true;
    onSave(trimmed(final), by, from.current);
  };
  const leave = useRef(() => {});
  leave.current = () => {
    if (!ended.current && hasChanged(latest.current, from.current[field.name])) end('blur');
  };
  // Whoever goes to another page with something typed means it.
  useEffect(() => () => leave.current(), []);
  const isChanged = hasChanged(value, record[field.name]);
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isChanged]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const mod = event.ctrlKey || event.metaKey;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      ended.current = true;
      onCancel();
    } else if (mod && event.key.toLowerCase() === 's') {
      event.preventDefault();
      event.stopPropagation();
      end('enter');
    } else if (event.key === 'Enter' && (mod || (!multiLine.has(field.type) && !event.defaultPrevented))) {
      // A list that was chosen from takes Enter to open again, with Ctrl as well.
      event.preventDefault();
      event.stopPropagation();
      end('enter');
    } else if (
      event.key === 'Tab' &&
      !['address', 'email', 'phone', 'money', 'richText', 'weeklyHours', 'recurrence', 'checklist'].includes(field.type)
    ) {
      event.preventDefault();
      end(event.shiftKey ? 'back-tab' : 'tab');
    }
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and focus of the editor inside it
    <div
      className={style.inlineEditor}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        const next = event.relatedTarget as HTMLElement | null;
        // A picker's list lives outside this element, but belongs to it.
        if (event.currentTarget.contains(next) || next?.closest('[data-portal]')) return;
        setTimeout(() => end('blur'), 0);
      }}
    >
      <Editor
        id={id}
        aria-label={field.label}
        field={field}
        record={record}
        value={value}
        onChange={change}
        onDone={(final) => end('pick', final)}
        autoFocus
        invalid={Boolean(error)}
      />
      {error ? (
        <div className={style.inlineError} role="alert">
          {error}
        </div>
      ) : null}
      {multiLine.has(field.type) ? <div className={style.inlineHint}>{t('record.multiLineHint')}</div> : null}
    </div>
  );
}

function hasChanged(value: unknown, before: unknown): boolean {
  return JSON.stringify(trimmed(value) ?? null) !== JSON.stringify(before ?? null);
}

/** Lines that were opened and left empty are no values. */
function trimmed(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const kept = value.filter((one) => !(one && typeof one === 'object' && 'value' in one && !one.value));
  return kept.length === 0 ? null : kept;
}
