import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { openFax } from '../fax/open-fax.tsx';
import style from './compose.module.css';
import { outboxQuery } from './mail-queries.ts';
import { openMail } from './open-mail.tsx';

/** What somebody was writing, here or on another device: about one record, or all of it. */
export function Drafts({ about }: { about?: string }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const drafts = useQuery(outboxQuery('drafts'));
  const items = (drafts.data?.items ?? []).filter(
    ({ content }) => !about || Object.values(content.about).includes(about),
  );
  if (items.length === 0) return null;
  return (
    <ul className={style.drafts} aria-label={t('compose.drafts')}>
      {items.map(({ id, content, updatedAt }) => (
        <li key={id}>
          <button type="button" onClick={() => void (content.fax ? openFax({ draft: id }) : openMail({ draft: id }))}>
            <b>{t('compose.draft')}</b>{' '}
            <bdi>{content.subject || content.to[0]?.name || content.to[0]?.address || '…'}</bdi>{' '}
            <small>{formatDateTime(updatedAt, language, timeZone)}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}
