import { lazy, Suspense, useMemo } from 'react';
import type { Filter, RecordShape } from '../api/types.ts';
import { withWords } from '../i18n/room-words.ts';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import style from './related.module.css';
import type { RelatedOf } from './related-query.ts';
import { type RelatedShape, useRelatedView } from './related-view.ts';

const Board = lazy(() => withWords('list', import('../board/board.tsx')).then(({ Board }) => ({ default: Board })));
const Calendar = lazy(() =>
  withWords(['list', 'calendar'], import('../calendar/calendar.tsx')).then(({ CalendarView }) => ({
    default: CalendarView,
  })),
);

/** A related list as a board or a calendar, as they are on the page of a list; their code comes with the first one. */
export function RelatedInShape({
  list,
  record,
  shape,
  zone,
  words,
  filter,
  sort,
}: {
  list: RelatedOf;
  record: RecordShape;
  shape: Exclude<RelatedShape, 'list'>;
  zone: 'side' | 'middle';
  words: string;
  filter: Filter | undefined;
  sort: readonly string[];
}) {
  const order = sort.join();
  const shown = useMemo(
    () => ({ shape, filter: filter ?? {}, sort: order ? order.split(',') : [] }),
    [shape, filter, order],
  );
  // A month has no room beside the middle: the days with something are told one below the other.
  const view = useRelatedView(list, record, shown, words, zone === 'side' ? { span: 'agenda' } : {});
  return (
    <div className={style.shape} data-shape={shape} data-span={view.search.span}>
      <Suspense fallback={<ScreenSkeleton />}>
        {shape === 'board' ? <Board list={view} /> : <Calendar list={view} />}
      </Suspense>
    </div>
  );
}
