import { Button, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, today } from '#kernel/fields/web/format.ts';
import { RecordPicker } from '#kernel/fields/web/record-picker.tsx';
import type { TimelineKind } from '#kernel/object/layout.ts';
import { useDefinitions } from '../api/definitions.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { isEmpty } from '../fields.ts';
import { ErrorState } from '../ui/state.tsx';
import { Composer, objectOf, writable } from './composer.tsx';
import { useRecordContext } from './page-context.ts';
import style from './timeline.module.css';
import { TimelineEntry } from './timeline-entry.tsx';
import type { Entry } from './timeline-item.ts';
import { pinnedQuery, plannedQuery, reachesFurther, upcomingQuery, useTimeline } from './timeline-sources.ts';

const allKinds: readonly TimelineKind[] = ['note', 'interaction', 'task', 'comment', 'file', 'change'];
/** As many as fit below a description without scrolling twice. */
const briefly = 8;

/** What happened to a record and what is still to be done: upcoming on top, then day by day into the past. */
export function Timeline({ brief = false, only }: { brief?: boolean; only?: readonly TimelineKind[] }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const { definition, record, layout, composing, compose, openTab, compact } = useRecordContext();
  const offered = only ?? allKinds;
  const [kinds, setKinds] = useState<readonly TimelineKind[]>([]);
  const [person, setPerson] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const [related, setRelated] = useState(false);
  const [expanded, setExpanded] = useState<boolean | null>(null);
  const [words] = useDebouncedValue(typed.trim(), 300);
  const shownKinds = kinds.length > 0 ? kinds : offered;
  const timeline = useTimeline(definition, record, { kinds: shownKinds, person, words, related });
  const upcoming = useQuery(upcomingQuery(definitions, definition, record));
  const planned = useQuery(plannedQuery(definitions, definition, record));
  const pinnedNotes = useQuery(pinnedQuery(definitions, definition, record, 'note'));
  const pinnedTalks = useQuery(pinnedQuery(definitions, definition, record, 'interaction'));
  const isPlain = person === null && words === '';
  const written = compact
    ? []
    : writable(definitions, definition).filter((kind) => !only || only.includes(objectOf(kind)));

  const above = (kind: 'note' | 'interaction' | 'task', records: readonly RecordShape[] = []) =>
    isPlain && shownKinds.includes(kind) ? records.map((one) => ({ kind, record: one, at: '' })) : [];
  const onTop = [...above('note', pinnedNotes.data), ...above('interaction', pinnedTalks.data)];
  const toDo = [...above('interaction', planned.data), ...above('task', upcoming.data)];
  const pinnedIds = new Set(onTop.map(({ record: { id } }) => id));
  const found = timeline.entries
    .filter((entry) => entry.kind === 'change' || !pinnedIds.has(entry.record.id))
    .filter((entry) => entry.kind !== 'change' || says(entry, definition, words));
  const past = brief ? found.slice(0, compact ? 4 : briefly) : found;
  const days = Map.groupBy(past, (entry) => today(timeZone, new Date(entry.at)));
  const full = layout.tabs.find((tab) => tab.panels.some((panel) => panel.type === 'timeline' && !panel.brief));
  const isNothing = !timeline.isPending && onTop.length + toDo.length + past.length === 0;

  return (
    <div className={style.timeline}>
      {composing && written.length > 0 ? <Composer key={objectOf(composing)} kind={composing} kinds={written} /> : null}
      {!composing && written.length > 0 && !record.deletedAt ? (
        <button type="button" className={style.write} onClick={() => compose(written[0]!)}>
          {t(`activity.write.${written[0]!}`)}…
        </button>
      ) : null}
      {brief ? null : (
        <div className={style.tools}>
          <fieldset className={style.kinds} aria-label={t('activity.filter')}>
            {offered.length > 1
              ? offered.map((kind) => (
                  <button
                    key={kind}
                    type="button"
                    aria-pressed={kinds.includes(kind)}
                    onClick={() =>
                      setKinds(kinds.includes(kind) ? kinds.filter((one) => one !== kind) : [...kinds, kind])
                    }
                  >
                    {t(`activity.shown.${kind}`)}
                  </button>
                ))
              : null}
          </fieldset>
          <TextInput
            type="search"
            size="xs"
            className={style.search}
            aria-label={t('activity.search')}
            placeholder={t('activity.search')}
            leftSection={<IconSearch size={13} aria-hidden />}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <div className={style.person}>
            <RecordPicker
              id="timeline-person"
              object="user"
              aria-label={t('activity.person')}
              placeholder={t('activity.person')}
              value={person ? [person] : []}
              onChange={(ids) => setPerson(ids[0] ?? null)}
              creatable={false}
            />
          </div>
          {reachesFurther(definitions, definition) ? (
            <Button
              size="compact-xs"
              variant={related ? 'light' : 'subtle'}
              color={related ? 'petrol' : 'gray'}
              aria-pressed={related}
              title={t('activity.relatedHelp')}
              onClick={() => setRelated(!related)}
            >
              {t('activity.related')}
            </Button>
          ) : null}
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setExpanded(expanded !== true)}>
            {t(expanded === true ? 'activity.collapse' : 'activity.expand')}
          </Button>
        </div>
      )}
      {timeline.error ? <ErrorState error={timeline.error} onRetry={timeline.retry} /> : null}
      <Section title={t('activity.pinned')} entries={onTop} expanded={expanded} />
      <Section title={t('activity.upcoming')} entries={toDo} expanded={expanded} />
      {[...days].map(([day, entries]) => (
        <Section
          key={day}
          title={day === today(timeZone) ? t('period.today') : formatDate(day, language)}
          entries={entries}
          expanded={expanded}
        />
      ))}
      {timeline.isPending ? <Skeleton height={90} /> : null}
      {isNothing && !timeline.error ? (
        <p className={style.quiet}>{isPlain && kinds.length === 0 ? t('activity.none') : t('activity.nothingFound')}</p>
      ) : null}
      {brief && full && (found.length > past.length || timeline.hasMore) ? (
        <Button variant="subtle" color="gray" className={style.more} onClick={() => openTab(full.name)}>
          {t('activity.all')}
        </Button>
      ) : null}
      {!brief && timeline.hasMore ? (
        <Button
          variant="subtle"
          color="gray"
          className={style.more}
          loading={timeline.isLoadingMore}
          onClick={timeline.loadMore}
        >
          {t('activity.more')}
        </Button>
      ) : null}
    </div>
  );
}

function Section({ title, entries, expanded }: { title: string; entries: readonly Entry[]; expanded: boolean | null }) {
  const { definition } = useRecordContext();
  if (entries.length === 0) return null;
  return (
    <section className={style.section} aria-label={title}>
      <h3 className={style.day}>{title}</h3>
      {entries.map((entry) => (
        <TimelineEntry key={keyOf(entry)} entry={entry} definition={definition} expanded={expanded} />
      ))}
    </section>
  );
}

/** Words in the names of changed fields and in what they were changed to. */
function says(entry: Extract<Entry, { kind: 'change' }>, definition: Definition, words: string): boolean {
  if (words === '') return true;
  const text = Object.entries(entry.event.changes ?? {}).flatMap(([name, values]) => {
    const label = [...definition.fields, ...definition.system].find((field) => field.name === name)?.label ?? name;
    return [label, ...values.filter((value) => !isEmpty(value)).map((value) => JSON.stringify(value))];
  });
  return text.join(' ').toLocaleLowerCase().includes(words.toLocaleLowerCase());
}

function keyOf(entry: Entry): string {
  return entry.kind === 'change' ? `change-${entry.event.position}` : entry.record.id;
}
