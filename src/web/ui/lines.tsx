import { ActionIcon } from '@mantine/core';
import IconArrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowDown.mjs';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import IconGripVertical from '@tabler/icons-react/dist/esm/icons/IconGripVertical.mjs';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import style from './lines.module.css';

/** Lines in an order of one's own: dragged, or moved with arrows. */
export function Lines({
  items,
  onMove,
  onStep,
  render,
  below,
}: {
  items: { key: string; title: string }[];
  onMove(from: number, to: number): void;
  onStep(index: number, by: -1 | 1): void;
  render(index: number): ReactNode;
  below?(index: number): ReactNode;
}) {
  const { t } = useTranslation();
  const [dragged, setDragged] = useState<number | null>(null);
  return (
    <ul className={style.lines}>
      {items.map(({ key, title }, index) => (
        <li key={key}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrows beside do the same from the keyboard */}
          <div
            className={style.line}
            draggable
            data-dragged={dragged === index}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              setDragged(index);
            }}
            onDragEnd={() => setDragged(null)}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              if (dragged === index) return;
              onMove(dragged, index);
              setDragged(index);
            }}
          >
            <IconGripVertical size={14} className={style.grip} aria-hidden />
            {render(index)}
            <ActionIcon
              aria-label={t('arrange.up', { title })}
              disabled={index === 0}
              onClick={() => onStep(index, -1)}
            >
              <IconArrowUp size={14} />
            </ActionIcon>
            <ActionIcon
              aria-label={t('arrange.down', { title })}
              disabled={index === items.length - 1}
              onClick={() => onStep(index, 1)}
            >
              <IconArrowDown size={14} />
            </ActionIcon>
          </div>
          {below?.(index)}
        </li>
      ))}
    </ul>
  );
}

/** A list with one of its items in another place. */
export function moveTo<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}
