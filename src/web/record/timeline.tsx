import { Button, Skeleton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, today } from '#kernel/fields/web/format.ts';
import type { TimelineKind } from '#kernel/object/layout.ts';
import { useDefinitions } from '../api/definitions.ts';
import { ErrorState } from '../ui/state.tsx';
import { Composer, objectOf, writable } from './composer.tsx';
import { DraftsAbout } from './drafts-about.tsx';
import { useRecordContext } from './page-context.ts';
import style from './timeline.module.css';
import { TimelineEntry } from './timeline-entry.tsx';
import type { Entry } from './timeline-item.ts';
import { type TimelineFilter, topQuery, useTimeline } from './timeline-query.ts';
import { TimelineTools } from './timeline-tools.tsx';

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
  const reaches = definition.reaches;
  const [chosen, setChosen] = useState<TimelineFilter>({
    ...{ kinds: [], channels: [], person: null, team: null, from: '', until: '', words: '' },
    // A customer is more than their record: what was said to their people and about their sales is theirs, too.
    reach: reaches.includes('parts') ? 'parts' : 'own',
  });
  const [typed, setTyped] = useState('');
  const [expanded, setExpanded] = useState<boolean | null>(null);
  const [words] = useDebouncedValue(typed.trim(), 300);
  const { kinds, channels, person, team, from, until, reach } = chosen;
  const shownKinds = kinds.length > 0 ? kinds : offered;
  const timeline = useTimeline(definition, record, { ...chosen, kinds: shownKinds, words });
  const top = useQuery(topQuery(definition, record, reach));
  const isPlain = [person, team, from, until, words].every((one) => !one) && channels.length === 0;
  const written = compact
    ? []
    : writable(definitions, definition).filter((kind) => !only || only.includes(objectOf(kind)));

  const above = (entries: readonly Entry[] = []) =>
    isPlain ? entries.filter(({ kind }) => shownKinds.some((one) => one === kind)) : [];
  const onTop = above(top.data?.pinned);
  const toDo = above(top.data?.ahead);
  const pinnedIds = new Set(onTop.map(keyOf));
  const found = timeline.entries.filter((entry) => !pinnedIds.has(keyOf(entry)));
  const past = brief ? found.slice(0, compact ? 4 : briefly) : found;
  const days = Map.groupBy(past, (entry) => today(timeZone, new Date(entry.at)));
  const full = layout.tabs.find((tab) => tab.panels.some((panel) => panel.type === 'timeline' && !panel.brief));
  const isNothing = !timeline.isPending && onTop.length + toDo.length + past.length === 0;

  return (
    <div className={style.timeline}>
      {composing && written.length > 0 ? <Composer key={objectOf(composing)} kind={composing} kinds={written} /> : null}
      {!composing && written.includes('email') ? <DraftsAbout record={record.id} /> : null}
      {!composing && written.length > 0 && !record.deletedAt ? (
        <button type="button" className={style.write} onClick={() => compose(written[0]!)}>
          {t(`activity.write.${written[0]!}`)}…
        </button>
      ) : null}
      {brief ? null : (
        <TimelineTools
          filter={chosen}
          onChange={(changes) => setChosen({ ...chosen, ...changes })}
          offered={offered}
          reaches={reaches}
          typed={typed}
          onType={setTyped}
          expanded={expanded}
          onExpand={setExpanded}
        />
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
      {timeline.isCut && !brief ? <p className={style.quiet}>{t('activity.isCut')}</p> : null}
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

function keyOf(entry: Entry): string {
  return entry.kind === 'change' ? `change-${entry.event.position}` : entry.record.id;
}
