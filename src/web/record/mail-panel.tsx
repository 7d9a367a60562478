import { Button } from '@mantine/core';
import IconMailOff from '@tabler/icons-react/dist/esm/icons/IconMailOff.mjs';
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sendersQuery } from '../compose/mail-queries.ts';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import { NewMail } from './composer.tsx';
import { DraftsAbout } from './drafts-about.tsx';
import { useRecordContext } from './page-context.ts';
import panels from './panels.module.css';
import style from './timeline.module.css';
import { TimelineEntry } from './timeline-entry.tsx';
import type { Entry } from './timeline-item.ts';
import { type TimelineFilter, useTimeline } from './timeline-query.ts';

const mails: Omit<TimelineFilter, 'reach'> = {
  ...{ kinds: ['interaction'], channels: ['email'], person: null, team: null, from: '', until: '', words: '' },
};
/** A page is as long as a timeline's: at first fewer are shown. */
const few = 6;

/** The mails of a record and of what belongs to it, each thread once; a new one is a click away. */
export function MailPanel() {
  const { t } = useTranslation();
  const { definition, record, compact } = useRecordContext();
  const [isWriting, setWriting] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const senders = useQuery({ ...sendersQuery, enabled: !compact });
  const reach = definition.reaches.includes('parts') ? 'parts' : 'own';
  const timeline = useTimeline(definition, record, { ...mails, reach });
  const canWrite = !compact && !record.deletedAt && senders.data?.items.some(({ canSend }) => canSend);
  const threads = newestOfEach(timeline.entries);
  const shown = isWhole ? threads : threads.slice(0, few);
  const write = (
    <Button variant="default" size="compact-sm" leftSection={<IconPencil size={13} />} onClick={() => setWriting(true)}>
      {t('activity.write.email')}
    </Button>
  );
  return (
    <div className={style.timeline}>
      {isWriting ? <NewMail onClose={() => setWriting(false)} /> : null}
      {canWrite && !isWriting ? (
        <>
          <DraftsAbout record={String(definition.timelineOf.map((name) => record[name]).find(Boolean) ?? record.id)} />
          {threads.length > 0 ? <div>{write}</div> : null}
        </>
      ) : null}
      {timeline.error ? <ErrorState error={timeline.error} onRetry={timeline.retry} /> : null}
      {timeline.isPending ? <SkeletonLines lines={5} /> : null}
      {!timeline.isPending && !timeline.error && threads.length === 0 && !isWriting ? (
        <div className={panels.none}>
          <IconMailOff size={16} aria-hidden />
          <span>{t('record.panel.noMails')}</span>
          {canWrite ? write : null}
        </div>
      ) : null}
      {shown.length > 0 ? (
        <section className={style.section} aria-label={t('record.panel.mail')}>
          {shown.map((entry) => (
            <TimelineEntry
              key={'record' in entry ? entry.record.id : ''}
              entry={entry}
              definition={definition}
              expanded={null}
            />
          ))}
        </section>
      ) : null}
      {shown.length < threads.length || timeline.hasMore ? (
        <Button
          variant="subtle"
          color="gray"
          className={style.more}
          loading={timeline.isLoadingMore}
          onClick={() => (isWhole ? timeline.loadMore() : setWhole(true))}
        >
          {t('activity.more')}
        </Button>
      ) : null}
    </div>
  );
}

/** The others of a thread are folded below its newest. */
function newestOfEach(entries: readonly Entry[]): Entry[] {
  const seen = new Set<unknown>();
  return entries.filter((entry) => {
    const thread = 'record' in entry ? (entry.record.conversation ?? entry.record.id) : null;
    return thread !== null && !seen.has(thread) && seen.add(thread);
  });
}
