import { ActionIcon, Checkbox, Skeleton } from '@mantine/core';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import IconPin from '@tabler/icons-react/dist/esm/icons/IconPin.mjs';
import IconPinnedOff from '@tabler/icons-react/dist/esm/icons/IconPinnedOff.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { formatDate, formatDateTime, formatDuration, today } from '#kernel/fields/web/format.ts';
import { RichText } from '#kernel/fields/web/rich-text.tsx';
import type { Subject } from '#kernel/timeline/shapes.ts';
import { useDefinitions } from '../api/definitions.ts';
import type { Definition, HistoryEvent, RecordShape } from '../api/types.ts';
import { MailActions } from '../compose/mail-actions.tsx';
import { FaxActions } from '../fax/fax-actions.tsx';
import { fieldParts, isEmpty } from '../fields.ts';
import { openPreview } from '../files/open-preview.tsx';
import { MeetingOfMail } from '../meetings/open-meeting.tsx';
import { openUnmerge } from '../merge/open-unmerge.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { problemText, showProblem } from '../ui/toast.tsx';
import { Actor } from './actor.tsx';
import { Change } from './change.tsx';
import { channelIcon } from './channel-icons.ts';
import { HeldMail, HeldRest } from './held-mail.tsx';
import { Mentions } from './mentions.tsx';
import { hasOwnSubject } from './own-subject.ts';
import { saveChanges } from './save-field.tsx';
import style from './timeline.module.css';
import type { Entry } from './timeline-item.ts';
import { refreshTimelines, threadQuery } from './timeline-query.ts';

/** @param expanded long texts in full; null leaves each as its reader left it */
export function TimelineEntry({
  entry,
  definition,
  expanded,
}: {
  entry: Entry;
  definition: Definition;
  expanded: boolean | null;
}) {
  const of = entry.of ? <Whose of={entry.of} /> : null;
  switch (entry.kind) {
    case 'change':
      return <ChangeEntry event={entry.event} of={of} page={definition} />;
    case 'interaction':
      return <InteractionEntry record={entry.record} of={of} expanded={expanded} />;
    case 'heldMail':
      return <HeldEntry record={entry.record} of={of} />;
    case 'task':
      return <TaskEntry record={entry.record} of={of} />;
    case 'file':
      return <FileEntry record={entry.record} of={of} />;
    default:
      return <WrittenEntry kind={entry.kind} record={entry.record} of={of} expanded={expanded} />;
  }
}

/** Of which record of the customer it tells. */
function Whose({ of }: { of: Subject }) {
  const definition = useDefinitions().get(of.object);
  if (!definition || of.title === null) return null;
  return (
    <Link to="/o/$object/$id" params={{ object: of.object, id: of.id }} className={style.of}>
      <ObjectIcon name={definition.icon} size={12} />
      <bdi>{of.title}</bdi>
    </Link>
  );
}

function WrittenEntry({
  kind,
  record,
  of,
  expanded,
}: {
  kind: 'note' | 'comment';
  record: RecordShape;
  of: ReactNode;
  expanded: boolean | null;
}) {
  const { t } = useTranslation();
  const note = useDefinitions().get('note');
  const body = String(record.body ?? '');
  return (
    <article className={style.entry} data-kind={kind}>
      <span className={style.icon}>
        <ObjectIcon name={channelIcon(kind, 'message')} size={14} />
      </span>
      <div>
        <div className={style.head}>
          <Actor id={record.createdBy as string | null} known={record.expanded?.createdBy} />{' '}
          {t(`activity.did.${kind}`)} <At moment={String(record.createdAt)} /> {of}
          {kind === 'note' && note ? <Pin about={note} record={record} /> : null}
        </div>
        <Folded expanded={expanded}>{kind === 'note' ? <RichText html={body} /> : <Mentions text={body} />}</Folded>
      </div>
    </article>
  );
}

