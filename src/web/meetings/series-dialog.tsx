import { Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../ui/form-dialog.tsx';

/** Which meetings of a series are meant: the one on the screen, with those that follow, or all that are still to come. */
export type SeriesScope = 'this' | 'following' | 'all';

/** This one, this and those that follow, or all: how often a series takes place is nothing of one alone. */
export function SeriesDialog({
  kind,
  onClose,
}: {
  kind: 'change' | 'rule' | 'remove';
  onClose(scope: SeriesScope | null): void;
}) {
  const { t } = useTranslation();
  const scopes: readonly SeriesScope[] = kind === 'rule' ? ['following', 'all'] : ['this', 'following', 'all'];
  const [scope, setScope] = useState<SeriesScope>(scopes[0]!);
  return (
    <FormDialog
      title={t(`meetings.series.${kind === 'remove' ? 'remove' : 'change'}`)}
      submit={t(kind === 'remove' ? 'meetings.series.doRemove' : 'meetings.series.doChange')}
      onSubmit={() => onClose(scope)}
      onClose={() => onClose(null)}
    >
      <Radio.Group
        aria-label={t('meetings.series.which')}
        value={scope}
        onChange={(value) => setScope(value as SeriesScope)}
      >
        <Stack gap="xs">
          {scopes.map((one, index) => (
            <Radio
              key={one}
              value={one}
              label={t(`meetings.series.${one}`)}
              description={one === 'all' ? t('meetings.series.allHint') : undefined}
              {...(index === 0 ? { 'data-autofocus': true } : {})}
            />
          ))}
        </Stack>
      </Radio.Group>
    </FormDialog>
  );
}
