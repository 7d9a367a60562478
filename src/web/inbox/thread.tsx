import { ActionIcon, Button, Menu, Skeleton, Tooltip } from '@mantine/core';
import IconArrowBackUp from '@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs';
import IconArrowLeft from '@tabler/icons-react/dist/esm/icons/IconArrowLeft.mjs';
import IconArrowsJoin from '@tabler/icons-react/dist/esm/icons/IconArrowsJoin.mjs';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs';
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconExternalLink from '@tabler/icons-react/dist/esm/icons/IconExternalLink.mjs';
import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs';
import IconNote from '@tabler/icons-react/dist/esm/icons/IconNote.mjs';
import IconPhone from '@tabler/icons-react/dist/esm/icons/IconPhone.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import IconUserPlus from '@tabler/icons-react/dist/esm/icons/IconUserPlus.mjs';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAway } from '#kernel/fields/web/away.ts';
import { useFieldEnvironment, useRecordTitle } from '#kernel/fields/web/environment.tsx';
import { useDefinition } from '../api/definitions.ts';
import { listQuery, recordQuery } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { Glance } from '../record/glance.tsx';
import { People } from '../record/people.tsx';
import { usePeopleAt, usePresence } from '../record/presence.ts';
import { Keys } from '../ui/keys.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import { shortTime } from './conversation-list.tsx';
import style from './inbox.module.css';
import { ThreadMessage } from './message.tsx';
import { NoteForm } from './note-form.tsx';
import { Reply } from './reply.tsx';

/** What can be done with a conversation, wherever it was asked for. */
export interface ThreadWork {
  done(record: RecordShape): void;
  reopen(record: RecordShape): void;
  snooze(record: RecordShape): void;
  assign(record: RecordShape): void;
  macro(record: RecordShape): void;
  link(record: RecordShape, field: 'account' | 'contact' | 'opportunity'): void;
  join(record: RecordShape): void;
  split(record: RecordShape, interactions: readonly string[]): void;
  log(record: RecordShape, channel: string): void;
  remove(record: RecordShape): void;
  /** What is written in it now. */
  write(what: 'reply' | 'note' | null): void;
}

/** A thread is seldom longer; what came before is asked for. */
const PAGE = 30;

export function Thread({
  id,
  writing,
  insert,
  work,
  onBack,
}: {
  id: string;
  writing: 'reply' | 'note' | null;
  insert: { words: string } | undefined;
  work: ThreadWork;
  /** On a phone, where the list is behind it. */
  onBack?: () => void;
}) {
  const { t } = useTranslation();
  const { userId } = useFieldEnvironment();
  const definition = useDefinition('conversation');
  const conversation = useQuery(recordQuery(definition, id));
  usePresence('conversation', id, userId);
  const back = onBack ? (
    <ActionIcon aria-label={t('inbox.back')} onClick={onBack}>
      <IconArrowLeft size={18} />
    </ActionIcon>
  ) : null;
  if (conversation.isError)
    return (
      <div className={style.thread}>
        {back}
        <ErrorState error={conversation.error} onRetry={() => void conversation.refetch()} />
      </div>
    );
  if (!conversation.data)
    return (
      <div className={style.thread} aria-busy="true">
        {back}
        <div className={style.threadHead}>
          <Skeleton height={18} width="60%" />
        </div>
        <div className={style.messages}>
          <SkeletonLines lines={6} />
        </div>
      </div>
    );
  const record = conversation.data;
  const account = typeof record.account === 'string' ? record.account : null;
  return (
    <section className={style.thread} aria-label={String(record.subject)}>
      <ThreadHead record={record} work={work} back={back} />
      {account ? <Glance object="account" id={account} /> : null}
      <Others id={id} />
      <Messages record={record} work={work} writing={writing} insert={insert} />
    </section>
  );
}

