import { Alert, Button, Progress, Select, Switch, TextInput } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { configureClient, get, post } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient, sessionQuery, setupQuery } from '../api/queries.ts';
import type { Job, Session } from '../api/types.ts';
import { languages, setLanguage } from '../i18n/i18n.ts';
import { problemText } from '../ui/toast.tsx';
import style from './gate.module.css';
import { Gate } from './gate.tsx';
import { LanguageLinks } from './language-links.tsx';
import { NewPasswordInput } from './new-password-input.tsx';

/** The first visit: the company, how it counts and speaks, who runs it; with a demo company for who wants to look around. */
export function SetupPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { data: offered } = useSuspenseQuery(setupQuery);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [values, setValues] = useState({
    company: '',
    name: '',
    email: '',
    password: '',
    language: i18n.language,
    currency: 'EUR',
    timeZone: offered.timeZones.includes(zone) ? zone : (offered.timeZones[0] ?? 'UTC'),
    demo: false,
  });
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [job, setJob] = useState<string | null>(null);
  const currencies = useMemo(
    () => currencyNames(offered.currencies, i18n.language),
    [offered.currencies, i18n.language],
  );
  const known = problem instanceof ApiProblem ? problem : null;
  const set = (change: Partial<typeof values>) => setValues((old) => ({ ...old, ...change }));
  const field = (name: 'company' | 'name' | 'email') => ({
    label: t(`setup.${name}`),
    required: true,
    withAsterisk: false,
    value: values[name],
    error: known?.of(name),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  const enter = () => navigate({ to: '/' });
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const { job: started, ...session } = await post<Session & { job?: { id: string } }>('/setup', values);
      configureClient({ csrf: session.csrf });
      queryClient.setQueryData(sessionQuery.queryKey, session);
      queryClient.setQueryData(setupQuery.queryKey, { ...offered, needed: false });
      if (started) setJob(started.id);
      else await enter();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  if (job) return <DemoProgress id={job} onDone={() => void enter()} />;
  const unnamed = problem && !(['company', 'name', 'email', 'password'] as const).some((name) => known?.of(name));
  return (
    <Gate title={t('setup.title')} text={t('setup.text')} wide>
      <title>{`${t('setup.title')} · Tendero`}</title>
      <form
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {unnamed ? (
          <Alert color="red" role="alert" p="xs">
            {problemText(problem)}
          </Alert>
        ) : null}
        <TextInput {...field('company')} autoComplete="organization" autoFocus />
        <div className={style.two}>
          <Select
            label={t('setup.language')}
            allowDeselect={false}
            data={[...languages]}
            value={values.language}
            onChange={(language) => {
              if (!language) return;
              set({ language });
              void setLanguage(language);
            }}
          />
          <Select
            label={t('setup.currency')}
            allowDeselect={false}
            searchable
            selectFirstOptionOnChange
            data={currencies}
            value={values.currency}
            onChange={(currency) => currency && set({ currency })}
          />
        </div>
        <Select
          label={t('setup.timeZone')}
          allowDeselect={false}
          searchable
          selectFirstOptionOnChange
          data={offered.timeZones}
          value={values.timeZone}
          onChange={(timeZone) => timeZone && set({ timeZone })}
          limit={200}
        />
        <div className={style.legend}>{t('setup.administrator')}</div>
        <div className={style.two}>
          <TextInput {...field('name')} autoComplete="name" />
          <TextInput {...field('email')} type="email" autoComplete="username" />
        </div>
        <NewPasswordInput
          label={t('setup.password')}
          own={[values.name, values.email, values.company]}
          error={known?.of('password')}
          onChange={(password) => set({ password })}
        />
        <div className={style.demo}>
          <Switch
            label={t('setup.demo')}
            description={t('setup.demoText')}
            checked={values.demo}
            onChange={(event) => set({ demo: event.currentTarget.checked })}
          />
        </div>
        <Button type="submit" size="md" loading={busy}>
          {t('setup.submit')}
        </Button>
      </form>
      <LanguageLinks onChange={(language) => set({ language })} />
    </Gate>
  );
}

/** The demo company is loaded by a job; who does not want to watch can go in meanwhile. */
function DemoProgress({ id, onDone }: { id: string; onDone(): void }) {
  const { t } = useTranslation();
  const {
    data: job,
    error,
    refetch,
  } = useQuery({
    queryKey: ['job', id],
    queryFn: async ({ signal }) => {
      const state = await get<Job>(`/jobs/${id}`, undefined, signal);
      if (state.state === 'done') onDone();
      return state;
    },
    refetchInterval: (query) => (['done', 'failed'].includes(query.state.data?.state ?? '') ? false : 500),
  });
  const percent = job?.total ? Math.round((job.done / job.total) * 100) : 0;
  const failed = job?.state === 'failed' || error;
  return (
    <Gate
      title={t('setup.demoLoading')}
      text={failed ? (job?.message ?? t('problem.unexpected')) : t('setup.demoLoadingText')}
    >
      <div className={style.progress}>
        <Progress
          value={Math.max(4, percent)}
          animated={!failed}
          color={failed ? 'red' : undefined}
          aria-label={t('setup.demoLoading')}
        />
        <div aria-live="polite">{failed ? null : (job?.message ?? `${percent} %`)}</div>
        {job?.state === 'failed' && (
          <Button onClick={() => post(`/jobs/${id}/retry`, {}).finally(refetch)}>{t('problem.retry')}</Button>
        )}
        <Button variant="default" onClick={onDone}>
          {t('setup.enter')}
        </Button>
      </div>
    </Gate>
  );
}

function currencyNames(codes: readonly string[], language: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames([language], { type: 'currency' });
  return codes.map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }));
}
