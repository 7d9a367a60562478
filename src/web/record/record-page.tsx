import { Button, Skeleton, Tabs } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { useDefinition, useFields } from '../api/definitions.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient, recordQuery } from '../api/queries.ts';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { titleOf } from '../list/list-row.tsx';
import { rememberVisit } from '../preferences.ts';
import { NotFound } from '../shell/not-found.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import { ErrorState } from '../ui/state.tsx';
import { showProblem } from '../ui/toast.tsx';
import { Activity } from './activity.tsx';
import { FieldHistory } from './field-history.tsx';
import { InlineField } from './inline-field.tsx';
import { keyFields, longFields } from './key-fields.ts';
import { Overview } from './overview.tsx';
import style from './record.module.css';
import { RecordHeader } from './record-header.tsx';
import { RelatedLists } from './related-lists.tsx';
import { StageBar } from './stage-bar.tsx';

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
  const wide = useMediaQuery('(min-width: 80em)', undefined, { getInitialValueInEffect: false }) ?? true;
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const [tab, setTab] = useState<string>(phone ? 'properties' : 'overview');
  const fields = useFields(definition);
  const title = titleOf(definition, record, t('list.untitled'));
  useEffect(
    () => rememberVisit({ object: definition.name, id: record.id, title }),
    [definition.name, record.id, title],
  );
  useEffect(() => {
    if ((tab === 'properties' && !phone) || (tab === 'related' && wide)) setTab('overview');
  }, [tab, phone, wide]);

  const showHistory = (field: FieldShape) =>
    void openDialog((done) => (
      <FieldHistory definition={definition} record={record} field={field} onClose={() => done(null)} />
    ));
  const restore = () =>
    post(`/records/${definition.name}/${record.id}/restore`)
      .then(() => queryClient.invalidateQueries({ queryKey: ['records', definition.name] }))
      .catch(showProblem);
  const properties = (
    <div className={style.properties}>
      {keyFields(definition, fields).map((field) => (
        <InlineField key={field.name} definition={definition} record={record} field={field} onHistory={showHistory} />
      ))}
    </div>
  );
  return (
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
      <StageBar definition={definition} record={record} />
      <div className={style.zones} data-wide={wide} data-phone={phone}>
        {phone ? null : (
          <aside className={style.left} aria-label={t('record.properties')}>
            {properties}
          </aside>
        )}
        <Tabs value={tab} onChange={(next) => setTab(next ?? 'overview')} className={style.middle} keepMounted={false}>
          <Tabs.List className={style.tabs}>
            {phone ? <Tabs.Tab value="properties">{t('record.properties')}</Tabs.Tab> : null}
            <Tabs.Tab value="overview">{t('record.overview')}</Tabs.Tab>
            <Tabs.Tab value="activity">{t('record.activity')}</Tabs.Tab>
            {wide ? null : <Tabs.Tab value="related">{t('record.related')}</Tabs.Tab>}
            <Tabs.Tab value="fields">{t('record.allFields')}</Tabs.Tab>
          </Tabs.List>
          <div className={style.panel}>
            <Tabs.Panel value="properties">{properties}</Tabs.Panel>
            <Tabs.Panel value="overview">
              <Overview
                definition={definition}
                record={record}
                longFields={longFields(definition, record)}
                onHistory={showHistory}
              />
            </Tabs.Panel>
            <Tabs.Panel value="activity">
              <Activity definition={definition} record={record} />
            </Tabs.Panel>
            <Tabs.Panel value="related">
              <RelatedLists definition={definition} record={record} />
            </Tabs.Panel>
            <Tabs.Panel value="fields">
              <div className={style.allFields}>
                {[...definition.fields, ...definition.system].map((field) => (
                  <InlineField
                    key={field.name}
                    definition={definition}
                    record={record}
                    field={field}
                    onHistory={showHistory}
                  />
                ))}
              </div>
            </Tabs.Panel>
          </div>
        </Tabs>
        {wide ? (
          <aside className={style.right} aria-label={t('record.related')}>
            <RelatedLists definition={definition} record={record} />
          </aside>
        ) : null}
      </div>
    </div>
  );
}

function RecordSkeleton() {
  return (
    <div style={{ padding: 20, display: 'grid', gap: 16 }} aria-hidden>
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
