import IconCalendarDollar from '@tabler/icons-react/dist/esm/icons/IconCalendarDollar.mjs';
import IconTarget from '@tabler/icons-react/dist/esm/icons/IconTarget.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatMoney, formatNearDate, today } from '#kernel/fields/web/format.ts';
import { listQuery } from '../api/queries.ts';
import type { Filter, RecordShape } from '../api/types.ts';
import { Card } from '../ui/card.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import style from './home.module.css';

const shown = 8;

/** What comes next in the open opportunities that are mine, those that close first on top. */
export function StepsCard() {
  const { t } = useTranslation();
  return (
    <Deals
      title={t('home.cards.steps')}
      icon={<IconTarget size={16} stroke={1.7} aria-hidden />}
      view="mine"
      filter={{ owner: { is: 'me' }, 'stage.isClosed': false }}
      detail={(deal) =>
        deal.nextStep ? String(deal.nextStep) : <span className={style.missing}>{t('home.noStep')}</span>
      }
    />
  );
}

export function ClosingCard() {
  const { t } = useTranslation();
  return (
    <Deals
      title={t('home.cards.closing')}
      icon={<IconCalendarDollar size={16} stroke={1.7} aria-hidden />}
      view="closingThisMonth"
      filter={{ 'stage.isClosed': false, closeOn: { within: 'this-month' } }}
      detail={(deal) => (deal.expanded?.stage as { title?: string } | undefined)?.title}
    />
  );
}

function Deals({
  title,
  icon,
  view,
  filter,
  detail,
}: {
  title: string;
  icon: ReactNode;
  view: string;
  filter: Filter;
  detail(deal: RecordShape): ReactNode;
}) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const query = useInfiniteQuery(
    listQuery('opportunity', {
      filter,
      fields: ['name', 'account', 'stage', 'amount', 'closeOn', 'nextStep'],
      expand: ['account', 'stage'],
      sort: ['closeOn'],
      limit: shown + 1,
    }),
  );
  const deals = query.data?.pages[0]?.items ?? [];
  const now = today(timeZone);
  return (
    <Card
      title={title}
      icon={icon}
      action={
        deals.length > 0 ? (
          <Link to="/o/$object" params={{ object: 'opportunity' }} search={{ view }} className={style.all}>
            {t('home.seeAll')}
          </Link>
        ) : null
      }
    >
      {query.isPending ? <SkeletonLines lines={5} /> : null}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess && deals.length === 0 ? (
        <EmptyState icon={<IconTarget size={22} />} title={t('home.noDeals')} text={t('home.noDealsText')} />
      ) : null}
      <ul className={style.lines}>
        {deals.slice(0, shown).map((deal) => (
          <li key={deal.id} className={style.deal}>
            <Link to="/o/$object/$id" params={{ object: 'opportunity', id: deal.id }} className={style.title}>
              {String(deal.name)}
            </Link>
            <span className={style.amount}>
              {deal.amount ? formatMoney(deal.amount as { amount: number; currency: string }, language) : ''}
            </span>
            <span className={style.detail}>{detail(deal)}</span>
            <span className={style.when} data-late={Boolean(deal.closeOn) && String(deal.closeOn) < now}>
              {deal.closeOn ? formatNearDate(String(deal.closeOn), language, now) : ''}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
