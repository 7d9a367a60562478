import { Button } from '@mantine/core';
import IconCalendarShare from '@tabler/icons-react/dist/esm/icons/IconCalendarShare.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo, formatDate } from '#kernel/fields/web/format.ts';
import type { ApiKey } from '#server/answers.ts';
import { del, get, post } from '../api/client.ts';
import { Card } from '../ui/card.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './profile.module.css';

/** One's own appointments in the calendar of a phone or a computer, by an address that only reads. */
export function CalendarCard() {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const [address, setAddress] = useState<string | null>(null);
  const keys = useQuery({ queryKey: ['keys'], queryFn: ({ signal }) => get<{ items: ApiKey[] }>('/keys', {}, signal) });
  const links = (keys.data?.items ?? []).filter(({ scope }) => scope.kind === 'calendar');
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await keys.refetch();
    } catch (error) {
      showProblem(error);
    }
  };
  const make = () =>
    act(async () => {
      const name = t('profile.calendarLink');
      const { key } = await post<{ key: string }>('/keys', { name, scope: { kind: 'calendar' } });
      setAddress(`${window.location.origin}/calendars/${key}.ics`);
    });
  const end = (id: string) =>
    act(async () => {
      await del(`/keys/${id}`);
      setAddress(null);
      showToast(t('profile.calendarEnded'));
    });
  return (
    <Card
      title={t('profile.calendar')}
      icon={<IconCalendarShare size={16} stroke={1.7} aria-hidden />}
      action={
        <Button variant="default" size="compact-sm" onClick={() => void make()}>
          {t('profile.calendarMake')}
        </Button>
      }
    >
      <p className={style.quiet}>{t('profile.calendarText')}</p>
      {address ? (
        <div className={style.once}>
          <CopyField label={t('profile.calendarAddress')} value={address} />
          <p className={style.quiet}>{t('profile.calendarOnce')}</p>
        </div>
      ) : null}
      {keys.isPending ? <SkeletonLines lines={1} /> : null}
      {keys.isError ? <ErrorState error={keys.error} onRetry={() => void keys.refetch()} /> : null}
      <ul className={style.sessions}>
        {links.map(({ id, createdAt, lastUsedAt }) => (
          <li key={id}>
            <IconCalendarShare size={20} stroke={1.6} aria-hidden />
            <div className={style.device}>
              <strong>{t('profile.calendarLinkOf', { day: formatDate(createdAt.slice(0, 10), language) })}</strong>
              <span>
                {lastUsedAt
                  ? t('profile.calendarUsed', { when: formatAgo(lastUsedAt, language) })
                  : t('profile.calendarUnused')}
              </span>
            </div>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`${t('profile.calendarEnd')}: ${formatDate(createdAt.slice(0, 10), language)}`}
              onClick={() => void end(id)}
            >
              {t('profile.calendarEnd')}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
