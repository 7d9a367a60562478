import { Button } from '@mantine/core';
import IconArrowLeft from '@tabler/icons-react/dist/esm/icons/IconArrowLeft.mjs';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import IconPrinter from '@tabler/icons-react/dist/esm/icons/IconPrinter.mjs';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatBytes, formatDateTime } from '#kernel/fields/web/format.ts';
import type { Holdings } from '#server/answers.ts';
import { get } from '../api/client.ts';
import { useDefinition, useDefinitions } from '../api/definitions.ts';
import { sessionQuery } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { isEmpty, titleOf } from '../fields.ts';
import { Actor } from '../record/actor.tsx';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { FieldValue } from '../ui/field-value.tsx';
import { ErrorState } from '../ui/state.tsx';
import style from './privacy.module.css';

/**
 * Everything that is held about somebody, to hand to them: on paper or as PDF by the browser's own printing, in the language
 * of whoever prints, and as JSON for a machine.
 */
export function HoldingsPage() {
  const { t } = useTranslation();
  const { object, id } = useParams({ from: '/app/privacy/$object/$id' });
  const definition = useDefinition(object);
  const query = useQuery({
    queryKey: ['admin', 'holdings', object, id],
    queryFn: ({ signal }) => get<Holdings>(`/privacy/${object}/${id}`, undefined, signal),
    // Each look is noted as an export.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <ScreenSkeleton />;
  const { data } = query;
  const title = data.title || t('list.untitled');
  return (
    <div className={style.page}>
      <title>{`${t('privacy.holdings')} · ${title} · Tendero`}</title>
      <header className={style.tools} data-no-print>
        <Link to="/o/$object/$id" params={{ object, id }} className={style.back}>
          <IconArrowLeft size={15} aria-hidden />
          {title}
        </Link>
        <div>
          <Button variant="default" leftSection={<IconDownload size={14} />} onClick={() => save(data)}>
            JSON
          </Button>
          <Button leftSection={<IconPrinter size={14} />} onClick={() => window.print()}>
            {t('admin.privacy.print')}
          </Button>
        </div>
      </header>
      <Sheet holdings={data} definition={definition} title={title} />
    </div>
  );
}

function Sheet({ holdings, definition, title }: { holdings: Holdings; definition: Definition; title: string }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const when = (at: string) => formatDateTime(at, language, timeZone);
  return (
    <article className={style.sheet}>
      <h1>{t('admin.privacy.held', { title })}</h1>
      <p className={style.quiet}>
        {t('admin.privacy.heldBy', { company: session?.workspace.name ?? '', when: when(holdings.at) })}
      </p>
      {holdings.records.map(({ object, items }) => {
        const kind = definitions.get(object);
        return kind ? (
          <section key={object}>
            <h2>{object === definition.name ? kind.label.one : kind.label.many}</h2>
            {items.map((item) => (
              <HeldRecord key={String(item.id)} definition={kind} record={item as RecordShape} />
            ))}
          </section>
        ) : null;
      })}
      {holdings.files.length > 0 ? (
        <section>
          <h2>{t('admin.privacy.part.files')}</h2>
          <ul>
            {holdings.files.map((file) => (
              <li key={file.id}>
                <a href={`/api/files/${file.id}`} download>
                  {file.name}
                </a>{' '}
                <span className={style.quiet}>{formatBytes(file.size, language)}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {holdings.sentTo.length > 0 ? (
        <section>
          <h2>{t('admin.privacy.sentTo')}</h2>
          <ul>
            {holdings.sentTo.map(({ url, times, lastAt }) => (
              <li key={url}>
                {url} <span className={style.quiet}>{`${times} · ${when(lastAt)}`}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <section>
        <h2>{t('admin.privacy.history')}</h2>
        <ol className={style.history}>
          {holdings.events.map((event) => {
            const { position, at, operation, object, actor } = event as {
              position: number;
              at: string;
              operation: string;
              object: string;
              actor: string | null;
            };
            return (
              <li key={position}>
                <time dateTime={at}>{when(at)}</time> {t(`admin.audit.operation.${operation}`)} ·{' '}
                {definitions.get(object)?.label.one ?? object} · <Actor id={actor} />
              </li>
            );
          })}
        </ol>
      </section>
    </article>
  );
}

function HeldRecord({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t } = useTranslation();
  const fields = [...definition.fields, ...definition.system].filter((field) => !isEmpty(record[field.name]));
  return (
    <div className={style.record}>
      <h3>
        {titleOf(definition, record, t('list.untitled'))}
        {record.deletedAt ? <span className={style.quiet}> {t('admin.privacy.inTrash')}</span> : null}
      </h3>
      <dl>
        {fields.map((field) => (
          <div key={field.name}>
            <dt>{field.label}</dt>
            <dd>
              <FieldValue field={field} record={record} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** As it came: a file of the browser's, which no server keeps. */
function save(holdings: Holdings): void {
  const blob = new Blob([JSON.stringify(holdings, null, 2)], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${holdings.object}-${holdings.record}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
