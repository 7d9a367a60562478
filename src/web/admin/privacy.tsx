import { ActionIcon, Button, Group, Select } from '@mantine/core';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime, formatNumber } from '#kernel/fields/web/format.ts';
import type { Erasures, RetentionDue, RetentionRules } from '#server/answers.ts';
import { post, request } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { Actor } from '../record/actor.tsx';
import { showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshList, useAdminList } from './api.ts';
import own from './audit.module.css';
import { JobLine } from './job-line.tsx';
import { confirm, DataTable, Heading, Mark, Pending, Refusal, Section, useAct } from './parts.tsx';

type Rule = RetentionRules['rules'][number];

const months = [6, 12, 18, 24, 36, 48, 60, 84, 120];

/** How long data are kept, and what was erased. */
export function PrivacyScreen() {
  const { t } = useTranslation();
  const retention = useAdminList<RetentionRules>('/privacy/retention');
  return (
    <>
      <Heading title={t('admin.place.privacy.title')} text={t('admin.place.privacy.text')} />
      <Section title={t('admin.privacy.person')} text={t('admin.privacy.personText')}>
        <Link to="/o/$object" params={{ object: 'contact' }} search={{}} className={style.link}>
          {t('admin.privacy.contacts')}
        </Link>
      </Section>
      <Section title={t('admin.privacy.retention')} text={t('admin.privacy.retentionText')}>
        {retention.data ? (
          <RetentionForm key={JSON.stringify(retention.data.rules)} start={retention.data} />
        ) : (
          <Pending query={retention} />
        )}
      </Section>
      <ErasureList />
    </>
  );
}