function InteractionEntry({ record, of, expanded }: { record: RecordShape; of: ReactNode; expanded: boolean | null }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const interaction = useDefinitions().get('interaction');
  const channel = String(record.channel);
  const body = String(record.body ?? '');
  const shown = (name: string) => {
    const field = interaction?.fields.find((one) => one.name === name);
    if (!field || isEmpty(record[name])) return null;
    const { Cell } = fieldParts(field.type);
    return <Cell value={record[name]} field={field} />;
  };
  const isPlanned = record.state === 'planned';
  // What a server says of something that was sent is neither.
  const what = record.automatic === 'report' ? 'report' : `${channel}.${record.direction === 'in' ? 'in' : 'out'}`;
  const files = shown('attachments');
  const [original] = (record.original ?? []) as FileLink[];
  const contact = (record.expanded?.contact as { title?: string } | undefined)?.title;
  return (
    <article className={style.entry} data-kind={channel}>
      <span className={style.icon}>
        <ObjectIcon name={channelIcon(channel)} size={14} />
      </span>
      <div>
        <div className={style.head}>
          <Actor id={record.owner as string | null} known={record.expanded?.owner} />{' '}
          <Link to="/o/$object/$id" params={{ object: 'interaction', id: record.id }} className={style.quietLink}>
            {isPlanned ? shown('channel') : t(`activity.talked.${what}`)}
          </Link>{' '}
          {contact ? (
            <>
              · <bdi>{contact}</bdi>{' '}
            </>
          ) : null}
          {record.duration ? <>· {formatDuration(Number(record.duration), language)} </> : null}
          {isPlanned ? (
            <time dateTime={String(record.at)}>{formatDateTime(String(record.at), language, timeZone)}</time>
          ) : (
            <At moment={String(record.at)} />
          )}{' '}
          {isPlanned && !isEmpty(record.repeats) ? <>· {shown('repeats')} </> : null}
          {isPlanned || record.state === 'done' ? null : shown('state')} {shown('outcome')} {shown('sentiment')} {of}
          {interaction ? <Pin about={interaction} record={record} /> : null}
        </div>
        {hasOwnSubject(record) ? (
          <Link to="/o/$object/$id" params={{ object: 'interaction', id: record.id }} className={style.title}>
            <bdi>{String(record.subject)}</bdi>
          </Link>
        ) : null}
        {body ? (
          <Folded expanded={expanded}>
            {channel === 'note' ? <Mentions text={body} /> : <span className={style.plain}>{body}</span>}
          </Folded>
        ) : null}
        {files ? <div className={style.files}>{files}</div> : null}
        {record.visibility === 'metadata' || record.visibility === 'subject' ? <HeldRest interaction={record} /> : null}
        {original ? (
          <button type="button" className={style.fold} onClick={() => openPreview(original)}>
            {t('activity.asItCame')}
          </button>
        ) : null}
        {typeof record.conversation === 'string' ? <Thread conversation={record.conversation} but={record.id} /> : null}
        <MeetingOfMail record={record} />
        {channel === 'email' ? <MailActions record={record} onAnswered={refreshTimelines} /> : null}
        {channel === 'fax' ? <FaxActions record={record} /> : null}
      </div>
    </article>
  );
}

/** A mail that colleagues do not see at all. */
function HeldEntry({ record, of }: { record: RecordShape; of: ReactNode }) {
  const { t } = useTranslation();
  return (
    <article className={style.entry} data-kind="email">
      <span className={style.icon}>
        <ObjectIcon name={channelIcon('email')} size={14} />
      </span>
      <div>
        <div className={style.head}>
          <Actor id={record.owner as string | null} known={record.expanded?.owner} />{' '}
          {t(`activity.talked.email.${record.direction === 'in' ? 'in' : 'out'}`)} · <bdi>{String(record.people)}</bdi>{' '}
          <At moment={String(record.at)} /> {of}
        </div>
        <HeldMail held={record} isAlone />
      </div>
    </article>
  );
}

/** The rest of a conversation, where one of its messages is read. */
function Thread({ conversation, but }: { conversation: string; but: string }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const [isOpen, setOpen] = useState(false);
  const { data, isPending, error } = useQuery({ ...threadQuery(conversation), enabled: isOpen });
  const others = (data ?? []).filter(({ id }) => id !== but);
  return (
    <>
      <button type="button" className={style.fold} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t(isOpen ? 'activity.hideThread' : 'activity.showThread')}
      </button>
      {isOpen ? (
        <div className={style.thread}>
          {isPending && !error ? <Skeleton height={40} /> : null}
          {error ? <p className={style.quiet}>{problemText(error)}</p> : null}
          {data && others.length === 0 ? <p className={style.quiet}>{t('activity.aloneInThread')}</p> : null}
          {others.map((one) => (
            <div key={one.id} data-direction={String(one.direction)}>
              <div className={style.head}>
                {one.direction === 'in' && nameIn(one, 'contact') ? (
                  <b className={style.actor}>{nameIn(one, 'contact')}</b>
                ) : (
                  <Actor id={one.owner as string | null} known={one.expanded?.owner} />
                )}
                <time dateTime={String(one.at)} className={style.quiet}>
                  {formatDateTime(String(one.at), language, timeZone)}
                </time>
              </div>
              <span className={style.plain} dir="auto">
                {String(one.body ?? one.subject ?? '')}
              </span>
            </div>
          ))}
        </div>
      ) : null}
    </>
  );
}

function nameIn(record: RecordShape, field: string): string | undefined {
  return (record.expanded?.[field] as { title?: string } | undefined)?.title;
}

function Pin({ about, record }: { about: Definition; record: RecordShape }) {
  const { t } = useTranslation();
  const isPinned = record.pinned === true;
  if (!about.can.update) return null;
  return (
    <ActionIcon
      size="xs"
      className={style.pin}
      data-pinned={isPinned}
      aria-label={t(isPinned ? 'activity.unpin' : 'activity.pin')}
      title={t(isPinned ? 'activity.unpin' : 'activity.pin')}
      onClick={() => void saveChanges(about, record, { pinned: !isPinned }).then(refreshTimelines).catch(showProblem)}
    >
      {isPinned ? <IconPinnedOff size={13} /> : <IconPin size={13} />}
    </ActionIcon>
  );
}

