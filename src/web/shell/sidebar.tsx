import { Tooltip } from '@mantine/core';
import IconAdjustments from '@tabler/icons-react/dist/esm/icons/IconAdjustmentsHorizontal.mjs';
import IconCalendarUser from '@tabler/icons-react/dist/esm/icons/IconCalendarUser.mjs';
import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs';
import IconHome from '@tabler/icons-react/dist/esm/icons/IconHome.mjs';
import IconInbox from '@tabler/icons-react/dist/esm/icons/IconInbox.mjs';
import IconLayoutSidebar from '@tabler/icons-react/dist/esm/icons/IconLayoutSidebar.mjs';
import IconMapPin from '@tabler/icons-react/dist/esm/icons/IconMapPin.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import IconSettings from '@tabler/icons-react/dist/esm/icons/IconSettings.mjs';
import { Link } from '@tanstack/react-router';
import { lazy, memo, type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import type { Definition, Session } from '../api/types.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { ariaKeys, useKeysOf } from '../ui/shortcuts.ts';
import { keyOf, type Leaf, pathOf } from './favourites.ts';
import { canVisit, menuOf } from './menu.ts';
import style from './shell.module.css';

const Arrange = lazy(() => import('./arrange.tsx').then((loaded) => ({ default: loaded.Arrange })));

export const Sidebar = memo(function Sidebar({ session, onSearch }: { session: Session; onSearch(): void }) {
  const { t } = useTranslation();
  const { sidebar, menu, favourites, recent } = usePreferences();
  const definitions = useDefinitions();
  const searchKeys = useKeysOf('mod+k');
  const [arranging, setArranging] = useState(false);
  const narrow = sidebar === 'narrow';
  const { own, shipped, hidden } = menuOf(definitions.list, menu);
  const label = t('shell.toggleSidebar');
  return (
    <nav className={style.sidebar} aria-label={t('shell.menu')}>
      <div className={style.brand}>
        <img src={session.workspace.logo ?? '/tendero.svg'} alt="" />
        <span className={style.label}>{session.workspace.name}</span>
      </div>
      <Hint label={t('shell.search')} narrow={narrow}>
        <button
          type="button"
          className={style.item}
          onClick={onSearch}
          aria-label={t('shell.search')}
          aria-keyshortcuts={ariaKeys(searchKeys)}
        >
          <IconSearch size={16} stroke={1.7} />
          <span className={style.label}>{t('shell.search')}</span>
        </button>
      </Hint>
      <Hint label={t('shell.home')} narrow={narrow}>
        <Link to="/home" className={style.item} aria-label={t('shell.home')}>
          <IconHome size={16} stroke={1.7} />
          <span className={style.label}>{t('shell.home')}</span>
        </Link>
      </Hint>
      {definitions.get('conversation') ? (
        <Hint label={t('shell.inbox')} narrow={narrow}>
          <Link
            to="/inbox"
            search={{}}
            activeOptions={{ exact: false, includeSearch: false }}
            className={style.item}
            aria-label={t('shell.inbox')}
          >
            <IconInbox size={16} stroke={1.7} />
            <span className={style.label}>{t('shell.inbox')}</span>
          </Link>
        </Hint>
      ) : null}
      {definitions.get('interaction') ? (
        <Hint label={t('shell.teamCalendar')} narrow={narrow}>
          <Link to="/team-calendar" className={style.item} aria-label={t('shell.teamCalendar')}>
            <IconCalendarUser size={16} stroke={1.7} />
            <span className={style.label}>{t('shell.teamCalendar')}</span>
          </Link>
        </Hint>
      ) : null}
      {canVisit(definitions) ? (
        <Hint label={t('shell.visits')} narrow={narrow}>
          <Link to="/visits" className={style.item} aria-label={t('shell.visits')}>
            <IconMapPin size={16} stroke={1.7} />
            <span className={style.label}>{t('shell.visits')}</span>
          </Link>
        </Hint>
      ) : null}
      {favourites.length > 0 ? (
        <Section title={t('shell.favourites')} name="favourites" narrow={narrow}>
          {favourites.map((one) =>
            one.kind === 'folder' ? (
              <Section key={one.id} title={one.title} name={`folder:${one.id}`} narrow={narrow} nested>
                {one.items.map((leaf) => (
                  <FavouriteLink key={keyOf(leaf)} leaf={leaf} narrow={narrow} />
                ))}
              </Section>
            ) : (
              <FavouriteLink key={keyOf(one)} leaf={one} narrow={narrow} />
            ),
          )}
        </Section>
      ) : null}
      <Section title={t('shell.objects')} name="objects" narrow={narrow} onArrange={() => setArranging(true)}>
        <ObjectLinks list={shipped} narrow={narrow} />
      </Section>
      {own.length > 0 ? (
        <Section title={t('shell.ownObjects')} name="own" narrow={narrow}>
          <ObjectLinks list={own} narrow={narrow} />
        </Section>
      ) : null}
      {hidden.length > 0 ? (
        <Section title={t('shell.hiddenObjects')} name="hidden" narrow={narrow} closed>
          <ObjectLinks list={hidden} narrow={narrow} />
        </Section>
      ) : null}
      {recent.length > 0 ? (
        <Section title={t('shell.recent')} name="recent" narrow={narrow} closed>
          {recent.slice(0, 6).map((one) => (
            <FavouriteLink key={one.id} leaf={{ kind: 'record', ...one }} narrow={narrow} />
          ))}
        </Section>
      ) : null}
      <div className={style.spring} />
      <Hint label={t('shell.import')} narrow={narrow}>
        <Link to="/import" className={style.item} aria-label={t('shell.import')}>
          <IconFileImport size={16} stroke={1.7} />
          <span className={style.label}>{t('shell.import')}</span>
        </Link>
      </Hint>
      {session.user.administrator ? (
        <Hint label={t('shell.settings')} narrow={narrow}>
          <Link to="/settings" className={style.item} aria-label={t('shell.settings')}>
            <IconSettings size={16} stroke={1.7} />
            <span className={style.label}>{t('shell.settings')}</span>
          </Link>
        </Hint>
      ) : null}
      <Hint label={label} narrow={narrow}>
        <button
          type="button"
          className={style.item}
          aria-label={label}
          aria-expanded={!narrow}
          onClick={() => setPreferences({ sidebar: narrow ? 'open' : 'narrow' })}
        >
          <IconLayoutSidebar size={16} stroke={1.7} />
          <span className={style.label}>{label}</span>
        </button>
      </Hint>
      <Suspense fallback={null}>{arranging ? <Arrange onClose={() => setArranging(false)} /> : null}</Suspense>
    </nav>
  );
});

/** A titled part of the menu that opens and closes, and stays so. */
function Section({
  title,
  name,
  narrow,
  nested = false,
  closed = false,
  onArrange,
  children,
}: {
  title: string;
  name: string;
  narrow: boolean;
  nested?: boolean;
  /** At first. */
  closed?: boolean;
  onArrange?(): void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const { menu } = usePreferences();
  const toggled = menu.toggled ?? [];
  const isOpen = closed === toggled.includes(name);
  const toggle = () =>
    setPreferences({
      menu: { ...menu, toggled: toggled.includes(name) ? toggled.filter((one) => one !== name) : [...toggled, name] },
    });
  return (
    <>
      <div className={style.section} data-nested={nested}>
        <button type="button" className={style.sectionTitle} aria-expanded={isOpen} onClick={toggle}>
          <span>{title}</span>
          <IconChevronRight size={12} className={style.chevron} aria-hidden />
        </button>
        {onArrange ? (
          <button type="button" className={style.arrange} aria-label={t('shell.arrange')} onClick={onArrange}>
            <IconAdjustments size={14} />
          </button>
        ) : null}
      </div>
      {isOpen && !(narrow && closed) ? (
        <div className={style.sectionItems} data-nested={nested}>
          {children}
        </div>
      ) : null}
    </>
  );
}

function ObjectLinks({ list, narrow }: { list: Definition[]; narrow: boolean }) {
  return list.map((definition) => (
    <Hint key={definition.name} label={definition.label.many} narrow={narrow}>
      <Link
        to="/o/$object"
        params={{ object: definition.name }}
        search={{}}
        activeOptions={{ exact: false, includeSearch: false }}
        className={style.item}
        aria-label={definition.label.many}
      >
        <ObjectIcon name={definition.icon} />
        <span className={style.label}>{definition.label.many}</span>
      </Link>
    </Hint>
  ));
}

function FavouriteLink({ leaf, narrow }: { leaf: Leaf; narrow: boolean }) {
  const definitions = useDefinitions();
  const object = leaf.kind === 'record' ? leaf.object : /^\/o\/([^/?]+)/.exec(leaf.path)?.[1];
  const icon = (object && definitions.get(object)?.icon) || 'star';
  return (
    <Hint label={leaf.title} narrow={narrow}>
      <Link to={pathOf(leaf)} className={style.item} aria-label={leaf.title} activeOptions={{ includeSearch: true }}>
        <ObjectIcon name={icon} />
        <span className={style.label}>{leaf.title}</span>
      </Link>
    </Hint>
  );
}

function Hint({ label, narrow, children }: { label: string; narrow: boolean; children: ReactNode }) {
  return (
    <Tooltip label={label} position="right" disabled={!narrow}>
      {children}
    </Tooltip>
  );
}