function ThreadHead({ record, work, back }: { record: RecordShape; work: ThreadWork; back: ReactNode }) {
  const { t } = useTranslation();
  const { language, timeZone, userId } = useFieldEnvironment();
  const definition = useDefinition('conversation');
  const title = (field: string) => (record.expanded?.[field] as { title?: string } | null | undefined)?.title;
  const isDone = record.status === 'done';
  const isInTrash = Boolean(record.deletedAt);
  const may = definition.can.update && !isInTrash;
  const owner = record.owner === userId && userId !== null ? t('inbox.me') : title('owner');
  const away = useAway(record.owner && record.owner !== userId ? String(record.owner) : null);
  const links = (['account', 'contact', 'opportunity'] as const).filter((field) => record[field]);
  return (
    <header className={style.threadHead}>
      <div className={style.threadTitle}>
        {back}
        <h2>
          <bdi>{String(record.subject)}</bdi>
        </h2>
        <People definition={definition} id={record.id} />
      </div>
      <div className={style.threadFacts}>
        {links.map((field) => (
          <Link key={field} to="/o/$object/$id" params={{ object: field, id: String(record[field]) }}>
            <bdi>{title(field) ?? '…'}</bdi>
          </Link>
        ))}
        <span>
          {owner ? <bdi>{owner}</bdi> : t('inbox.nobody')}
          {away ? <span className={style.away}> {away}</span> : null}
          {title('team') ? (
            <>
              {' · '}
              <bdi>{title('team')}</bdi>
            </>
          ) : null}
        </span>
        {record.status === 'snoozed' ? (
          <span className={style.until}>
            {t('inbox.until', { at: shortTime(String(record.snoozedUntil), language, timeZone) })}
          </span>
        ) : null}
        {isDone ? <span className={style.isDone}>{t('inbox.isDone')}</span> : null}
      </div>
      {may ? (
        <div className={style.threadTools} role="toolbar" aria-label={t('inbox.tools')}>
          <Tool
            keys="e"
            label={t(isDone ? 'inbox.reopen' : 'inbox.finish')}
            strong={!isDone}
            icon={<IconCircleCheck size={15} aria-hidden />}
            onClick={() => (isDone ? work.reopen(record) : work.done(record))}
          />
          <Tool
            keys="s"
            label={t('inbox.snooze')}
            icon={<IconClock size={15} aria-hidden />}
            onClick={() => work.snooze(record)}
          />
          <Tool
            keys="a"
            label={t('inbox.assign')}
            icon={<IconUserPlus size={15} aria-hidden />}
            onClick={() => work.assign(record)}
          />
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label={t('inbox.more')} size={30}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconBolt size={14} />}
                rightSection={<Keys keys="m" />}
                onClick={() => work.macro(record)}
              >
                {t('inbox.runMacro')}
              </Menu.Item>
              <Menu.Divider />
              {(['account', 'contact', 'opportunity'] as const).map((field) => (
                <LinkItem key={field} field={field} onClick={() => work.link(record, field)} />
              ))}
              <Menu.Divider />
              {(['phone', 'meeting', 'letter'] as const).map((channel) => (
                <Menu.Item
                  key={channel}
                  leftSection={<IconPhone size={14} />}
                  onClick={() => work.log(record, channel)}
                >
                  {t(`inbox.logs.${channel}`)}
                </Menu.Item>
              ))}
              <Menu.Divider />
              <Menu.Item leftSection={<IconArrowsJoin size={14} />} onClick={() => work.join(record)}>
                {t('inbox.join')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconExternalLink size={14} />}
                renderRoot={(props) => (
                  <Link to="/o/$object/$id" params={{ object: 'conversation', id: record.id }} {...props} />
                )}
              >
                {t('inbox.page')}
              </Menu.Item>
              {definition.can.delete ? (
                <Menu.Item
                  color="red"
                  leftSection={<IconTrash size={14} />}
                  rightSection={<Keys keys="#" />}
                  onClick={() => work.remove(record)}
                >
                  {t('inbox.remove')}
                </Menu.Item>
              ) : null}
            </Menu.Dropdown>
          </Menu>
        </div>
      ) : null}
    </header>
  );
}

function LinkItem({ field, onClick }: { field: string; onClick(): void }) {
  const { t } = useTranslation();
  const { objectLabel } = useFieldEnvironment();
  return (
    <Menu.Item leftSection={<IconLink size={14} />} onClick={onClick}>
      {t('inbox.linkTo', { object: objectLabel(field) })}
    </Menu.Item>
  );
}

