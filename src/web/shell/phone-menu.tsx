import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { sessionQuery } from '../api/queries.ts';
import type { Definition } from '../api/types.ts';
import { usePreferences } from '../preferences.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { keyOf, leavesOf, pathOf } from './favourites.ts';
import { canVisit } from './menu.ts';
import style from './shell.module.css';

/** Every object and the import, from below. */
export function PhoneMenu({ title, list, onClose }: { title: string; list: readonly Definition[]; onClose(): void }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const { data: session } = useQuery(sessionQuery);
  const leaves = leavesOf(usePreferences().favourites);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="bottom"
      size="75%"
      radius="lg"
      title={title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {leaves.length > 0 ? (
        <>
          <div className={style.menuTitle}>{t('shell.favourites')}</div>
          {leaves.map((leaf) => (
            <Link key={keyOf(leaf)} to={pathOf(leaf)} className={style.item} style={{ height: 44 }} onClick={onClose}>
              <ObjectIcon name={(leaf.kind === 'record' && definitions.get(leaf.object)?.icon) || 'star'} size={19} />
              <span>{leaf.title}</span>
            </Link>
          ))}
          <div className={style.menuTitle}>{t('shell.objects')}</div>
        </>
      ) : null}
      {list.map((definition) => (
        <Link
          key={definition.name}
          to="/o/$object"
          params={{ object: definition.name }}
          search={{}}
          className={style.item}
          style={{ height: 44 }}
          onClick={onClose}
        >
          <ObjectIcon name={definition.icon} size={19} />
          <span>{definition.label.many}</span>
        </Link>
      ))}
      {canVisit(definitions) ? (
        <Link to="/visits" className={style.item} style={{ height: 44 }} onClick={onClose}>
          <ObjectIcon name="map-pin" size={19} />
          <span>{t('shell.visits')}</span>
        </Link>
      ) : null}
      <Link to="/import" className={style.item} style={{ height: 44 }} onClick={onClose}>
        <ObjectIcon name="upload" size={19} />
        <span>{t('shell.import')}</span>
      </Link>
      {session?.user.administrator ? (
        <Link to="/settings" className={style.item} style={{ height: 44 }} onClick={onClose}>
          <ObjectIcon name="adjustments" size={19} />
          <span>{t('shell.settings')}</span>
        </Link>
      ) : null}
    </Drawer>
  );
}
