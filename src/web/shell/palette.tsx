import { Loader, Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { searchQuery } from '../api/queries.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { setPreferences, usePreferences } from '../preferences.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import style from './palette.module.css';

interface Entry {
  key: string;
  icon: string;
  label: string;
  detail?: ReactNode;
  run(): void;
}

/** Everything from one field: records, objects, views, what can be done. `>` shows actions only. */
export function Palette({ onClose, onHelp }: { onClose(): void; onHelp(): void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const definitions = useDefinitions();
  const { recent, density } = usePreferences();
  const listId = useId();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const onlyActions = typed.startsWith('>');
  const words = typed.replace(/^>/, '').trim();
  const [asked] = useDebouncedValue(words, 120);
  const search = useQuery({
    ...searchQuery(asked),
    enabled: asked.length > 0 && !onlyActions,
    placeholderData: (before) => before,
  });

  const open = (object: string, id: string) => () => void navigate({ to: '/o/$object/$id', params: { object, id } });
  const menu = definitions.list.filter((definition) => definition.name !== 'user' && definition.detailOf !== '*');
  const records: [string, Entry[]][] =
    words && !onlyActions
      ? (search.data?.groups ?? []).map((group) => [
          definitions.get(group.object)?.label.many ?? group.object,
          group.items.map((item) => ({
            key: `${group.object}/${item.id}`,
            icon: definitions.get(group.object)?.icon ?? 'box',
            label: item.title,
            detail: item.detail ?? item.matched,
            run: open(group.object, item.id),
          })),
        ])
      : [
          [
            t('palette.recent'),
            onlyActions
              ? []
              : recent.slice(0, 6).map((one) => ({
                  key: `recent/${one.id}`,
                  icon: definitions.get(one.object)?.icon ?? 'box',
                  label: one.title,
                  detail: definitions.get(one.object)?.label.one,
                  run: open(one.object, one.id),
                })),
          ],
        ];
  const places: Entry[] = onlyActions
    ? []
    : menu.flatMap((definition) => [
        {
          key: `object/${definition.name}`,
          icon: definition.icon,
          label: definition.label.many,
          run: () => void navigate({ to: '/o/$object', params: { object: definition.name }, search: {} }),
        },
        ...definition.views
          .filter((view) => view.type !== 'calendar')
          .map((view) => ({
            key: `view/${definition.name}/${view.name}`,
            icon: view.type === 'board' ? 'layout-kanban' : 'list',
            label: `${definition.label.many} · ${view.label}`,
            run: () =>
              void navigate({ to: '/o/$object', params: { object: definition.name }, search: { view: view.name } }),
          })),
      ]);
  const actions: Entry[] = [
    ...menu
      .filter((definition) => definition.can.create)
      .map((definition) => ({
        key: `create/${definition.name}`,
        icon: 'plus',
        label: t('palette.create', { object: definition.label.one.toLocaleLowerCase() }),
        run: () => void openQuickCreate({ object: definition.name }),
      })),
    { key: 'import', icon: 'upload', label: t('shell.import'), run: () => void navigate({ to: '/import' }) },
    { key: 'help', icon: 'help', label: t('shortcut.title'), run: onHelp },
    {
      key: 'density',
      icon: 'adjustments',
      label: t('palette.density'),
      run: () => setPreferences({ density: density === 'compact' ? 'comfortable' : 'compact' }),
    },
  ];
  const fits = (entry: Entry) =>
    words
      .toLocaleLowerCase()
      .split(/\s+/)
      .every((word) => entry.label.toLocaleLowerCase().includes(word));
  const sections: [string, Entry[]][] = [
    ...records,
    [t('palette.places'), places.filter(fits).slice(0, words ? 8 : 7)] as [string, Entry[]],
    [t('palette.actions'), actions.filter(fits).slice(0, words || onlyActions ? 20 : 5)] as [string, Entry[]],
  ].filter(([, entries]) => entries.length > 0);
  const flat = sections.flatMap(([, entries]) => entries);
  const current = Math.min(active, flat.length - 1);
  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  let index = -1;
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={620}
      yOffset="12vh"
      aria-label={t('shell.search')}
    >
      <div className={style.head}>
        {search.isFetching ? <Loader size={16} /> : <IconSearch size={17} stroke={1.8} />}
        <input
          className={style.input}
          data-autofocus
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={flat[current] ? `${listId}-${current}` : undefined}
          aria-label={t('shell.search')}
          placeholder={t('palette.hint')}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={(event) => {
            const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (move) {
              event.preventDefault();
              setActive((current + move + flat.length) % Math.max(1, flat.length));
            }
            if (event.key === 'Enter' && !event.nativeEvent.isComposing) choose(flat[current]);
          }}
        />
      </div>
      <div className={style.list} role="listbox" id={listId} aria-label={t('palette.results')}>
        {sections.map(([title, entries]) => (
          // biome-ignore lint/a11y/useSemanticElements: groups of options have no element of their own
          <div key={title} role="group" aria-label={title}>
            <div className={style.title} aria-hidden>
              {title}
            </div>
            {entries.map((entry) => {
              index += 1;
              const own = index;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the field that owns the list
                <div
                  key={entry.key}
                  id={`${listId}-${own}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={own === current}
                  className={style.entry}
                  ref={own === current ? (node) => node?.scrollIntoView({ block: 'nearest' }) : undefined}
                  onMouseMove={() => own !== current && setActive(own)}
                  onClick={() => choose(entry)}
                >
                  <ObjectIcon name={entry.icon} />
                  <span className={style.label}>{entry.label}</span>
                  <span className={style.detail}>{entry.detail}</span>
                </div>
              );
            })}
          </div>
        ))}
        {flat.length === 0 && !search.isFetching ? (
          <div className={style.none}>{t('palette.none', { words })}</div>
        ) : null}
      </div>
      <div className="visually-hidden" aria-live="polite">
        {words ? t('palette.found', { count: flat.length }) : ''}
      </div>
    </Modal>
  );
}
