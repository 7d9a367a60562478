import { Tooltip } from '@mantine/core';
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs';
import IconLayoutSidebar from '@tabler/icons-react/dist/esm/icons/IconLayoutSidebar.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isInMenu, useDefinitions } from '../api/definitions.ts';
import type { Definition, Session } from '../api/types.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import style from './shell.module.css';

export function Sidebar({ session, onSearch }: { session: Session; onSearch(): void }) {
  const { t } = useTranslation();
  const { sidebar } = usePreferences();
  const narrow = sidebar === 'narrow';
  const { own, shipped } = menuOf(useDefinitions().list);
  const label = t('shell.toggleSidebar');
  return (
    <nav className={style.sidebar} aria-label={t('shell.menu')}>
      <div className={style.brand}>
        <img src="/tendero.svg" alt="" />
        <span className={style.label}>{session.workspace.name}</span>
      </div>
      <Hint label={t('shell.search')} narrow={narrow}>
        <button
          type="button"
          className={style.item}
          onClick={onSearch}
          aria-label={t('shell.search')}
          aria-keyshortcuts="Control+K"
        >
          <IconSearch size={16} stroke={1.7} />
          <span className={style.label}>{t('shell.search')}</span>
        </button>
      </Hint>
      <ObjectLinks title={t('shell.objects')} list={shipped} narrow={narrow} />
      {own.length > 0 ? <ObjectLinks title={t('shell.ownObjects')} list={own} narrow={narrow} /> : null}
      <div className={style.spring} />
      <Hint label={t('shell.import')} narrow={narrow}>
        <Link to="/import" className={style.item} aria-label={t('shell.import')}>
          <IconFileImport size={16} stroke={1.7} />
          <span className={style.label}>{t('shell.import')}</span>
        </Link>
      </Hint>
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
    </nav>
  );
}

/** Objects with a menu entry of their own; those added at run time stand apart. */
export function menuOf(list: readonly Definition[]): { shipped: Definition[]; own: Definition[] } {
  const shown = list.filter(isInMenu);
  return { shipped: shown.filter((one) => !one.custom), own: shown.filter((one) => one.custom) };
}

function ObjectLinks({ title, list, narrow }: { title: string; list: Definition[]; narrow: boolean }) {
  return (
    <>
      <div className={style.section}>{title}</div>
      {list.map((definition) => (
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
      ))}
    </>
  );
}

function Hint({ label, narrow, children }: { label: string; narrow: boolean; children: ReactNode }) {
  return (
    <Tooltip label={label} position="right" disabled={!narrow}>
      {children}
    </Tooltip>
  );
}
