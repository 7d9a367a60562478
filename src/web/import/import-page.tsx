import { Button, Skeleton } from '@mantine/core';
import IconArrowLeft from '@tabler/icons-react/dist/esm/icons/IconArrowLeft.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient } from '../api/queries.ts';
import { ErrorState } from '../ui/state.tsx';
import { showProblem } from '../ui/toast.tsx';
import style from './import.module.css';
import { MappingStep } from './mapping-step.tsx';
import { OptionsStep } from './options-step.tsx';
import { PreviewStep } from './preview-step.tsx';
import { importQuery } from './queries.ts';
import { RunStep } from './run-step.tsx';
import { type ImportShape, settingOf } from './types.ts';

const steps = ['mapping', 'options', 'preview', 'run'] as const;
type Step = (typeof steps)[number];

/** One import from its columns to its result. Leaving and coming back goes on where it was. */
export function ImportPage() {
  const { id } = useParams({ from: '/app/import/$id' });
  const { data, error, refetch } = useQuery(importQuery(id));
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={200} m="lg" />;
  return <ImportOf key={id} shape={data} />;
}

function ImportOf({ shape }: { shape: ImportShape }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const isRunning = ['queued', 'running', 'paused', 'done', 'failed', 'undone'].includes(shape.state);
  const [wanted, setStep] = useState<Step>('mapping');
  const step = isRunning ? 'run' : wanted;
  const [version, setVersion] = useState(0);
  const [busy, setBusy] = useState(false);
  const key = importQuery(shape.id).queryKey;

  const change = async (changes: Record<string, unknown>) => {
    setBusy(true);
    try {
      const next = await patch<ImportShape>(`/imports/${shape.id}`, changes);
      queryClient.setQueryData(key, (old: ImportShape | undefined) => ({ ...old!, ...next }));
      setVersion((old) => old + 1);
      return true;
    } catch (error) {
      showProblem(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const run = async (verb: 'dry-run' | 'start' | 'pause' | 'resume' | 'undo') => {
    setBusy(true);
    try {
      const next = await post<ImportShape | null>(`/imports/${shape.id}/${verb}`);
      if (next?.id) queryClient.setQueryData(key, (old: ImportShape | undefined) => ({ ...old!, ...next }));
      await queryClient.invalidateQueries({ queryKey: key });
      if (verb === 'undo') await queryClient.invalidateQueries({ queryKey: ['records', shape.object] });
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const objectLabel = definitions.get(shape.object)?.label.many ?? shape.object;
  return (
    <div className={style.page}>
      <title>{`${t('import.title')} · Tendero`}</title>
      <div className={style.sheet} data-wide>
        <Link to="/import" className={style.back}>
          <IconArrowLeft size={14} aria-hidden /> {t('import.title')}
        </Link>
        <h1 className={style.title}>
          {shape.file ?? t('import.title')} <span className={style.arrow}>→ {objectLabel}</span>
        </h1>
        <ol className={style.steps}>
          {steps.map((one, index) => (
            <li key={one} aria-current={one === step ? 'step' : undefined} data-done={steps.indexOf(step) > index}>
              <Button
                variant="subtle"
                color="gray"
                size="compact-sm"
                disabled={isRunning || index > steps.indexOf(wanted) || one === 'run'}
                onClick={() => setStep(one)}
              >
                {index + 1}. {t(`import.step.${one}`)}
              </Button>
            </li>
          ))}
        </ol>
        {step === 'mapping' ? (
          <MappingStep
            shape={shape}
            busy={busy}
            onNext={async (changes) => (await change({ ...changes })) && setStep('options')}
          />
        ) : null}
        {step === 'options' ? (
          <OptionsStep
            shape={shape}
            busy={busy}
            onBack={() => setStep('mapping')}
            onNext={async (options) => (await change(options)) && setStep('preview')}
          />
        ) : null}
        {step === 'preview' ? (
          <PreviewStep
            shape={shape}
            version={version}
            busy={busy}
            onBack={() => setStep('options')}
            onFix={(fixes) => change({ fixes })}
            onMeaning={(column, text, meaning) => {
              const setting = settingOf(shape.mapping?.[column]);
              if (!setting) return Promise.resolve(false);
              const values = { ...setting.values, [text]: meaning };
              return change({ mapping: { ...shape.mapping, [column]: { ...setting, values } } });
            }}
            onDryRun={() => run('dry-run')}
            onStart={() => run('start')}
          />
        ) : null}
        {step === 'run' ? (
          <RunStep shape={shape} version={version} busy={busy} onRun={run} onFix={(fixes) => change({ fixes })} />
        ) : null}
      </div>
    </div>
  );
}
