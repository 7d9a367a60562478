import { ActionIcon, Menu } from '@mantine/core';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment, useRecordTitle } from '#kernel/fields/web/environment.tsx';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import { readPage } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { Opened } from '../compose/opened.tsx';
import { FaxActions } from '../fax/fax-actions.tsx';
import { fieldParts, isEmpty } from '../fields.ts';
import { Mail } from '../files/mail.tsx';
import { MeetingOfMail } from '../meetings/open-meeting.tsx';
import { channelIcon } from '../record/channel-icons.ts';
import { HeldRest } from '../record/held-mail.tsx';
import { Mentions } from '../record/mentions.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { shortTime } from './conversation-list.tsx';
import style from './inbox.module.css';

/** One message of a thread: a line while it is folded, and what was said. Of a mail the rest is one press away. */
export function ThreadMessage({
  record,
  folded,
  onSplit,
}: {
  record: RecordShape;
  /** At first. */
  folded: boolean;
  /** Takes it, or it and all later ones, into a thread of their own. */
  onSplit?(andLater: boolean): void;
}) {
  const { t } = useTranslation();
  const { language, timeZone, userId } = useFieldEnvironment();
  const interaction = useDefinitions().get('interaction');
  const [isOpen, setOpen] = useState(!folded);
  const [asItCame, setAsItCame] = useState(false);
  const { data: people = [] } = useQuery({ ...peopleQuery(record.id), enabled: isOpen && record.channel !== 'note' });
  const isInternal = record.direction === 'internal';
  const title = (field: string) => (record.expanded?.[field] as { title?: string } | null | undefined)?.title;
  const writer = record.direction === 'in' ? null : ((record.owner ?? record.createdBy) as string | null);
  const writerName = useRecordTitle('user', writer === userId ? null : writer, record.expanded?.owner);
  const from = people.find(({ role }) => role === 'from');
  const who =
    record.direction === 'in'
      ? (title('contact') ?? (from?.name as string | undefined) ?? t('inbox.customer'))
      : writer === userId && userId !== null
        ? t('activity.you')
        : (writerName ?? '…');
  const to = people.filter(({ role }) => role === 'to' || role === 'cc').map(({ name, address }) => name || address);
  const body = String(record.body ?? '');
  const [original] = (record.original ?? []) as FileLink[];
  const shown = (name: string) => {
    const field = interaction?.fields.find((one) => one.name === name);
    if (!field || isEmpty(record[name])) return null;
    const { Cell } = fieldParts(field.type);
    return <Cell value={record[name]} field={field} />;
  };
  return (
    <article className={style.message} data-direction={String(record.direction)} data-note={record.channel === 'note'}>
      <header>
        <button type="button" className={style.messageHead} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <ObjectIcon name={channelIcon(String(record.channel))} size={14} />
          <b>
            <bdi>{who}</bdi>
          </b>
          {isInternal ? (
            <span className={style.inside}>
              <IconLock size={11} aria-hidden /> {t('inbox.internal')}
            </span>
          ) : null}
          {isOpen ? null : (
            <bdi className={style.preview}>{record.channel === 'note' ? <Mentions text={body} /> : body}</bdi>
          )}
          <time
            dateTime={String(record.at)}
            title={formatDateTime(String(record.at), language, timeZone)}
            className={style.when}
          >
            {shortTime(String(record.at), language, timeZone)}
          </time>
        </button>
        {onSplit ? (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon size="sm" aria-label={t('inbox.moreOf', { who })}>
                <IconDots size={15} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => onSplit(false)}>{t('inbox.splitOne')}</Menu.Item>
              <Menu.Item onClick={() => onSplit(true)}>{t('inbox.splitLater')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        ) : null}
      </header>
      {isOpen ? (
        <div className={style.messageBody}>
          {to.length > 0 && !isInternal ? (
            <p className={style.to}>
              {t('inbox.to')} <bdi>{to.join(', ')}</bdi>
            </p>
          ) : null}
          {asItCame && original ? (
            <Mail file={original.id} />
          ) : record.channel === 'note' ? (
            <Mentions text={body} />
          ) : (
            <div className={style.text} dir="auto">
              {body || <span className={style.quiet}>{t('inbox.noText')}</span>}
            </div>
          )}
          <MeetingOfMail record={record} />
          {record.visibility && record.visibility !== 'full' ? <HeldRest interaction={record} /> : null}
          {record.channel === 'fax' ? <FaxActions record={record} /> : null}
          <div className={style.messageFoot}>
            {shown('attachments')}
            {shown('delivery')}
            <Opened record={record} />
            {shown('automatic')}
            {shown('duration')}
            {shown('outcome')}
            {original ? (
              <button
                type="button"
                className={style.more}
                aria-expanded={asItCame}
                onClick={() => setAsItCame(!asItCame)}
              >
                {t(asItCame ? 'inbox.onlyNew' : 'inbox.asItCame')}
              </button>
            ) : null}
          </div>
        </div>
      ) : null}
    </article>
  );
}

/** Who took part in a message. */
function peopleQuery(interaction: string) {
  return {
    queryKey: ['records', 'participant', 'of', interaction],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const filter = { interaction: { is: interaction } };
      return (await readPage('participant', { filter, limit: 50 }, signal)).items as readonly RecordShape[];
    },
  };
}
