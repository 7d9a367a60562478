import { ActionIcon, Button, Menu } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import IconMapPin from '@tabler/icons-react/dist/esm/icons/IconMapPin.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconRoute from '@tabler/icons-react/dist/esm/icons/IconRoute.mjs';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Geo } from '#kernel/fields/geo/format.ts';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, today } from '#kernel/fields/web/format.ts';
import { useDefinition, useDefinitions } from '../api/definitions.ts';
import { queryClient } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { saveRecord } from '../api/writes.ts';
import { addDays } from '../calendar/days.ts';
import { useOffline } from '../offline/offline.ts';
import { usePreference } from '../preferences.ts';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import { Lines, moveTo } from '../ui/lines.tsx';
import { SheetPage } from '../ui/sheet-page.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import { AddStops } from './add-stops.tsx';
import { formatWay } from './format-way.ts';
import { OfficeDialog } from './office-dialog.tsx';
import { whereaboutsOf } from './places.ts';
import { readPosition } from './position.ts';
import { roundOf } from './round.ts';
import { routeLength, routeOrder } from './route.ts';
import { StopDetails } from './stop-details.tsx';
import { StopLine } from './stop-line.tsx';
import style from './visits.module.css';
import { boundsOf, briefQuery, customersQuery, keepAhead, ownCustomersQuery, visitsQuery } from './visits-query.ts';

/** Whoever moves a stop moves another in a moment. */
const SAVE_ORDER_MS = 700;
const noRecords: readonly RecordShape[] = [];

