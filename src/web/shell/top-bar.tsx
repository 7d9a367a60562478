import { ActionIcon, Button, Tooltip } from '@mantine/core';
import IconHelp from '@tabler/icons-react/dist/esm/icons/IconHelp.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../api/types.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { Keys } from '../ui/keys.tsx';
import style from './shell.module.css';

// Not needed for the first paint: their menus bring 20 kB of positioning with them.
const NotificationBell = lazy(() =>
  import('./notification-bell.tsx').then((loaded) => ({ default: loaded.NotificationBell })),
);
const UserMenu = lazy(() => import('./user-menu.tsx').then((loaded) => ({ default: loaded.UserMenu })));

export function TopBar({ session, onSearch, onHelp }: { session: Session; onSearch(): void; onHelp(): void }) {
  const { t } = useTranslation();
  return (
    <header className={style.top} data-bar>
      <button type="button" className={style.searchButton} onClick={onSearch} aria-keyshortcuts="Control+K">
        <IconSearch size={15} stroke={1.8} />
        <span>{t('shell.searchHint')}</span>
        <span className={style.wide}>
          <Keys keys="mod+k" />
        </span>
      </button>
      <div style={{ flex: 1 }} />
      <Tooltip
        label={
          <>
            {t('shell.create')} <Keys keys="c" />
          </>
        }
      >
        <Button
          className={style.wide}
          leftSection={<IconPlus size={15} />}
          onClick={() => void openQuickCreate({})}
          aria-keyshortcuts="C"
        >
          {t('shell.create')}
        </Button>
      </Tooltip>
      <Tooltip label={t('shell.help')}>
        <ActionIcon className={style.wide} aria-label={t('shell.help')} aria-keyshortcuts="?" onClick={onHelp}>
          <IconHelp size={17} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      <Suspense fallback={<span className={style.corner} />}>
        <NotificationBell session={session} />
        <UserMenu session={session} />
      </Suspense>
    </header>
  );
}
