import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import type { OutgoingMailAnswer } from '#server/answers.ts';
import { post } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { openFax } from '../fax/open-fax.tsx';
import { showProblem } from '../ui/toast.tsx';
import style from './compose.module.css';
import { deliveryQuery, refreshMails } from './mail-queries.ts';
import { openMail } from './open-mail.tsx';

const bad = new Set(['failed', 'bounced', 'partly', 'unsure']);

/** What became of a mail that was written here, and what its writer may do about it. */
export function Delivery({ interaction, delivery }: { interaction: string; delivery: string }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const told = useQuery({
    ...deliveryQuery(interaction),
    queryKey: [...deliveryQuery(interaction).queryKey, delivery],
  });
  const mail = told.data;
  const act = async (path: string, body: unknown = {}) => {
    try {
      const { id, content } = await post<OutgoingMailAnswer>(`/mails/${mail!.id}/${path}`, body);
      await Promise.all([refreshMails(), queryClient.invalidateQueries({ queryKey: ['records', 'interaction'] })]);
      if (path === 'take-back') void (content.fax ? openFax({ draft: id }) : openMail({ draft: id }));
    } catch (error) {
      showProblem(error);
    }
  };
  const troubled = (mail?.recipients ?? []).filter(({ state }) => ['refused', 'bounced', 'delayed'].includes(state));
  return (
    <div className={style.delivery} data-bad={bad.has(delivery)} role="status">
      <span>
        {delivery === 'waiting' && mail?.sendAt
          ? t('compose.willBeSent', { when: formatDateTime(mail.sendAt, language, timeZone) })
          : t(`compose.delivery.${delivery}`)}
        {mail?.text ? ` ${mail.text}` : ''}
      </span>
      {troubled.map(({ address, detail }) => (
        <small key={address}>
          <bdi>{address}</bdi>
          {detail ? `: ${detail}` : ''}
        </small>
      ))}
      {mail?.id ? (
        <span className={style.answers}>
          {['waiting', 'failed'].includes(mail.state) && !mail.sentAt ? (
            <Button size="compact-xs" variant="default" onClick={() => void act('take-back')}>
              {t(mail.state === 'failed' ? 'compose.change' : 'compose.takeBack')}
            </Button>
          ) : null}
          {['failed', 'unsure'].includes(mail.state) ? (
            <Button size="compact-xs" variant="default" onClick={() => void act('retry', { how: 'again' })}>
              {t('compose.again')}
            </Button>
          ) : null}
          {mail.state === 'unsure' ? (
            <Button size="compact-xs" variant="default" onClick={() => void act('retry', { how: 'arrived' })}>
              {t('compose.arrived')}
            </Button>
          ) : null}
        </span>
      ) : null}
    </div>
  );
}
