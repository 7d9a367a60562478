import { Button } from '@mantine/core';
import IconDeviceDesktop from '@tabler/icons-react/dist/esm/icons/IconDeviceDesktop.mjs';
import IconDeviceMobile from '@tabler/icons-react/dist/esm/icons/IconDeviceMobile.mjs';
import IconDevices from '@tabler/icons-react/dist/esm/icons/IconDevices.mjs';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo, formatDateTime } from '#kernel/fields/web/format.ts';
import type { OwnSession } from '#server/answers.ts';
import { del, get } from '../api/client.ts';
import { Card } from '../ui/card.tsx';
import { deviceOf, isPhone } from '../ui/device.ts';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './profile.module.css';

/** Where the person is signed in, and the way to end what they do not know. */
export function SessionsCard() {
  const { t, i18n } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => get<{ items: OwnSession[] }>('/sessions', undefined, signal),
  });
  const items = (sessions.data?.items ?? []).toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent));
  const end = async (id: string) => {
    try {
      await del(`/sessions/${id}`);
      showToast(t(id === 'others' ? 'profile.endedOthers' : 'profile.ended'));
    } catch (error) {
      showProblem(error);
    }
    await sessions.refetch();
  };
  return (
    <Card
      title={t('profile.sessions')}
      icon={<IconDevices size={16} stroke={1.7} aria-hidden />}
      action={
        items.length > 2 ? (
          <Button variant="subtle" size="compact-sm" onClick={() => void end('others')}>
            {t('profile.endOthers')}
          </Button>
        ) : null
      }
    >
      {sessions.isPending ? <SkeletonLines lines={2} /> : null}
      {sessions.isError ? <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} /> : null}
      <ul className={style.sessions}>
        {items.map(({ id, isCurrent, userAgent, kind, createdAt, lastSeenAt }) => {
          const Glyph = isPhone(userAgent) ? IconDeviceMobile : IconDeviceDesktop;
          const device = deviceOf(userAgent) ?? t('profile.unknownDevice');
          return (
            <li key={id}>
              <Glyph size={20} stroke={1.6} aria-hidden />
              <div className={style.device}>
                <strong title={userAgent}>{device}</strong>
                <span>
                  {t('profile.signedIn', { day: formatDateTime(createdAt, language, timeZone) })}
                  {i18n.exists(`profile.kind.${kind}`) ? ` ${t(`profile.kind.${kind}`)}` : ''}
                  {isCurrent ? '' : ` · ${t('profile.lastSeen', { when: formatAgo(lastSeenAt, language) })}`}
                </span>
              </div>
              {isCurrent ? (
                <span className={style.here}>{t('profile.thisDevice')}</span>
              ) : (
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`${t('user.signOut')}: ${device}`}
                  onClick={() => void end(id)}
                >
                  {t('user.signOut')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