function Tool({
  keys,
  label,
  icon,
  strong = false,
  onClick,
}: {
  keys: string;
  label: string;
  icon: ReactNode;
  strong?: boolean;
  onClick(): void;
}) {
  return (
    <Tooltip
      label={
        <>
          {label} <Keys keys={keys} />
        </>
      }
    >
      <Button size="compact-sm" variant={strong ? 'light' : 'default'} leftSection={icon} onClick={onClick}>
        {label}
      </Button>
    </Tooltip>
  );
}

/** Somebody else is about to answer: two answers to one customer say that nobody talks to anybody here. */
function Others({ id }: { id: string }) {
  const writers = usePeopleAt('conversation', id).filter(({ field }) => field === 'reply' || field === 'note');
  return writers.map((one) => <Writer key={one.user} user={one.user} what={one.field} />);
}

function Writer({ user, what }: { user: string; what: string }) {
  const { t } = useTranslation();
  const name = useRecordTitle('user', user) ?? '…';
  return (
    <p role="status" className={style.collision} data-what={what}>
      <span className={style.pulse} aria-hidden />
      {t(what === 'reply' ? 'inbox.isReplying' : 'inbox.isNoting', { name })}
    </p>
  );
}

function Messages({
  record,
  work,
  writing,
  insert,
}: {
  record: RecordShape;
  work: ThreadWork;
  writing: 'reply' | 'note' | null;
  /** What a macro brings into the answer. */
  insert: { words: string } | undefined;
}) {
  const { t } = useTranslation();
  const definition = useDefinition('interaction');
  const query = useInfiniteQuery(
    listQuery('interaction', {
      filter: { conversation: { is: record.id } },
      sort: ['-at'],
      expand: ['owner', 'contact'],
      limit: PAGE,
    }),
  );
  const messages = (query.data?.pages ?? []).flatMap((page) => page.items as readonly RecordShape[]).toReversed();
  const box = useRef<HTMLDivElement>(null);
  const last = messages.at(-1)?.id;
  // The newest is read first; the older ones are above it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new, or another thread, is scrolled to
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [last, record.id, writing]);
  // What the customer wrote last, else what we did: an answer goes to whom that one went.
  const mails = messages.filter(({ channel, direction }) => channel === 'email' && direction !== 'internal');
  const answered = mails.findLast(({ direction }) => direction === 'in') ?? mails.at(-1);
  const split = (index: number) => (andLater: boolean) =>
    work.split(
      record,
      (andLater ? messages.slice(index) : [messages[index]!]).map(({ id }) => id),
    );
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <div ref={box} className={style.messages} tabIndex={0} role="log" aria-label={t('inbox.messages')}>
        {query.hasNextPage ? (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t('inbox.earlier')}
          </Button>
        ) : null}
        {query.isPending ? <SkeletonLines lines={6} /> : null}
        {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
        {query.isSuccess && messages.length === 0 ? <p className={style.quiet}>{t('inbox.nothingSaid')}</p> : null}
        {messages.map((message, index) => (
          <ThreadMessage
            key={message.id}
            record={message}
            folded={index < messages.length - 2 && message.channel !== 'note'}
            onSplit={messages.length > 1 ? split(index) : undefined}
          />
        ))}
      </div>
      {writing === 'reply' && answered ? (
        <Reply
          key={record.id}
          conversation={record}
          answered={answered}
          newest={messages.findLast(({ direction }) => direction !== 'internal') ?? answered}
          insert={insert}
          onClose={() => work.write(null)}
        />
      ) : writing === 'note' ? (
        <NoteForm key={record.id} conversation={record} onClose={() => work.write(null)} />
      ) : definition.can.create && !record.deletedAt ? (
        <div className={style.write}>
          {answered ? (
            <Button
              leftSection={<IconArrowBackUp size={15} aria-hidden />}
              rightSection={<Keys keys="r" />}
              onClick={() => work.write('reply')}
            >
              {t('inbox.reply')}
            </Button>
          ) : null}
          <Button
            variant="default"
            leftSection={<IconNote size={15} aria-hidden />}
            rightSection={<Keys keys="n" />}
            onClick={() => work.write('note')}
          >
            {t('inbox.note')}
          </Button>
        </div>
      ) : null}
    </>
  );
}
