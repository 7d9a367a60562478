import { Checkbox } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment, useRecordTitle } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatDateTime } from '#kernel/fields/web/format.ts';
import { RichText } from '#kernel/fields/web/rich-text.tsx';
import { useDefinitions } from '../api/definitions.ts';
import type { Definition, FieldShape, HistoryEvent, RecordShape } from '../api/types.ts';
import { fieldParts, isEmpty } from '../fields.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { showProblem } from '../ui/toast.tsx';
import { Mentions } from './mentions.tsx';
import style from './record.module.css';
import { saveChanges } from './save-field.tsx';

export type Entry =
  | { kind: 'note' | 'task' | 'comment'; at: string; record: RecordShape }
  | { kind: 'change'; at: string; event: HistoryEvent };

export function TimelineEntry({ entry, definition }: { entry: Entry; definition: Definition }) {
  if (entry.kind === 'change') return <ChangeEntry event={entry.event} definition={definition} />;
  if (entry.kind === 'task') return <TaskEntry record={entry.record} />;
  return <WrittenEntry kind={entry.kind} record={entry.record} />;
}

function WrittenEntry({ kind, record }: { kind: 'note' | 'comment'; record: RecordShape }) {
  const { t } = useTranslation();
  const body = String(record.body ?? '');
  return (
    <article className={style.entry} data-kind={kind}>
      <span className={style.entryIcon}>
        <ObjectIcon name={kind === 'note' ? 'note' : 'message'} size={14} />
      </span>
      <div className={style.entryBody}>
        <div className={style.entryHead}>
          <Actor id={record.createdBy as string | null} known={record.expanded?.createdBy} />{' '}
          {t(`activity.did.${kind}`)} <At moment={String(record.createdAt)} />
        </div>
        <div className={style.entryCard}>{kind === 'note' ? <RichText html={body} /> : <Mentions text={body} />}</div>
      </div>
    </article>
  );
}

function TaskEntry({ record }: { record: RecordShape }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const task = useDefinitions().get('task');
  const done = record.status === 'done';
  const toggle = () => task && saveChanges(task, record, { status: done ? 'open' : 'done' }).catch(showProblem);
  return (
    <article className={style.entry} data-kind="task">
      <span className={style.entryIcon}>
        <Checkbox
          aria-label={t('activity.taskDone', { task: String(record.subject) })}
          checked={done}
          onChange={toggle}
          disabled={!task?.can.update}
        />
      </span>
      <div className={style.entryBody}>
        <Link
          to="/o/$object/$id"
          params={{ object: 'task', id: record.id }}
          className={style.entryTitle}
          data-done={done}
        >
          {String(record.subject ?? '')}
        </Link>
        <div className={style.entryHead}>
          {record.dueOn ? <>{t('activity.due', { day: formatDate(String(record.dueOn), language) })} · </> : null}
          <Actor id={record.owner as string | null} known={record.expanded?.owner} />
        </div>
      </div>
    </article>
  );
}

function ChangeEntry({ event, definition }: { event: HistoryEvent; definition: Definition }) {
  const { t } = useTranslation();
  const known = ['create', 'update', 'remove', 'restore', 'merge', 'unmerge'].includes(event.operation);
  const changed = Object.entries(event.changes ?? {}).flatMap(([name, [from, to]]) => {
    const field = [...definition.fields, ...definition.system].find((one) => one.name === name);
    return field && !['formula', 'rollup'].includes(field.type) && !(isEmpty(from) && isEmpty(to))
      ? [{ field, from, to }]
      : [];
  });
  if (event.operation === 'update' && changed.length === 0) return null;
  return (
    <article className={style.entry} data-kind="change">
      <span className={style.entryIcon}>
        <span className={style.dot} />
      </span>
      <div className={style.entryBody}>
        <div className={style.entryHead}>
          <Actor id={event.actor} /> {t(`activity.did.${known ? event.operation : 'update'}`)}
          {event.via === 'import' ? ` ${t('activity.byImport')}` : ''} <At moment={event.at} />
        </div>
        {changed.map((change) => (
          <Change key={change.field.name} {...change} />
        ))}
        {event.note ? <div className={style.entryCard}>{event.note}</div> : null}
      </div>
    </article>
  );
}

export function Change({ field, from, to }: { field: FieldShape; from: unknown; to: unknown }) {
  const { Cell } = fieldParts(field.type);
  const show = (value: unknown) =>
    isEmpty(value) ? <span className={style.quiet}>—</span> : <Cell value={value} field={field} />;
  return (
    <div className={style.change}>
      <span className={style.changeField}>{field.label}</span>
      <span className={style.changeFrom}>{show(from)}</span>
      <span aria-hidden>→</span>
      <span className={style.changeTo}>{show(to)}</span>
    </div>
  );
}

export function Actor({ id, known }: { id: string | null; known?: unknown }) {
  const { t } = useTranslation();
  const { userId } = useFieldEnvironment();
  const name = useRecordTitle('user', id === userId ? null : id, known);
  return <b className={style.actor}>{id === null ? 'Tendero' : id === userId ? t('activity.you') : (name ?? '…')}</b>;
}

function At({ moment }: { moment: string }) {
  const { language, timeZone } = useFieldEnvironment();
  return (
    <time dateTime={moment} className={style.quiet} title={formatDateTime(moment, language, timeZone)}>
      {formatDateTime(moment, language, timeZone, { timeStyle: 'short' })}
    </time>
  );
}
