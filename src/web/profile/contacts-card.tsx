import { Button, Select } from '@mantine/core';
import IconAddressBook from '@tabler/icons-react/dist/esm/icons/IconAddressBook.mjs';
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

const choices = ['own', 'followed', 'all'] as const;
type Choice = (typeof choices)[number];

/** One's contacts in the address book of a phone or a computer, in step both ways. Each device has a password of its own. */
export function ContactsCard({ email }: { email: string }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const [choice, setChoice] = useState<Choice>('followed');
  const [password, setPassword] = useState<string | null>(null);
  const keys = useQuery({ queryKey: ['keys'], queryFn: ({ signal }) => get<{ items: ApiKey[] }>('/keys', {}, signal) });
  const devices = (keys.data?.items ?? []).flatMap((key) =>
    key.scope.kind === 'contacts' ? [{ ...key, choice: key.scope.choice }] : [],
  );
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
      const name = t('profile.contactsLink');
      const { key } = await post<{ key: string }>('/keys', { name, scope: { kind: 'contacts', choice } });
      setPassword(key);
    });
  const end = (id: string) =>
    act(async () => {
      await del(`/keys/${id}`);
      setPassword(null);
      showToast(t('profile.contactsEnded'));
    });
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
      {keys.isPending ? <SkeletonLines lines={1} /> : null}
      {keys.isError ? <ErrorState error={keys.error} onRetry={() => void keys.refetch()} /> : null}
      <ul className={style.sessions}>
        {devices.map((device) => {
          const day = formatDate(device.createdAt.slice(0, 10), language);
          const title = t('profile.contactsLinkOf', { day, choice: t(`profile.contactsChoice.${device.choice}`) });
          return (
            <li key={device.id}>
              <IconAddressBook size={20} stroke={1.6} aria-hidden />
              <div className={style.device}>
                <strong>{title}</strong>
                <span>
                  {device.lastUsedAt
                    ? t('profile.contactsUsed', { when: formatAgo(device.lastUsedAt, language) })
                    : t('profile.contactsUnused')}
                </span>
              </div>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={`${t('profile.contactsEnd')}: ${title}`}
                onClick={() => void end(device.id)}
              >
                {t('profile.contactsEnd')}
              </Button>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
