import { Button } from '@mantine/core';
import IconCalendarShare from '@tabler/icons-react/dist/esm/icons/IconCalendarShare.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo } from '#kernel/fields/web/format.ts';
import { Card } from '../ui/card.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { showToast } from '../ui/toast.tsx';
import { DeviceKeys, useDeviceKeys } from './device-keys.tsx';
import style from './profile.module.css';

/** One's own appointments in the calendar of a phone or a computer, by an address that only reads. */
export function CalendarCard() {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const [address, setAddress] = useState<string | null>(null);
  const links = useDeviceKeys('calendar');
  const make = () =>
    links.make(t('profile.calendarLink'), { kind: 'calendar' }, (key) =>
      setAddress(`${window.location.origin}/calendars/${key}.ics`),
    );
  const end = (id: string) =>
    links.end(id, () => {
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
      <DeviceKeys
        of={links}
        icon={<IconCalendarShare size={20} stroke={1.6} aria-hidden />}
        titleOf={(_, day) => t('profile.calendarLinkOf', { day })}
        usedOf={({ lastUsedAt }) =>
          lastUsedAt
            ? t('profile.calendarUsed', { when: formatAgo(lastUsedAt, language) })
            : t('profile.calendarUnused')
        }
        end={t('profile.calendarEnd')}
        endNameOf={(_, day) => day}
        onEnd={(id) => void end(id)}
      />
    </Card>
  );
}
