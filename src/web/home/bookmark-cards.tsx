import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs';
import IconStar from '@tabler/icons-react/dist/esm/icons/IconStar.mjs';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { usePreferences } from '../preferences.ts';
import { keyOf, type Leaf, leavesOf, pathOf } from '../shell/favourites.ts';
import { Card } from '../ui/card.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import style from './home.module.css';

export function FavouritesCard() {
  const { t } = useTranslation();
  const leaves = leavesOf(usePreferences().favourites);
  return (
    <Card title={t('home.cards.favourites')} icon={<IconStar size={16} stroke={1.7} aria-hidden />}>
      {leaves.length === 0 ? <p className={style.none}>{t('home.noFavourites')}</p> : <Leaves leaves={leaves} />}
    </Card>
  );
}

export function RecentCard() {
  const { t } = useTranslation();
  const { recent } = usePreferences();
  const leaves = recent.slice(0, 8).map((one): Leaf => ({ kind: 'record', ...one }));
  return (
    <Card title={t('home.cards.recent')} icon={<IconHistory size={16} stroke={1.7} aria-hidden />}>
      {leaves.length === 0 ? <p className={style.none}>{t('home.noRecent')}</p> : <Leaves leaves={leaves} />}
    </Card>
  );
}

function Leaves({ leaves }: { leaves: readonly Leaf[] }) {
  const definitions = useDefinitions();
  return (
    <ul className={style.lines}>
      {leaves.map((leaf) => {
        const definition = leaf.kind === 'record' ? definitions.get(leaf.object) : undefined;
        return (
          <li key={keyOf(leaf)}>
            <ObjectIcon name={definition?.icon ?? 'star'} />
            <Link to={pathOf(leaf)} className={style.title}>
              {leaf.title}
            </Link>
            <span className={style.detail}>{definition?.label.one}</span>
          </li>
        );
      })}
    </ul>
  );
}
