import { Link as RouterLink } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type FieldEnvironment, FieldEnvironmentProvider } from '#kernel/fields/web/environment.tsx';
import type { FileLink, RecordLink } from '#kernel/fields/web/field-web.ts';
import { formatNearDate, today } from '#kernel/fields/web/format.ts';
import { useAwayUntil } from './absence/use-away-until.ts';
import { post } from './api/client.ts';
import { useDefinitions } from './api/definitions.ts';
import { queryClient, readPage, searchQuery, titleQuery } from './api/queries.ts';
import type { Definition, Session } from './api/types.ts';
import { openQuickCreate } from './create/open-quick-create.tsx';
import { isKept, keptHref } from './offline/kept-files.ts';

/** Gives the fields the reader's language and money, and ways to other records. */
export function FieldEnvironmentOf({ session, children }: { session: Session; children: ReactNode }) {
  const definitions = useDefinitions();
  const { t } = useTranslation();
  const awayUntil = useAwayUntil();
  const environment = useMemo((): FieldEnvironment => {
    const titleField = (object: string) => definitions.get(object)?.title ?? 'name';
    const language = session.user.language || session.workspace.language;
    const timeZone = session.user.timeZone || session.workspace.timeZone;
    /** Whoever gives somebody something should know that they are away. */
    const withAbsence = (link: RecordLink): RecordLink => {
      const until = link.object === 'user' ? awayUntil(link.id) : null;
      if (!until) return link;
      const away = t('field.awayUntil', { day: formatNearDate(until, language, today(timeZone)) });
      return { ...link, detail: [away, link.detail].filter(Boolean).join(' · ') };
    };
    const keepTitles = (links: RecordLink[]) => {
      for (const { object, id, title } of links)
        queryClient.setQueryData(titleQuery(object, titleField(object), id).queryKey, title);
      return links.map(withAbsence);
    };
    return {
      language,
      timeZone,
      currency: session.workspace.currency,
      country: session.workspace.country,
      userId: session.user.id,
      objectLabel: (object) => definitions.get(object)?.label.one ?? object,
      awayUntil,
      canCreate: (object) => definitions.get(object)?.can.create ?? false,
      async searchRecords(object, words, _signal, only) {
        if (words && !only) {
          const { groups } = await queryClient.fetchQuery(searchQuery(words, [object], 10));
          return keepTitles(
            groups
              .filter((group) => group.object === object)
              .flatMap((group) => group.items.map((item) => ({ ...item, object }))),
          );
        }
        const title = titleField(object);
        const page = await readPage(object, {
          fields: [title],
          ...(only && { filter: only, ...(words && { search: words }) }),
          sort: object === 'user' ? [title] : undefined,
          limit: 10,
        });
        return keepTitles(page.items.map((record) => ({ object, id: record.id, title: String(record[title] ?? '—') })));
      },
      async recordTitle(object, id) {
        const title = await queryClient.fetchQuery(titleQuery(object, titleField(object), id));
        return title === null ? null : { object, id, title };
      },
      async createRecord(object, typed) {
        const record = await openQuickCreate({
          object,
          values: typed ? typedValues(definitions.get(object), typed) : {},
        });
        return record
          ? keepTitles([{ object, id: record.id, title: String(record[titleField(object)] ?? '—') }])[0]!
          : null;
      },
      Link: RecordAnchor,
      uploadFile(file) {
        const form = new FormData();
        form.set('file', file);
        return post<FileLink>('/files', form);
      },
      fileHref: (id, inline) => (isKept(id) ? keptHref(id) : `/api/files/${id}${inline ? '?inline=true' : ''}`),
    };
  }, [definitions, session, awayUntil, t]);
  return <FieldEnvironmentProvider value={environment}>{children}</FieldEnvironmentProvider>;
}

/** What was typed into a lookup, as the fields of a new record: a name that is computed is made of its parts. */
function typedValues(definition: Definition | undefined, typed: string): Record<string, unknown> {
  const has = (name: string) => definition?.fields.some((field) => field.name === name && !field.readOnly);
  if (!definition || has(definition.title)) return { [definition?.title ?? 'name']: typed };
  if (has('firstName') && has('lastName')) {
    const [first, ...rest] = typed.split(/\s+/);
    return { firstName: first, ...(rest.length > 0 ? { lastName: rest.join(' ') } : {}) };
  }
  const text = definition.quickCreate.find((name) =>
    definition.fields.some((field) => field.name === name && field.type === 'text'),
  );
  return text ? { [text]: typed } : {};
}

function RecordAnchor({
  object,
  id,
  className,
  children,
}: {
  object: string;
  id: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <RouterLink
      to="/o/$object/$id"
      params={{ object, id }}
      className={className}
      onClick={(event) => event.stopPropagation()}
    >
      {children}
    </RouterLink>
  );
}
