import { ActionIcon, Menu } from '@mantine/core';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconUsers from '@tabler/icons-react/dist/esm/icons/IconUsers.mjs';
import { Link, useNavigate, useRouteContext } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient } from '../api/queries.ts';
import type { Definition } from '../api/types.ts';
import { undoChange } from '../api/writes.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import style from './list.module.css';
import { createView, removeView, renameView, type SavedView, updateView, type ViewNaming } from './saved-views.ts';
import { ShapeIcon } from './shape-icon.tsx';
import type { ListView } from './use-list-view.ts';
import { ViewDialog } from './view-dialog.tsx';
import type { ViewSettings } from './view-settings.ts';

/** Shipped and saved views as tabs; what one has changed of a view can be kept in it or as a new one. */
export function ViewTabs({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const { session } = useRouteContext({ from: '/app' });
  const keep = useViewKeeping(list);
  const { tab } = list;
  const current = useRef<HTMLAnchorElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen tab comes into sight when it is chosen
  useEffect(() => {
    // Newer browsers return a promise, which is no clean-up.
    void current.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab.key]);
  const isOwn = tab.saved !== null && tab.saved.owner === session.user.id;
  const mayChange = tab.saved !== null && (isOwn || keep.isAdministrator);
  return (
    <div className={style.tabRow}>
      <nav className={style.tabs} aria-label={t('list.views')}>
        {list.tabs.map((one) => (
          <Link
            key={one.key}
            ref={one.key === tab.key ? current : undefined}
            to="/o/$object"
            params={{ object: list.definition.name }}
            search={{ view: one.key }}
            className={style.tab}
            aria-current={one.key === tab.key ? 'page' : undefined}
          >
            <ShapeIcon shape={one.settings.shape} />
            {one.label}
            {one.saved ? <SharingMark view={one.saved} /> : null}
          </Link>
        ))}
        {keep.canCreate ? (
          <ActionIcon
            className={style.newTab}
            aria-label={t('view.new')}
            title={t('view.new')}
            onClick={() => void keep.saveAsNew()}
          >
            <IconPlus size={15} />
          </ActionIcon>
        ) : null}
      </nav>
      {mayChange && tab.saved ? (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t('view.menu', { view: tab.label })}>
              <IconDots size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void keep.rename(tab.saved!)}>{t('view.rename')}</Menu.Item>
            <Menu.Item onClick={() => void keep.saveAsNew()}>{t('view.duplicate')}</Menu.Item>
            <Menu.Item color="red" onClick={() => void keep.remove(tab.saved!)}>
              {t('view.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {list.changed.length > 0 ? (
        <div className={style.unsaved} role="status">
          <span>{t('view.unsaved')}</span>
          {mayChange && tab.saved ? (
            <button type="button" onClick={() => void keep.update(tab.saved!)}>
              {t('view.update')}
            </button>
          ) : null}
          {keep.canCreate ? (
            <button type="button" onClick={() => void keep.saveAsNew()}>
              {t('view.saveAsNew')}
            </button>
          ) : null}
          <button type="button" onClick={list.reset} title={t('list.resetHint')}>
            {t('list.reset')}
          </button>
        </div>
      ) : null}
    </div>
  );
}

function SharingMark({ view }: { view: SavedView }) {
  const { t } = useTranslation();
  if (view.sharing === 'everyone') return null;
  const label = view.sharing === 'private' ? t('view.private') : t('view.team');
  return (
    <span className={style.sharing} title={label}>
      {view.sharing === 'private' ? <IconLock size={11} aria-hidden /> : <IconUsers size={11} aria-hidden />}
      <span className="visually-hidden">{label}</span>
    </span>
  );
}

function useViewKeeping(list: ListView) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { session } = useRouteContext({ from: '/app' });
  const definition = useDefinitions().get('savedView') as Definition | undefined;
  // Who may write what opens first is who arranges the screens of others.
  const isAdministrator = definition?.fields.find((field) => field.name === 'isDefault')?.readOnly === false;
  const object = list.definition.name;
  const go = (view: string | undefined) =>
    navigate({ to: '/o/$object', params: { object }, search: view ? { view } : {} });
  const ask = (title: string, start: ViewNaming) =>
    openDialog<ViewNaming>((done) => (
      <ViewDialog title={title} start={start} promotes={isAdministrator} userId={session.user.id} onClose={done} />
    ));
  return {
    isAdministrator,
    canCreate: definition?.can.create === true,
    async saveAsNew() {
      if (!definition) return;
      const name = list.tab.saved ? t('view.copyOf', { view: list.tab.label }) : '';
      const naming = await ask(t('view.saveAsNew'), { name, sharing: 'private', team: null });
      if (!naming) return;
      try {
        const made = await createView(definition, object, naming, list.settings);
        await go(made.id);
        showToast(t('view.saved', { view: naming.name }));
      } catch (error) {
        showProblem(error);
      }
    },
    async update(view: SavedView) {
      if (!definition) return;
      const before: ViewSettings = view.settings;
      try {
        const saved = await updateView(definition, view, list.settings);
        await go(view.id);
        showUndo(t('view.updated', { view: view.name }), () =>
          updateView(definition, { ...view, record: saved }, before),
        );
      } catch (error) {
        showProblem(error);
      }
    },
    async rename(view: SavedView) {
      if (!definition) return;
      const { name, sharing, team, isDefault } = view;
      const naming = await ask(t('view.rename'), { name, sharing, team, ...(isAdministrator ? { isDefault } : {}) });
      if (naming) await renameView(definition, view, naming).catch(showProblem);
    },
    async remove(view: SavedView) {
      if (!definition) return;
      try {
        const changeSet = await removeView(definition, view);
        await go(undefined);
        showUndo(t('view.deleted', { view: view.name }), async () => {
          await undoChange(definition, changeSet);
          await queryClient.invalidateQueries({ queryKey: ['records', 'savedView', 'list'] });
        });
      } catch (error) {
        showProblem(error);
      }
    },
  };
}
