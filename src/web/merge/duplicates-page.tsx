import { Button, SegmentedControl } from '@mantine/core';
import IconCopyCheck from '@tabler/icons-react/dist/esm/icons/IconCopyCheck.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient } from '../api/queries.ts';
import type { Definition } from '../api/types.ts';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import style from './merge.module.css';
import { useMerge } from './use-merge.ts';

interface Pair {
  id: string;
  records: readonly { id: string; title: string }[];
  certainty: string;
  reasons: readonly string[];
}

const states = ['open', 'dismissed', 'merged'] as const;

/** Pairs that look the same, surest first, for somebody to decide. */
export function DuplicatesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const definitions = useDefinitions();
  const offered = definitions.list.filter((definition) => definition.duplicates);
  const { object = offered[0]?.name ?? '', state = 'open' } = useSearch({ from: '/app/duplicates' });
  const definition = definitions.get(object);
  const pairs = useInfiniteQuery({
    queryKey: ['duplicates', 'queue', object, state],
    enabled: definition !== undefined,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      get<{ items: Pair[]; next: string | null }>(
        '/duplicates',
        { object, state, limit: 30, cursor: pageParam ?? undefined },
        signal,
      ),
    getNextPageParam: (page) => page.next,
  });
  const items = (pairs.data?.pages ?? []).flatMap((page) => page.items);
  const show = (search: { object?: string; state?: (typeof states)[number] }) =>
    void navigate({ to: '/duplicates', search: { object, state, ...search } });
  const searchAll = () =>
    post('/duplicates/search', { object }).then(() => showToast(t('duplicates.searching')), showProblem);
  return (
    <div className={style.page}>
      <title>{`${t('duplicates.title')} · Tendero`}</title>
      <header className={style.pageHead}>
        <h1>{t('duplicates.title')}</h1>
        <p className={style.quiet}>{t('duplicates.text')}</p>
      </header>
      <div className={style.pageTools}>
        {offered.length > 1 ? (
          <SegmentedControl
            size="xs"
            aria-label={t('duplicates.of')}
            value={object}
            onChange={(next) => show({ object: next })}
            data={offered.map((one) => ({ value: one.name, label: one.label.many }))}
          />
        ) : null}
        <SegmentedControl
          size="xs"
          aria-label={t('duplicates.state')}
          value={state}
          onChange={(next) => show({ state: next as (typeof states)[number] })}
          data={states.map((value) => ({ value, label: t(`duplicates.states.${value}`) }))}
        />
        <span className={style.spring} />
        <Button variant="default" onClick={() => void searchAll()}>
          {t('duplicates.search')}
        </Button>
      </div>
      {pairs.isPending ? <SkeletonRows rows={6} /> : null}
      {pairs.isError ? <ErrorState error={pairs.error} onRetry={() => void pairs.refetch()} /> : null}
      {pairs.isSuccess && items.length === 0 ? (
        <EmptyState
          icon={<IconCopyCheck size={22} />}
          title={t(`duplicates.none.${state}`)}
          text={state === 'open' ? t('duplicates.noneText') : undefined}
        />
      ) : null}
      <ul className={style.pairs}>
        {definition
          ? items.map((pair) => <PairRow key={pair.id} definition={definition} pair={pair} state={state} />)
          : null}
      </ul>
      {pairs.hasNextPage ? (
        <Button
          variant="subtle"
          color="gray"
          loading={pairs.isFetchingNextPage}
          onClick={() => void pairs.fetchNextPage()}
        >
          {t('activity.more')}
        </Button>
      ) : null}
    </div>
  );
}

function PairRow({ definition, pair, state }: { definition: Definition; pair: Pair; state: (typeof states)[number] }) {
  const { t } = useTranslation();
  const merge = useMerge(definition.name);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['duplicates', 'queue'] });
  const decide = async (how: 'dismiss' | 'reopen') => {
    try {
      await post(`/duplicates/${pair.id}/${how}`);
      await refresh();
      const back = how === 'dismiss' ? 'reopen' : 'dismiss';
      showUndo(t(`duplicates.${how === 'dismiss' ? 'dismissed' : 'reopened'}`), () =>
        post(`/duplicates/${pair.id}/${back}`).then(refresh),
      );
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <li className={style.pair}>
      <div className={style.pairRecords}>
        {pair.records.map(({ id, title }) => (
          <Link key={id} to="/o/$object/$id" params={{ object: definition.name, id }}>
            <bdi>{title}</bdi>
          </Link>
        ))}
        <span className={style.reasons} data-certainty={pair.certainty}>
          {[t(`merge.certainty.${pair.certainty}`), ...pair.reasons].join(' · ')}
        </span>
      </div>
      {state === 'open' ? (
        <>
          <Button variant="subtle" color="gray" onClick={() => void decide('dismiss')}>
            {t('duplicates.different')}
          </Button>
          {definition.can.update && definition.can.delete ? (
            <Button variant="default" onClick={() => merge(pair.records.map(({ id }) => id))}>
              {t('merge.compare')}
            </Button>
          ) : null}
        </>
      ) : state === 'dismissed' ? (
        <Button variant="subtle" color="gray" onClick={() => void decide('reopen')}>
          {t('duplicates.reopen')}
        </Button>
      ) : null}
    </li>
  );
}
