import { ActionIcon, Autocomplete, Button, CloseButton, Popover } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import IconFilter from '@tabler/icons-react/dist/esm/icons/IconFilter.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Definitions, useDefinitions } from '../api/definitions.ts';
import type { FieldShape } from '../api/types.ts';
import { rememberSearch, useSearchHistory } from '../search/search-history.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { FilterText } from './condition-text.tsx';
import { FilterGroupEditor } from './filter-editor.tsx';
import {
  type FilterGroup,
  type FilterItem,
  isComplete,
  isCondition,
  isGroup,
  readFilter,
  writeFilter,
} from './filter-model.ts';
import style from './list.module.css';
import { isQuick, QuickFilters } from './quick-filters.tsx';
import type { ListView } from './use-list-view.ts';

/** Words, chips of what is filtered, and the builder behind them. */
export function FilterBar({ list, children }: { list: ListView; children?: ReactNode }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState<FilterGroup>(() => readFilter(list.filter));
  const [words, setWords] = useState(list.words);
  const definitions = useDefinitions();
  const before = useSearchHistory();
  const searchField = useRef<HTMLInputElement>(null);
  const group = readFilter(list.filter);

  // Typing is followed after a breath: every key would be a request.
  const search = useDebouncedCallback((text: string) => list.setSearch({ q: text.trim() || undefined }, true), 180);
  useEffect(() => {
    if (document.activeElement !== searchField.current) setWords(list.words);
  }, [list.words]);
  useShortcuts([
    { keys: 'f', label: t('shortcut.filter'), run: () => show() },
    { keys: 'mod+/', label: t('shortcut.listSearch'), always: true, run: () => searchField.current?.focus() },
  ]);

  const show = () => {
    setDraft(readFilter(list.filter));
    setOpen(true);
  };
  const change = (next: FilterGroup) => {
    setDraft(next);
    const complete = keepComplete(next, list.fieldOf);
    list.change({ filter: writeFilter(complete) }, true);
  };
  const filterable = useMemo(() => filterableFields(list, definitions), [list, definitions]);

  return (
    <div className={style.filterBar}>
      <Autocomplete
        ref={searchField}
        data={before}
        limit={6}
        comboboxProps={{ width: 280, position: 'bottom-start' }}
        className={style.searchBox}
        size="xs"
        type="search"
        leftSection={<IconSearch size={14} />}
        aria-label={t('list.search', { objects: list.definition.label.many.toLocaleLowerCase() })}
        aria-keyshortcuts="Control+/"
        placeholder={t('list.searchHint')}
        value={words}
        onChange={(text) => {
          setWords(text);
          search(text);
        }}
        onBlur={() => rememberSearch(words)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && words) {
            event.preventDefault();
            setWords('');
            search('');
          }
        }}
        rightSection={
          words ? (
            <CloseButton
              size="xs"
              aria-label={t('common.clear')}
              onClick={() => {
                setWords('');
                list.setSearch({ q: undefined }, true);
              }}
            />
          ) : null
        }
      />
      <Popover opened={open} onChange={setOpen} position="bottom-start" width="auto" trapFocus returnFocus>
        <Popover.Target>
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconFilter size={14} />}
            onClick={() => (open ? setOpen(false) : show())}
            aria-expanded={open}
            aria-keyshortcuts="F"
          >
            {t('filter.title')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown maw="94vw">
          <FilterGroupEditor group={draft} fields={{ list: filterable, of: list.fieldOf }} onChange={change} />
        </Popover.Dropdown>
      </Popover>
      <QuickFilters list={list} />
      {group.items.map((item, index) =>
        (group.match === 'and' || group.items.length === 1) && isQuick(list, item) ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a filter have no identity of their own
          <span className={style.filterChip} key={index}>
            <button type="button" onClick={show}>
              {index > 0 && group.match === 'or' ? <em>{t('filter.or')} </em> : null}
              <FilterText item={item} fieldOf={list.fieldOf} />
            </button>
            <ActionIcon
              size={24}
              aria-label={t('filter.remove')}
              onClick={() =>
                list.change({ filter: writeFilter({ ...group, items: group.items.filter((_, at) => at !== index) }) })
              }
            >
              <IconX size={12} />
            </ActionIcon>
          </span>
        ),
      )}
      {group.items.length > 1 ? (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => list.change({ filter: {} })}>
          {t('filter.clearAll')}
        </Button>
      ) : null}
      <div className={style.ways}>{children}</div>
    </div>
  );
}

function keepComplete(group: FilterGroup, fieldOf: (path: string) => FieldShape | undefined): FilterGroup {
  return {
    ...group,
    items: group.items.flatMap((item): FilterItem[] => {
      if (isGroup(item)) {
        const inner = keepComplete(item, fieldOf);
        return inner.items.length > 0 ? [inner] : [];
      }
      return isCondition(item) && !isComplete(item, fieldOf(item.field)?.operators?.[item.operator]) ? [] : [item];
    }),
  };
}

/** Its own fields, then those of the records it points to: the industry of a contact's account. */
function filterableFields(list: ListView, definitions: Definitions): FieldShape[] {
  const canFilter = (field: FieldShape) => Object.keys(field.operators ?? {}).length > 0;
  const own = [...list.fields.values()].filter(canFilter);
  const through = own
    .filter((field) => field.type === 'reference' || (field.type === 'user' && field.name === 'owner'))
    .flatMap((field) => {
      const target = definitions.get(field.type === 'user' ? 'user' : String(field.options?.to ?? ''));
      return (target?.fields ?? [])
        .filter((one) => canFilter(one) && !['json', 'file', 'richText'].includes(one.type))
        .flatMap((one) => list.fieldOf(`${field.name}.${one.name}`) ?? []);
    });
  return [...own, ...through];
}
