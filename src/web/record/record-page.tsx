import { Button, Skeleton, Tabs } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { post } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient, recordQuery } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { titleOf } from '../fields.ts';
import { MeetingOf } from '../meetings/open-meeting.tsx';
import { rememberVisit } from '../preferences.ts';
import { NotFound } from '../shell/not-found.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import { ErrorState } from '../ui/state.tsx';
import { showProblem } from '../ui/toast.tsx';
import { AllProperties } from './all-properties.tsx';
import { FieldHistory } from './field-history.tsx';
import { Glance } from './glance.tsx';
import { Highlights } from './highlights.tsx';
import type { Written } from './page-context.ts';
import { type RecordContext, RecordContextProvider } from './page-context.ts';
import { Panels } from './panels.tsx';
import { usePresence } from './presence.ts';
import { QuickActions } from './quick-actions.tsx';
import style from './record.module.css';
import { RecordHeader } from './record-header.tsx';
import { useRunningCall } from './running-call.ts';
import { StageBar } from './stage-bar.tsx';
import { useLayout } from './use-layout.ts';

/** One record: key properties on the left, what happened in the middle, what belongs to it on the right. */
export function RecordPage() {
  const { object, id } = useParams({ from: '/app/o/$object/$id' });
  const definition = useDefinition(object);
  const { data: record, error, refetch } = useQuery(recordQuery(definition, id));
  if (isProblem(error, 'record.not-found')) return <NotFound />;
  if (error && !record) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!record) return <RecordSkeleton />;
  return <RecordOf key={id} definition={definition} record={record} />;
}

function RecordOf({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t } = useTranslation();
  const { userId } = useFieldEnvironment();
  const wide = useMediaQuery('(min-width: 80em)', undefined, { getInitialValueInEffect: false }) ?? true;
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const layout = useLayout(definition, record);
  const first = layout.tabs[0]?.name ?? 'fields';
  const [call] = useRunningCall();
  // Whoever was on the telephone when the page was closed still is.
  const isOnCall = call?.id === record.id;
  const [tab, setTab] = useState<string>(phone && !isOnCall ? 'properties' : first);
  const [composing, setComposing] = useState<Written | null>(isOnCall ? 'phone' : null);
  const title = titleOf(definition, record, t('list.untitled'));
  useEffect(
    () => rememberVisit({ object: definition.name, id: record.id, title }),
    [definition.name, record.id, title],
  );
  usePresence(definition.name, record.id, userId);
  // A tab that is gone with its condition, or with the width of the window.
  const names = [
    ...(phone ? ['properties'] : []),
    ...layout.tabs.map(({ name }) => name),
    ...(wide ? [] : ['related']),
    'fields',
  ];
  const shown = names.includes(tab) ? tab : first;

  const context = useMemo((): RecordContext => {
    const hasTimeline = (name: string) =>
      layout.tabs.some((one) => one.name === name && one.panels.some(({ type }) => type === 'timeline'));
    return {
      definition,
      record,
      layout,
      composing,
      compact: false,
      openTab: setTab,
      showHistory: (field) =>
        void openDialog((done) => (
          <FieldHistory definition={definition} record={record} field={field} onClose={() => done(null)} />
        )),
      compose(kind) {
        setComposing(kind);
        const place = layout.tabs.find(({ name }) => hasTimeline(name));
        if (kind && place) setTab((at) => (hasTimeline(at) ? at : place.name));
      },
    };
  }, [definition, record, layout, composing]);
  const restore = () =>
    post(`/records/${definition.name}/${record.id}/restore`)
      .then(() => queryClient.invalidateQueries({ queryKey: ['records', definition.name] }))
      .catch(showProblem);
  const left = (
    <>
      <QuickActions />
      <Panels panels={layout.left} zone="side" />
    </>
  );
  const words = (name: string, label?: string) =>
    label ?? (name === 'overview' || name === 'activity' ? t(`record.${name}`) : name);
  return (
    <RecordContextProvider value={context}>
      <div className={style.page}>
        <title>{`${title} · Tendero`}</title>
        <RecordHeader definition={definition} record={record} title={title} />
        {record.deletedAt ? (
          <div className={style.deleted} role="status">
            {t('record.inTrash')}
            <Button variant="default" size="compact-sm" onClick={() => void restore()}>
              {t('trash.restore')}
            </Button>
          </div>
        ) : null}
        {definition.glance && !record.deletedAt ? <Glance object={definition.name} id={record.id} /> : null}
        <StageBar definition={definition} record={record} />
        {definition.name === 'interaction' ? <MeetingOf record={record} /> : null}
        <div className={style.zones} data-wide={wide} data-phone={phone}>
          {phone ? null : (
            <aside className={style.left} aria-label={t('record.properties')}>
              {left}
            </aside>
          )}
          <Tabs value={shown} onChange={(next) => setTab(next ?? first)} className={style.middle} keepMounted={false}>
            <Tabs.List className={style.tabs}>
              {names.map((name) => (
                <Tabs.Tab key={name} value={name}>
                  {name === 'properties' || name === 'related'
                    ? t(`record.${name}`)
                    : name === 'fields'
                      ? t('record.allFields')
                      : words(name, layout.tabs.find((one) => one.name === name)?.label)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <div className={style.panel}>
              <Tabs.Panel value="properties">
                <Highlights />
                {left}
              </Tabs.Panel>
              {layout.tabs.map((one) => (
                <Tabs.Panel key={one.name} value={one.name}>
                  {one.name === first && !phone ? <Highlights /> : null}
                  <Panels panels={one.panels} zone="middle" />
                </Tabs.Panel>
              ))}
              <Tabs.Panel value="related">
                <Panels panels={layout.right} zone="side" />
              </Tabs.Panel>
              <Tabs.Panel value="fields">
                <AllProperties />
              </Tabs.Panel>
            </div>
          </Tabs>
          {wide ? (
            <aside className={style.right} aria-label={t('record.related')}>
              <Panels panels={layout.right} zone="side" />
            </aside>
          ) : null}
        </div>
      </div>
    </RecordContextProvider>
  );
}

function RecordSkeleton() {
  return (
    <div style={{ padding: 20, display: 'grid', gap: 16 }} aria-hidden aria-busy>
      <Skeleton height={22} width={260} />
      <Skeleton height={30} />
      <div style={{ display: 'grid', gridTemplateColumns: '280px 1fr', gap: 24 }}>
        <div style={{ display: 'grid', gap: 14 }}>
          {[1, 2, 3, 4, 5, 6].map((key) => (
            <Skeleton key={key} height={14} />
          ))}
        </div>
        <Skeleton height={160} />
      </div>
    </div>
  );
}
