import { ActionIcon, Button, Tooltip } from '@mantine/core';
import IconHelp from '@tabler/icons-react/dist/esm/icons/IconHelp.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import IconStar from '@tabler/icons-react/dist/esm/icons/IconStar.mjs';
import IconStarFilled from '@tabler/icons-react/dist/esm/icons/IconStarFilled.mjs';
import { lazy, memo, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../api/types.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { Keys } from '../ui/keys.tsx';
import { ariaKeys, useKeysOf, useShortcuts } from '../ui/shortcuts.ts';
import { RunningCall } from './running-call.tsx';
import style from './shell.module.css';
import { useFavouriteOfScreen } from './use-favourite.ts';

// Not needed for the first paint: their menus bring 20 kB of positioning with them.
const NotificationBell = lazy(() =>
  import('./notification-bell.tsx').then((loaded) => ({ default: loaded.NotificationBell })),
);
const UserMenu = lazy(() => import('./user-menu.tsx').then((loaded) => ({ default: loaded.UserMenu })));

export const TopBar = memo(function TopBar({
  session,
  onSearch,
  onHelp,
}: {
  session: Session;
  onSearch(): void;
  onHelp(): void;
}) {
  const { t } = useTranslation();
  const { isFavourite, toggle } = useFavouriteOfScreen();
  const keys = {
    search: ariaKeys(useKeysOf('mod+k')),
    create: ariaKeys(useKeysOf('c')),
    help: ariaKeys(useKeysOf('?')),
    favourite: ariaKeys(useKeysOf('shift+f')),
  };
  useShortcuts([{ keys: 'shift+f', label: t('shortcut.favourite'), run: toggle }]);
  return (
    <header className={style.top} data-bar>
      <button type="button" className={style.searchButton} onClick={onSearch} aria-keyshortcuts={keys.search}>
        <IconSearch size={15} stroke={1.8} />
        <span>{t('shell.searchHint')}</span>
        <span className={style.wide}>
          <Keys keys="mod+k" />
        </span>
      </button>
      <Tooltip
        label={
          <>
            {t(isFavourite ? 'shell.unfavourite' : 'shell.favourite')} <Keys keys="shift+f" />
          </>
        }
      >
        <ActionIcon
          aria-label={t('shell.favourite')}
          aria-pressed={isFavourite}
          aria-keyshortcuts={keys.favourite}
          onClick={toggle}
        >
          {isFavourite ? <IconStarFilled size={16} className={style.starred} /> : <IconStar size={16} stroke={1.7} />}
        </ActionIcon>
      </Tooltip>
      <div style={{ flex: 1 }} />
      <RunningCall />
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
          aria-keyshortcuts={keys.create}
        >
          {t('shell.create')}
        </Button>
      </Tooltip>
      <Tooltip label={t('shell.help')}>
        <ActionIcon className={style.wide} aria-label={t('shell.help')} aria-keyshortcuts={keys.help} onClick={onHelp}>
          <IconHelp size={17} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      <Suspense fallback={<span className={style.corner} />}>
        <NotificationBell session={session} />
        <UserMenu session={session} />
      </Suspense>
    </header>
  );
});
