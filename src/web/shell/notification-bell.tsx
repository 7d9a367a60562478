import { ActionIcon, Button, Popover } from '@mantine/core';
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatAgo } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient, readPage } from '../api/queries.ts';
import type { RecordShape, Session } from '../api/types.ts';
import { bulk } from '../api/writes.ts';
import { EmptyState } from '../ui/state.tsx';
import { showProblem } from '../ui/toast.tsx';
import style from './shell.module.css';

/** What others did that the reader should hear of: the `notification` object, newest first. */
export function NotificationBell({ session }: { session: Session }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const definitions = useDefinitions();
  const definition = definitions.get('notification');
  const [open, setOpen] = useState(false);
  const query = {
    queryKey: ['records', 'notification', 'list', 'bell'],
    queryFn: async () => {
      const page = await readPage('notification', {
        filter: { user: { is: 'me' } },
        sort: ['-createdAt'],
        expand: ['actor'],
        limit: 30,
      });
      return { pages: [page], pageParams: [null] };
    },
    enabled: definition !== undefined,
  };
  const { data } = useQuery(query);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const unread = items.filter((item) => !item.readAt);

  const markRead = async (list: readonly RecordShape[]) => {
    if (!definition || list.length === 0) return;
    await bulk(definition, {
      update: { ids: list.map((item) => item.id), changes: { readAt: new Date().toISOString() } },
    }).catch(showProblem);
    await queryClient.invalidateQueries({ queryKey: query.queryKey });
  };
  const follow = (item: RecordShape) => {
    setOpen(false);
    if (!item.readAt) void markRead([item]);
    if (!item.targetObject) return;
    const object = String(item.targetObject);
    if (item.targetId) void navigate({ to: '/o/$object/$id', params: { object, id: String(item.targetId) } });
    else void navigate({ to: '/o/$object', params: { object }, search: {} });
  };

  return (
    <Popover opened={open} onChange={setOpen} width={360} position="bottom-end" trapFocus>
      <Popover.Target>
        <ActionIcon
          className={style.bell}
          aria-label={t('shell.notifications', { count: unread.length })}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <IconBell size={17} stroke={1.7} />
          {unread.length > 0 ? <span className={style.dot} aria-hidden /> : null}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className={style.noticesHead}>
          {t('notifications.title')}
          {unread.length > 0 ? (
            <Button variant="subtle" size="compact-xs" onClick={() => void markRead(unread)}>
              {t('notifications.readAll')}
            </Button>
          ) : null}
        </div>
        <div className={style.notices}>
          {items.length === 0 ? (
            <EmptyState
              icon={<IconBell size={20} />}
              title={t('notifications.none')}
              text={t('notifications.noneText')}
            />
          ) : null}
          {items.map((item) => (
            <button
              type="button"
              key={item.id}
              className={style.notice}
              data-unread={!item.readAt}
              onClick={() => follow(item)}
            >
              <div>{words(item)}</div>
              <div className={style.noticeTime}>{formatAgo(String(item.createdAt), i18n.language)}</div>
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );

  function words(item: RecordShape): string {
    const actor = (item.expanded?.actor as { title?: string } | undefined)?.title ?? session.workspace.name;
    const params = (item.params ?? {}) as Record<string, unknown>;
    const object = definitions.get(String(item.targetObject))?.label.one ?? '';
    const known = ['mentioned', 'assigned', 'assignedMany', 'commented', 'changed', 'changedMany'];
    const kind = known.includes(String(item.kind)) ? String(item.kind) : 'other';
    const what = String(params.title ?? params.name ?? object);
    return t(`notifications.kinds.${kind}`, { ...params, actor, what, count: Number(params.count ?? 1) });
  }
}
