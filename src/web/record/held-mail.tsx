import { Button } from '@mantine/core';
import IconEyeOff from '@tabler/icons-react/dist/esm/icons/IconEyeOff.mjs';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { get, post } from '../api/client.ts';
import type { RecordShape } from '../api/types.ts';
import { openPreview } from '../files/open-preview.tsx';
import { showProblem } from '../ui/toast.tsx';
import style from './timeline.module.css';
import { refreshTimelines } from './timeline-query.ts';

/** What colleagues are not told of a mail, for whoever works the mailbox that it came through. */
export function HeldMail({ held, isAlone = false }: { held: RecordShape; isAlone?: boolean }) {
  const { t } = useTranslation();
  const [isBusy, setBusy] = useState(false);
  const [original] = (held.original ?? []) as FileLink[];
  const share = () => {
    setBusy(true);
    post(`/held-mails/${held.id}/share`)
      .then(refreshTimelines, showProblem)
      .finally(() => setBusy(false));
  };
  return (
    <div className={style.held}>
      {held.subject ? <bdi className={style.title}>{String(held.subject)}</bdi> : null}
      {held.body ? <span className={style.plain}>{String(held.body)}</span> : null}
      {original ? (
        <button type="button" className={style.fold} onClick={() => openPreview(original)}>
          {t('activity.asItCame')}
        </button>
      ) : null}
      <span className={style.heldBy}>
        <IconEyeOff size={13} aria-hidden />
        {t(isAlone ? 'activity.held.alone' : 'activity.held.rest')}
        <Button variant="subtle" size="compact-xs" loading={isBusy} onClick={share}>
          {t('activity.held.share')}
        </Button>
      </span>
    </div>
  );
}

/** Of a mail that tells colleagues less than all: the rest, where the reader may see it, else that there is more. */
export function HeldRest({ interaction }: { interaction: RecordShape }): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['timeline', 'held', interaction.id],
    queryFn: ({ signal }) => {
      const filter = JSON.stringify({ interaction: { is: interaction.id } });
      return get<{ items: RecordShape[] }>('/records/heldMail', { filter, limit: 1 }, signal);
    },
  });
  const held = data?.items[0];
  if (held) return <HeldMail held={held} />;
  return data ? (
    <span className={style.heldBy}>
      <IconEyeOff size={13} aria-hidden />
      {t('activity.held.elsewhere')}
    </span>
  ) : null;
}
