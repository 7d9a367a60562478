import { ActionIcon, Button, Menu, SegmentedControl } from '@mantine/core';
import IconAdjustments from '@tabler/icons-react/dist/esm/icons/IconAdjustmentsHorizontal.mjs';
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs';
import IconChecks from '@tabler/icons-react/dist/esm/icons/IconChecks.mjs';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordTitle } from '#kernel/fields/web/environment.tsx';
import { formatAgo, formatDateTime } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient } from '../api/queries.ts';
import type { RecordShape, Session } from '../api/types.ts';
import { bulk } from '../api/writes.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem, showUndo } from '../ui/toast.tsx';
import { NotificationPreferences } from './notification-preferences.tsx';
import {
  groupNotifications,
  isShown,
  type NotificationType,
  notificationsQuery,
  notificationTypes,
  snoozeUntil,
  typeOf,
} from './notifications.ts';
import style from './shell.module.css';

/** What others did that the reader should hear of: by record, by kind, read or not, put off until later. */
export function NotificationCentre({ session, onClose }: { session: Session; onClose(): void }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const definitions = useDefinitions();
  const definition = definitions.get('notification');
  const { data, error, refetch } = useQuery(notificationsQuery);
  const [shown, setShown] = useState<'unread' | 'all'>('unread');
  const [type, setType] = useState<NotificationType | ''>('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const all = data?.pages[0]?.items ?? [];
  const unread = all.filter((item) => !item.readAt && isShown(item));
  const items = (shown === 'unread' ? unread : all).filter((item) => type === '' || typeOf(item) === type);
  const groups = groupNotifications(items);

  /** @returns whether it is so now */
  const change = async (list: readonly RecordShape[], changes: Record<string, unknown>): Promise<boolean> => {
    if (!definition || list.length === 0) return false;
    const isChanged = await bulk(definition, { update: { ids: list.map(({ id }) => id), changes } }).then(
      () => true,
      (problem: unknown) => {
        showProblem(problem);
        return false;
      },
    );
    await queryClient.invalidateQueries({ queryKey: notificationsQuery.queryKey });
    return isChanged;
  };
  const read = (list: readonly RecordShape[]) => change(list, { readAt: new Date().toISOString() });
  const readAll = async () => {
    const list = items.filter((item) => !item.readAt);
    if (!(await read(list))) return;
    showUndo(t('notifications.readAll'), () => change(list, { readAt: null }));
  };
  const snooze = async (list: readonly RecordShape[], choice: 'hour' | 'tomorrow' | 'week') => {
    const until = snoozeUntil(choice);
    // It comes back as news.
    if (!(await change(list, { snoozedUntil: until.toISOString(), readAt: null }))) return;
    const when = formatDateTime(until.toISOString(), i18n.language, session.user.timeZone);
    showUndo(t('notifications.snoozed', { when }), () => change(list, { snoozedUntil: null }));
  };
  const follow = (item: RecordShape, list: readonly RecordShape[]) => {
    onClose();
    void read(list.filter((one) => !one.readAt));
    if (!item.targetObject) return;
    const object = String(item.targetObject);
    if (item.targetId) void navigate({ to: '/o/$object/$id', params: { object, id: String(item.targetId) } });
    else void navigate({ to: '/o/$object', params: { object }, search: {} });
  };
  return (
    <section aria-label={t('notifications.title')}>
      <div className={style.noticesHead}>
        <SegmentedControl
          size="xs"
          aria-label={t('notifications.title')}
          value={shown}
          onChange={(next) => setShown(next as typeof shown)}
          data={[
            { value: 'unread', label: `${t('notifications.unread')}${unread.length > 0 ? ` ${unread.length}` : ''}` },
            { value: 'all', label: t('notifications.all') },
          ]}
        />
        <span className={style.noticesActions}>
          <Menu withinPortal={false}>
            <Menu.Target>
              <Button variant="subtle" color="gray" c="dimmed" size="compact-sm">
                {type ? t(`notifications.kindNames.${type}`) : t('notifications.kind')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setType('')}>{t('notifications.anyKind')}</Menu.Item>
              {notificationTypes.map((one) => (
                <Menu.Item key={one} onClick={() => setType(one)}>
                  {t(`notifications.kindNames.${one}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <ActionIcon
            aria-label={t('notifications.readAll')}
            disabled={items.every((item) => item.readAt)}
            onClick={() => void readAll()}
          >
            <IconChecks size={16} />
          </ActionIcon>
          <ActionIcon
            aria-label={t('notifications.preferences')}
            onClick={() => {
              onClose();
              void openDialog<void>((done) => <NotificationPreferences onClose={() => done(null)} />);
            }}
          >
            <IconAdjustments size={16} />
          </ActionIcon>
        </span>
      </div>
      <div className={style.notices}>
        {error && !data ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
        {!data && !error ? <SkeletonLines lines={6} /> : null}
        {data && groups.length === 0 ? (
          <EmptyState
            icon={<IconBell size={20} />}
            title={all.length > 0 ? t('notifications.nothingUnread') : t('notifications.none')}
            text={t('notifications.noneText')}
          />
        ) : null}
        {groups.map((group) => {
          const visible = open.has(group.key) ? group.items : group.items.slice(0, 1);
          const isUnread = group.items.some((item) => !item.readAt);
          return (
            <div key={group.key} className={style.notice} data-unread={isUnread}>
              <div className={style.noticeLines}>
                {visible.map((item) => (
                  <button
                    key={item.id}
                    type="button"
                    className={style.noticeText}
                    onClick={() => follow(item, group.items)}
                  >
                    <span>
                      {words(item)}
                      <InsteadOf item={item} />
                    </span>
                    <span className={style.noticeTime}>
                      {isShown(item)
                        ? formatAgo(String(item.createdAt), i18n.language)
                        : t('notifications.snoozed', {
                            when: formatDateTime(String(item.snoozedUntil), i18n.language, session.user.timeZone),
                          })}
                    </span>
                  </button>
                ))}
                {group.items.length > visible.length ? (
                  <button
                    type="button"
                    className={style.noticeMore}
                    onClick={() => setOpen(new Set([...open, group.key]))}
                  >
                    {t('notifications.others', { count: group.items.length - visible.length })}
                  </button>
                ) : null}
              </div>
              <Menu withinPortal={false} position="bottom-end">
                <Menu.Target>
                  <ActionIcon aria-label={t('record.more')}>
                    <IconDots size={15} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  {isUnread ? (
                    <Menu.Item onClick={() => void read(group.items.filter((item) => !item.readAt))}>
                      {t('notifications.markRead')}
                    </Menu.Item>
                  ) : (
                    <Menu.Item onClick={() => void change(group.items, { readAt: null })}>
                      {t('notifications.markUnread')}
                    </Menu.Item>
                  )}
                  <Menu.Label>{t('notifications.snooze')}</Menu.Label>
                  {(['hour', 'tomorrow', 'week'] as const).map((choice) => (
                    <Menu.Item key={choice} onClick={() => void snooze(group.items, choice)}>
                      {t(`notifications.snoozeFor.${choice}`)}
                    </Menu.Item>
                  ))}
                </Menu.Dropdown>
              </Menu>
            </div>
          );
        })}
      </div>
    </section>
  );

  function words(item: RecordShape): string {
    const actor = (item.expanded?.actor as { title?: string } | undefined)?.title ?? session.workspace.name;
    const params = (item.params ?? {}) as Record<string, unknown>;
    const object = definitions.get(String(item.targetObject))?.label.one ?? '';
    const known = [
      ...['mentioned', 'assigned', 'assignedMany', 'commented', 'changed', 'changedMany', 'reminder'],
      ...[
        'asked',
        'accepted',
        'declined',
        'finished',
        'mailFailed',
        'mailOpened',
        'mailUnsure',
        'mailBounced',
        'faxFailed',
      ],
    ];
    const isNamed = item.kind === 'mailOpened' && Boolean(params.name);
    const kind = isNamed ? 'mailOpenedBy' : known.includes(String(item.kind)) ? String(item.kind) : 'other';
    const what = String(params.title ?? params.name ?? object);
    return t(`notifications.kinds.${kind}`, { ...params, actor, what, count: Number(params.count ?? 1) });
  }
}

/** In whose place the reader hears of it. */
function InsteadOf({ item }: { item: RecordShape }) {
  const { t } = useTranslation();
  const { insteadOf } = (item.params ?? {}) as { insteadOf?: string };
  const name = useRecordTitle('user', insteadOf ?? null);
  return insteadOf ? <i className={style.insteadOf}> · {t('absence.insteadOf', { name: name ?? '…' })}</i> : null;
}
