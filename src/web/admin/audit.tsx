import { Button, MultiSelect, Select } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatDateTime, formatNumber } from '#kernel/fields/web/format.ts';
import type { AuditEntry, AuditPage, AuditSettings } from '#server/answers.ts';
import { get, post, request } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { Actor } from '../record/actor.tsx';
import { Change } from '../record/change.tsx';
import { deviceOf } from '../ui/device.ts';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshList, useAdminList } from './api.ts';
import own from './audit.module.css';
import { JobLine, type JobShape } from './job-line.tsx';
import { DataTable, Heading, Refusal, Section, useAct } from './parts.tsx';
import { PlaceLink } from './place-link.tsx';

const operations = [
  ...['signIn', 'signInFailed', 'signOut', 'revoke', 'rights', 'viewAs', 'view', 'export', 'erase', 'expire'],
  ...['create', 'update', 'remove', 'restore', 'purge', 'merge', 'unmerge', 'derive'],
];
const periods = { day: 1, week: 7, month: 30, year: 365 } as const;
type Period = keyof typeof periods;

interface Filters {
  actor?: string;
  operation?: string;
  object?: string;
  period?: Period;
}

interface Verification {
  events: number;
  unsealed: number;
  erased: number;
  head: string | null;
  fault: { position: number; reason: string } | null;
}

/** Pages in a row without anything found, after which the person says whether to look further. */
const EMPTY_PAGES = 10;

/** Who did what, and the proof that nobody changed the account of it. */
export function AuditScreen({ rest: [part] }: { rest: readonly string[] }) {
  const { t } = useTranslation();
  if (part === 'proof') {
    return (
      <>
        <PlaceLink to="audit" className={style.crumb}>
          <IconChevronLeft size={14} aria-hidden />
          {t('admin.place.audit.title')}
        </PlaceLink>
        <Heading title={t('admin.audit.aboutIt')} />
        <Proof />
        <Settings />
      </>
    );
  }
  return (
    <>
      <Heading title={t('admin.place.audit.title')} text={t('admin.place.audit.text')}>
        <Button component={PlaceLink} to="audit/proof" variant="default">
          {t('admin.audit.aboutIt')}
        </Button>
      </Heading>
      <Search />
    </>
  );
}

