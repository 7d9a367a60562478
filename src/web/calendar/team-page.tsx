import { Button, Checkbox, Popover, Select } from '@mantine/core';
import IconClockSearch from '@tabler/icons-react/dist/esm/icons/IconClockSearch.mjs';
import IconUsersGroup from '@tabler/icons-react/dist/esm/icons/IconUsersGroup.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type CSSProperties, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatDays, formatNearDate, today } from '#kernel/fields/web/format.ts';
import { get } from '../api/client.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { addDays, firstWeekdayOf, localMoment, momentOf, weekStart } from './days.ts';
import { PeriodBar } from './period-bar.tsx';
import style from './team.module.css';

interface Stretch {
  from: string;
  until: string;
}

interface Busy extends Stretch {
  kind: 'busy' | 'interaction' | 'absence' | 'holiday';
  id: string | null;
  subject: string | null;
  account: string | null;
}

interface Person {
  user: string;
  name: string;
  working: Stretch[] | null;
  busy: Busy[];
}

type Named = { id: string; name: string };

/** What a day shows of the clock. */
const FIRST_HOUR = 7;
const LAST_HOUR = 20;
const MOST_PEOPLE = 50;
const MOST_A_DAY = 4;
const lengths = ['30', '45', '60', '90', '120'] as const;

