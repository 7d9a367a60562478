import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { isProblem } from '../api/problem.ts';
import { expandable, listQuery, recordQuery } from '../api/queries.ts';
import type { Definition, Filter } from '../api/types.ts';
import { isEmpty, titleOf } from '../fields.ts';
import { settingsOfSaved } from '../list/view-settings.ts';
import { Card } from '../ui/card.tsx';
import { FieldValue } from '../ui/field-value.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import style from './home.module.css';

const SHOWN = 8;
/** Beside the name there is room for these. */
const MOST_DETAILS = 3;

/** The first records of a view that comes with the object. */
export function ViewCard({ object, view }: { object: string; view: string }) {
  const definition = useDefinitions().get(object);
  const shape = definition?.views.find(({ name }) => name === view);
  if (!definition || !shape) return null;
  return (
    <Records
      definition={definition}
      title={`${definition.label.many} · ${shape.label}`}
      view={view}
      filter={shape.filter ?? {}}
      sort={shape.sort ?? []}
      columns={shape.columns ?? []}
    />
  );
}

/** The first records of a view that somebody saved and shares. */
export function SavedViewCard({ id }: { id: string }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const views = definitions.get('savedView');
  const { data, error, refetch } = useQuery({ ...recordQuery(views!, id), enabled: views !== undefined });
  const definition = data && definitions.get(String(data.object));
  if (isProblem(error, 'record.not-found') || data?.deletedAt || (data && !definition))
    return (
      <Card title={t('home.cards.view')}>
        <p className={style.none}>{t('home.arrange.gone')}</p>
      </Card>
    );
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data || !definition)
    return (
      <Card title={t('home.cards.view')}>
        <SkeletonLines lines={5} />
      </Card>
    );
  const settings = settingsOfSaved(data.shape, data.settings);
  return (
    <Records
      definition={definition}
      title={`${definition.label.many} · ${String(data.name)}`}
      view={id}
      filter={settings.filter}
      sort={settings.sort}
      columns={settings.columns ?? []}
    />
  );
}

function Records({
  definition,
  title,
  view,
  filter,
  sort,
  columns,
}: {
  definition: Definition;
  title: string;
  view: string;
  filter: Filter;
  sort: readonly string[];
  columns: readonly string[];
}) {
  const { t } = useTranslation();
  const details = columns
    .filter((name) => name !== definition.title)
    .flatMap((name) => [...definition.fields, ...definition.system].find((field) => field.name === name) ?? [])
    .slice(0, MOST_DETAILS);
  const fields = [definition.title, ...details.map(({ name }) => name)];
  const query = useInfiniteQuery(
    listQuery(definition.name, { filter, sort, fields, expand: expandable(definition, fields), limit: SHOWN }),
  );
  const records = query.data?.pages[0]?.items ?? [];
  return (
    <Card
      title={title}
      icon={<ObjectIcon name={definition.icon} />}
      action={
        <Link to="/o/$object" params={{ object: definition.name }} search={{ view }} className={style.all}>
          {t('home.seeAll')}
        </Link>
      }
    >
      {query.isPending ? <SkeletonLines lines={5} /> : null}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess && records.length === 0 ? <p className={style.none}>{t('related.none')}</p> : null}
      <ul className={style.lines}>
        {records.map((record) => (
          <li key={record.id}>
            <Link to="/o/$object/$id" params={{ object: definition.name, id: record.id }} className={style.title}>
              <bdi>{titleOf(definition, record, t('list.untitled'))}</bdi>
            </Link>
            <span className={style.values}>
              {details
                .filter((field) => !isEmpty(record[field.name]))
                .map((field) => (
                  <span key={field.name} title={field.label}>
                    <FieldValue field={field} record={record} cell />
                  </span>
                ))}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
