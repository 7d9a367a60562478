import { ActionIcon } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { LayoutTab } from '#kernel/object/layout.ts';
import { languages } from '../i18n/i18n.ts';
import style from './admin.module.css';
import type { Words } from './api.ts';
import type { judgedFields } from './condition-editor.tsx';
import { addTab, type Draft, type DraftTab, movePanelToTab, withTab } from './layout-draft.ts';
import { ForWhom } from './layout-for-whom.tsx';
import { emptyToNothing } from './layout-panels.tsx';
import { useLayoutNames } from './layout-words.ts';
import { WordsInput } from './parts.tsx';

/** The tabs of the middle: opened, moved by hand or by keys, named, added and removed. */
export function LayoutTabs({
  draft,
  open,
  dragged,
  judged,
  onOpen,
  onChange,
  onSay,
}: {
  draft: Draft;
  open: DraftTab;
  /** Key of the panel that is being dragged. */
  dragged: RefObject<string | null>;
  judged: ReturnType<typeof judgedFields>;
  onOpen(index: number): void;
  onChange(draft: Draft): void;
  onSay(words: string): void;
}) {
  const { t, i18n } = useTranslation();
  const { tabName } = useLayoutNames();
  const move = (key: string, by: number) => {
    const index = draft.tabs.findIndex((one) => one.key === key);
    const moved = draft.tabs[index];
    const to = index + by;
    if (!moved || to < 0 || to >= draft.tabs.length) return;
    onChange({ ...draft, tabs: draft.tabs.toSpliced(index, 1).toSpliced(to, 0, moved) });
    onOpen(to);
    onSay(t('admin.moved', { name: tabName(moved.tab), place: to + 1, count: draft.tabs.length }));
  };
  return (
    <>
      <div className={style.tabs} role="toolbar" aria-label={t('admin.layout.tabs')}>
        {draft.tabs.map((one, index) => (
          <span key={one.key} className={style.tab} data-chosen={one === open}>
            <button
              type="button"
              className={style.tabName}
              draggable
              aria-pressed={one === open}
              title={t('admin.moveHint')}
              onClick={() => onOpen(index)}
              onKeyDown={(event) => {
                const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
                if (by === undefined) return;
                event.preventDefault();
                move(one.key, by);
              }}
              onDragStart={(event) => {
                event.dataTransfer.setData('text/plain', one.key);
                dragged.current = null;
              }}
              onDragOver={(event) => event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault();
                event.stopPropagation();
                if (dragged.current) onChange(movePanelToTab(draft, open, dragged.current, one));
                else {
                  const key = event.dataTransfer.getData('text/plain');
                  move(key, index - draft.tabs.findIndex((each) => each.key === key));
                }
                dragged.current = null;
              }}
            >
              {tabName(one.tab)}
            </button>
            {draft.tabs.length > 1 ? (
              <ActionIcon
                size={24}
                aria-label={t('admin.layout.removeTab', { name: tabName(one.tab) })}
                onClick={() => {
                  onChange({ ...draft, tabs: draft.tabs.filter((each) => each.key !== one.key) });
                  onOpen(0);
                }}
              >
                <IconTrash size={13} />
              </ActionIcon>
            ) : null}
          </span>
        ))}
        <ActionIcon
          aria-label={t('admin.layout.addTab')}
          onClick={() => {
            const label = (number: number) =>
              Object.fromEntries(languages.map(({ value }) => [value, `${t('admin.layout.newTab')} ${number}`]));
            onChange(addTab(draft, label));
            onOpen(draft.tabs.length);
          }}
        >
          <IconPlus size={14} />
        </ActionIcon>
      </div>
      <WordsInput
        label={t('admin.layout.tabLabel')}
        value={(open.tab.label ?? {}) as Words}
        placeholders={{ [i18n.language]: tabName(open.tab) }}
        onChange={(words) => {
          const { label: _old, ...rest } = open.tab;
          const label = emptyToNothing(words);
          onChange(withTab(draft, { ...open, tab: label ? { ...rest, label } : rest }));
        }}
      />
      <details key={open.key} className={style.forWhom}>
        <summary>{t('admin.layout.tabForWhom')}</summary>
        <ForWhom
          audience={open.tab}
          judged={judged}
          onChange={(audience) => onChange(withTab(draft, { ...open, tab: { ...open.tab, ...audience } as LayoutTab }))}
        />
      </details>
    </>
  );
}
