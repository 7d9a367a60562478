import { useRouterState } from '@tanstack/react-router';
import i18next from 'i18next';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { showUndo } from '../ui/toast.tsx';
import { keyOf, type Leaf, leavesOf, withoutLeaf } from './favourites.ts';

/** What the screen shows, as something to come back to, and whether it is among the favourites. */
export function useFavouriteOfScreen(): { isFavourite: boolean; toggle(): void } {
  const definitions = useDefinitions();
  const { favourites } = usePreferences();
  const { href, pathname } = useRouterState({ select: ({ location }) => location });
  const [, object = '', id = ''] = /^\/o\/([^/]+)\/([0-9a-f-]{36})$/.exec(pathname) ?? [];
  const key = id || href;
  const isFavourite = leavesOf(favourites).some((leaf) => keyOf(leaf) === key);
  return {
    isFavourite,
    toggle() {
      const before = favourites;
      const title = titleOfScreen(definitions.get(object), id);
      const leaf: Leaf = id ? { kind: 'record', object, id, title } : { kind: 'place', path: href, title };
      setPreferences({ favourites: isFavourite ? withoutLeaf(favourites, key) : [...favourites, leaf] });
      showUndo(i18next.t(isFavourite ? 'shell.unfavourited' : 'shell.favourited', { title }), async () =>
        setPreferences({ favourites: before }),
      );
    },
  };
}

/** A record by its name, anything else by what the browser calls the screen. */
function titleOfScreen(definition: Definition | undefined, id: string): string {
  const record = definition && queryClient.getQueryData<RecordShape>(['records', definition.name, 'record', id]);
  const name = definition && record?.[definition.title];
  return typeof name === 'string' && name ? name : document.title.replace(/ · Tendero$/, '') || '—';
}
