import { ActionIcon, Button } from '@mantine/core';
import IconAdjustments from '@tabler/icons-react/dist/esm/icons/IconAdjustmentsHorizontal.mjs';
import IconHome from '@tabler/icons-react/dist/esm/icons/IconHome.mjs';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { sessionQuery } from '../api/queries.ts';
import { withWords } from '../i18n/room-words.ts';
import { usePreferences } from '../preferences.ts';
import { SkeletonCard } from '../ui/skeleton.tsx';
import { EmptyState } from '../ui/state.tsx';
import { FavouritesCard, RecentCard } from './bookmark-cards.tsx';
import { arrangedCards, type HomeCard, homePagesQuery, readCard } from './cards.ts';
import { DayCard } from './day-card.tsx';
import { ClosingCard, StepsCard } from './deal-cards.tsx';
import { FirstSteps } from './first-steps.tsx';
import { greetingAt } from './greeting.ts';
import style from './home.module.css';
import { openArrangeHome } from './open-arrange-home.tsx';

// Most pages have none: what shows any field of any object stays out of the first paint.
const ViewCard = lazy(() =>
  withWords('list', import('./view-card.tsx')).then((loaded) => ({ default: loaded.ViewCard })),
);
const SavedViewCard = lazy(() =>
  withWords('list', import('./view-card.tsx')).then((loaded) => ({ default: loaded.SavedViewCard })),
);

const cards = { day: DayCard, steps: StepsCard, recent: RecentCard, closing: ClosingCard, favourites: FavouritesCard };

/** What the day brings, and the way back to what one was doing, as the person or their company arranged it. */
export function HomePage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const definitions = useDefinitions();
  const { homeCards } = usePreferences();
  const pages = useInfiniteQuery(homePagesQuery);
  if (!session) return null;
  const arranged = arrangedCards(
    homeCards,
    pages.data?.pages.flatMap((page) => page.items) ?? [],
    session.user.homePages,
  );
  // Unknown what the company arranged: nothing is shown that would jump away.
  const shown = pages.isPending ? [] : arranged.flatMap((name) => readCard(name, definitions) ?? []);
  const first = session.user.name.split(' ')[0] ?? '';
  return (
    <div className={style.page}>
      <title>{`${t('home.title')} · Tendero`}</title>
      <header className={style.head}>
        <h1>{t(`home.greeting.${greetingAt(session.user.timeZone)}`, { name: first })}</h1>
        <ActionIcon
          aria-label={t('home.customise')}
          title={t('home.customise')}
          onClick={() => openArrangeHome(session)}
        >
          <IconAdjustments size={17} stroke={1.7} />
        </ActionIcon>
      </header>
      <FirstSteps />
      {shown.length === 0 && !pages.isPending ? (
        <EmptyState icon={<IconHome size={22} />} title={t('home.arrange.empty')} text={t('home.arrange.emptyText')}>
          <Button variant="default" onClick={() => openArrangeHome(session)}>
            {t('home.customise')}
          </Button>
        </EmptyState>
      ) : null}
      <div className={style.cards}>
        {pages.isPending ? (
          <>
            <SkeletonCard lines={6} />
            <SkeletonCard lines={6} />
          </>
        ) : null}
        {[0, 1].map((column) => (
          <div key={column} className={style.column}>
            {shown.map((card, index) =>
              index % 2 === column ? (
                <div key={JSON.stringify(card)} className={style.card} style={{ order: index }}>
                  <Suspense fallback={<SkeletonCard lines={6} />}>
                    <CardOf card={card} />
                  </Suspense>
                </div>
              ) : null,
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

function CardOf({ card }: { card: HomeCard }) {
  if (card.kind === 'view') return <ViewCard object={card.object} view={card.view} />;
  if (card.kind === 'saved') return <SavedViewCard id={card.id} />;
  const Own = cards[card.name];
  return <Own />;
}
