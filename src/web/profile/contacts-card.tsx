import { Button, Select } from '@mantine/core';
import IconAddressBook from '@tabler/icons-react/dist/esm/icons/IconAddressBook.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo } from '#kernel/fields/web/format.ts';
import { Card } from '../ui/card.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { showToast } from '../ui/toast.tsx';
import { DeviceKeys, useDeviceKeys } from './device-keys.tsx';
import style from './profile.module.css';

const choices = ['own', 'followed', 'all'] as const;
type Choice = (typeof choices)[number];

/** One's contacts in the address book of a phone or a computer, in step both ways. Each device has a password of its own. */
export function ContactsCard({ email }: { email: string }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const [choice, setChoice] = useState<Choice>('followed');
  const [password, setPassword] = useState<string | null>(null);
  const devices = useDeviceKeys('contacts');
  const make = () => devices.make(t('profile.contactsLink'), { kind: 'contacts', choice }, (key) => setPassword(key));
  const end = (id: string) =>
    devices.end(id, () => {
      setPassword(null);
      showToast(t('profile.contactsEnded'));
    });
  const titleOf = ({ scope }: (typeof devices.items)[number], day: string) =>
    t('profile.contactsLinkOf', { day, choice: t(`profile.contactsChoice.${scope.choice}`) });
  return (
    <Card title={t('profile.contacts')} icon={<IconAddressBook size={16} stroke={1.7} aria-hidden />}>
      <p className={style.quiet}>{t('profile.contactsText')}</p>
      <div className={style.choose}>
        <Select
          label={t('profile.contactsWhich')}
          value={choice}
          onChange={(value) => setChoice((value as Choice | null) ?? 'followed')}
          data={choices.map((value) => ({ value, label: t(`profile.contactsChoice.${value}`) }))}
          allowDeselect={false}
        />
        <Button variant="default" onClick={() => void make()}>
          {t('profile.contactsMake')}
        </Button>
      </div>
      {password ? (
        <div className={style.once}>
          <p>{t('profile.contactsGuide')}</p>
          <CopyField label={t('profile.contactsServer')} value={window.location.origin} />
          <CopyField label={t('profile.contactsUser')} value={email} />
          <CopyField label={t('profile.contactsPassword')} value={password} />
          <p className={style.quiet}>{t('profile.contactsOnce')}</p>
        </div>
      ) : null}
      <DeviceKeys
        of={devices}
        icon={<IconAddressBook size={20} stroke={1.6} aria-hidden />}
        titleOf={titleOf}
        usedOf={({ lastUsedAt }) =>
          lastUsedAt
            ? t('profile.contactsUsed', { when: formatAgo(lastUsedAt, language) })
            : t('profile.contactsUnused')
        }
        end={t('profile.contactsEnd')}
        endNameOf={titleOf}
        onEnd={(id) => void end(id)}
      />
    </Card>
  );
}
