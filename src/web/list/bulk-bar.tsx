import { ActionIcon, Button, Menu } from '@mantine/core';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { countQuery } from '../api/queries.ts';
import type { BulkResult } from '../api/types.ts';
import { type BulkTarget, bulk, undoChange } from '../api/writes.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import { BulkEdit } from './bulk-edit.tsx';
import { exportHref } from './export-href.ts';
import style from './list.module.css';
import type { ListView } from './use-list-view.ts';
import type { Selection } from './use-selection.ts';

/** What can be done with the marked rows; each of it can be undone. */
export function BulkBar({ list, selection }: { list: ListView; selection: Selection }) {
  const { t, i18n } = useTranslation();
  const { definition } = list;
  const { data: total } = useQuery({
    ...countQuery(definition.name, { filter: list.filter, search: list.words || undefined }),
    enabled: selection.ids.size > 0,
  });
  if (selection.ids.size === 0) return null;
  const count = selection.all ? (total?.value ?? selection.ids.size) : selection.ids.size;
  const target: BulkTarget = selection.all ? { filter: list.target } : { ids: [...selection.ids] };
  const exported = selection.all ? list.target : { id: { in: [...selection.ids] } };

  const finish = (result: BulkResult, message: string) => {
    selection.clear();
    showUndo(message, () => undoChange(definition, result.changeSet));
    if (result.failed > 0) {
      const reason = result.results.find((row) => row.problem)?.problem;
      showToast(
        t('bulk.failed', { count: result.failed, reason: reason?.detail ?? reason?.title ?? reason?.code ?? '' }),
      );
    }
  };
  const remove = () =>
    bulk(definition, { delete: target }).then(
      (result) => finish(result, t('bulk.deleted', { count: result.succeeded })),
      showProblem,
    );
  const edit = async (field?: string) => {
    const changes = await openDialog<Record<string, unknown>>((done) => (
      <BulkEdit list={list} count={count} only={field} onClose={done} />
    ));
    if (!changes) return;
    await bulk(definition, { update: { ...target, changes } }).then(
      (result) => finish(result, t('bulk.changed', { count: result.succeeded })),
      showProblem,
    );
  };

  return (
    <div className={style.bulk} role="toolbar" aria-label={t('bulk.title')}>
      <strong className="tabular" aria-live="polite">
        {t('bulk.selected', { count, shown: formatNumber(count, i18n.language) })}
      </strong>
      {!selection.all && total && total.value > selection.ids.size ? (
        <Button variant="subtle" size="compact-sm" onClick={selection.selectAll}>
          {t('bulk.selectAll', { count: total.value, shown: formatNumber(total.value, i18n.language) })}
        </Button>
      ) : null}
      {definition.can.update ? (
        <>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void edit('owner')}>
            {t('bulk.assign')}
          </Button>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void edit()}>
            {t('bulk.edit')}
          </Button>
        </>
      ) : null}
      {definition.can.export ? (
        <Menu position="top">
          <Menu.Target>
            <Button variant="subtle" color="gray" size="compact-sm">
              {t('bulk.export')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(['csv', 'xlsx'] as const).map((format) => (
              <Menu.Item key={format} component="a" href={exportHref(list, format, exported)} download>
                {format.toUpperCase()}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {definition.can.delete ? (
        <Button variant="subtle" color="red" size="compact-sm" onClick={() => void remove()}>
          {t('bulk.delete')}
        </Button>
      ) : null}
      <ActionIcon aria-label={t('bulk.clear')} onClick={selection.clear}>
        <IconX size={15} />
      </ActionIcon>
    </div>
  );
}
