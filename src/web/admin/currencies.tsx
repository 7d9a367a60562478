import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import { del, request } from '../api/client.ts';
import { setupQuery } from '../api/queries.ts';
import { showProblem, showUndo } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshList, useAdminList } from './api.ts';
import { JobLine } from './job-line.tsx';
import { DataTable, Heading, Refusal, Section, useAct } from './parts.tsx';

interface Rate {
  currency: string;
  on: string;
  rate: number;
}

/** What other currencies are worth, and since when. */
export function CurrenciesScreen() {
  const { t, i18n } = useTranslation();
  const rates = useAdminList<{ base: string; items: Rate[] }>('/rates');
  const { data } = rates;
  const { data: setup } = useQuery(setupQuery);
  const { timeZone } = useFieldEnvironment();
  const today = new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date());
  const [values, setValues] = useState<{ currency: string | null; on: string; rate: number | '' }>({
    currency: null,
    on: today,
    rate: '',
  });
  const [job, setJob] = useState<string | null>(null);
  const { busy, problem, act } = useAct();
  const base = data?.base ?? '';
  const names = new Intl.DisplayNames(i18n.language, { type: 'currency' });
  const number = new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 8 });
  const put = async (rate: Rate) => {
    const answer = await request<{ job: string }>('PUT', `/rates/${rate.currency}/${rate.on}`, {
      body: { rate: rate.rate },
    });
    setJob(answer.job);
    await refreshList('/rates');
  };
  const remove = async (rate: Rate) => {
    try {
      const answer = await del<{ job: string }>(`/rates/${rate.currency}/${rate.on}`);
      setJob(answer.job);
      await refreshList('/rates');
      showUndo(t('admin.currencies.removed', { currency: rate.currency }), () => put(rate));
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <>
      <Heading title={t('admin.place.currencies.title')} text={t('admin.currencies.text', { base })} />
      <Section title={t('admin.currencies.add')}>
        <form
          className={style.form}
          onSubmit={(event) => {
            event.preventDefault();
            const { currency, on, rate } = values;
            if (!currency || rate === '') return;
            const replaced = data?.items.find((one) => one.currency === currency && one.on === on);
            void act(() => put({ currency, on, rate })).then((done) => {
              if (!done) return;
              setValues({ ...values, rate: '' });
              if (replaced) showUndo(t('admin.currencies.replaced', { currency }), () => put(replaced));
            });
          }}
        >
          <Select
            label={t('admin.currencies.currency')}
            required
            searchable
            selectFirstOptionOnChange
            data={(setup?.currencies ?? [])
              .filter((code) => code !== base)
              .map((code) => ({ value: code, label: `${code} · ${names.of(code)}` }))}
            value={values.currency}
            onChange={(currency) => setValues({ ...values, currency })}
          />
          <TextInput
            type="date"
            label={t('admin.currencies.since')}
            required
            value={values.on}
            onChange={(event) => setValues({ ...values, on: event.currentTarget.value })}
          />
          <NumberInput
            label={t('admin.currencies.rate', { currency: values.currency ?? t('admin.currencies.unit'), base })}
            required
            min={0}
            decimalScale={9}
            value={values.rate}
            onChange={(rate) => setValues({ ...values, rate: typeof rate === 'number' ? rate : '' })}
          />
          <div className={style.formEnd} style={{ gridColumn: 'auto', alignItems: 'flex-end' }}>
            <Button type="submit" loading={busy} disabled={!values.currency || values.rate === ''}>
              {t('admin.currencies.set')}
            </Button>
          </div>
          <div data-full>
            <Refusal>{problem}</Refusal>
            <JobLine id={job} label={t('admin.currencies.converting')} />
          </div>
        </form>
      </Section>
      <Section title={t('admin.currencies.rates')}>
        <DataTable
          label={t('admin.currencies.rates')}
          columns={[t('admin.currencies.currency'), t('admin.currencies.since'), t('admin.currencies.worth'), '']}
          empty={t('admin.currencies.none')}
          query={rates}
          rows={data?.items.map((rate) => ({
            key: `${rate.currency}${rate.on}`,
            cells: [
              <span key="currency">
                <strong>{rate.currency}</strong> <span className={style.quiet}>{names.of(rate.currency)}</span>
              </span>,
              formatDate(rate.on, i18n.language),
              <span key="rate" className={style.number}>
                1 {rate.currency} = {number.format(rate.rate)} {base}
              </span>,
              <div className={style.rowActions} key="actions">
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-sm"
                  aria-label={t('admin.currencies.remove', { currency: rate.currency, on: rate.on })}
                  onClick={() => void remove(rate)}
                >
                  <IconTrash size={15} />
                </Button>
              </div>,
            ],
          }))}
        />
      </Section>
    </>
  );
}
