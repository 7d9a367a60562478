import { ActionIcon, Button, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useTranslation } from 'react-i18next';
import { DayPicker } from '#kernel/fields/web/date-picker.tsx';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import style from './admin.module.css';

export interface Holiday {
  on: string;
  name: string;
}

const MOST = 200;

/** Days on which the company does not work, in the order in which they were added. */
export function Holidays({
  holidays,
  onChange,
}: {
  holidays: readonly Holiday[];
  onChange(holidays: Holiday[] | null): void;
}) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const set = (index: number, changes: Partial<Holiday>) =>
    onChange(holidays.with(index, { ...holidays[index]!, ...changes }));
  return (
    <>
      {holidays.map(({ on, name }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may still be the same day
        <div className={style.holiday} key={index}>
          <div>
            <DayPicker
              id={`holiday-${index}`}
              aria-label={t('admin.company.holidayOn')}
              field={{ name: 'on', type: 'date', label: t('admin.company.holidayOn') }}
              value={on || null}
              onChange={(day) => set(index, { on: day ?? '' })}
            />
          </div>
          <TextInput
            aria-label={t('admin.company.holidayName')}
            placeholder={t('admin.company.holidayName')}
            maxLength={80}
            value={name}
            onChange={(event) => set(index, { name: event.currentTarget.value })}
          />
          <ActionIcon
            aria-label={t('admin.company.removeHoliday', { day: on ? formatDate(on, language) : '' })}
            onClick={() => onChange(holidays.length > 1 ? holidays.toSpliced(index, 1) : null)}
          >
            <IconTrash size={15} />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlus size={13} aria-hidden />}
        disabled={holidays.length >= MOST}
        onClick={() => onChange([...holidays, { on: '', name: '' }])}
      >
        {t('admin.company.addHoliday')}
      </Button>
    </>
  );
}
