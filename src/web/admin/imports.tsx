import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime, formatNumber } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { importsQuery } from '../import/queries.ts';
import type { ImportShape } from '../import/types.ts';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { confirm, DataTable, Heading, Section } from './parts.tsx';

const undoable = new Set(['done', 'paused', 'failed']);

/** What was imported, and the way back. */
export function ImportsScreen() {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const { language, timeZone } = useFieldEnvironment();
  const imports = useQuery({ ...importsQuery, staleTime: 0 });
  const { data } = imports;
  const undo = async (one: ImportShape) => {
    const sure = await confirm({
      title: t('admin.imports.undoTitle'),
      text: t('admin.imports.undoText', { file: one.file }),
      action: t('admin.imports.undo'),
      danger: true,
    });
    if (!sure) return;
    try {
      await post(`/imports/${one.id}/undo`);
      showToast(t('admin.imports.undoing'));
      await imports.refetch();
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <>
      <Heading title={t('admin.place.imports.title')} text={t('admin.place.imports.text')}>
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/import" />}>
          {t('shell.import')}
        </Button>
      </Heading>
      <Section title={t('admin.imports.history')}>
        <DataTable
          label={t('admin.place.imports.title')}
          columns={[
            t('admin.imports.file'),
            t('import.object'),
            t('admin.imports.rows'),
            t('admin.webhooks.state'),
            '',
          ]}
          empty={t('admin.imports.none')}
          query={imports}
          rows={data?.items.map((one) => ({
            key: one.id,
            cells: [
              <span key="file">
                <Link to="/import/$id" params={{ id: one.id }} className={style.link}>
                  {one.file ?? one.id}
                </Link>
                <br />
                <span className={style.quiet}>
                  {one.createdAt ? formatDateTime(one.createdAt, language, timeZone) : ''}
                </span>
              </span>,
              definitions.get(one.object)?.label.many ?? one.object,
              one.counts?.total === undefined ? '' : formatNumber(one.counts.total, language),
              t(`import.state.${one.state}`),
              undoable.has(one.state) ? (
                <div className={style.rowActions} key="actions">
                  <Button variant="subtle" color="red" size="compact-sm" onClick={() => void undo(one)}>
                    {t('admin.imports.undo')}
                  </Button>
                </div>
              ) : null,
            ],
          }))}
        />
      </Section>
    </>
  );
}
