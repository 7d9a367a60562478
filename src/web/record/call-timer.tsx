import { Button } from '@mantine/core';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import IconPlayerStop from '@tabler/icons-react/dist/esm/icons/IconPlayerStop.mjs';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import style from './record.module.css';

/** Counts while somebody speaks; what it counted stands in the field beside it, and may be mended there. */
export function CallTimer({
  value,
  onChange,
  children,
}: {
  value: number | null;
  onChange(seconds: number): void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const [since, setSince] = useState<number | null>(null);
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (since === null) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [since]);
  // By the clock and not by counting ticks: a tab in the background gets few of them.
  const seconds = since === null ? 0 : Math.max(0, Math.round((now - since) / 1_000));
  const start = () => {
    const from = Date.now() - (value ?? 0) * 1_000;
    setNow(Date.now());
    setSince(from);
  };
  const stop = () => {
    onChange(Math.max(1, Math.round((Date.now() - (since ?? Date.now())) / 1_000)));
    setSince(null);
  };
  return (
    <div className={style.timer}>
      {since === null ? (
        <>
          {children}
          <Button
            variant="default"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            aria-label={t('activity.timer.start')}
            onClick={start}
          >
            {t('activity.timer.name')}
          </Button>
        </>
      ) : (
        <>
          <span role="timer" className={`tabular ${style.counted}`}>
            {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
          </span>
          <Button color="red" variant="light" leftSection={<IconPlayerStop size={14} aria-hidden />} onClick={stop}>
            {t('activity.timer.stop')}
          </Button>
        </>
      )}
    </div>
  );
}
