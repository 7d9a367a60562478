import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcuts } from '../ui/shortcuts.ts';
import style from './calendar.module.css';

/** Where a calendar or timeline stands, and how much of it is shown. */
export function PeriodBar({
  title,
  span,
  spans,
  onSpan,
  onStep,
  onToday,
  keys = true,
  children,
}: {
  title: string;
  span: string;
  spans: readonly { value: string; label: string }[];
  onSpan(span: string): void;
  onStep(by: 1 | -1): void;
  onToday(): void;
  /** One of the panels of a page leaves the keys to the page. */
  keys?: boolean;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const shortcuts = [
    { keys: 't', label: t('calendar.today'), run: onToday },
    { keys: '[', label: t('calendar.before'), run: () => onStep(-1) },
    { keys: ']', label: t('calendar.after'), run: () => onStep(1) },
  ];
  useShortcuts(keys ? shortcuts : []);
  return (
    <div className={style.bar}>
      <Button variant="default" size="compact-sm" onClick={onToday} aria-keyshortcuts={keys ? 'T' : undefined}>
        {t('calendar.today')}
      </Button>
      <ActionIcon
        aria-label={t('calendar.before')}
        aria-keyshortcuts={keys ? '[' : undefined}
        onClick={() => onStep(-1)}
      >
        <IconChevronLeft size={16} />
      </ActionIcon>
      <ActionIcon aria-label={t('calendar.after')} aria-keyshortcuts={keys ? ']' : undefined} onClick={() => onStep(1)}>
        <IconChevronRight size={16} />
      </ActionIcon>
      <h2 className={style.period} aria-live="polite">
        {title}
      </h2>
      {children}
      <span className={style.spring} />
      {spans.length > 1 ? (
        <SegmentedControl size="xs" aria-label={t('calendar.span')} value={span} onChange={onSpan} data={[...spans]} />
      ) : null}
    </div>
  );
}
