import { Button } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconSun from '@tabler/icons-react/dist/esm/icons/IconSun.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '#kernel/fields/web/chip.tsx';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatNearDate, today } from '#kernel/fields/web/format.ts';
import { dropCached, refreshObject } from '../api/cache.ts';
import { patch, post } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import { listQuery } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { saveRecord } from '../api/writes.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { Card } from '../ui/card.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem, showUndo } from '../ui/toast.tsx';
import { byUrgency, daysAfter } from './greeting.ts';
import style from './home.module.css';

/** My tasks with a day: late, today, the week to come; and those that others do for me. A click on the circle does them. */
export function DayCard() {
  const { t } = useTranslation();
  const { language, timeZone, userId } = useFieldEnvironment();
  const definition = useDefinition('task');
  const now = today(timeZone);
  const query = useInfiniteQuery(
    listQuery('task', {
      filter: {
        owner: { is: 'me' },
        status: { in: ['open', 'inProgress', 'waiting'] },
        dueOn: { lte: daysAfter(now, 7) },
      },
      fields: ['subject', 'dueOn', 'dueTime', 'priority', 'account'],
      expand: ['account'],
      sort: ['dueOn'],
      limit: 60,
    }),
  );
  const tasks = query.data?.pages.flatMap((page) => page.items) ?? [];
  const groups = byUrgency(tasks, now);
  const waiting = useInfiniteQuery(
    listQuery('task', {
      filter: {
        givenBy: { is: 'me' },
        owner: { isNot: 'me' },
        status: { in: ['open', 'inProgress', 'waiting'] },
      },
      fields: ['subject', 'owner', 'acceptance', 'followUpOn'],
      expand: ['owner'],
      sort: ['followUpOn'],
      limit: 20,
    }),
  );
  const given = waiting.data?.pages.flatMap((page) => page.items) ?? [];
  const [current, setCurrent] = useState<string | null>(null);
  const step = (by: 1 | -1) => {
    const at = tasks.findIndex(({ id }) => id === current);
    const next = tasks[at === -1 ? 0 : Math.min(Math.max(at + by, 0), tasks.length - 1)];
    if (!next) return;
    setCurrent(next.id);
    document.getElementById(`day-${next.id}`)?.scrollIntoView({ block: 'nearest' });
  };
  /** What takes the current one off the list leaves the next one current. */
  const act = (work: (task: RecordShape) => Promise<void>) => () => {
    const at = tasks.findIndex(({ id }) => id === current);
    if (at === -1) return;
    setCurrent((tasks[at + 1] ?? tasks[at - 1])?.id ?? null);
    void work(tasks[at]!);
  };
  const postpone = (days: number) => async (task: RecordShape) => {
    const dueOn = daysAfter(now, days);
    try {
      await saveRecord(definition, task, { dueOn });
      refreshObject('task');
      const day = formatDate(dueOn, language, { weekday: 'long', day: 'numeric', month: 'short' });
      showUndo(t('home.moved', { task: String(task.subject), day }), async () => {
        await patch(`/records/task/${task.id}`, { dueOn: task.dueOn });
        refreshObject('task');
      });
    } catch (error) {
      showProblem(error);
    }
  };
  const toMonday = 8 - (new Date(`${now}T00:00:00Z`).getUTCDay() || 7);
  useShortcuts([
    { keys: 'j', label: t('home.keys.next'), run: () => step(1) },
    { keys: 'k', label: t('home.keys.previous'), run: () => step(-1) },
    { keys: 'x', label: t('home.keys.done'), run: act((task) => complete(task)) },
    { keys: 's', label: t('home.keys.tomorrow'), run: act(postpone(1)) },
    { keys: 'shift+s', label: t('home.keys.nextWeek'), run: act(postpone(toMonday)) },
  ]);
  const add = definition.can.create ? (
    <Button
      variant="subtle"
      size="compact-sm"
      leftSection={<IconPlus size={14} />}
      onClick={() => void openQuickCreate({ object: 'task', values: { dueOn: now, owner: userId } })}
    >
      {t('home.addTask')}
    </Button>
  ) : null;
  const complete = async (task: RecordShape) => {
    const putBack = dropCached('task', new Set([task.id]));
    try {
      await post(`/records/task/${task.id}/actions/complete`, {});
      showUndo(t('home.complete', { task: String(task.subject) }), async () => {
        await post(`/records/task/${task.id}/actions/reopen`, {});
        refreshObject('task');
      });
    } catch (error) {
      putBack();
      showProblem(error);
    }
  };
  return (
    <Card title={t('home.cards.day')} icon={<IconSun size={16} stroke={1.7} aria-hidden />} action={add}>
      {query.isPending ? <SkeletonLines lines={5} /> : null}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess ? (
        <p className={style.summary}>
          {groups.overdue.length > 0 ? (
            <strong>{t('home.summary.overdue', { count: groups.overdue.length })}</strong>
          ) : null}
          {groups.today.length > 0
            ? t('home.summary.today', { count: groups.today.length })
            : groups.overdue.length === 0 && tasks.length > 0
              ? t('home.summary.calm')
              : ''}
        </p>
      ) : null}
      {query.isSuccess && tasks.length === 0 ? (
        <EmptyState icon={<IconSun size={22} />} title={t('home.noTasks')} text={t('home.noTasksText')} />
      ) : null}
      {(['overdue', 'today', 'soon'] as const).map((name) =>
        groups[name].length > 0 ? (
          <section key={name} aria-label={t(`home.${name}`)}>
            <h3 className={style.group} data-late={name === 'overdue'}>
              {t(`home.${name}`)}
            </h3>
            <ul className={style.lines}>
              {groups[name].map((task) => (
                <li key={task.id} id={`day-${task.id}`} data-current={task.id === current}>
                  <button
                    type="button"
                    className={style.circle}
                    aria-label={t('home.complete', { task: String(task.subject) })}
                    onClick={() => void complete(task)}
                  />
                  <Link to="/o/$object/$id" params={{ object: 'task', id: task.id }} className={style.title}>
                    {String(task.subject)}
                  </Link>
                  {['high', 'urgent'].includes(String(task.priority)) ? (
                    <span className={style.mark}>
                      <Chip tone={task.priority === 'urgent' ? 'red' : 'orange'}>{labelOf(String(task.priority))}</Chip>
                    </span>
                  ) : null}
                  <span className={style.detail}>
                    {(task.expanded?.account as { title?: string } | undefined)?.title}
                  </span>
                  <span className={style.when} data-late={name === 'overdue'}>
                    {name === 'today' ? String(task.dueTime ?? '') : formatNearDate(String(task.dueOn), language, now)}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        ) : null,
      )}
      {given.length > 0 ? (
        <section aria-label={t('home.waiting')}>
          <h3 className={style.group}>{t('home.waiting')}</h3>
          <ul className={style.lines}>
            {given.map((task) => (
              <li key={task.id}>
                <Link to="/o/$object/$id" params={{ object: 'task', id: task.id }} className={style.title}>
                  {String(task.subject)}
                </Link>
                {task.acceptance ? (
                  <span className={style.mark}>
                    <Chip tone={task.acceptance === 'accepted' ? 'green' : 'yellow'}>
                      {labelOf(String(task.acceptance), 'acceptance')}
                    </Chip>
                  </span>
                ) : null}
                <span className={style.detail}>{(task.expanded?.owner as { title?: string } | undefined)?.title}</span>
                {task.followUpOn ? (
                  <span className={style.when} data-late={String(task.followUpOn) <= now}>
                    {formatNearDate(String(task.followUpOn), language, now)}
                  </span>
                ) : null}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </Card>
  );

  function labelOf(choice: string, of = 'priority'): string {
    const field = definition.fields.find(({ name }) => name === of);
    const options = (field?.options?.options ?? []) as { value: string; label?: string }[];
    return options.find(({ value }) => value === choice)?.label ?? choice;
  }
}