/** Colleagues side by side: when they work, are away, and have something; and a time that suits several. */
export function TeamPage() {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const [span, setSpan] = useState<'week' | 'day'>('week');
  const [at, setAt] = useState(() => today(timeZone));
  const [team, setTeam] = useState<string | null>(null);
  const [left, setLeft] = useState<readonly string[]>([]);
  const start = span === 'week' ? weekStart(at, firstWeekdayOf(language)) : at;
  const days = Array.from({ length: span === 'week' ? 7 : 1 }, (_, index) => addDays(start, index));
  const from = momentOf(start, '00:00', timeZone);
  const until = momentOf(addDays(start, days.length), '00:00', timeZone);
  const teams = useQuery({
    queryKey: ['team-calendar', 'teams'],
    queryFn: ({ signal }) =>
      get<{ items: Named[] }>('/records/team', { fields: 'name', sort: 'name', limit: 200 }, signal),
  });
  const users = useQuery({
    queryKey: ['team-calendar', 'users', team],
    queryFn: ({ signal }) => {
      const filter = JSON.stringify({ active: true, ...(team ? { teams: { hasAny: [team] } } : {}) });
      return get<{ items: Named[] }>(
        '/records/user',
        { filter, fields: 'name', sort: 'name', limit: MOST_PEOPLE },
        signal,
      );
    },
  });
  const ids = (users.data?.items ?? []).map(({ id }) => id).join(',');
  const times = useQuery({
    queryKey: ['team-calendar', 'times', ids, from, until],
    queryFn: ({ signal }) => get<{ people: Person[] }>('/free-busy', { users: ids, from, until }, signal),
    enabled: ids !== '',
    refetchInterval: 60_000,
  });
  const people = times.data?.people ?? [];
  const chosen = people.filter(({ user }) => !left.includes(user));
  const title =
    span === 'day'
      ? formatDate(at, language, { weekday: 'long', day: 'numeric', month: 'long' })
      : formatDays(start, days.at(-1)!, language);
  const failed = users.error ?? times.error;
  return (
    <div className={style.page}>
      <title>{`${t('teamCalendar.title')} · Tendero`}</title>
      <h1 className="visually-hidden">{t('teamCalendar.title')}</h1>
      <PeriodBar
        title={title}
        span={span}
        spans={[
          { value: 'week', label: t('calendar.week') },
          { value: 'day', label: t('calendar.day') },
        ]}
        onSpan={(value) => setSpan(value === 'day' ? 'day' : 'week')}
        onStep={(by) => setAt(addDays(at, by * days.length))}
        onToday={() => setAt(today(timeZone))}
      >
        <div className={style.choices}>
          <Select
            size="xs"
            aria-label={t('teamCalendar.team')}
            placeholder={t('teamCalendar.everybody')}
            clearable
            value={team}
            onChange={setTeam}
            data={(teams.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
          <FindTime people={chosen} from={from} until={until} />
        </div>
      </PeriodBar>
      {failed ? (
        <ErrorState error={failed} onRetry={() => void (users.error ? users.refetch() : times.refetch())} />
      ) : null}
      {!failed && (users.isPending || (ids !== '' && times.isPending)) ? <SkeletonLines lines={8} /> : null}
      {users.data && users.data.items.length === 0 ? (
        <EmptyState icon={<IconUsersGroup size={28} stroke={1.4} />} title={t('teamCalendar.nobody')} />
      ) : null}
      {people.length > 0 ? (
        <div className={style.scroll}>
          <table className={style.table} data-span={span} aria-label={t('teamCalendar.title')}>
            <thead>
              <tr>
                <th scope="col">
                  <span className="visually-hidden">{t('teamCalendar.colleague')}</span>
                </th>
                {span === 'week' ? (
                  days.map((day) => (
                    <th key={day} scope="col" data-today={day === today(timeZone)}>
                      <button
                        type="button"
                        onClick={() => {
                          setAt(day);
                          setSpan('day');
                        }}
                      >
                        {formatDate(day, language, { weekday: 'short' })} <b>{Number(day.slice(8))}</b>
                      </button>
                    </th>
                  ))
                ) : (
                  <th scope="col" className={style.clock}>
                    {hours.map((hour) => (
                      <span key={hour} style={{ left: `${placeOf(hour * 60)}%` }}>
                        {hour}
                      </span>
                    ))}
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {people.map((person) => (
                <tr key={person.user}>
                  <th scope="row">
                    <Checkbox
                      size="xs"
                      label={person.name}
                      checked={!left.includes(person.user)}
                      onChange={({ currentTarget }) =>
                        setLeft(
                          currentTarget.checked ? left.filter((id) => id !== person.user) : [...left, person.user],
                        )
                      }
                    />
                  </th>
                  {days.map((day) =>
                    span === 'week' ? (
                      <DayCell key={day} person={person} day={day} />
                    ) : (
                      <HoursCell key={day} person={person} day={day} />
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}

const hours = Array.from({ length: LAST_HOUR - FIRST_HOUR }, (_, index) => FIRST_HOUR + index);

/** A day of a week: what there is, in its order; shaded where nobody works. */
function DayCell({ person, day }: { person: Person; day: string }) {
  const { timeZone } = useFieldEnvironment();
  const within = stretchOf(day, timeZone);
  const busy = person.busy.filter((one) => touches(one, within));
  const away = busy.find(({ kind }) => kind === 'absence');
  const holiday = busy.find(({ kind }) => kind === 'holiday');
  const isOff = person.working !== null && !person.working.some((one) => touches(one, within));
  return (
    <td data-off={isOff} data-away={away !== undefined || holiday !== undefined}>
      {away ? <AwayUntil until={away.until} /> : null}
      {holiday ? <Holiday name={holiday.subject} /> : null}
      {busy
        .filter(({ kind }) => kind !== 'absence' && kind !== 'holiday')
        .map((one) => (
          <Entry
            key={`${one.id} ${one.from}`}
            one={one}
            clock={clockOf(one.from < within.from ? within.from : one.from, timeZone)}
          />
        ))}
    </td>
  );
}

/** A day along the clock. */
function HoursCell({ person, day }: { person: Person; day: string }) {
  const { timeZone } = useFieldEnvironment();
  const within = stretchOf(day, timeZone);
  const working = person.working?.filter((one) => touches(one, within)) ?? [within];
  return (
    <td className={style.hours}>
      {working.map((one) => (
        <span key={one.from} className={style.working} style={spanOf(one, within, timeZone)} />
      ))}
      {person.busy
        .filter((one) => touches(one, within))
        .map((one) => (
          <span key={`${one.id} ${one.from}`} className={style.block} style={spanOf(one, within, timeZone)}>
            {one.kind === 'absence' ? (
              <AwayUntil until={one.until} />
            ) : one.kind === 'holiday' ? (
              <Holiday name={one.subject} />
            ) : (
              <Entry one={one} clock={clockOf(one.from, timeZone)} />
            )}
          </span>
        ))}
    </td>
  );
}

/** @param until when the day begins on which they are there again */
function AwayUntil({ until }: { until: string }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const [last] = localMoment(new Date(Date.parse(until) - 1).toISOString(), timeZone);
  const says = t('teamCalendar.awayUntil', { day: formatNearDate(last, language, today(timeZone)) });
  return (
    <span className={style.away} title={says}>
      {says}
    </span>
  );
}

/** A day on which nobody in the company works. */
function Holiday({ name }: { name: string | null }) {
  return (
    <span className={style.away} title={name ?? undefined}>
      {name}
    </span>
  );
}

function Entry({ one, clock }: { one: Busy; clock: string }) {
  const { t } = useTranslation();
  const text = [one.subject, one.account].filter(Boolean).join(' · ') || t('teamCalendar.busy');
  const inner = (
    <>
      <b>{clock}</b> {text}
    </>
  );
  if (one.kind !== 'interaction' || !one.id) return <span className={style.taken}>{inner}</span>;
  return (
    <Link to="/o/$object/$id" params={{ object: 'interaction', id: one.id }} className={style.entry} title={text}>
      {inner}
    </Link>
  );
}

/** The next times at which all who are ticked are free; one is chosen to plan a meeting. */
function FindTime({ people, from, until }: { people: readonly Person[] } & Stretch) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const [isOpen, setOpen] = useState(false);
  const [minutes, setMinutes] = useState<string>('60');
  const users = people.map(({ user }) => user).join(',');
  const now = new Date(Math.ceil(Date.now() / 900_000) * 900_000).toISOString();
  const begin = from < now ? now : from;
  const found = useQuery({
    queryKey: ['team-calendar', 'free', users, begin, until, minutes],
    queryFn: ({ signal }) =>
      get<{ items: Stretch[] }>('/free-busy/times', { users, from: begin, until, minutes: Number(minutes) }, signal),
    enabled: isOpen && users !== '' && begin < until,
  });
  const items = suggested(found.data?.items ?? [], timeZone);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" withinPortal trapFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconClockSearch size={15} />}
          onClick={() => setOpen(!isOpen)}
        >
          {t('teamCalendar.find')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={style.find}>
        <Select
          size="xs"
          label={t('teamCalendar.length')}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          value={minutes}
          onChange={(value) => setMinutes(value ?? '60')}
          data={lengths.map((value) => ({ value, label: t('teamCalendar.minutes', { count: Number(value) }) }))}
        />
        <p className={style.quiet}>{t('teamCalendar.among', { count: people.length })}</p>
        {found.isError ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : null}
        {found.isLoading ? <SkeletonLines lines={3} /> : null}
        {!found.isLoading && !found.isError && items.length === 0 ? (
          <p className={style.quiet}>{t('teamCalendar.noTime')}</p>
        ) : null}
        <ul>
          {items.map((one) => {
            const [day, time] = localMoment(one.from, timeZone);
            return (
              <li key={one.from}>
                <Button
                  fullWidth
                  size="compact-sm"
                  variant="subtle"
                  justify="flex-start"
                  onClick={() => {
                    setOpen(false);
                    const values = { channel: 'meeting', at: one.from, duration: Number(minutes) * 60 };
                    void openQuickCreate({ object: 'interaction', values });
                  }}
                >
                  {formatDate(day, language, { weekday: 'short', day: 'numeric', month: 'short' })} {time}
                </Button>
              </li>
            );
          })}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

/** A few of each day, on the half hour where there are such: nobody reads two hundred. */
function suggested(items: readonly Stretch[], timeZone: string): Stretch[] {
  const byDay = Map.groupBy(items, ({ from }) => localMoment(from, timeZone)[0]);
  return [...byDay.values()].flatMap((all) => {
    const round = all.filter(({ from }) => ['00', '30'].includes(clockOf(from, timeZone).slice(3)));
    return (round.length > 0 ? round : all).slice(0, MOST_A_DAY);
  });
}

function stretchOf(day: string, timeZone: string): Stretch {
  return { from: momentOf(day, '00:00', timeZone), until: momentOf(addDays(day, 1), '00:00', timeZone) };
}

const touches = (one: Stretch, other: Stretch) => one.from < other.until && one.until > other.from;
const clockOf = (moment: string, timeZone: string) => localMoment(moment, timeZone)[1];

/** Percent of the day's width, of minutes since midnight. */
function placeOf(minutes: number): number {
  const [first, last] = [FIRST_HOUR * 60, LAST_HOUR * 60];
  return ((Math.min(last, Math.max(first, minutes)) - first) / (last - first)) * 100;
}

function spanOf({ from, until }: Stretch, within: Stretch, timeZone: string): CSSProperties {
  const minutesOf = (moment: string) => {
    const [hour, minute] = clockOf(moment, timeZone).split(':').map(Number) as [number, number];
    return hour * 60 + minute;
  };
  const left = from <= within.from ? 0 : placeOf(minutesOf(from));
  const right = until >= within.until ? 100 : placeOf(minutesOf(until));
  return { left: `${left}%`, width: `${Math.max(1, right - left)}%` };
}
