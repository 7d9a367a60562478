import { ActionIcon, Checkbox, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { type KeyboardEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { type ChecklistItem, progressOf } from './format.ts';

/** Ticked where it stands. */
export function Display({ value, onChange }: DisplayProps<ChecklistItem[]>) {
  return (
    <span className={style.stack}>
      <span className={style.row}>
        <Bar items={value} />
      </span>
      {value.map((item) => (
        <Checkbox
          key={item.id}
          size="xs"
          label={item.text}
          checked={item.done}
          disabled={!onChange}
          classNames={{ label: item.done ? style.pointDone! : style.point! }}
          onChange={(event) => onChange?.(withItem(value, { ...item, done: event.currentTarget.checked }))}
        />
      ))}
    </span>
  );
}

export function Cell({ value }: DisplayProps<ChecklistItem[]>) {
  return <Bar items={value} />;
}

/** A point a line. Enter begins the next one, Alt and an arrow move it, Backspace takes an empty one out. */
export function Editor({ value, onChange, id, autoFocus, field, ...props }: EditorProps<ChecklistItem[]>) {
  const { t } = useTranslation();
  const lines = useRef<HTMLFieldSetElement>(null);
  const items = value ?? [];
  const focus = (index: number) =>
    requestAnimationFrame(() => lines.current?.querySelectorAll<HTMLElement>('input[type="text"]')[index]?.focus());
  const add = (index: number) => {
    onChange(items.toSpliced(index, 0, { id: crypto.randomUUID(), text: '', done: false }));
    focus(index);
  };
  const remove = (index: number) => {
    const left = items.toSpliced(index, 1);
    onChange(left.length > 0 ? left : null);
    focus(Math.max(0, index - 1));
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const item = items[index]!;
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      add(index + 1);
    } else if (step !== 0 && items[index + step]) {
      event.preventDefault();
      if (event.altKey) onChange(items.toSpliced(index, 1).toSpliced(index + step, 0, item));
      focus(index + step);
    } else if (event.key === 'Backspace' && item.text === '') {
      event.preventDefault();
      remove(index);
    }
  };
  return (
    <fieldset id={id} ref={lines} className={style.week} aria-label={props['aria-label'] ?? field.label}>
      {items.map((item, index) => (
        <div key={item.id} className={style.pointLine}>
          <Checkbox
            size="xs"
            aria-label={t('field.checklist.done', { text: item.text })}
            checked={item.done}
            onChange={(event) => onChange(withItem(items, { ...item, done: event.currentTarget.checked }))}
          />
          <TextInput
            size="xs"
            autoFocus={autoFocus && index === 0}
            maxLength={500}
            aria-label={t('field.checklist.point', { number: index + 1 })}
            aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
            error={props.invalid}
            value={item.text}
            onChange={(event) => onChange(withItem(items, { ...item, text: event.currentTarget.value }))}
            onKeyDown={(event) => onKeyDown(event, index)}
          />
          <ActionIcon aria-label={t('field.checklist.remove', { text: item.text })} onClick={() => remove(index)}>
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      <button
        type="button"
        className={style.addPoint}
        // biome-ignore lint/a11y/noAutofocus: an empty list that was opened is there to be filled in
        autoFocus={autoFocus && items.length === 0}
        onClick={() => add(items.length)}
      >
        <IconPlus size={14} aria-hidden /> {t('field.checklist.add')}
      </button>
    </fieldset>
  );
}

function Bar({ items }: { items: readonly ChecklistItem[] }) {
  const done = items.filter((item) => item.done).length;
  return (
    <span className={style.progress} data-done={done === items.length}>
      <span aria-hidden>
        <span style={{ width: `${(100 * done) / items.length}%` }} />
      </span>
      <span className="tabular">{progressOf(items)}</span>
    </span>
  );
}

function withItem(items: readonly ChecklistItem[], changed: ChecklistItem): ChecklistItem[] {
  return items.map((item) => (item.id === changed.id ? changed : item));
}
