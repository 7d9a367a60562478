import { Alert, Button, Progress } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { Counts } from './counts.tsx';
import style from './import.module.css';
import type { ImportShape } from './types.ts';

/** Progress while it runs, then the result with its error file and the way back. */
export function RunStep({
  shape,
  busy,
  onRun,
}: {
  shape: ImportShape;
  busy: boolean;
  onRun(verb: 'pause' | 'resume' | 'undo'): unknown;
}) {
  const { t, i18n } = useTranslation();
  const { counts = {}, state } = shape;
  const percent = counts.total ? Math.min(100, Math.round(((counts.done ?? 0) / counts.total) * 100)) : 0;
  const ended = ['done', 'failed', 'undone'].includes(state);
  return (
    <div className={style.run}>
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
      <div className={style.foot}>
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
