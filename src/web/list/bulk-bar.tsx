import { ActionIcon, Button, Menu, Progress } from '@mantine/core';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { memo, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { countQuery } from '../api/queries.ts';
import type { ActionShape } from '../api/types.ts';
import { MOST_MERGED, useMerge } from '../merge/use-merge.ts';
import { ActionForm } from '../record/action-form.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import { BulkEdit } from './bulk-edit.tsx';
import { BulkResultDialog } from './bulk-result.tsx';
import { actionOnEach, type BulkOutcome, type BulkTarget, bulkVerb, retag, runBulk, undoAll } from './bulk-run.ts';
import { BulkTags } from './bulk-tags.tsx';
import { exportHref } from './export-href.ts';
import style from './list.module.css';
import type { ListView } from './use-list-view.ts';
import type { Marked } from './use-selection.ts';

type Work = Parameters<typeof runBulk>[2];

/** What can be done with the marked records: with progress, a reason for each that is refused, and a way back. */
export const BulkBar = memo(function BulkBar({ list, selection }: { list: ListView; selection: Marked }) {
  const { t, i18n } = useTranslation();
  const { definition } = list;
  const merge = useMerge(definition.name);
  const [running, setRunning] = useState<{ done: number; total: number; stop: AbortController } | null>(null);
  const { data: total } = useQuery({
    ...countQuery(definition.name, { filter: list.query.filter, search: list.words || undefined }),
    enabled: selection.ids.size > 0,
  });
  const stop = useRef<AbortController | null>(null);
  // Whoever leaves the list ends what it was doing: what is done is done and stays in the history.
  useEffect(() => () => stop.current?.abort(), []);
  if (selection.ids.size === 0 && !selection.all && !running) return null;
  const count = selection.all ? (total?.value ?? selection.ids.size) : selection.ids.size;
  const target: BulkTarget = selection.all ? { filter: list.target } : { ids: [...selection.ids] };
  const exported = selection.all ? list.target : { id: { in: [...selection.ids] } };
  const shown = (value: number) => formatNumber(value, i18n.language);
  const tagField = [...list.fields.values()].find((field) => field.type === 'tags' && !field.readOnly);

  const finish = async (outcome: BulkOutcome, message: string) => {
    const { changeSets, failed } = outcome;
    if (outcome.stopped) showToast(t('bulk.stopped', { count: outcome.succeeded }));
    else if (failed.length === 0) selection.clear();
    const told = outcome.succeeded > 0 ? message : t('bulk.noneChanged');
    if (changeSets.length > 0) showUndo(told, () => undoAll(definition, changeSets));
    else showToast(told);
    if (failed.length > 0)
      await openDialog((done) => (
        <BulkResultDialog
          definition={definition}
          outcome={outcome}
          onUndo={changeSets.length > 0 ? () => undoAll(definition, changeSets) : undefined}
          onClose={done}
        />
      ));
  };
  const run = async (work: Work, words: (count: number) => string) => {
    const controller = new AbortController();
    stop.current = controller;
    setRunning({ done: 0, total: count, stop: controller });
    try {
      const outcome = await runBulk(definition, target, work, {
        signal: controller.signal,
        onProgress: (done) => setRunning({ done, total: Math.max(count, done), stop: controller }),
      });
      setRunning(null);
      await finish(outcome, words(outcome.succeeded));
    } catch (error) {
      showProblem(error);
    } finally {
      setRunning(null);
    }
  };
  const edit = async (field?: string) => {
    const changes = await openDialog<Record<string, unknown>>((done) => (
      <BulkEdit list={list} count={count} only={field} onClose={done} />
    ));
    if (changes) await run(bulkVerb(definition, 'update', changes), (n) => t('bulk.changed', { count: n }));
  };
  const tag = async () => {
    const tags = await openDialog<{ add: string[]; remove: string[] }>((done) => (
      <BulkTags definition={definition} field={tagField!} count={count} onClose={done} />
    ));
    if (tags)
      await run(retag(definition, tagField!.name, tags.add, tags.remove), (n) => t('bulk.tagged', { count: n }));
  };
  const act = async (action: ActionShape) => {
    let input: Record<string, unknown> = {};
    if (Object.keys(action.input?.properties ?? {}).length > 0) {
      const asked = await openDialog<true>((done) => (
        <ActionForm
          definition={definition}
          action={action}
          send={async (values) => {
            input = values;
          }}
          onClose={done}
        />
      ));
      if (!asked) return;
    }
    await run(actionOnEach(definition, action.name, input), (n) => t('bulk.acted', { count: n, action: action.label }));
  };

  if (running) {
    return (
      <div className={style.bulk} role="status">
        <Progress
          className={style.progress}
          value={(100 * running.done) / Math.max(1, running.total)}
          aria-label={t('bulk.progress')}
        />
        <span className="tabular">{t('bulk.doneOf', { done: shown(running.done), total: shown(running.total) })}</span>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => running.stop.abort()}>
          {t('bulk.stop')}
        </Button>
      </div>
    );
  }
  const button = { variant: 'subtle', color: 'gray', size: 'compact-sm' } as const;
  return (
    <div className={style.bulk} role="toolbar" aria-label={t('bulk.title')}>
      <strong className="tabular" aria-live="polite">
        {t('bulk.selected', { count, shown: shown(count) })}
      </strong>
      {!selection.all && total && total.value > selection.ids.size ? (
        <Button variant="subtle" size="compact-sm" onClick={selection.selectAll}>
          {t('bulk.selectAll', { count: total.value, shown: shown(total.value) })}
        </Button>
      ) : null}
      {definition.can.update ? (
        <>
          {list.fields.has('owner') ? (
            <Button {...button} onClick={() => void edit('owner')}>
              {t('bulk.assign')}
            </Button>
          ) : null}
          <Button {...button} onClick={() => void edit()}>
            {t('bulk.edit')}
          </Button>
          {tagField ? (
            <Button {...button} onClick={() => void tag()}>
              {t('bulk.tag')}
            </Button>
          ) : null}
          {!selection.all && selection.ids.size >= 2 && selection.ids.size <= MOST_MERGED ? (
            <Button {...button} onClick={() => merge([...selection.ids])}>
              {t('bulk.merge')}
            </Button>
          ) : null}
          {definition.actions.length > 0 ? (
            <Menu position="top">
              <Menu.Target>
                <Button {...button}>{t('bulk.actions')}</Button>
              </Menu.Target>
              <Menu.Dropdown>
                {definition.actions.map((action) => (
                  <Menu.Item key={action.name} onClick={() => void act(action)}>
                    {action.label}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          ) : null}
        </>
      ) : null}
      {definition.can.export ? (
        <Menu position="top">
          <Menu.Target>
            <Button {...button}>{t('bulk.export')}</Button>
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
        <Button
          variant="subtle"
          color="red"
          size="compact-sm"
          onClick={() => void run(bulkVerb(definition, 'delete'), (n) => t('bulk.deleted', { count: n }))}
        >
          {t('bulk.delete')}
        </Button>
      ) : null}
      <ActionIcon aria-label={t('bulk.clear')} onClick={selection.clear}>
        <IconX size={15} />
      </ActionIcon>
    </div>
  );
});
