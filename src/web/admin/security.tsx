import { Button, Select, Switch, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SignInPolicy } from '#server/answers.ts';
import { request } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { useAdminList } from './api.ts';
import { Heading, Pending, Refusal, Section, useAct } from './parts.tsx';

/** What signing in asks of everybody. */
export function SecurityScreen() {
  const { t } = useTranslation();
  const policy = useAdminList<SignInPolicy>('/sign-in-policy');
  const { data, refetch } = policy;
  return (
    <>
      <Heading title={t('admin.place.security.title')} text={t('admin.place.security.text')} />
      {data ? (
        <PolicyForm key={JSON.stringify(data)} policy={data} onSaved={() => void refetch()} />
      ) : (
        <Pending query={policy} />
      )}
    </>
  );
}

/** Minutes. */
const idles = [15, 30, 60, 4 * 60, 12 * 60, 24 * 60, 7 * 24 * 60, 30 * 24 * 60];
/** Hours. */
const longest = [8, 12, 24, 7 * 24, 30 * 24, 90 * 24, 365 * 24];

function PolicyForm({ policy, onSaved }: { policy: SignInPolicy; onSaved(): void }) {
  const { t, i18n } = useTranslation();
  const [values, setValues] = useState({ ...policy, networks: policy.networks.join('\n') });
  const { busy, problem, error, act } = useAct();
  const given: SignInPolicy = {
    ...values,
    networks: values.networks
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  };
  const isChanged = JSON.stringify(given) !== JSON.stringify(policy);
  const ofNetworks = isProblem(error) ? error.of('networks') : undefined;
  const span = (minutes: number) => spanIn(minutes, i18n.language);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act(async () => {
          await request('PUT', '/sign-in-policy', { body: given });
          showToast(t('admin.saved'));
          onSaved();
        });
      }}
    >
      <Section title={t('admin.security.factor')}>
        <div className={style.form}>
          <Switch
            label={t('admin.security.factorAll')}
            description={t('admin.security.factorText')}
            checked={values.secondFactor}
            onChange={(event) => setValues({ ...values, secondFactor: event.currentTarget.checked })}
          />
        </div>
      </Section>
      <Section title={t('admin.security.sessions')} text={t('admin.security.sessionsText')}>
        <div className={style.form}>
          <Select
            label={t('admin.security.idle')}
            allowDeselect={false}
            data={withOwn(idles, policy.idleMinutes).map((value) => ({ value: String(value), label: span(value) }))}
            value={String(values.idleMinutes)}
            onChange={(value) => value && setValues({ ...values, idleMinutes: Number(value) })}
          />
          <Select
            label={t('admin.security.longest')}
            allowDeselect={false}
            data={withOwn(longest, policy.longestHours).map((value) => ({
              value: String(value),
              label: span(value * 60),
            }))}
            value={String(values.longestHours)}
            onChange={(value) => value && setValues({ ...values, longestHours: Number(value) })}
          />
        </div>
      </Section>
      <Section title={t('admin.security.networks')} text={t('admin.security.networksText')}>
        <div className={style.form}>
          <Textarea
            aria-label={t('admin.security.networks')}
            autosize
            minRows={3}
            spellCheck={false}
            value={values.networks}
            error={ofNetworks}
            onChange={(event) => setValues({ ...values, networks: event.currentTarget.value })}
          />
        </div>
      </Section>
      <p className={style.text}>{t('admin.security.wayBack')}</p>
      <div className={style.formEnd}>
        <Refusal>{ofNetworks ? null : problem}</Refusal>
        <Button type="submit" loading={busy} disabled={!isChanged}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}

function withOwn(offered: readonly number[], own: number): number[] {
  return [...new Set([...offered, own])].sort((a, b) => a - b);
}

/** `30 minutes`, `8 hours`, `7 days`: in the largest unit that fits without a rest. */
function spanIn(minutes: number, language: string): string {
  const [value, unit] =
    minutes % 1440 === 0 ? [minutes / 1440, 'day'] : minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return new Intl.NumberFormat(language, { style: 'unit', unit: unit as string, unitDisplay: 'long' }).format(
    value as number,
  );
}
