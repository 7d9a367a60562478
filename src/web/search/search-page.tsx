import { ActionIcon, Button } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import IconSearchOff from '@tabler/icons-react/dist/esm/icons/IconSearchOff.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isInMenu, useDefinitions } from '../api/definitions.ts';
import { listQuery, type SearchGroup, searchQuery } from '../api/queries.ts';
import type { Definition } from '../api/types.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import style from './search.module.css';
import { forgetSearches, rememberSearch, useSearchHistory } from './search-history.ts';

/** Results of each kind before one looks at a kind alone. */
const ofEachKind = 6;

/** All objects at once, grouped; one of them alone, page by page. The words are in the address. */
export function SearchPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { q = '', object } = useSearch({ from: '/app/search' });
  const definitions = useDefinitions();
  const definition = object ? definitions.get(object) : undefined;
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  const go = useDebouncedCallback(
    (words: string) => void navigate({ to: '/search', search: { q: words || undefined, object }, replace: true }),
    250,
  );
  const kinds = definitions.list.filter((one) => isInMenu(one) || one.name === object);
  const scope = (name: string | undefined, label: string) => (
    <Link
      key={label}
      to="/search"
      search={{ q: q || undefined, object: name }}
      className={style.kind}
      data-active={object === name}
    >
      {name ? <ObjectIcon name={definitions.get(name)?.icon ?? 'box'} size={14} /> : null}
      {label}
    </Link>
  );
  return (
    <div className={style.page}>
      <title>{`${q || t('search.title')} · Tendero`}</title>
      <div className={style.sheet}>
        <h1 className="visually-hidden">{q ? t('search.for', { words: q }) : t('search.title')}</h1>
        <div className={style.box}>
          <IconSearch size={18} aria-hidden />
          <input
            type="search"
            // biome-ignore lint/a11y/noAutofocus: the page is this field
            autoFocus
            aria-label={t('search.words')}
            placeholder={t('search.start')}
            maxLength={200}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              go(event.currentTarget.value.trim());
            }}
            onKeyDown={(event) => event.key === 'Enter' && rememberSearch(typed)}
          />
        </div>
        <nav className={style.kinds} aria-label={t('search.kinds')}>
          {scope(undefined, t('search.everything'))}
          {kinds.map((one) => scope(one.name, one.label.many))}
        </nav>
        {q === '' ? (
          <Lately object={object} />
        ) : definition ? (
          <OneKind definition={definition} words={q} />
        ) : (
          <AllKinds words={q} />
        )}
      </div>
    </div>
  );
}

/** What was searched before, to be searched again or forgotten. */
function Lately({ object }: { object: string | undefined }) {
  const { t } = useTranslation();
  const searches = useSearchHistory();
  if (searches.length === 0)
    return <EmptyState icon={<IconSearch size={22} />} title={t('search.start')} text={t('search.startText')} />;
  return (
    <section className={style.group} aria-label={t('search.lately')}>
      <div className={style.latelyHead}>
        <h2>{t('search.lately')}</h2>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => forgetSearches()}>
          {t('search.forget')}
        </Button>
      </div>
      <ul className={style.hits}>
        {searches.map((words) => (
          <li key={words} className={style.lately}>
            <Link to="/search" search={{ q: words, object }}>
              <IconHistory size={16} stroke={1.7} aria-hidden />
              <span className={style.title}>{words}</span>
            </Link>
            <ActionIcon aria-label={t('search.forgetOne', { words })} onClick={() => forgetSearches(words)}>
              <IconX size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </section>
  );
}

function AllKinds({ words }: { words: string }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const { data, error, refetch } = useQuery({
    ...searchQuery(words, undefined, ofEachKind + 1),
    placeholderData: (before) => before,
  });
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows />;
  if (data.groups.length === 0) return <Nothing words={words} />;
  const sections = data.groups.map((group) => {
    const definition = definitions.get(group.object);
    return definition ? (
      <section key={group.object} className={style.group} aria-label={definition.label.many}>
        <h2>{definition.label.many}</h2>
        <Hits definition={definition} items={group.items.slice(0, ofEachKind)} words={words} />
        {group.items.length > ofEachKind ? (
          <Link to="/search" search={{ q: data.corrected ?? words, object: group.object }} className={style.all}>
            {t('search.allOf', { objects: definition.label.many })}
          </Link>
        ) : null}
      </section>
    ) : null;
  });
  return (
    <>
      <Corrected typed={words} words={data.corrected} />
      {sections}
    </>
  );
}

/** Says that other words were searched than those that were typed. */
function Corrected({ typed, words }: { typed: string; words: string | null }) {
  const { t } = useTranslation();
  return words ? (
    <p role="status" className={style.corrected}>
      {t('search.corrected', { typed, words })}
    </p>
  ) : null;
}

/** The best 50 first, then all that have the words, the newest first. */
function OneKind({ definition, words }: { definition: Definition; words: string }) {
  const { t } = useTranslation();
  const best = useQuery(searchQuery(words, [definition.name], 50));
  const [more, setMore] = useState(false);
  const pages = useInfiniteQuery({
    ...listQuery(definition.name, {
      search: best.data?.corrected ?? words,
      fields: [definition.title],
      sort: ['-updatedAt'],
      limit: 50,
    }),
    enabled: more,
  });
  if (best.error && !best.data) return <ErrorState error={best.error} onRetry={() => void best.refetch()} />;
  if (!best.data) return <SkeletonRows />;
  const top = best.data.groups.find(({ object }) => object === definition.name)?.items ?? [];
  if (top.length === 0) return <Nothing words={words} />;
  const known = new Set(top.map(({ id }) => id));
  const others = (pages.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter(({ id }) => !known.has(id))
    .map((record) => ({ id: record.id, title: String(record[definition.title] ?? '—'), detail: null }));
  const mayHaveMore = top.length >= 50 && (!more || pages.hasNextPage || pages.isFetching);
  return (
    <section className={style.group} aria-label={definition.label.many}>
      <Corrected typed={words} words={best.data.corrected} />
      <Hits definition={definition} items={[...top, ...others]} words={words} />
      {mayHaveMore ? (
        <Button
          mt="sm"
          variant="default"
          loading={pages.isFetching}
          onClick={() => (more ? void pages.fetchNextPage() : setMore(true))}
        >
          {t('activity.more')}
        </Button>
      ) : null}
    </section>
  );
}

function Hits({ definition, items, words }: { definition: Definition; items: SearchGroup['items']; words: string }) {
  return (
    <ul className={style.hits}>
      {items.map((item) => (
        <li key={item.id}>
          <Link
            to="/o/$object/$id"
            params={{ object: definition.name, id: item.id }}
            onClick={() => rememberSearch(words)}
          >
            <ObjectIcon name={definition.icon} />
            <span className={style.title}>{item.title}</span>
            <span className={style.detail}>{item.detail ?? item.matched}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Nothing({ words }: { words: string }) {
  const { t } = useTranslation();
  return (
    <EmptyState icon={<IconSearchOff size={22} />} title={t('search.none')} text={t('search.noneText', { words })} />
  );
}
