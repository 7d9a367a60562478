import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showAction } from '../ui/toast.tsx';
import { Counts } from './counts.tsx';
import style from './import.module.css';
import { optionsOf } from './meanings.ts';
import { errorsQuery, previewQuery } from './queries.ts';
import { RowsTable } from './rows-table.tsx';
import { type ImportColumn, type ImportShape, type PreviewRow, targetOf } from './types.ts';

export type Fixes = Record<string, Record<string, string>>;

/** The first rows as they will be saved; once the whole file was tried, every row that has errors. */
export function PreviewStep({
  shape,
  version,
  busy,
  onBack,
  onFix,
  onMeaning,
  onDryRun,
  onStart,
}: {
  shape: ImportShape;
  version: number;
  busy: boolean;
  onBack(): void;
  onFix(fixes: Fixes): Promise<boolean>;
  /** The same for every cell of a column that says `text`. */
  onMeaning(column: number, text: string, meaning: string): Promise<boolean>;
  onDryRun(): unknown;
  onStart(): unknown;
}) {
  const { t } = useTranslation();
  const definition = useDefinitions().get(shape.object);
  const [shown, setShown] = useState<'first' | 'bad'>('first');
  const preview = useQuery({ ...previewQuery(shape.id, version), placeholderData: keepPreviousData });
  const errors = useInfiniteQuery({
    ...errorsQuery(shape.id, [version, shape.dryRun]),
    enabled: shown === 'bad' && shape.state !== 'checking',
    placeholderData: keepPreviousData,
  });
  const query = shown === 'first' ? preview : errors;
  const rows = shown === 'first' ? (preview.data?.rows ?? []) : (errors.data?.pages.flatMap((page) => page.rows) ?? []);
  const wrong = rows.filter((row) => row.errors.length > 0).length;
  const fix = async (row: PreviewRow, column: ImportColumn, text: string) => {
    const before = row.cells?.[column.index] ?? '';
    if (!(await onFix({ [row.row]: { [column.index]: text } }))) return;
    const target = targetOf(shape.mapping?.[column.index]);
    const field = definition?.fields.find(({ name }) => name === target);
    if (before !== '' && optionsOf(field))
      showAction(t('import.changedCell'), t('import.forAll', { text: before }), () =>
        onMeaning(column.index, before, text),
      );
  };
  return (
    <>
      <p className={style.text}>{wrong > 0 ? t('import.previewWrong', { count: wrong }) : t('import.previewText')}</p>
      {shape.dryRun ? (
        <SegmentedControl
          mt="sm"
          size="xs"
          value={shown}
          onChange={(next) => setShown(next as typeof shown)}
          data={[
            { value: 'first', label: t('import.firstRows') },
            { value: 'bad', label: `${t('import.badRows')} (${shape.dryRun.failed ?? 0})` },
          ]}
        />
      ) : null}
      {query.isPending ? <Skeleton height={180} mt="md" /> : null}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {rows.length > 0 ? (
        <RowsTable
          shape={shape}
          definition={definition}
          rows={rows}
          onFix={(row, column, text) => void fix(row, column, text)}
        />
      ) : null}
      {shown === 'bad' && errors.isSuccess && rows.length === 0 ? (
        <EmptyState
          icon={<IconCircleCheck size={22} />}
          title={t('import.noBadRows')}
          text={t('import.noBadRowsText')}
        />
      ) : null}
      {shown === 'bad' && errors.hasNextPage ? (
        <Button
          mt="xs"
          variant="subtle"
          color="gray"
          loading={errors.isFetchingNextPage}
          onClick={() => void errors.fetchNextPage()}
        >
          {t('activity.more')}
        </Button>
      ) : null}
      {shape.dryRun ? (
        <section className={style.tried} role="status">
          <h2 className={style.subtitle}>{t('import.dryRunDone')}</h2>
          <Counts counts={shape.dryRun} />
        </section>
      ) : null}
      <div className={style.foot}>
        <Button variant="default" onClick={onBack}>
          {t('import.back')}
        </Button>
        <Button variant="default" loading={busy || shape.state === 'checking'} onClick={() => void onDryRun()}>
          {t('import.dryRun')}
        </Button>
        <Button loading={busy} onClick={() => void onStart()}>
          {t('import.start')}
        </Button>
      </div>
    </>
  );
}
