import { Button, CloseButton, Popover } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldShape } from '../api/types.ts';
import { FilterText } from './condition-text.tsx';
import { newCondition, Operand } from './filter-editor.tsx';
import { type Condition, type FilterGroup, isComplete, isCondition, readFilter, writeFilter } from './filter-model.ts';
import style from './list.module.css';
import type { ListView } from './use-list-view.ts';

/** Toggles and the few fields a list is most often narrowed by, each a click away. They are conditions like any other. */
export function QuickFilters({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const group = readFilter(list.filter);
  const set = (items: FilterGroup['items']) => list.change({ filter: writeFilter({ ...group, items }) }, true);
  const mineAt = group.items.findIndex(isMine);
  const canNarrow = group.match === 'and' || group.items.length <= 1;
  return (
    <>
      {list.fields.has('owner') && canNarrow ? (
        <Toggle
          on={mineAt >= 0}
          label={t('quick.mine')}
          onToggle={() =>
            set(
              mineAt >= 0
                ? group.items.toSpliced(mineAt, 1)
                : [...group.items, { field: 'owner', operator: 'is', value: 'me' }],
            )
          }
        />
      ) : null}
      <Toggle
        on={list.settings.followed === true}
        label={t('quick.followed')}
        onToggle={() => list.change({ followed: list.settings.followed ? undefined : true }, true)}
      />
      <Toggle
        on={list.settings.shared === true}
        label={t('quick.shared')}
        onToggle={() => list.change({ shared: list.settings.shared ? undefined : true }, true)}
      />
      {canNarrow
        ? quickFields(list).map((field) => {
            const at = group.items.findIndex((item) => isCondition(item) && item.field === field.name);
            const condition = group.items[at] as Condition | undefined;
            return (
              <QuickFilter
                key={field.name}
                list={list}
                field={field}
                condition={condition}
                onChange={(next) => {
                  const others = at >= 0 ? group.items.toSpliced(at, 1) : group.items;
                  set(next ? [...others, next] : others);
                }}
              />
            );
          })
        : null}
    </>
  );
}

/** The conditions that a quick filter shows need no chip beside it. */
export function isQuick(list: ListView, item: FilterGroup['items'][number]): boolean {
  if (!isCondition(item)) return false;
  return isMine(item) || quickFields(list).some((field) => field.name === item.field);
}

/** As the view says; else the first choices among its columns. */
function quickFields(list: ListView): FieldShape[] {
  const chosen = list.settings.quick;
  if (chosen) return chosen.flatMap((name) => list.fieldOf(name) ?? []);
  return list.columns
    .filter(
      (field) => (field.type === 'select' || field.type === 'multiSelect') && field.name !== list.definition.title,
    )
    .slice(0, 2);
}

function isMine(item: FilterGroup['items'][number]): boolean {
  return isCondition(item) && item.field === 'owner' && item.operator === 'is' && item.value === 'me';
}

function Toggle({ on, label, onToggle }: { on: boolean; label: string; onToggle(): void }) {
  return (
    <button type="button" className={style.toggle} aria-pressed={on} onClick={onToggle}>
      {label}
    </button>
  );
}

function QuickFilter({
  list,
  field,
  condition,
  onChange,
}: {
  list: ListView;
  field: FieldShape;
  condition: Condition | undefined;
  onChange(next: Condition | null): void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  const start = condition ?? newCondition(field);
  const [draft, setDraft] = useState<Condition>(start);
  return (
    <span className={style.quick} data-on={condition !== undefined}>
      <Popover
        opened={open}
        onChange={(next) => {
          setOpen(next);
          if (next) setDraft(start);
        }}
        position="bottom-start"
        width={260}
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <button
            type="button"
            id={id}
            aria-expanded={open}
            onClick={() => {
              setDraft(start);
              setOpen(!open);
            }}
          >
            {condition ? <FilterText item={condition} fieldOf={list.fieldOf} /> : field.label}
            {condition ? null : <IconChevronDown size={12} aria-hidden />}
          </button>
        </Popover.Target>
        <Popover.Dropdown p={8}>
          <Operand
            field={field}
            takes={field.operators?.[draft.operator] ?? 'value'}
            value={draft.value}
            onChange={(value) => {
              const next = { ...draft, value };
              setDraft(next);
              onChange(isComplete(next, field.operators?.[draft.operator]) ? next : null);
            }}
          />
          <Button mt={8} size="compact-xs" variant="subtle" color="gray" onClick={() => setOpen(false)}>
            {t('common.close')}
          </Button>
        </Popover.Dropdown>
      </Popover>
      {condition ? (
        <CloseButton
          size="xs"
          aria-label={t('filter.removeOf', { field: field.label })}
          onClick={() => onChange(null)}
        />
      ) : null}
    </span>
  );
}
