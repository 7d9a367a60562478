import { Menu } from '@mantine/core';
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs';
import IconBellOff from '@tabler/icons-react/dist/esm/icons/IconBellOff.mjs';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient, readPage } from '../api/queries.ts';
import { EVERY } from '../api/shipped.ts';
import type { Definition, Filter } from '../api/types.ts';
import { createRecord, removeRecord } from '../api/writes.ts';
import { showProblem, showToast } from '../ui/toast.tsx';

/** Hear of changes to all records of an object, those to come included. */
export function FollowAll({ definition }: { definition: Definition }) {
  const { t } = useTranslation();
  const { userId } = useFieldEnvironment();
  const follow = useDefinitions().get('follow');
  const { data: own } = useQuery({
    queryKey: ['records', 'follow', 'list', 'all', definition.name],
    enabled: follow !== undefined,
    queryFn: async ({ signal }) => {
      const filter: Filter = { user: { is: userId }, targetObject: { is: definition.name }, targetId: { is: EVERY } };
      return { pages: [await readPage('follow', { filter, limit: 1 }, signal)], pageParams: [null] };
    },
    select: ({ pages }) => pages[0]?.items[0] ?? null,
  });
  if (!follow || own === undefined) return null;
  const objects = definition.label.many.toLocaleLowerCase();
  const toggle = async () => {
    try {
      if (own) await removeRecord(follow, own.id);
      else await createRecord(follow, { targetObject: definition.name, targetId: EVERY });
      showToast(t(own ? 'followAll.stopped' : 'followAll.started', { objects }));
    } catch (error) {
      showProblem(error);
    }
    void queryClient.invalidateQueries({ queryKey: ['records', 'follow', 'list'] });
  };
  return (
    <Menu.Item leftSection={own ? <IconBellOff size={15} /> : <IconBell size={15} />} onClick={() => void toggle()}>
      {t(own ? 'followAll.stop' : 'followAll.start', { objects })}
    </Menu.Item>
  );
}
