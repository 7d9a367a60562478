import { Button } from '@mantine/core';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import IconPlayerStop from '@tabler/icons-react/dist/esm/icons/IconPlayerStop.mjs';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { titleOf } from '../fields.ts';
import { Ticking } from '../ui/ticking.tsx';
import { useRecordContext } from './page-context.ts';
import style from './record.module.css';
import { secondsOf, useRunningCall } from './running-call.ts';

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
  const { definition, record } = useRecordContext();
  const [call, setCall] = useRunningCall();
  const start = () => {
    const title = titleOf(definition, record, t('list.untitled'));
    setCall({ object: definition.name, id: record.id, title, since: Date.now() - (value ?? 0) * 1_000 });
  };
  if (call && call.id !== record.id)
    return (
      <div className={style.timer}>
        {children}
        <Link to="/o/$object/$id" params={{ object: call.object, id: call.id }} className={style.counted}>
          {t('activity.timer.elsewhere', { title: call.title })}
        </Link>
      </div>
    );
  return (
    <div className={style.timer}>
      {call === null ? (
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
          <Ticking since={call.since} className={`tabular ${style.counted}`} />
          <Button
            color="red"
            variant="light"
            leftSection={<IconPlayerStop size={14} aria-hidden />}
            onClick={() => {
              onChange(secondsOf(call));
              setCall(null);
            }}
          >
            {t('activity.timer.stop')}
          </Button>
        </>
      )}
    </div>
  );
}