function Search() {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const people = useAdminList<{ items: { id: string; name: string }[] }>('/users');
  const [filters, setFilters] = useState<Filters>({});
  const set = (changes: Filters) => setFilters((before) => ({ ...before, ...changes }));
  const query = queryOf(filters);
  const found = useInfiniteQuery({
    queryKey: ['admin', 'audit', query],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) =>
      get<AuditPage>('/audit', { ...query, ...(pageParam === null ? {} : { before: pageParam }), limit: 50 }, signal),
    getNextPageParam: (last) => last.next,
    staleTime: 0,
  });
  const { data, hasNextPage, isFetching, fetchNextPage } = found;
  const pages = data?.pages ?? [];
  const entries = pages.flatMap((page) => page.items);
  const sinceFound = pages.length - 1 - pages.findLastIndex((page) => page.items.length > 0);
  const isLookingOn = hasNextPage && sinceFound > 0 && sinceFound < EMPTY_PAGES;
  useEffect(() => {
    if (isLookingOn && !isFetching) void fetchNextPage();
  }, [isLookingOn, isFetching, fetchNextPage]);
  const lookedBackTo = pages.at(-1)?.lookedBackTo;
  const objects = definitions.list.map(({ name, label }) => ({ value: name, label: label.many }));
  return (
    <Section
      title={t('admin.audit.events')}
      action={
        <Button component="a" variant="default" href={`/api/audit.csv?${new URLSearchParams(query)}`} download>
          {t('admin.audit.csv')}
        </Button>
      }
    >
      <div className={own.filters}>
        <Select
          aria-label={t('admin.audit.who')}
          placeholder={t('admin.audit.who')}
          searchable
          clearable
          data={people.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={filters.actor ?? null}
          onChange={(actor) => set({ actor: actor ?? undefined })}
        />
        <Select
          aria-label={t('admin.audit.what')}
          placeholder={t('admin.audit.what')}
          searchable
          clearable
          data={operations.map((value) => ({ value, label: t(`admin.audit.operation.${value}`) }))}
          value={filters.operation ?? null}
          onChange={(operation) => set({ operation: operation ?? undefined })}
        />
        <Select
          aria-label={t('admin.audit.object')}
          placeholder={t('admin.audit.object')}
          searchable
          clearable
          data={objects}
          value={filters.object ?? null}
          onChange={(object) => set({ object: object ?? undefined })}
        />
        <Select
          aria-label={t('admin.audit.when')}
          placeholder={t('admin.audit.when')}
          clearable
          data={Object.keys(periods).map((value) => ({ value, label: t(`admin.audit.period.${value}`) }))}
          value={filters.period ?? null}
          onChange={(period) => set({ period: (period ?? undefined) as Period | undefined })}
        />
      </div>
      <DataTable
        label={t('admin.audit.events')}
        columns={[t('admin.audit.when'), t('admin.audit.who'), t('admin.audit.what'), t('admin.audit.more')]}
        empty={isLookingOn ? t('admin.audit.looking') : t('admin.audit.none')}
        query={found}
        rows={
          data &&
          entries.map((entry) => ({
            key: `${entry.position}`,
            cells: [
              <time key="at" dateTime={entry.at} className={own.time}>
                {formatDateTime(entry.at, language, timeZone)}
              </time>,
              <Actor key="actor" id={entry.actor} />,
              <What key="what" entry={entry} />,
              <Details key="details" entry={entry} />,
            ],
          }))
        }
      />
      {hasNextPage ? (
        <div className={own.more}>
          <Button variant="subtle" color="gray" loading={isFetching} onClick={() => void fetchNextPage()}>
            {t('admin.audit.further')}
          </Button>
          {lookedBackTo ? (
            <span className={style.quiet}>
              {t('admin.audit.lookedBackTo', { when: formatDate(lookedBackTo.slice(0, 10), language) })}
            </span>
          ) : null}
        </div>
      ) : null}
    </Section>
  );
}