/** Ten lines of a long text, and the rest when it is wanted. */
function Folded({ expanded, children }: { expanded: boolean | null; children: ReactNode }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [isLong, setLong] = useState(false);
  const [isOpen, setOpen] = useState(expanded ?? false);
  useEffect(() => {
    if (expanded !== null) setOpen(expanded);
  }, [expanded]);
  useLayoutEffect(() => {
    if (box.current && !isOpen) setLong(box.current.scrollHeight > box.current.clientHeight + 4);
  }, [isOpen]);
  return (
    <div className={style.card}>
      <div ref={box} className={style.text} data-open={isOpen} dir="auto">
        {children}
      </div>
      {isLong ? (
        <button type="button" className={style.fold} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t(isOpen ? 'activity.less' : 'activity.moreText')}
        </button>
      ) : null}
    </div>
  );
}

function TaskEntry({ record, of }: { record: RecordShape; of: ReactNode }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const task = useDefinitions().get('task');
  const done = record.status === 'done';
  const isLate = !done && typeof record.dueOn === 'string' && record.dueOn < today(timeZone);
  const toggle = () =>
    task &&
    saveChanges(task, record, { status: done ? 'open' : 'done' })
      .then(refreshTimelines)
      .catch(showProblem);
  return (
    <article className={style.entry} data-kind="task">
      <span className={style.icon}>
        <Checkbox
          aria-label={t('activity.taskDone', { task: String(record.subject) })}
          checked={done}
          onChange={toggle}
          disabled={!task?.can.update}
        />
      </span>
      <div>
        <Link to="/o/$object/$id" params={{ object: 'task', id: record.id }} className={style.title} data-done={done}>
          <bdi>{String(record.subject ?? '')}</bdi>
        </Link>
        <div className={style.head}>
          {record.dueOn ? (
            <span data-late={isLate}>{t('activity.due', { day: formatDate(String(record.dueOn), language) })} · </span>
          ) : null}
          <Actor id={record.owner as string | null} known={record.expanded?.owner} /> {of}
        </div>
      </div>
    </article>
  );
}

function FileEntry({ record, of }: { record: RecordShape; of: ReactNode }) {
  const { t } = useTranslation();
  const [file] = (record.file ?? []) as FileLink[];
  return (
    <article className={style.entry} data-kind="file">
      <span className={style.icon}>
        <IconPaperclip size={14} aria-hidden />
      </span>
      <div>
        <div className={style.head}>
          <Actor id={record.createdBy as string | null} known={record.expanded?.createdBy} /> {t('activity.did.file')}{' '}
          <At moment={String(record.createdAt)} /> {of}
        </div>
        {file ? (
          <button type="button" className={style.fileLink} onClick={() => openPreview(file)}>
            <bdi>{String(record.name ?? file.name)}</bdi>
          </button>
        ) : null}
      </div>
    </article>
  );
}

function ChangeEntry({ event, of, page }: { event: HistoryEvent; of: ReactNode; page: Definition }) {
  const { t } = useTranslation();
  const definition = useDefinitions().get(event.object) ?? page;
  const known = ['create', 'update', 'remove', 'restore', 'merge', 'unmerge', 'erase'].includes(event.operation);
  const changed = Object.entries(event.changes ?? {}).flatMap(([name, [from, to]]) => {
    const field = [...definition.fields, ...definition.system].find((one) => one.name === name);
    return field && !['formula', 'rollup'].includes(field.type) && !(isEmpty(from) && isEmpty(to))
      ? [{ field, from, to }]
      : [];
  });
  if (event.operation === 'update' && changed.length === 0) return null;
  return (
    <article className={style.entry} data-kind="change">
      <span className={style.icon}>
        <span className={style.dot} />
      </span>
      <div>
        <div className={style.head}>
          <Actor id={event.actor} /> {t(`activity.did.${known ? event.operation : 'update'}`)}
          {event.via === 'import' ? ` ${t('activity.byImport')}` : ''}
          {event.merged && !['merge', 'unmerge'].includes(event.operation) ? ` ${t('activity.inMerged')}` : ''}{' '}
          <At moment={event.at} /> {of}
          {event.operation === 'merge' && event.merged && definition.can.update && definition.can.delete ? (
            <button type="button" className={style.fold} onClick={() => openUnmerge(definition, event)}>
              {t('merge.takeApart')}
            </button>
          ) : null}
        </div>
        {changed.map((change) => (
          <Change key={change.field.name} {...change} />
        ))}
        {event.note ? (
          <div className={style.card} dir="auto">
            {event.note}
          </div>
        ) : null}
      </div>
    </article>
  );
}

function At({ moment }: { moment: string }) {
  const { language, timeZone } = useFieldEnvironment();
  return (
    <time dateTime={moment} className={style.quiet} title={formatDateTime(moment, language, timeZone)}>
      {formatDateTime(moment, language, timeZone, { timeStyle: 'short' })}
    </time>
  );
}