function RetentionForm({ start }: { start: RetentionRules }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const definitions = useDefinitions();
  const [rules, setRules] = useState<Rule[]>(start.rules);
  const [due, setDue] = useState<RetentionDue['items'] | null>(null);
  const [job, setJob] = useState<string | null>(null);
  const { busy, problem, act } = useAct();
  const change = (next: Rule[]) => {
    setRules(next);
    setDue(null);
  };
  const free = start.objects.filter((name) => !rules.some((rule) => rule.object === name));
  const isChanged = JSON.stringify(rules) !== JSON.stringify(start.rules);
  const nameOf = (object: string) => definitions.get(object)?.label.many ?? object;
  const ask = () => act(async () => setDue((await post<RetentionDue>('/privacy/retention/due', { rules })).items));
  const save = () =>
    act(async () => {
      await request('PUT', '/privacy/retention', { body: { rules } });
      await refreshList('/privacy/retention');
      showToast(t('admin.saved'));
    });
  const run = async () => {
    const sure = await confirm({
      title: t('admin.privacy.runTitle'),
      text: t('admin.privacy.runText'),
      action: t('admin.privacy.run'),
      danger: true,
    });
    if (sure) await act(async () => setJob((await post<{ job: string | null }>('/privacy/retention/run')).job));
  };
  return (
    <>
      {rules.length === 0 ? <p className={style.empty}>{t('admin.privacy.noRules')}</p> : null}
      {rules.map((rule, index) => {
        const set = (changes: Partial<Rule>) =>
          change(rules.map((one, at) => (at === index ? { ...one, ...changes } : one)));
        const found = due?.[index];
        return (
          <div key={rule.object}>
            <div className={own.rule}>
              <Select
                aria-label={t('admin.audit.object')}
                allowDeselect={false}
                searchable
                data={[rule.object, ...free].map((name) => ({ value: name, label: nameOf(name) }))}
                value={rule.object}
                onChange={(object) => object && set({ object })}
              />
              <Select
                aria-label={t('admin.privacy.after')}
                allowDeselect={false}
                data={[...new Set([...months, rule.months])]
                  .filter((count) => count >= start.shortestMonths)
                  .sort((a, b) => a - b)
                  .map((count) => ({ value: String(count), label: t('admin.privacy.months', { count }) }))}
                value={String(rule.months)}
                onChange={(value) => value && set({ months: Number(value) })}
              />
              <Select
                aria-label={t('admin.privacy.act')}
                allowDeselect={false}
                data={(['anonymise', 'delete'] as const).map((act) => ({
                  value: act,
                  label: t(`admin.privacy.acts.${act}`),
                }))}
                value={rule.act}
                onChange={(act) => act && set({ act: act as Rule['act'] })}
              />
              <ActionIcon
                aria-label={t('admin.privacy.removeRule', { name: nameOf(rule.object) })}
                onClick={() => change(rules.filter((_, at) => at !== index))}
              >
                <IconTrash size={15} />
              </ActionIcon>
            </div>
            {found ? (
              <p className={style.quiet} role="status">
                {t(found.isMore ? 'admin.privacy.dueMore' : 'admin.privacy.due', {
                  count: found.count,
                  number: formatNumber(found.count, language),
                })}{' '}
                {found.records.slice(0, 3).map((id, at) => (
                  <Link
                    key={id}
                    to="/o/$object/$id"
                    params={{ object: rule.object, id }}
                    className={style.link}
                    target="_blank"
                  >
                    {t('admin.privacy.example', { number: at + 1 })}{' '}
                  </Link>
                ))}
              </p>
            ) : null}
          </div>
        );
      })}
      <Refusal>{problem}</Refusal>
      <JobLine id={job} label={t('admin.jobs.kind.retention')} onDone={() => void refreshList('/privacy/erasures')} />
      <Group gap="xs" mt="sm">
        {free.length > 0 ? (
          <Button
            variant="default"
            onClick={() =>
              change([
                ...rules,
                { object: free.includes('contact') ? 'contact' : free[0]!, months: 36, act: 'anonymise' },
              ])
            }
          >
            {t('admin.privacy.addRule')}
          </Button>
        ) : null}
        {rules.length > 0 ? (
          <Button variant="default" loading={busy} onClick={() => void ask()}>
            {t('admin.privacy.try')}
          </Button>
        ) : null}
        {start.rules.length > 0 && !isChanged ? (
          <Button variant="default" onClick={() => void run()}>
            {t('admin.privacy.run')}
          </Button>
        ) : null}
        <Button disabled={!isChanged} loading={busy} onClick={() => void save()}>
          {t('common.save')}
        </Button>
      </Group>
    </>
  );
}

function ErasureList() {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const erasures = useAdminList<Erasures>('/privacy/erasures');
  return (
    <Section title={t('admin.privacy.erasures')} text={t('admin.privacy.erasuresText')}>
      <DataTable
        label={t('admin.privacy.erasures')}
        columns={[t('admin.audit.when'), t('admin.audit.who'), t('admin.audit.what'), t('admin.privacy.proof')]}
        empty={t('admin.privacy.noErasures')}
        query={erasures}
        rows={erasures.data?.items.map(({ id, doneAt, doneBy, object, report, reason, hash }) => ({
          key: id,
          cells: [
            <time key="at" dateTime={doneAt} className={own.time}>
              {formatDateTime(doneAt, language, timeZone)}
            </time>,
            <Actor key="who" id={doneBy} />,
            <span key="what">
              {definitions.get(object)?.label.one ?? object}{' '}
              <Mark tone={report.mode === 'delete' ? 'danger' : 'quiet'}>{t(`admin.privacy.done.${report.mode}`)}</Mark>
              <br />
              <span className={style.quiet}>{t(`admin.privacy.reason.${reason}`)}</span>
            </span>,
            <span key="proof" className={own.details}>
              <span>
                {t('admin.privacy.counts', {
                  records: report.records.reduce((sum, one) => sum + one.anonymised + one.deleted, 0),
                  events: report.events,
                  files: report.files,
                })}
              </span>
              <code className={own.head} title={hash}>
                {hash.slice(0, 16)}…
              </code>
            </span>,
          ],
        }))}
      />
    </Section>
  );
}