function What({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const definition = useDefinitions().get(entry.object);
  const known = operations.includes(entry.operation);
  const name = entry.title ?? (entry.record ? t('admin.audit.record') : null);
  return (
    <span>
      {known ? t(`admin.audit.operation.${entry.operation}`) : entry.operation}
      <br />
      <span className={style.quiet}>
        {definition ? (entry.record ? definition.label.one : definition.label.many) : t('admin.audit.stream')}
        {entry.record && definition ? (
          <>
            {': '}
            <Link to="/o/$object/$id" params={{ object: entry.object, id: entry.record }} className={style.link}>
              {name}
            </Link>
          </>
        ) : null}
      </span>
    </span>
  );
}

/** What changed, or what else is known of it: short, the rest is in the CSV. */
function Details({ entry }: { entry: AuditEntry }) {
  const { t, i18n } = useTranslation();
  const definition = useDefinitions().get(entry.object);
  const changes = Object.entries(entry.changes ?? {});
  const isAct = entry.version === 0;
  const label = (name: string) => {
    const key = `admin.audit.detail.${name}`;
    return isAct && i18n.exists(key) ? t(key) : name;
  };
  const said = (name: string, value: unknown) => {
    if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
    if (name === 'userAgent') return deviceOf(String(value)) ?? brief(value);
    const key = `admin.audit.way.${value}`;
    return name === 'kind' && i18n.exists(key) ? t(key) : brief(value);
  };
  if (changes.length === 0 && !entry.note) return null;
  return (
    <div className={own.details}>
      {changes.slice(0, 4).map(([name, [from, to]]) => {
        const field = isAct ? undefined : definition?.fields.find((one) => one.name === name);
        // As its type shows it: people and records by their names. What was erased is named only.
        if (field && field.type !== 'json' && !(from === null && to === null))
          return <Change key={name} field={field} from={from} to={to} />;
        return (
          <div key={name}>
            <span className={style.quiet}>{field?.label ?? label(name)}</span>{' '}
            {isAct ? (
              <bdi title={name === 'userAgent' ? String(to) : undefined}>{said(name, to)}</bdi>
            ) : from === null && to === null ? null : (
              <>
                <bdi>{brief(from)}</bdi> → <bdi>{brief(to)}</bdi>
              </>
            )}
          </div>
        );
      })}
      {changes.length > 4 ? (
        <span className={style.quiet}>{t('admin.audit.others', { count: changes.length - 4 })}</span>
      ) : null}
      {entry.note ? <div>{brief(entry.note)}</div> : null}
    </div>
  );
}

function Proof() {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const [job, setJob] = useState<string | null>(null);
  const [result, setResult] = useState<Verification | null>(null);
  const { busy, problem, act } = useAct();
  const begin = () =>
    void act(async () => {
      setResult(null);
      setJob((await post<{ job: string }>('/audit/verification')).job);
    });
  const end = ({ state, result: verification }: JobShape) => {
    if (state === 'done') setResult(verification as Verification);
  };
  return (
    <Section
      title={t('admin.audit.proof')}
      text={t('admin.audit.proofText')}
      action={
        <Button variant="default" loading={busy} onClick={begin}>
          {t('admin.audit.verify')}
        </Button>
      }
    >
      <Refusal>{problem}</Refusal>
      {result ? null : <JobLine id={job} label={t('admin.audit.verify')} onDone={end} />}
      {result ? (
        <p className={own.verdict} data-tone={result.fault ? 'danger' : 'good'} role="status">
          {result.fault
            ? t('admin.audit.broken', {
                position: formatNumber(result.fault.position, language),
                reason: t(`admin.audit.fault.${result.fault.reason}`),
              })
            : t('admin.audit.whole', {
                count: result.events,
                events: formatNumber(result.events, language),
                erased: formatNumber(result.erased, language),
              })}
        </p>
      ) : null}
      {result?.head ? (
        <p className={style.quiet}>
          {t('admin.audit.head')} <code className={own.head}>{result.head}</code>
        </p>
      ) : null}
    </Section>
  );
}

function Settings() {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const { data } = useAdminList<AuditSettings>('/audit/settings');
  if (!data) return null;
  const save = (changes: Partial<AuditSettings>) =>
    request('PUT', '/audit/settings', { body: { ...data, ...changes } })
      .then(() => refreshList('/audit/settings'))
      .then(() => showToast(t('admin.saved')), showProblem);
  return (
    <Section title={t('admin.audit.settings')}>
      <div className={style.form}>
        <MultiSelect
          label={t('admin.audit.views')}
          description={t('admin.audit.viewsText')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          searchable
          clearable
          data={definitions.list.map(({ name, label }) => ({ value: name, label: label.many }))}
          value={data.views}
          onChange={(views) => void save({ views })}
        />
        <Select
          label={t('admin.audit.keep')}
          description={t('admin.audit.keepText')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          allowDeselect={false}
          data={[
            { value: '0', label: t('admin.audit.forever') },
            ...[...new Set([1, 2, 3, 5, 7, 10, ...(data.keepYears ? [data.keepYears] : [])])]
              .sort((a, b) => a - b)
              .map((years) => ({ value: String(years), label: t('admin.audit.years', { count: years }) })),
          ]}
          value={String(data.keepYears ?? 0)}
          onChange={(years) => void save({ keepYears: Number(years) || null })}
        />
      </div>
    </Section>
  );
}

function queryOf({ actor, operation, object, period }: Filters): Record<string, string> {
  const from = period && new Date(startOfToday() - (periods[period] - 1) * 24 * 3600 * 1_000).toISOString();
  const given = { actor, operation, object, from };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function startOfToday(): number {
  return new Date().setHours(0, 0, 0, 0);
}

function brief(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > 90 ? `${text.slice(0, 90)}…` : text;
}