/** A day on the road: whom to see, in which order, and what came of it. Also without a network. */
export function VisitsPage() {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const definition = useDefinition('interaction');
  const navigate = useNavigate();
  const { day: asked, stop: open } = useSearch({ from: '/app/visits' });
  const present = today(timeZone);
  const day = asked ?? present;
  const { outbox, isOnline } = useOffline();
  const query = useInfiniteQuery(visitsQuery(definitions, day, timeZone));
  const [office, setOffice] = usePreference<Geo | null>('visits.office', null);
  const [start, setStart] = useState<Geo | null>(null);
  const [order, setOrder] = useState<readonly string[] | null>(null);
  const records = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? noRecords, [query.data]);
  const round = useMemo(() => {
    const saved = roundOf(records, outbox, boundsOf(day, timeZone));
    if (!order) return saved;
    const rank = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
    return saved.toSorted((a, b) => rank(a.id) - rank(b.id));
  }, [records, outbox, order, day, timeZone]);
  const customers = useInfiniteQuery(customersQuery(definitions, records));
  const own = useQuery(ownCustomersQuery(definitions));
  const byId = useMemo(() => {
    const ofRound = customers.data?.pages.flatMap((page) => page.items as unknown as RecordShape[]) ?? noRecords;
    return new Map([...(own.data ?? noRecords), ...ofRound].map((one) => [one.id, one]));
  }, [own.data, customers.data]);
  const accountOf = (visit: RecordShape) => byId.get(String(visit.account));
  const titleOf = (visit: RecordShape) =>
    String(
      accountOf(visit)?.name ??
        (visit.expanded?.account as { title?: string } | undefined)?.title ??
        visit.subject ??
        t('list.untitled'),
    );
  const isKept = useKeptAhead(records, isOnline);

  const saving = useRef<{ timer: ReturnType<typeof setTimeout>; run(): Promise<void> } | null>(null);
  const arrange = (ids: readonly string[]) => {
    setOrder(ids);
    clearTimeout(saving.current?.timer);
    const run = async () => {
      saving.current = null;
      try {
        for (const [index, id] of ids.entries()) {
          const visit = round.find((one) => one.id === id);
          if (visit && visit.stop !== index + 1) await saveRecord(definition, visit, { stop: index + 1 });
        }
      } catch (error) {
        showProblem(error);
      }
      setOrder((now) => (now === ids ? null : now));
    };
    saving.current = { timer: setTimeout(() => void run(), SAVE_ORDER_MS), run };
  };
  // Whoever leaves at once has ordered them all the same.
  useEffect(
    () => () => {
      clearTimeout(saving.current?.timer);
      void saving.current?.run();
    },
    [],
  );

  const go = (search: { day?: string; stop?: string }) => void navigate({ to: '/visits', search, replace: true });
  const show = (next: string) => go({ day: next === present ? undefined : next });
  const add = async () => {
    await openDialog((done) => <AddStops day={day} taken={round} onClose={() => done(null)} />);
    void queryClient.invalidateQueries({ queryKey: ['records', 'interaction'] });
  };
  const makeRoute = (from: Geo | null) => {
    setStart(from);
    // Where somebody was already is no longer to be ordered.
    const been = round.filter((one) => one.arrivedAt || one.state !== 'planned');
    const left = round.filter((one) => !been.includes(one));
    const last = been.findLast((one) => whereaboutsOf(accountOf(one), language).isExact);
    const here = from ?? (last ? whereaboutsOf(accountOf(last), language).place : null);
    const places = left.map((one) => whereaboutsOf(accountOf(one), language).place);
    arrange([...been, ...routeOrder(here, places).map((index) => left[index]!)].map(({ id }) => id));
    if (places.some((place) => place === null)) showToast(t('visits.someUnknown'));
  };
  const fromHere = async () => {
    const here = await readPosition();
    if (!here) showToast(t('visits.noPosition'));
    makeRoute(here);
  };
  const setUpOffice = async () => {
    const place = await openDialog<Geo>((done) => <OfficeDialog value={office} onClose={done} />);
    if (!place) return;
    setOffice(place);
    makeRoute(place);
  };
  useShortcuts([
    { keys: 't', label: t('visits.today'), run: () => show(present) },
    { keys: '[', label: t('visits.dayBefore'), run: () => show(addDays(day, -1)) },
    { keys: ']', label: t('visits.dayAfter'), run: () => show(addDays(day, 1)) },
    { keys: 'a', label: t('visits.add'), run: () => void add() },
  ]);

  const places = round.map((one) => whereaboutsOf(accountOf(one), language).place);
  const metres = routeLength(start, places);
  const done = round.filter((one) => one.state === 'done' || one.leftAt).length;
  const ids = round.map(({ id }) => id);
  const title = t('visits.title');
  return (
    <SheetPage width={760}>
      <title>{`${title} · Tendero`}</title>
      <header className={style.head}>
        <h1>{title}</h1>
        <div className={style.days}>
          <ActionIcon size="lg" aria-label={t('visits.dayBefore')} onClick={() => show(addDays(day, -1))}>
            <IconChevronLeft size={18} />
          </ActionIcon>
          <button type="button" className={style.day} aria-live="polite" onClick={() => show(present)}>
            {day === present ? `${t('visits.today')}, ` : ''}
            {formatDate(day, language, { weekday: 'long', day: 'numeric', month: 'long' })}
          </button>
          <ActionIcon size="lg" aria-label={t('visits.dayAfter')} onClick={() => show(addDays(day, 1))}>
            <IconChevronRight size={18} />
          </ActionIcon>
        </div>
      </header>
      <div className={style.tools}>
        {definition.can.create ? (
          <Button size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => void add()}>
            {t('visits.add')}
          </Button>
        ) : null}
        {round.length > 1 ? (
          <Menu position="bottom-start">
            <Menu.Target>
              <Button size="sm" variant="default" leftSection={<IconRoute size={16} aria-hidden />}>
                {t('visits.route')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => void fromHere()}>{t('visits.fromHere')}</Menu.Item>
              {office ? <Menu.Item onClick={() => makeRoute(office)}>{t('visits.fromOffice')}</Menu.Item> : null}
              <Menu.Item onClick={() => void setUpOffice()}>{t('visits.setOffice')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        ) : null}
        <p className={style.summary}>
          {round.length > 0 ? t('visits.count', { count: round.length, done }) : null}
          {metres > 0 ? (
            <span title={t('visits.crow')}>
              {' · ≈ '}
              {formatWay(metres, language)}
            </span>
          ) : null}
        </p>
      </div>
      {query.error && round.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <ScreenSkeleton />
      ) : round.length === 0 ? (
        <EmptyState icon={<IconMapPin size={22} />} title={t('visits.none')} text={t('visits.noneText')} />
      ) : (
        <div className={style.round}>
          <Lines
            items={round.map((one) => ({ key: one.id, title: titleOf(one) }))}
            onMove={(from, to) => arrange(moveTo(ids, from, to))}
            onStep={(index, by) => arrange(moveTo(ids, index, index + by))}
            render={(index) => (
              <StopLine
                visit={round[index]!}
                title={titleOf(round[index]!)}
                account={accountOf(round[index]!)}
                index={index}
                before={index === 0 ? start : places[index - 1]!}
                isOpen={round[index]!.id === open}
                onToggle={() => go({ day: asked, stop: round[index]!.id === open ? undefined : round[index]!.id })}
              />
            )}
            below={(index) =>
              round[index]!.id === open ? (
                <StopDetails
                  key={open}
                  visit={round[index]!}
                  title={titleOf(round[index]!)}
                  account={accountOf(round[index]!)}
                  definition={definition}
                  onGone={() => go({ day: asked })}
                />
              ) : null
            }
          />
        </div>
      )}
      {isKept && round.length > 0 ? <p className={style.kept}>{t('visits.kept')}</p> : null}
    </SheetPage>
  );
}

/** Reads what the stops show while there is a network. @returns whether all of it is here */
function useKeptAhead(records: readonly RecordShape[], isOnline: boolean): boolean {
  const [isKept, setKept] = useState(false);
  useEffect(() => {
    setKept(false);
    if (records.length === 0) return;
    const stop = new AbortController();
    const work = isOnline ? keepAhead(records, stop.signal) : Promise.resolve();
    void work.then(() => {
      const all = records.every(
        ({ account }) => !account || queryClient.getQueryData(briefQuery(String(account)).queryKey) !== undefined,
      );
      if (!stop.signal.aborted) setKept(all && Boolean(navigator.serviceWorker?.controller));
    });
    return () => stop.abort();
  }, [records, isOnline]);
  return isKept;
}
