import { Select, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { countries } from '../web/countries.ts';
import { useFieldEnvironment } from '../web/environment.tsx';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';

interface AddressValue {
  street?: string | null;
  city?: string | null;
  region?: string | null;
  postcode?: string | null;
  country?: string | null;
}

export function Display({ value }: DisplayProps<AddressValue>) {
  const { language } = useFieldEnvironment();
  const lines = linesOf(value, language);
  return (
    <a
      className={`${style.link} ${style.lines}`}
      href={`https://www.openstreetmap.org/search?query=${encodeURIComponent(lines.join(', '))}`}
      target="_blank"
      rel="noopener noreferrer"
    >
      {lines.join('\n')}
    </a>
  );
}

export function Cell({ value }: DisplayProps<AddressValue>) {
  const { language } = useFieldEnvironment();
  return <span>{linesOf(value, language).join(', ')}</span>;
}

export function Editor({ value, onChange, id, autoFocus, invalid, field }: EditorProps<AddressValue>) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const names = useMemo(() => {
    const display = new Intl.DisplayNames([language], { type: 'region' });
    const named = countries.map((code) => ({ value: code, label: display.of(code) ?? code }));
    return named.sort((a, b) => a.label.localeCompare(b.label, language));
  }, [language]);
  const set = (part: keyof AddressValue, text: string | null) => {
    const next = { ...value, [part]: text || null };
    onChange(Object.values(next).some(Boolean) ? next : null);
  };
  const line = (part: Exclude<keyof AddressValue, 'country'>, first = false) => (
    <TextInput
      id={first ? id : undefined}
      aria-label={`${field.label}: ${t(`address.${part}`)}`}
      placeholder={t(`address.${part}`)}
      autoFocus={first && autoFocus}
      error={first && invalid}
      value={value?.[part] ?? ''}
      onChange={(event) => set(part, event.currentTarget.value)}
    />
  );
  return (
    <div className={style.grid}>
      <div className={style.wide}>{line('street', true)}</div>
      {line('postcode')}
      {line('city')}
      {line('region')}
      <Select
        aria-label={`${field.label}: ${t('address.country')}`}
        placeholder={t('address.country')}
        searchable
        clearable
        data={names}
        value={value?.country ?? null}
        onChange={(country) => set('country', country)}
      />
    </div>
  );
}

function linesOf(value: AddressValue, language: string): string[] {
  const country =
    value.country && /^[A-Z]{2}$/.test(value.country)
      ? new Intl.DisplayNames([language], { type: 'region' }).of(value.country)
      : value.country;
  return [value.street, [value.postcode, value.city].filter(Boolean).join(' '), value.region, country].filter(
    (line): line is string => Boolean(line),
  );
}
