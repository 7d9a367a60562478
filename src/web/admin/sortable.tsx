import IconGripVertical from '@tabler/icons-react/dist/esm/icons/IconGripVertical.mjs';
import { type DragEvent, type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import style from './admin.module.css';

/**
 * A list whose items are moved by their handle: dragged, or with the arrow keys while the handle has the focus. Small
 * enough for settings; boards have their own.
 */
export function Sortable<Item>({
  items,
  keyOf,
  nameOf,
  onChange,
  children,
}: {
  items: readonly Item[];
  keyOf(item: Item): string;
  /** For whoever hears the list. */
  nameOf(item: Item): string;
  onChange(items: Item[]): void;
  children(item: Item, index: number, handle: ReactNode): ReactNode;
}) {
  const { t } = useTranslation();
  const dragged = useRef<number | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const move = (from: number, to: number) => {
    if (from === to || to < 0 || to >= items.length) return;
    const next = items.toSpliced(from, 1).toSpliced(to, 0, items[from]!);
    onChange(next);
    setSaid(t('admin.moved', { name: nameOf(items[from]!), place: to + 1, count: items.length }));
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-handle="${to}"]`)?.focus());
  };
  const onKey = (event: KeyboardEvent, index: number) => {
    const by = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(index, index + by);
  };
  return (
    <div ref={list}>
      {items.map((item, index) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: a target for what is dragged; keys move by the handle
        <div
          key={keyOf(item)}
          className={over === index && dragged.current !== index ? style.dropBefore : undefined}
          onDragOver={(event: DragEvent) => {
            if (dragged.current === null) return;
            event.preventDefault();
            setOver(index);
          }}
          onDrop={(event: DragEvent) => {
            if (dragged.current === null) return;
            event.preventDefault();
            move(dragged.current, index);
            dragged.current = null;
            setOver(null);
          }}
        >
          {children(
            item,
            index,
            <button
              type="button"
              className={style.handle}
              draggable
              data-handle={index}
              aria-label={t('admin.move', { name: nameOf(item) })}
              title={t('admin.moveHint')}
              onKeyDown={(event) => onKey(event, index)}
              onDragStart={(event) => {
                dragged.current = index;
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/plain', keyOf(item));
              }}
              onDragEnd={() => {
                dragged.current = null;
                setOver(null);
              }}
            >
              <IconGripVertical size={14} aria-hidden />
            </button>,
          )}
        </div>
      ))}
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </div>
  );
}
