import { Alert, Button, SegmentedControl, Skeleton } from '@mantine/core';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import IconPhotoOff from '@tabler/icons-react/dist/esm/icons/IconPhotoOff.mjs';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatBytes, formatDateTime } from '#kernel/fields/web/format.ts';
import { frameSandbox } from '#kernel/mail/frame.ts';
import type { ShownMail } from '#server/answers.ts';
import { get } from '../api/client.ts';
import { ErrorState } from '../ui/state.tsx';
import style from './mail.module.css';

/** A mail as it came: in a frame that can run nothing and call nobody, or as plain text. */
export function Mail({ file }: { file: string }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const [wantsPictures, setWantsPictures] = useState(false);
  const [isPlain, setPlain] = useState(false);
  const mail = useQuery({
    queryKey: ['files', file, 'mail', wantsPictures],
    queryFn: ({ signal }) =>
      get<ShownMail>(`/files/${file}/mail`, wantsPictures ? { pictures: 'true' } : undefined, signal),
    placeholderData: keepPreviousData,
  });
  if (mail.isPending) return <Skeleton height={320} />;
  if (mail.isError) return <ErrorState error={mail.error} onRetry={() => void mail.refetch()} />;
  const { subject, from, to, cc, date, text, frame, remotePictures, trackers, attachments, notes } = mail.data;
  return (
    <div className={style.mail}>
      <dl className={style.head}>
        <Line label={t('mail.from')} value={from ? named(from) : ''} />
        <Line label={t('mail.to')} value={to.map(named).join(', ')} />
        <Line label={t('mail.cc')} value={cc.map(named).join(', ')} />
        <Line label={t('mail.date')} value={date ? formatDateTime(date, language, timeZone) : ''} />
        <Line label={t('mail.subject')} value={subject} />
      </dl>
      {remotePictures > 0 ? (
        <Alert variant="light" color="gray" icon={<IconPhotoOff size={16} aria-hidden />} className={style.notice}>
          <span>{t(wantsPictures ? 'mail.picturesMissing' : 'mail.pictures', { count: remotePictures })}</span>{' '}
          {wantsPictures ? null : (
            <Button size="compact-xs" variant="default" onClick={() => setWantsPictures(true)}>
              {t('mail.showPictures')}
            </Button>
          )}
        </Alert>
      ) : null}
      {trackers > 0 ? <p className={style.note}>{t('mail.trackers', { count: trackers })}</p> : null}
      {notes.map((note) => (
        <p key={note} className={style.note}>
          {note}
        </p>
      ))}
      {frame === null ? null : (
        <SegmentedControl
          size="xs"
          className={style.switch}
          aria-label={t('mail.shownAs')}
          value={isPlain ? 'text' : 'page'}
          onChange={(chosen) => setPlain(chosen === 'text')}
          data={[
            { value: 'page', label: t('mail.asPage') },
            { value: 'text', label: t('mail.asText') },
          ]}
        />
      )}
      {frame === null || isPlain ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        <pre dir="auto" tabIndex={0}>
          {text || t('mail.empty')}
        </pre>
      ) : (
        <iframe sandbox={frameSandbox} srcDoc={frame} title={subject || t('mail.title')} aria-busy={mail.isFetching} />
      )}
      {attachments.length > 0 ? (
        <ul className={style.files} aria-label={t('mail.files')}>
          {attachments.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two files of one mail may be alike in everything
            <li key={index}>
              <IconPaperclip size={13} aria-hidden />
              <bdi>{one.name}</bdi> <span>{formatBytes(one.size, language)}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function Line({ label, value }: { label: string; value: string }) {
  if (!value) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </>
  );
}

/** With the address always: a name says what its sender likes. */
function named({ name, address }: { name: string; address: string | null }): string {
  if (!address) return name;
  return name && name !== address ? `${name} <${address}>` : address;
}
