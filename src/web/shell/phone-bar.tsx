import IconHome from '@tabler/icons-react/dist/esm/icons/IconHome.mjs';
import IconInbox from '@tabler/icons-react/dist/esm/icons/IconInbox.mjs';
import IconMenu2 from '@tabler/icons-react/dist/esm/icons/IconMenu2.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { Link } from '@tanstack/react-router';
import { lazy, memo, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import type { Session } from '../api/types.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { usePreferences } from '../preferences.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { menuOf } from './menu.ts';
import style from './shell.module.css';

const PhoneMenu = lazy(() => import('./phone-menu.tsx').then((loaded) => ({ default: loaded.PhoneMenu })));

/** On a phone: home, the first object, search, create and everything else, under the thumb. */
export const PhoneBar = memo(function PhoneBar({ session, onSearch }: { session: Session; onSearch(): void }) {
  const { t } = useTranslation();
  const [menu, setMenu] = useState(false);
  const definitions = useDefinitions();
  const { shipped, own, hidden } = menuOf(definitions.list, usePreferences().menu);
  return (
    <nav className={style.phone} aria-label={t('shell.menu')}>
      <Link to="/home" className={style.phoneItem}>
        <IconHome size={20} />
        <span>{t('shell.home')}</span>
      </Link>
      {definitions.get('conversation') ? (
        <Link to="/inbox" search={{}} className={style.phoneItem}>
          <IconInbox size={20} />
          <span>{t('shell.inbox')}</span>
        </Link>
      ) : null}
      {shipped.slice(0, 1).map((definition) => (
        <Link
          key={definition.name}
          to="/o/$object"
          params={{ object: definition.name }}
          search={{}}
          className={style.phoneItem}
        >
          <ObjectIcon name={definition.icon} size={20} />
          <span>{definition.label.many}</span>
        </Link>
      ))}
      <button type="button" className={style.phoneItem} onClick={() => void openQuickCreate({})}>
        <IconPlus size={20} />
        <span>{t('shell.create')}</span>
      </button>
      <button type="button" className={style.phoneItem} onClick={onSearch}>
        <IconSearch size={20} />
        <span>{t('shell.search')}</span>
      </button>
      <button type="button" className={style.phoneItem} onClick={() => setMenu(true)} aria-expanded={menu}>
        <IconMenu2 size={20} />
        <span>{t('shell.more')}</span>
      </button>
      {menu ? (
        <Suspense fallback={null}>
          <PhoneMenu
            title={session.workspace.name}
            list={[...shipped, ...own, ...hidden]}
            onClose={() => setMenu(false)}
          />
        </Suspense>
      ) : null}
    </nav>
  );
});
