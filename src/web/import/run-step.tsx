import { Alert, Button, Progress } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import { Counts } from './counts.tsx';
import style from './import.module.css';
import type { Fixes } from './preview-step.tsx';
import { errorsQuery } from './queries.ts';
import { RowsTable } from './rows-table.tsx';
import type { ImportShape } from './types.ts';

/** Progress while it runs, then the result with its error file and the way back. */
export function RunStep({
  shape,
  version,
  busy,
  onRun,
  onFix,
}: {
  shape: ImportShape;
  version: number;
  busy: boolean;
  onFix(fixes: Fixes): Promise<boolean>;
  onRun(verb: 'pause' | 'resume' | 'undo'): unknown;
}) {
  const { t, i18n } = useTranslation();
  const { counts = {}, state } = shape;
  const percent = counts.total ? Math.min(100, Math.round(((counts.done ?? 0) / counts.total) * 100)) : 0;
  const definition = useDefinitions().get(shape.object);
  const hasErrors = (counts.failed ?? 0) > 0 && ['done', 'paused', 'failed'].includes(state);
  const errors = useInfiniteQuery({ ...errorsQuery(shape.id, [version, counts.failed]), enabled: hasErrors });
  const badRows = errors.data?.pages.flatMap((page) => page.rows) ?? [];
  const [isMended, setMended] = useState(false);
  const ended = ['done', 'failed', 'undone'].includes(state);
  return (
    <div className={style.run} data-wide={hasErrors}>
      <h2 className={style.subtitle} aria-live="polite">
        {t(`import.state.${state}`)}
      </h2>
      {ended ? null : (
        <>
          <Progress value={Math.max(2, percent)} animated={state === 'running'} aria-label={t('import.progress')} />
          <p className="tabular">
            {t('import.progressText', {
              done: formatNumber(counts.done ?? 0, i18n.language),
              total: formatNumber(counts.total ?? 0, i18n.language),
            })}
          </p>
        </>
      )}
      {shape.message ? (
        <Alert color={state === 'failed' ? 'red' : 'gray'} role="status">
          {shape.message}
        </Alert>
      ) : null}
      <Counts counts={counts} />
      {hasErrors && badRows.length > 0 ? (
        <section className={style.bad}>
          <h2 className={style.subtitle}>{t('import.badRows')}</h2>
          <RowsTable
            shape={shape}
            definition={definition}
            rows={badRows}
            onFix={(row, column, text) =>
              void onFix({ [row.row]: { [column.index]: text } }).then((done) => done && setMended(true))
            }
          />
          {errors.hasNextPage ? (
            <Button mt="xs" variant="subtle" color="gray" onClick={() => void errors.fetchNextPage()}>
              {t('activity.more')}
            </Button>
          ) : null}
        </section>
      ) : null}
      <div className={style.foot}>
        {isMended && state === 'done' ? (
          <Button loading={busy} onClick={() => void Promise.resolve(onRun('resume')).then(() => setMended(false))}>
            {t('import.tryAgain')}
          </Button>
        ) : null}
        {state === 'running' || state === 'queued' ? (
          <Button variant="default" loading={busy} onClick={() => void onRun('pause')}>
            {t('import.pause')}
          </Button>
        ) : null}
        {state === 'paused' || state === 'failed' ? (
          <Button loading={busy} onClick={() => void onRun('resume')}>
            {t('import.resume')}
          </Button>
        ) : null}
        {(counts.failed ?? 0) > 0 ? (
          <Button variant="default" component="a" href={`/api/imports/${shape.id}/errors.csv`} download>
            {t('import.errorFile')}
          </Button>
        ) : null}
        {state === 'done' || state === 'paused' || state === 'failed' ? (
          <Button variant="default" color="red" loading={busy} onClick={() => void onRun('undo')}>
            {t('import.undo')}
          </Button>
        ) : null}
        {ended ? (
          <Button
            renderRoot={(props) => (
              <Link {...props} to="/o/$object" params={{ object: shape.object }} search={{ sort: '-createdAt' }} />
            )}
          >
            {t('import.show')}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
