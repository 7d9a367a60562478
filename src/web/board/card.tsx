import { useDraggable } from '@dnd-kit/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { isEmpty, titleOf } from '../fields.ts';
import { useFlash } from '../record/use-flash.ts';
import { FieldValue } from '../ui/field-value.tsx';
import style from './board.module.css';

interface CardProps {
  definition: Definition;
  record: RecordShape;
  fields: readonly FieldShape[];
}

/** Kept as it is while nothing of it changes: a drag draws the board many times. */
export const DraggableCard = memo(function DraggableCard({
  hidden,
  selected,
  onToggle,
  onStep,
  ...card
}: CardProps & {
  hidden: boolean;
  selected: boolean;
  onToggle(id: string): void;
  onStep(record: RecordShape, by: number): void;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { definition, record } = card;
  const { attributes, listeners, setNodeRef } = useDraggable({
    id: record.id,
    data: { record },
    // Not a button: it holds a link.
    attributes: { role: 'group' },
    disabled: !definition.can.update,
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dnd-kit's attributes make it a focusable button
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the same
    <div
      ref={setNodeRef}
      {...attributes}
      {...listeners}
      className={style.slot}
      data-hidden={hidden}
      data-selected={selected}
      aria-label={titleOf(definition, record, t('list.untitled')) + (selected ? `, ${t('board.marked')}` : '')}
      aria-roledescription={t('board.card')}
      aria-keyshortcuts="Shift+ArrowRight Shift+ArrowLeft Enter X"
      onClick={(event) => {
        if (!(event.ctrlKey || event.metaKey || event.shiftKey)) return;
        event.preventDefault();
        onToggle(record.id);
      }}
      onKeyDown={(event) => {
        // Without lifting it: Shift and an arrow move the card a column on.
        const step = event.shiftKey ? { ArrowRight: 1, ArrowLeft: -1 }[event.key] : undefined;
        if (step) {
          event.preventDefault();
          onStep(record, step);
        } else if (event.key.toLowerCase() === 'x' && !event.ctrlKey && !event.metaKey && !event.altKey) {
          event.preventDefault();
          onToggle(record.id);
        } else if (event.key === 'Enter' && !hidden && event.target === event.currentTarget) {
          void navigate({ to: '/o/$object/$id', params: { object: definition.name, id: record.id } });
        } else {
          listeners?.onKeyDown?.(event);
        }
      }}
    >
      <Card {...card} />
    </div>
  );
});

export function Card({ definition, record, fields, lifted = false }: CardProps & { lifted?: boolean }) {
  const { t } = useTranslation();
  const flashing = useFlash(record);
  const shown = fields.filter((field) => !isEmpty(record[field.name])).slice(0, 6);
  const person = shown.find((field) => field.type === 'user');
  return (
    <article className={`${style.card} ${flashing.size > 0 ? 'flash' : ''}`} data-lifted={lifted}>
      <Link
        to="/o/$object/$id"
        params={{ object: definition.name, id: record.id }}
        className={style.title}
        tabIndex={-1}
        draggable={false}
      >
        {titleOf(definition, record, t('list.untitled'))}
      </Link>
      <div className={style.details}>
        {shown
          .filter((field) => field !== person)
          .map((field) => (
            <span key={field.name} data-type={field.type} title={field.label}>
              <FieldValue field={field} record={record} cell />
            </span>
          ))}
      </div>
      {person ? (
        <div className={style.person} title={person.label}>
          <FieldValue field={person} record={record} cell />
        </div>
      ) : null}
    </article>
  );
}
