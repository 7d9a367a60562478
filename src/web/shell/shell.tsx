import { useMantineColorScheme } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { lazy, type RefObject, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../api/queries.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { FieldEnvironmentOf } from '../field-environment.tsx';
import { startLive } from '../live/live.ts';
import { OfflineBar } from '../offline/offline-bar.tsx';
import { Peek } from '../peek/peek.tsx';
import { setPreferences, usePreferences } from '../preferences.ts';
import { Dialogs, openDialog } from '../ui/dialogs.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { undoLast } from '../ui/toast.tsx';
import { PhoneBar } from './phone-bar.tsx';
import { RouteBoundary } from './route-boundary.tsx';
import style from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { TopBar } from './top-bar.tsx';

const Standing = lazy(() => import('../absence/standing.tsx').then((loaded) => ({ default: loaded.Standing })));
const Palette = lazy(() => import('./palette.tsx').then((loaded) => ({ default: loaded.Palette })));
const ViewingBar = lazy(() => import('./viewing-bar.tsx').then((loaded) => ({ default: loaded.ViewingBar })));
const NotificationPreferences = lazy(() =>
  import('./notification-preferences.tsx').then((loaded) => ({ default: loaded.NotificationPreferences })),
);
const ShortcutHelp = lazy(() => import('./shortcut-help.tsx').then((loaded) => ({ default: loaded.ShortcutHelp })));

/** What stands around every screen: menu, search, the forms and helps that open from anywhere. */
export function Shell() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const navigate = useNavigate();
  const { sidebar } = usePreferences();
  const { setColorScheme } = useMantineColorScheme();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const typedAhead = useRef('');
  // The same ones at each render: opening the palette is no reason to draw the menus again.
  const openPalette = useCallback(() => setPalette(true), []);
  const openHelp = useCallback(() => setHelp(true), []);

  useEffect(startLive, []);
  // What a person chose on another device holds here too.
  const { theme, density } = session?.user ?? {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: the setter is a new one at each render
  useEffect(() => {
    if (theme) setColorScheme(theme === 'system' ? 'auto' : (theme as 'light' | 'dark'));
    if (density) setPreferences({ density: density as 'comfortable' | 'compact' });
  }, [theme, density]);
  useShortcuts([
    { keys: 'mod+k', label: t('shortcut.search'), always: true, run: () => setPalette((open) => !open) },
    { keys: '/', label: t('shortcut.search'), run: openPalette },
    { keys: 'c', label: t('shortcut.create'), run: () => void openQuickCreate({}) },
    { keys: '?', label: t('shortcut.help'), run: openHelp },
    { keys: 'mod+z', label: t('shortcut.undo'), run: () => undoLast() },
    {
      keys: '[',
      label: t('shortcut.sidebar'),
      run: () => setPreferences({ sidebar: sidebar === 'open' ? 'narrow' : 'open' }),
    },
    { keys: 'h', label: t('shortcut.home'), run: () => void navigate({ to: '/home' }) },
    { keys: 'i', label: t('shortcut.inbox'), run: () => void navigate({ to: '/inbox', search: {} }) },
    { keys: 'mod+i', label: t('shortcut.import'), run: () => void navigate({ to: '/import' }) },
  ]);

  if (!session) return null;
  return (
    <FieldEnvironmentOf session={session}>
      <a className={style.skip} href="#main">
        {t('shell.skip')}
      </a>
      <div className={style.shell} data-sidebar={sidebar}>
        <Sidebar session={session} onSearch={openPalette} />
        <div className={style.body}>
          <TopBar session={session} onSearch={openPalette} onHelp={openHelp} />
          <main id="main" className={style.main} tabIndex={-1}>
            {session.viewer ? (
              <Suspense fallback={null}>
                <ViewingBar session={session} viewer={session.viewer} />
              </Suspense>
            ) : null}
            <OfflineBar />
            <Suspense fallback={null}>
              <Standing />
            </Suspense>
            <RouteBoundary>
              <Outlet />
            </RouteBoundary>
          </main>
        </div>
        <PhoneBar onSearch={openPalette} session={session} />
      </div>
      <Suspense fallback={palette ? <TypeAhead into={typedAhead} giveUp={() => setPalette(false)} /> : null}>
        {palette ? (
          <Palette
            typedAhead={typedAhead}
            onClose={() => setPalette(false)}
            onHelp={openHelp}
            onNotificationPreferences={() =>
              void openDialog<void>((done) => <NotificationPreferences onClose={() => done(null)} />)
            }
          />
        ) : null}
        {help ? <ShortcutHelp onClose={() => setHelp(false)} /> : null}
      </Suspense>
      <Peek />
      <Dialogs />
    </FieldEnvironmentOf>
  );
}

/** Keeps what is typed while the palette is on its way: on a slow line it would be taken for shortcuts. */
function TypeAhead({ into, giveUp }: { into: RefObject<string>; giveUp: () => void }) {
  useEffect(() => {
    const hold = (event: KeyboardEvent) => {
      if (event.key === 'Escape') giveUp();
      if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      into.current += event.key;
    };
    window.addEventListener('keydown', hold, true);
    return () => window.removeEventListener('keydown', hold, true);
  }, [into, giveUp]);
  return null;
}
