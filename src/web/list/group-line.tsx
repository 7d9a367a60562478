import { Button, UnstyledButton } from '@mantine/core';
import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip, Person } from '#kernel/fields/web/chip.tsx';
import { useFieldEnvironment, useRecordTitle } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatNumber } from '#kernel/fields/web/format.ts';
import type { FieldShape } from '../api/types.ts';
import { numeric } from '../fields.ts';
import { allOf } from './filter-model.ts';
import type { Group } from './lines.ts';
import style from './list.module.css';
import { useMeasureText } from './measure-text.tsx';
import { measureName } from './table-foot.tsx';
import { columnStyle } from './use-columns.ts';
import { type Groups, mostOfGroup } from './use-groups.ts';
import type { ListView } from './use-list-view.ts';

/** What is dragged from one group's line to another's. */
const DRAGGED = 'application/x-tendero-group';

/**
 * What heads a group of rows: its value, how many there are, and what the foot tells, of them alone. Dragged onto another
 * one it takes that one's place, as it does with Shift and an arrow key.
 */
export function GroupLine({
  list,
  columns,
  groups,
  group,
  index,
  top,
  frozen,
  phone,
}: {
  list: ListView;
  columns: readonly FieldShape[];
  groups: Groups;
  group: Group;
  index: number;
  top: number;
  frozen: number;
  /** Rows are links there, one below the other, in no grid. */
  phone: boolean;
}) {
  const { t, i18n } = useTranslation();
  const measureText = useMeasureText();
  const [isOver, setOver] = useState(false);
  const totals = list.settings.totals ?? {};
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a short cut for pointers; the button in it does it by keys
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the level is that of the heading
    <div
      className={style.groupLine}
      role={phone ? 'heading' : 'row'}
      aria-level={phone ? 2 : undefined}
      aria-rowindex={phone ? undefined : index + 2}
      data-over={isOver || undefined}
      style={{ top }}
      draggable
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, group.key)}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAGGED)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        groups.move(event.dataTransfer.getData(DRAGGED), group.key);
      }}
    >
      <div role={phone ? undefined : 'gridcell'} className={style.groupHead}>
        <UnstyledButton
          className={style.groupButton}
          aria-expanded={group.isOpen}
          aria-keyshortcuts="Shift+ArrowUp Shift+ArrowDown"
          onClick={() => groups.toggle(group)}
          onKeyDown={(event) => {
            const by = event.shiftKey ? ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key] : undefined;
            if (!by) return;
            event.preventDefault();
            groups.step(group, by);
          }}
          title={`${group.isOpen ? t('group.close') : t('group.open')} · ${t('group.move')}`}
        >
          <IconChevronRight size={14} className={style.groupArrow} aria-hidden />
          <GroupLabel field={groups.field} value={group.value} bucket={list.settings.group?.split(':')[1]} />
          <span className={`${style.count} tabular`}>{formatNumber(group.count, i18n.language)}</span>
        </UnstyledButton>
      </div>
      {columns.map((field, column) => {
        const kind = totals[field.name];
        const told = kind ? measureText(group.totals[measureName(field.name)], field, kind) : null;
        return (
          // biome-ignore lint/a11y/useSemanticElements: see above
          // biome-ignore lint/a11y/useFocusableInteractive: see above
          <div
            key={field.name}
            role="gridcell"
            className={style.groupTotal}
            style={columnStyle(column, false)}
            data-align={numeric.has(field.type) ? 'end' : undefined}
            data-frozen={column < frozen || undefined}
            title={told?.full || undefined}
          >
            {column < frozen ? null : told?.text}
          </div>
        );
      })}
    </div>
  );
}

/** The rest of a group: more of it here, or all of it as a list. */
export function MoreLine({
  list,
  groups,
  group,
  shown,
  top,
  phone,
}: {
  list: ListView;
  groups: Groups;
  group: Group;
  shown: number;
  top: number;
  phone: boolean;
}) {
  const { t, i18n } = useTranslation();
  const left = formatNumber(group.count - shown, i18n.language);
  return (
    <div className={style.moreLine} role={phone ? undefined : 'row'} style={{ top }}>
      <div role={phone ? undefined : 'gridcell'}>
        {shown < mostOfGroup ? (
          <Button variant="subtle" color="gray" size="compact-xs" onClick={() => groups.more(group)}>
            {t('group.more', { count: group.count - shown, shown: left })}
          </Button>
        ) : (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            onClick={() => list.change({ filter: allOf(list.filter, groups.filterOf(group)) ?? {}, group: undefined })}
          >
            {t('group.all', { count: group.count, shown: formatNumber(group.count, i18n.language) })}
          </Button>
        )}
      </div>
    </div>
  );
}

export function GroupLabel({
  field,
  value,
  bucket,
}: {
  field: FieldShape | undefined;
  value: unknown;
  bucket?: string;
}) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  if (!field || value === null || value === undefined) return <em className={style.noGroup}>{t('group.none')}</em>;
  if (field.type === 'user') return <LinkedLabel object="user" id={String(value)} person />;
  if (field.type === 'reference' || field.type === 'references')
    return <LinkedLabel object={String(field.options?.to)} id={String(value)} />;
  const options = field.options?.options as { value: string; label: string; color?: string | null }[] | undefined;
  const option = options?.find((one) => one.value === value);
  if (option) return <Chip tone={option.color}>{option.label}</Chip>;
  return <span>{groupText(value, bucket, language, { yes: t('common.yes'), no: t('common.no') })}</span>;
}

/** A group's value in plain words. */
export function groupText(
  value: unknown,
  bucket: string | undefined,
  language: string,
  words: { yes: string; no: string },
): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  const text = String(value);
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return text;
  if (bucket === 'year') return text.slice(0, 4);
  if (bucket === 'quarter') return `${text.slice(0, 4)} Q${Math.ceil(Number(text.slice(5, 7)) / 3)}`;
  if (bucket === 'day' || bucket === 'week') return formatDate(text, language);
  return formatDate(text, language, { month: 'long', year: 'numeric' });
}

function LinkedLabel({ object, id, person = false }: { object: string; id: string; person?: boolean }) {
  const title = useRecordTitle(object, id) ?? '…';
  return person ? <Person name={title} /> : <b>{title}</b>;
}
