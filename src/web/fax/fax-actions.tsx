import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { readPage } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import compose from '../compose/compose.module.css';
import { openPreview } from '../files/open-preview.tsx';
import { withWords } from '../i18n/room-words.ts';
import { showProblem } from '../ui/toast.tsx';
import { gatewaysQuery } from './fax-queries.ts';
import { openFax } from './open-fax.tsx';

const Delivery = lazy(() =>
  withWords('compose', import('../compose/delivery.tsx')).then((loaded) => ({ default: loaded.Delivery })),
);

/** Below a fax: its pages, whether it arrived, and the way to fax back, or once more. */
export function FaxActions({ record }: { record: RecordShape }) {
  const { t } = useTranslation();
  const gateways = useQuery(gatewaysQuery);
  const isOut = record.direction === 'out';
  const files = (record.attachments ?? []) as FileLink[];
  const pages = files.find(({ type }) => type === 'application/pdf' || type === 'image/tiff');
  const answer = async () => {
    const { items } = await readPage('participant', { filter: { interaction: { is: record.id } }, limit: 20 });
    const others = items.filter(({ role }) => (role === 'from') !== isOut);
    const numbers = others.flatMap(({ address }) =>
      typeof address === 'string' ? [{ value: address, label: 'fax' }] : [],
    );
    await openFax({ numbers, replyTo: record.id, subject: String(record.subject ?? '') });
  };
  const canFax = (gateways.data?.items.length ?? 0) > 0 && record.automatic !== 'report' && record.state === 'done';
  return (
    <>
      {typeof record.delivery === 'string' ? (
        <Suspense fallback={null}>
          <Delivery interaction={record.id} delivery={record.delivery} />
        </Suspense>
      ) : null}
      {canFax || pages ? (
        <span className={compose.answers}>
          {pages ? (
            <button type="button" onClick={() => openPreview(pages, files)}>
              {t('activity.faxRead')}
            </button>
          ) : null}
          {canFax ? (
            <button type="button" onClick={() => void answer().catch(showProblem)}>
              {t(isOut ? 'activity.faxAgain' : 'activity.faxBack')}
            </button>
          ) : null}
        </span>
      ) : null}
    </>
  );
}
