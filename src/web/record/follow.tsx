import { ActionIcon, Popover } from '@mantine/core';
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs';
import IconBellRinging from '@tabler/icons-react/dist/esm/icons/IconBellRinging.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient, readPage } from '../api/queries.ts';
import { EVERY } from '../api/shipped.ts';
import type { Definition, Filter, RecordShape } from '../api/types.ts';
import { createRecord, removeRecord, saveRecord } from '../api/writes.ts';
import { showProblem, showToast } from '../ui/toast.tsx';
import { Actor } from './actor.tsx';
import style from './record.module.css';

/** Hear of what happens to a record, or not; and who else does. Its owner, and whoever follows all of its kind, do without asking. */
export function Follow({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t } = useTranslation();
  const { userId } = useFieldEnvironment();
  const follow = useDefinitions().get('follow');
  const [isOpen, setOpen] = useState(false);
  const { data } = useQuery({
    queryKey: ['records', 'follow', 'list', 'of', definition.name, record.id],
    enabled: follow !== undefined,
    queryFn: async ({ signal }) => {
      const filter: Filter = { targetObject: { is: definition.name }, targetId: { in: [record.id, EVERY] } };
      const page = await readPage('follow', { filter, expand: ['user'], limit: 100 }, signal);
      return { pages: [page], pageParams: [null] };
    },
    select: (found) => found.pages.flatMap((page) => page.items),
  });
  if (!follow || !data || record.deletedAt) return null;
  const own = data.find((one) => one.user === userId && one.targetId === record.id);
  const isToldAnyway = record.owner === userId || data.some((one) => one.user === userId && one.targetId === EVERY);
  const isFollowed = own ? own.muted !== true : isToldAnyway;
  const isDecidedHere = (user: unknown) => data.some((one) => one.user === user && one.targetId === record.id);
  const followers = data.filter(
    ({ user, muted, targetId }) =>
      muted !== true && user !== record.owner && (targetId === record.id || !isDecidedHere(user)),
  );
  const toggle = async () => {
    try {
      // Whoever is told anyway and wants to hear nothing says so; everybody else just stops.
      if (own && !isToldAnyway) await removeRecord(follow, own.id);
      else if (own) await saveRecord(follow, own, { muted: isFollowed });
      else
        await createRecord(follow, {
          targetObject: definition.name,
          targetId: record.id,
          ...(isToldAnyway ? { muted: true } : {}),
        });
      showToast(t(isFollowed ? 'follow.stopped' : 'follow.started'));
    } catch (error) {
      showProblem(error);
    }
    void queryClient.invalidateQueries({ queryKey: ['records', 'follow', 'list'] });
  };
  const label = t(isFollowed ? 'follow.stop' : 'follow.start');
  return (
    <span className={style.follow}>
      <ActionIcon aria-label={label} title={label} aria-pressed={isFollowed} onClick={() => void toggle()}>
        {isFollowed ? <IconBellRinging size={16} /> : <IconBell size={16} />}
      </ActionIcon>
      {followers.length > 0 ? (
        <Popover opened={isOpen} onChange={setOpen} position="bottom-end">
          <Popover.Target>
            <button
              type="button"
              aria-label={t('follow.followers', { count: followers.length })}
              onClick={() => setOpen(!isOpen)}
            >
              {followers.length}
            </button>
          </Popover.Target>
          <Popover.Dropdown>
            <strong>{t('follow.followers', { count: followers.length })}</strong>
            <ul className={style.followers}>
              {record.owner ? (
                <li>
                  <Actor id={String(record.owner)} known={record.expanded?.owner} /> · {t('follow.owner')}
                </li>
              ) : null}
              {followers.map((one) => (
                <li key={one.id}>
                  <Actor id={String(one.user)} known={one.expanded?.user} />
                </li>
              ))}
            </ul>
          </Popover.Dropdown>
        </Popover>
      ) : null}
    </span>
  );
}
