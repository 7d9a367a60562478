import { Menu } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import { Link, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { initialsOf } from '#kernel/fields/web/chip.tsx';
import { del } from '../api/client.ts';
import { queryClient, sessionQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import { languages } from '../i18n/i18n.ts';
import { forgetKeptData } from '../offline/service-worker.ts';
import { usePreferences } from '../preferences.ts';
import { showProblem } from '../ui/toast.tsx';
import style from './shell.module.css';
import { useOwnSettings } from './use-own-settings.ts';

export function UserMenu({ session }: { session: Session }) {
  const { t } = useTranslation();
  const router = useRouter();
  const { density } = usePreferences();
  const { theme, setTheme, setDensity, setLanguage } = useOwnSettings();
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
        <Menu.Item component={Link} to="/profile">
          {t('profile.title')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('user.language')}</Menu.Label>
        {languages.map(({ value, label }) => (
          <Choice
            key={value}
            label={label}
            chosen={session.user.language === value}
            onClick={() => void setLanguage(value)}
          />
        ))}
        <Menu.Divider />
        <Menu.Label>{t('user.theme')}</Menu.Label>
        {(['auto', 'light', 'dark'] as const).map((value) => (
          <Choice
            key={value}
            label={t(`user.themes.${value}`)}
            chosen={theme === value}
            onClick={() => setTheme(value)}
          />
        ))}
        <Menu.Divider />
        <Menu.Label>{t('user.density')}</Menu.Label>
        {(['comfortable', 'compact'] as const).map((value) => (
          <Choice
            key={value}
            label={t(`user.densities.${value}`)}
            chosen={density === value}
            onClick={() => setDensity(value)}
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
