import { useDraggable } from '@dnd-kit/core';
import IconRepeat from '@tabler/icons-react/dist/esm/icons/IconRepeat.mjs';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isEmpty } from '../fields.ts';
import { FieldValue } from '../ui/field-value.tsx';
import style from './calendar.module.css';
import { addDays } from './days.ts';
import type { CalendarParts, Entry } from './parts.ts';

/** One record on a day: opened by a click or Enter, moved by dragging or by Shift and an arrow. */
export function EntryChip({ parts, entry, large = false }: { parts: CalendarParts; entry: Entry; large?: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { listeners, setNodeRef, transform, isDragging } = useDraggable({
    id: entry.record.id,
    data: { entry },
    disabled: !parts.canMove,
    attributes: { role: 'button', roleDescription: '' },
  });
  const open = () => void navigate({ to: '/o/$object/$id', params: { object: entry.object, id: entry.record.id } });
  const details = large ? parts.fields.filter((field) => !isEmpty(entry.record[field.name])) : [];
  return (
    <button
      type="button"
      ref={setNodeRef}
      className={style.entry}
      data-tone={entry.tone ?? 'gray'}
      data-large={large}
      data-dragging={isDragging}
      style={transform ? { transform: `translate(${transform.x}px, ${transform.y}px)` } : undefined}
      {...listeners}
      aria-keyshortcuts={parts.canMove ? 'Shift+ArrowLeft Shift+ArrowRight Shift+ArrowUp Shift+ArrowDown' : undefined}
      title={parts.canMove ? t('calendar.moveHint') : undefined}
      onClick={open}
      onKeyDown={(event) => {
        const days = event.shiftKey
          ? { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key]
          : undefined;
        if (!days || !parts.canMove) return;
        event.preventDefault();
        parts.move(entry, addDays(entry.day, days));
      }}
    >
      {entry.time ? <span className="tabular">{entry.time}</span> : null}
      {entry.repeats ? <IconRepeat size={12} className={style.repeats} role="img" aria-label={entry.repeats} /> : null}
      <b>{entry.title}</b>
      {large && entry.of ? <span className={style.detail}>{entry.of}</span> : null}
      {details.map((field) => (
        <span key={field.name} className={style.detail}>
          <FieldValue field={field} record={entry.record} cell />
        </span>
      ))}
    </button>
  );
}
