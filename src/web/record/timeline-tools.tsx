import { Button, MultiSelect, SegmentedControl, TextInput } from '@mantine/core';
import IconAdjustments from '@tabler/icons-react/dist/esm/icons/IconAdjustmentsHorizontal.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordPicker } from '#kernel/fields/web/record-picker.tsx';
import type { TimelineKind } from '#kernel/object/layout.ts';
import type { Reach } from '#kernel/timeline/shapes.ts';
import { useDefinitions } from '../api/definitions.ts';
import style from './timeline.module.css';
import type { TimelineFilter } from './timeline-query.ts';

/** Finding in a timeline: what kind, how far, by whom, when, with which words. */
export function TimelineTools({
  filter,
  onChange,
  offered,
  reaches,
  typed,
  onType,
  expanded,
  onExpand,
}: {
  /** `kinds` are those that were chosen. */
  filter: TimelineFilter;
  onChange(changes: Partial<TimelineFilter>): void;
  offered: readonly TimelineKind[];
  reaches: readonly Reach[];
  typed: string;
  onType(words: string): void;
  expanded: boolean | null;
  onExpand(expanded: boolean): void;
}) {
  const { t } = useTranslation();
  const { kinds, channels, person, team, from, until } = filter;
  const chosen = [channels.length > 0, person, team, from, until].filter(Boolean).length;
  const [isOpen, setOpen] = useState(false);
  const channel = useDefinitions()
    .get('interaction')
    ?.fields.find(({ name }) => name === 'channel');
  const options = (channel?.options?.options ?? []) as { value: string; label?: string }[];
  return (
    <div className={style.finding}>
      <div className={style.tools}>
        <fieldset className={style.kinds} aria-label={t('activity.filter')}>
          {offered.length > 1
            ? offered.map((kind) => (
                <button
                  key={kind}
                  type="button"
                  aria-pressed={kinds.includes(kind)}
                  onClick={() =>
                    onChange({ kinds: kinds.includes(kind) ? kinds.filter((one) => one !== kind) : [...kinds, kind] })
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
          onChange={(event) => onType(event.currentTarget.value)}
        />
        <Button
          size="compact-xs"
          variant={chosen > 0 ? 'light' : 'subtle'}
          color={chosen > 0 ? 'petrol' : 'gray'}
          leftSection={<IconAdjustments size={13} aria-hidden />}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {chosen > 0 ? t('activity.filtersChosen', { count: chosen }) : t('activity.filters')}
        </Button>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onExpand(expanded !== true)}>
          {t(expanded === true ? 'activity.collapse' : 'activity.expand')}
        </Button>
      </div>
      {reaches.length > 1 ? (
        <SegmentedControl
          size="xs"
          className={style.reach}
          aria-label={t('activity.reach.name')}
          value={filter.reach}
          onChange={(reach) => onChange({ reach: reach as Reach })}
          data={reaches.map((reach) => ({
            value: reach,
            label: <span title={t(`activity.reach.${reach}Help`)}>{t(`activity.reach.${reach}`)}</span>,
          }))}
        />
      ) : null}
      {isOpen ? (
        <div className={style.filters}>
          {options.length > 0 && offered.includes('interaction') ? (
            <MultiSelect
              size="xs"
              aria-label={channel!.label}
              placeholder={channels.length > 0 ? undefined : channel!.label}
              data={options.map(({ value, label }) => ({ value, label: label ?? value }))}
              value={[...channels]}
              onChange={(next) => onChange({ channels: next, kinds: next.length > 0 ? ['interaction'] : [] })}
              clearable
            />
          ) : null}
          <div className={style.person}>
            <RecordPicker
              id="timeline-person"
              object="user"
              aria-label={t('activity.person')}
              placeholder={t('activity.person')}
              value={person ? [person] : []}
              onChange={(ids) => onChange({ person: ids[0] ?? null })}
              creatable={false}
            />
          </div>
          <div className={style.person}>
            <RecordPicker
              id="timeline-team"
              object="team"
              aria-label={t('activity.team')}
              placeholder={t('activity.team')}
              value={team ? [team] : []}
              onChange={(ids) => onChange({ team: ids[0] ?? null })}
              creatable={false}
            />
          </div>
          <div className={style.period}>
            {(['from', 'until'] as const).map((end) => (
              <TextInput
                key={end}
                type="date"
                size="xs"
                aria-label={t(`activity.${end}`)}
                title={t(`activity.${end}`)}
                value={filter[end]}
                onChange={(event) => onChange({ [end]: event.currentTarget.value })}
              />
            ))}
          </div>
        </div>
      ) : null}
    </div>
  );
}
