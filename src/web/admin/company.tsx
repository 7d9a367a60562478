import { Button, FileButton, Select, TextInput } from '@mantine/core';
import IconPhoto from '@tabler/icons-react/dist/esm/icons/IconPhoto.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { countries } from '#kernel/fields/web/countries.ts';
import type { HoursOfDay } from '#kernel/fields/weeklyHours/format.ts';
import { Editor as HoursEditor } from '#kernel/fields/weeklyHours/web.tsx';
import { patch } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient, sessionQuery, setupQuery } from '../api/queries.ts';
import { languages } from '../i18n/i18n.ts';
import { showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { useAdminList } from './api.ts';
import { type Holiday, Holidays } from './holidays.tsx';
import { confirm, Heading, Pending, Refusal, Section, useAct } from './parts.tsx';

interface Company {
  name: string;
  language: string;
  currency: string;
  timeZone: string;
  country: string;
  logo: string | null;
  workingHours: HoursOfDay[] | null;
  holidays: Holiday[] | null;
}

/** What the company says of itself. */
export function CompanyScreen() {
  const { t } = useTranslation();
  const company = useAdminList<Company>('/company');
  const { data, refetch } = company;
  return (
    <>
      <Heading title={t('admin.place.company.title')} text={t('admin.place.company.text')} />
      {data ? (
        <CompanyForm key={JSON.stringify(data)} company={data} onSaved={() => void refetch()} />
      ) : (
        <Pending query={company} />
      )}
    </>
  );
}

function CompanyForm({ company, onSaved }: { company: Company; onSaved(): void }) {
  const { t, i18n } = useTranslation();
  const { data: setup } = useQuery(setupQuery);
  const [values, setValues] = useState(company);
  const { busy, problem, error, act } = useAct();
  const set = (changes: Partial<Company>) => setValues({ ...values, ...changes });
  const changed = Object.fromEntries(
    Object.entries(values).filter(([name, value]) => value !== company[name as keyof Company]),
  );
  const of = (field: string) => (isProblem(error) ? error.of(field) : undefined);
  const names = new Intl.DisplayNames(i18n.language, { type: 'currency' });
  const regions = new Intl.DisplayNames(i18n.language, { type: 'region' });
  const save = async () => {
    if (
      changed.currency &&
      !(await confirm({
        title: t('admin.company.currencyTitle', { currency: values.currency }),
        text: t('admin.company.currencyText', { from: company.currency, to: values.currency }),
        action: t('admin.company.currencyAction'),
      }))
    )
      return;
    await act(async () => {
      await patch('/company', changed);
      await queryClient.refetchQueries({ queryKey: sessionQuery.queryKey });
      showToast(t('admin.saved'));
      onSaved();
    });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Section title={t('admin.company.identity')}>
        <div className={style.form}>
          <TextInput
            label={t('admin.company.name')}
            required
            maxLength={200}
            value={values.name}
            error={of('name')}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <div className={style.logo}>
            <div className={style.logoBox}>
              {values.logo ? (
                <img src={values.logo} alt={t('admin.company.logo')} />
              ) : (
                <IconPhoto size={22} aria-hidden />
              )}
            </div>
            <FileButton
              accept="image/png,image/jpeg,image/webp"
              inputProps={{ 'aria-label': t('admin.company.logo') }}
              onChange={(file) => file && void act(async () => set({ logo: await smallPicture(file) }))}
            >
              {(props) => (
                <Button {...props} variant="default">
                  {t('admin.company.chooseLogo')}
                </Button>
              )}
            </FileButton>
            {values.logo ? (
              <Button variant="subtle" color="gray" onClick={() => set({ logo: null })}>
                {t('common.remove')}
              </Button>
            ) : null}
          </div>
        </div>
      </Section>
      <Section title={t('admin.company.customs')} text={t('admin.company.customsText')}>
        <div className={style.form}>
          <Select
            label={t('user.language')}
            allowDeselect={false}
            data={languages.map(({ value, label }) => ({ value, label }))}
            value={values.language}
            onChange={(language) => language && set({ language })}
          />
          <Select
            label={t('admin.company.country')}
            searchable
            allowDeselect={false}
            data={countries.map((code) => ({ value: code, label: regions.of(code) ?? code }))}
            value={values.country}
            error={of('country')}
            onChange={(country) => country && set({ country })}
          />
          <Select
            label={t('setup.timeZone')}
            searchable
            allowDeselect={false}
            data={setup?.timeZones ?? [values.timeZone]}
            value={values.timeZone}
            error={of('timeZone')}
            onChange={(timeZone) => timeZone && set({ timeZone })}
          />
          <Select
            label={t('admin.company.currency')}
            description={t('admin.company.currencyHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            searchable
            allowDeselect={false}
            data={(setup?.currencies ?? [values.currency]).map((code) => ({
              value: code,
              label: `${code} · ${names.of(code)}`,
            }))}
            value={values.currency}
            error={of('currency')}
            onChange={(currency) => currency && set({ currency })}
          />
        </div>
      </Section>
      <Section title={t('admin.company.hours')} text={t('admin.company.hoursText')}>
        <HoursEditor
          id="company-hours"
          field={{ name: 'workingHours', type: 'weeklyHours', label: t('admin.company.hours') }}
          value={values.workingHours}
          invalid={Boolean(of('workingHours'))}
          onChange={(workingHours) => set({ workingHours })}
        />
        <Refusal>{of('workingHours') ?? null}</Refusal>
      </Section>
      <Section title={t('admin.company.holidays')} text={t('admin.company.holidaysText')}>
        <Holidays holidays={values.holidays ?? []} onChange={(holidays) => set({ holidays })} />
      </Section>
      <div className={style.formEnd}>
        <Refusal>{problem}</Refusal>
        <Button
          type="submit"
          loading={busy}
          disabled={Object.keys(changed).length === 0 || values.holidays?.some(({ on }) => !on)}
        >
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}

const SIDE = 192;

/** At most 192 pixels a side, so that it can come with the first answer. */
async function smallPicture(file: File): Promise<string> {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png');
}
