import { Button, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch, request } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshDefinitions, useAdminList } from './api.ts';
import { Heading, Pending, Refusal, Section, useAct } from './parts.tsx';
import { PlaceLink } from './place-link.tsx';

interface Series {
  object: string;
  field: string;
  prefix: string;
  digits: number;
  next: number;
}

/** Series of human numbers: how they look, and where they go on. */
export function NumberingScreen() {
  const { t } = useTranslation();
  const numbering = useAdminList<{ items: Series[] }>('/numbering');
  const { data } = numbering;
  return (
    <>
      <Heading title={t('admin.place.numbering.title')} text={t('admin.place.numbering.text')} />
      {data ? null : <Pending query={numbering} />}
      {data?.items.map((series) => (
        <SeriesForm key={JSON.stringify(series)} series={series} />
      ))}
      {data?.items.length === 0 ? (
        <p className={style.empty}>
          {t('admin.numbering.none')} <PlaceLink to="objects">{t('admin.place.objects.title')}</PlaceLink>
        </p>
      ) : null}
    </>
  );
}

function SeriesForm({ series }: { series: Series }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const object = definitions.get(series.object);
  const field = object?.fields.find((one) => one.name === series.field);
  const [values, setValues] = useState(series);
  const { busy, problem, act } = useAct();
  const pattern = values.prefix !== series.prefix || values.digits !== series.digits;
  const save = () =>
    act(async () => {
      if (values.next !== series.next)
        await request('PUT', `/numbering/${series.object}/${series.field}`, { body: { next: values.next } });
      if (pattern)
        await patch(`/objects/${series.object}/fields/${series.field}`, {
          prefix: values.prefix || null,
          digits: values.digits,
        });
      await refreshDefinitions();
      showToast(t('admin.saved'));
    });
  return (
    <Section title={`${object?.label.many ?? series.object} · ${field?.label ?? series.field}`}>
      <form
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextInput
          label={t('admin.numbering.prefix')}
          maxLength={20}
          value={values.prefix}
          onChange={(event) => setValues({ ...values, prefix: event.currentTarget.value })}
        />
        <NumberInput
          label={t('admin.numbering.digits')}
          min={1}
          max={15}
          allowDecimal={false}
          value={values.digits}
          onChange={(digits) => setValues({ ...values, digits: Number(digits) || 1 })}
        />
        <NumberInput
          label={t('admin.numbering.next')}
          description={t('admin.numbering.nextHelp')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          min={series.next}
          allowDecimal={false}
          value={values.next}
          onChange={(next) => setValues({ ...values, next: Number(next) || series.next })}
        />
        <div>
          <span className={style.quiet}>{t('admin.numbering.example')}</span>
          <br />
          <strong
            className={style.mono}
          >{`${values.prefix}${String(values.next).padStart(values.digits, '0')}`}</strong>
        </div>
        <div className={style.formEnd}>
          <Refusal>{problem}</Refusal>
          <Button type="submit" loading={busy} disabled={!pattern && values.next === series.next}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}
