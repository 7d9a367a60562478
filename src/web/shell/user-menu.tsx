import { Menu, useMantineColorScheme } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import { useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { initialsOf } from '#kernel/fields/web/chip.tsx';
import { del, patch } from '../api/client.ts';
import { definitionsQuery, queryClient, sessionQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import { languages, setLanguage } from '../i18n/i18n.ts';
import { forgetKeptData } from '../offline/service-worker.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { showProblem } from '../ui/toast.tsx';
import style from './shell.module.css';

export function UserMenu({ session }: { session: Session }) {
  const { t } = useTranslation();
  const router = useRouter();
  const { density } = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();

  const change = (changes: Record<string, string>) =>
    patch<Session>('/session', changes)
      .then((next) =>
        queryClient.setQueryData(sessionQuery.queryKey, (old) =>
          old ? { ...old, ...next, csrf: next.csrf ?? old.csrf } : next,
        ),
      )
      .catch(showProblem);
  const changeLanguage = async (language: string) => {
    await change({ language });
    await setLanguage(language);
    // Labels of objects and fields come from the server in the reader's language.
    await queryClient.refetchQueries({ queryKey: definitionsQuery.queryKey });
  };
  const signOut = async () => {
    await del('/session').catch(showProblem);
    forgetKeptData();
    queryClient.clear();
    queryClient.setQueryData(sessionQuery.queryKey, null);
    await router.navigate({ to: '/sign-in', search: {} });
  };

  return (
    <Menu width={230}>
      <Menu.Target>
        <button type="button" className={style.avatar}>
          <span aria-hidden>{initialsOf(session.user.name)}</span>
          <span className="visually-hidden">{t('shell.userMenu', { name: session.user.name })}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.user.name} · {session.user.email}
        </Menu.Label>
        <Menu.Label>{t('user.language')}</Menu.Label>
        {languages.map(({ value, label }) => (
          <Choice
            key={value}
            label={label}
            chosen={session.user.language === value}
            onClick={() => void changeLanguage(value)}
          />
        ))}
        <Menu.Divider />
        <Menu.Label>{t('user.theme')}</Menu.Label>
        {(['auto', 'light', 'dark'] as const).map((value) => (
          <Choice
            key={value}
            label={t(`user.themes.${value}`)}
            chosen={colorScheme === value}
            onClick={() => {
              setColorScheme(value);
              void change({ theme: value === 'auto' ? 'system' : value });
            }}
          />
        ))}
        <Menu.Divider />
        <Menu.Label>{t('user.density')}</Menu.Label>
        {(['comfortable', 'compact'] as const).map((value) => (
          <Choice
            key={value}
            label={t(`user.densities.${value}`)}
            chosen={density === value}
            onClick={() => {
              setPreferences({ density: value });
              void change({ density: value });
            }}
          />
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{t('user.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Choice({ label, chosen, onClick }: { label: string; chosen: boolean; onClick(): void }) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={chosen}
      closeMenuOnClick={false}
      leftSection={<IconCheck size={14} style={{ visibility: chosen ? 'visible' : 'hidden' }} />}
      onClick={onClick}
    >
      {label}
    </Menu.Item>
  );
}
