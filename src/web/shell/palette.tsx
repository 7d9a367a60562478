import { Loader, Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient, searchQuery, sessionQuery, titleQuery } from '../api/queries.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { openArrangeHome } from '../home/open-arrange-home.tsx';
import { withWords } from '../i18n/room-words.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { forgetSearches, rememberSearch, useSearchHistory } from '../search/search-history.ts';
import { Keys } from '../ui/keys.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { activeShortcuts } from '../ui/shortcuts.ts';
import { showToast } from '../ui/toast.tsx';
import { beginsWith, fitsWords } from '../ui/words.ts';
import { leavesOf, pathOf } from './favourites.ts';
import style from './palette.module.css';
import { readPalette, recordId } from './palette-query.ts';
import { useOwnSettings } from './use-own-settings.ts';

interface Entry {
  key: string;
  icon: string;
  label: string;
  detail?: ReactNode;
  /** Stays open: it only changes what is typed. */
  stays?: boolean;
  run(): void;
}

/** Everything from one field: records, favourites, views, what this screen can do, settings. */
export function Palette({
  typedAhead,
  onClose,
  onHelp,
  onNotificationPreferences,
}: {
  /** Typed while this code was on its way. */
  typedAhead: RefObject<string>;
  onClose(): void;
  onHelp(): void;
  onNotificationPreferences(): void;
}) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const definitions = useDefinitions();
  const { recent, density, favourites, home } = usePreferences();
  const searches = useSearchHistory();
  const { setTheme, setDensity } = useOwnSettings();
  const href = useRouterState({ select: ({ location }) => location.href });
  const listId = useId();
  const [typed, setTyped] = useState(typedAhead.current);
  const input = useRef<HTMLInputElement>(null);
  const [active, setActive] = useState(0);
  // Those of the screen behind; the palette has none of its own.
  const [onScreen] = useState(activeShortcuts);
  // The dialog takes the focus when it has come up; whoever types sooner means it too.
  useEffect(() => {
    typedAhead.current = '';
    const hold = (event: KeyboardEvent) => {
      if (event.key.length !== 1 || event.target === input.current || event.ctrlKey || event.metaKey) return;
      event.stopImmediatePropagation();
      input.current?.focus();
    };
    window.addEventListener('keydown', hold, true);
    return () => window.removeEventListener('keydown', hold, true);
  }, [typedAhead]);
  const menu = definitions.list.filter((definition) => definition.name !== 'user' && definition.detailOf !== '*');
  const { onlyActions, object, number, words } = readPalette(typed, menu);
  const [asked] = useDebouncedValue(words, 120);
  const search = useQuery({
    ...searchQuery(asked, object ? [object] : undefined, object ? 12 : 6),
    enabled: asked.length > 0 && !onlyActions,
    placeholderData: (before) => before,
  });
  const byId = useQuery({
    queryKey: ['palette', 'id', number],
    enabled: number !== null && recordId.test(number),
    queryFn: async () => {
      const asking = menu.map(async ({ name, title }) => ({
        object: name,
        title: await queryClient.fetchQuery(titleQuery(name, title, number!)).catch(() => null),
      }));
      return (await Promise.all(asking)).find((one) => one.title !== null) ?? null;
    },
  });

  const session = useQuery(sessionQuery);
  const adminPlaces = useQuery({
    queryKey: ['palette', 'settings', i18n.language],
    enabled: session.data?.user.administrator === true,
    queryFn: async () => (await withWords('admin', import('../admin/palette-places.ts'))).palettePlaces(),
  });

  const openRecord = (name: string, id: string) => () => {
    if (words) rememberSearch(typed);
    void navigate({ to: '/o/$object/$id', params: { object: name, id } });
  };
  const records: [string, Entry[]][] =
    words && !onlyActions
      ? (search.data?.groups ?? []).map((group) => [
          definitions.get(group.object)?.label.many ?? group.object,
          group.items.map((item) => ({
            key: `${group.object}/${item.id}`,
            icon: definitions.get(group.object)?.icon ?? 'box',
            label: item.title,
            detail: item.detail ?? item.matched,
            run: openRecord(group.object, item.id),
          })),
        ])
      : onlyActions || object
        ? []
        : [
            [
              t('palette.recent'),
              recent.slice(0, 6).map((one) => ({
                key: `recent/${one.id}`,
                icon: definitions.get(one.object)?.icon ?? 'box',
                label: one.title,
                detail: definitions.get(one.object)?.label.one,
                run: openRecord(one.object, one.id),
              })),
            ],
            [
              t('search.lately'),
              searches.slice(0, 4).map((one) => ({
                key: `search/${one}`,
                icon: 'search',
                label: one,
                stays: true,
                run: () => {
                  setTyped(one);
                  setActive(0);
                },
              })),
            ],
          ];
  const found: Entry[] = [
    ...(byId.data && number
      ? [
          {
            key: `id/${number}`,
            icon: definitions.get(byId.data.object)?.icon ?? 'box',
            label: byId.data.title!,
            detail: definitions.get(byId.data.object)?.label.one,
            run: openRecord(byId.data.object, number),
          },
        ]
      : []),
    ...(words && !onlyActions
      ? [
          {
            key: 'all',
            icon: 'search',
            label: t('palette.seeAll', { words }),
            run: () => {
              rememberSearch(typed);
              void navigate({ to: '/search', search: { q: words, object: object ?? undefined } });
            },
          },
        ]
      : []),
  ];
  const places: Entry[] =
    onlyActions || object || number
      ? []
      : [
          {
            key: 'home',
            icon: 'home',
            label: t('shell.home'),
            run: () => void navigate({ to: '/home' }),
          },
          ...leavesOf(favourites).map((leaf) => ({
            key: `favourite/${pathOf(leaf)}`,
            icon: 'star',
            label: leaf.title,
            detail: t('shell.favourites'),
            run: () => void navigate({ to: pathOf(leaf) }),
          })),
          ...menu.flatMap((definition) => [
            {
              key: `object/${definition.name}`,
              icon: definition.icon,
              label: definition.label.many,
              run: () => void navigate({ to: '/o/$object', params: { object: definition.name }, search: {} }),
            },
            ...definition.views.map((view) => ({
              key: `view/${definition.name}/${view.name}`,
              icon: view.type === 'board' ? 'layout-kanban' : view.type === 'calendar' ? 'calendar' : 'list',
              label: `${definition.label.many} · ${view.label}`,
              run: () =>
                void navigate({ to: '/o/$object', params: { object: definition.name }, search: { view: view.name } }),
            })),
          ]),
        ];
  const scopes: Entry[] =
    onlyActions || object || number || !words
      ? []
      : menu
          .filter(({ label }) => fitsWords(label.many, words) || fitsWords(label.one, words))
          .slice(0, 3)
          .map((definition) => ({
            key: `scope/${definition.name}`,
            icon: 'filter',
            label: t('palette.scope', { objects: definition.label.many }),
            detail: `${definition.label.many.toLocaleLowerCase()}:`,
            stays: true,
            run: () => {
              setTyped(`${definition.label.many.toLocaleLowerCase()}: `);
              setActive(0);
            },
          }));
  const screenActions: Entry[] =
    object || number
      ? []
      : onScreen
          .filter(({ keys }) => !['mod+k', '/', '?'].includes(keys))
          .map((shortcut) => ({
            key: `screen/${shortcut.keys}`,
            icon: 'bolt',
            label: shortcut.label,
            detail: <Keys keys={shortcut.keys} />,
            run: () => shortcut.run(new KeyboardEvent('keydown')),
          }));
  const actions: Entry[] =
    object || number
      ? []
      : [
          ...menu
            .filter((definition) => definition.can.create)
            .map((definition) => ({
              key: `create/${definition.name}`,
              icon: 'plus',
              label: t('palette.create', { object: definition.label.one.toLocaleLowerCase() }),
              run: () => void openQuickCreate({ object: definition.name }),
            })),
          { key: 'import', icon: 'upload', label: t('shell.import'), run: () => void navigate({ to: '/import' }) },
          {
            key: 'duplicates',
            icon: 'users',
            label: t('duplicates.title'),
            run: () => void navigate({ to: '/duplicates' }),
          },
          {
            key: 'forget',
            icon: 'clock',
            label: t('shortcut.forget'),
            run: () => setPreferences({ recent: [] }),
          },
          {
            key: 'forget-searches',
            icon: 'clock',
            label: t('search.forget'),
            run: () => {
              forgetSearches();
              showToast(t('search.forgotten'));
            },
          },
        ];
  const settings: Entry[] =
    object || number
      ? []
      : [
          { key: 'help', icon: 'help', label: t('shortcut.title'), run: onHelp },
          { key: 'profile', icon: 'user', label: t('profile.title'), run: () => void navigate({ to: '/profile' }) },
          {
            key: 'notifications',
            icon: 'bell',
            label: t('palette.notifications'),
            run: onNotificationPreferences,
          },
          {
            key: 'arrange-home',
            icon: 'home',
            label: t('profile.home'),
            run: () => session.data && openArrangeHome(session.data),
          },
          ...(['auto', 'light', 'dark'] as const).map((value) => ({
            key: `theme/${value}`,
            icon: 'adjustments',
            label: `${t('user.theme')}: ${t(`user.themes.${value}`)}`,
            run: () => setTheme(value),
          })),
          {
            key: 'density',
            icon: 'adjustments',
            label: `${t('user.density')}: ${t(`user.densities.${density === 'compact' ? 'comfortable' : 'compact'}`)}`,
            run: () => setDensity(density === 'compact' ? 'comfortable' : 'compact'),
          },
          home
            ? {
                key: 'home-reset',
                icon: 'home',
                label: t('palette.homeReset'),
                run: () => setPreferences({ home: '' }),
              }
            : {
                key: 'home-set',
                icon: 'home',
                label: t('palette.home'),
                run: () => {
                  setPreferences({ home: href });
                  showToast(t('palette.homeDone'));
                },
              },
          ...(adminPlaces.data ?? []).map(({ name, label }) => ({
            key: `settings/${name}`,
            icon: 'adjustments',
            label: `${t('shell.settings')}: ${label}`,
            run: () => void navigate({ to: '/settings/$', params: { _splat: name } }),
          })),
          { key: 'design', icon: 'brush', label: t('shell.design'), run: () => void navigate({ to: '/design' }) },
        ];
  const fits = (entry: Entry) => fitsWords(entry.label, words);
  const many = Boolean(words) || onlyActions;
  // Whoever types "tas" means the tasks before any record with these letters.
  const meant = words
    ? places.filter(({ key, label }) => !key.startsWith('view/') && beginsWith(label, words)).slice(0, 2)
    : [];
  const fitting = places.filter((one) => fits(one) && !meant.includes(one));
  const sections: [string, Entry[]][] = [
    ['', [...found.filter((one) => one.key !== 'all'), ...meant]] as [string, Entry[]],
    ...records,
    [t('palette.places'), fitting.slice(0, words ? 8 : 7)] as [string, Entry[]],
    [t('palette.onScreen'), many ? screenActions.filter(fits).slice(0, onlyActions ? 20 : 6) : []] as [string, Entry[]],
    [t('palette.actions'), actions.filter(fits).slice(0, many ? 20 : 4)] as [string, Entry[]],
    [t('palette.settings'), many ? settings.filter(fits) : []] as [string, Entry[]],
    [t('shell.search'), [...scopes, ...found.filter((one) => one.key === 'all')]] as [string, Entry[]],
  ].filter(([, entries]) => entries.length > 0);
  const flat = sections.flatMap(([, entries]) => entries);
  const current = Math.min(active, flat.length - 1);
  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    if (!entry.stays) onClose();
    entry.run();
  };
  let index = -1;
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={620}
      yOffset="12vh"
      aria-label={t('shell.search')}
    >
      <div className={style.head}>
        {search.isFetching ? <Loader size={16} /> : <IconSearch size={17} stroke={1.8} />}
        <input
          ref={input}
          className={style.input}
          data-autofocus
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={flat[current] ? `${listId}-${current}` : undefined}
          aria-label={t('shell.search')}
          placeholder={t('palette.hint')}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={(event) => {
            const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (move) {
              event.preventDefault();
              setActive((current + move + flat.length) % Math.max(1, flat.length));
            }
            if (event.key === 'Tab' && scopes[0] && !event.shiftKey) {
              event.preventDefault();
              scopes[0].run();
            }
            if (event.key === 'Enter' && !event.nativeEvent.isComposing) choose(flat[current]);
          }}
        />
        {object ? (
          <span className={style.scope}>
            {t('palette.scoped', { objects: definitions.get(object)?.label.many ?? object })}
          </span>
        ) : null}
      </div>
      <div className={style.list} role="listbox" id={listId} aria-label={t('palette.results')}>
        {sections.map(([title, entries]) => (
          // biome-ignore lint/a11y/useSemanticElements: groups of options have no element of their own
          <div key={title} role="group" aria-label={title || t('palette.results')}>
            {title ? (
              <div className={style.title} aria-hidden>
                {title}
              </div>
            ) : null}
            {entries.map((entry) => {
              index += 1;
              const own = index;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the field that owns the list
                <div
                  key={entry.key}
                  id={`${listId}-${own}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={own === current}
                  className={style.entry}
                  ref={own === current ? (node) => node?.scrollIntoView({ block: 'nearest' }) : undefined}
                  onMouseMove={() => own !== current && setActive(own)}
                  onClick={() => choose(entry)}
                >
                  <ObjectIcon name={entry.icon} />
                  <span className={style.label}>{entry.label}</span>
                  <span className={style.detail}>{entry.detail}</span>
                </div>
              );
            })}
          </div>
        ))}
        {flat.length === 0 && !search.isFetching ? (
          <div className={style.none}>{t('palette.none', { words })}</div>
        ) : null}
      </div>
      <div className={style.foot}>{t('palette.keys')}</div>
      <div className="visually-hidden" aria-live="polite">
        {words ? t('palette.found', { count: flat.length }) : ''}
      </div>
    </Modal>
  );
}
