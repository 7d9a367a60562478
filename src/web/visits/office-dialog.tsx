import { Button } from '@mantine/core';
import IconCurrentLocation from '@tabler/icons-react/dist/esm/icons/IconCurrentLocation.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Geo } from '#kernel/fields/geo/format.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { LabelledField } from '../ui/labelled-field.tsx';
import { showToast } from '../ui/toast.tsx';
import { readPosition } from './position.ts';

/** Where one's day begins: typed, pasted from a map, or where one is now. Kept with the person. */
export function OfficeDialog({ value, onClose }: { value: Geo | null; onClose(place: Geo | null): void }) {
  const { t } = useTranslation();
  const [place, setPlace] = useState(value);
  const [key, setKey] = useState(0);
  const here = async () => {
    const found = await readPosition();
    if (!found) return showToast(t('visits.noPosition'));
    setPlace(found);
    setKey(key + 1);
  };
  const label = t('visits.office');
  return (
    <FormDialog
      title={t('visits.setOffice')}
      submit={t('common.save')}
      disabled={place === null}
      onSubmit={() => onClose(place)}
      onClose={() => onClose(null)}
    >
      <LabelledField
        // Its editor keeps what is typed: another place from elsewhere is another editor.
        key={key}
        field={
          { name: 'office', type: 'geo', label, help: t('visits.officeHelp'), required: true, options: {} } as never
        }
        value={place}
        onChange={(next) => setPlace(next as Geo | null)}
        autoFocus
      />
      <Button variant="default" leftSection={<IconCurrentLocation size={15} aria-hidden />} onClick={() => void here()}>
        {t('visits.iAmThere')}
      </Button>
    </FormDialog>
  );
}
