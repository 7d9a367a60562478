import { Button, Checkbox, Group, Radio, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import style from './import.module.css';
import { type ImportOptions, type ImportShape, targetOf } from './types.ts';

/** Whether rows make new records, change existing ones or both, and what happens to those that look alike. */
export function OptionsStep({
  shape,
  busy,
  onBack,
  onNext,
}: {
  shape: ImportShape;
  busy: boolean;
  onBack(): void;
  onNext(options: Record<string, unknown>): unknown;
}) {
  const { t } = useTranslation();
  const definition = useDefinitions().get(shape.object);
  const mapped = [
    ...new Set(
      Object.values(shape.mapping ?? {})
        .map(targetOf)
        .filter((name): name is string => Boolean(name)),
    ),
  ];
  const [mode, setMode] = useState(shape.mode ?? 'create');
  const [key, setKey] = useState(shape.key ?? guessKey(mapped));
  const [duplicates, setDuplicates] = useState(shape.duplicates ?? 'skip');
  const [options, setOptions] = useState<ImportOptions>(shape.options ?? {});
  const setOption = (change: ImportOptions) => setOptions((old) => ({ ...old, ...change }));
  const labelOf = (name: string) => definition?.fields.find((field) => field.name === name)?.label ?? name;
  const needsKey = mode !== 'create';
  return (
    <>
      <Stack gap="lg" mt="md" maw={520}>
        <Radio.Group label={t('import.mode')} value={mode} onChange={(next) => setMode(next as typeof mode)}>
          <Stack gap={8} mt={6}>
            {(['create', 'update', 'upsert'] as const).map((value) => (
              <Radio
                key={value}
                size="xs"
                value={value}
                label={t(`import.modes.${value}`)}
                description={t(`import.modeHelp.${value}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {needsKey ? (
          <Select
            label={t('import.key')}
            description={t('import.keyHelp')}
            data={mapped.map((name) => ({ value: name, label: labelOf(name) }))}
            value={key}
            onChange={setKey}
            searchable
          />
        ) : null}
        {mode === 'update' ? null : (
          <Radio.Group
            label={t('import.duplicates')}
            value={duplicates}
            onChange={(next) => setDuplicates(next as typeof duplicates)}
          >
            <Stack gap={8} mt={6}>
              {(['skip', 'update', 'create', 'review'] as const).map((value) => (
                <Radio key={value} size="xs" value={value} label={t(`import.duplicate.${value}`)} />
              ))}
            </Stack>
          </Radio.Group>
        )}
        <Stack gap={8}>
          <Checkbox
            label={t('import.leaveOutBadCells')}
            description={t('import.leaveOutBadCellsHelp')}
            checked={options.leaveOutBadCells ?? false}
            onChange={(event) => setOption({ leaveOutBadCells: event.currentTarget.checked })}
          />
          {mode === 'create' && duplicates !== 'update' ? null : (
            <Checkbox
              label={t('import.clearEmpty')}
              checked={options.clearEmpty ?? false}
              onChange={(event) => setOption({ clearEmpty: event.currentTarget.checked })}
            />
          )}
        </Stack>
        <Group grow>
          <Select
            label={t('import.decimal')}
            allowDeselect={false}
            data={[
              { value: '', label: t('import.automatic') },
              { value: ',', label: '1.234,5' },
              { value: '.', label: '1,234.5' },
            ]}
            value={options.decimal ?? ''}
            onChange={(next) => setOption({ decimal: (next || undefined) as ImportOptions['decimal'] })}
          />
          <Select
            label={t('import.dateOrder')}
            allowDeselect={false}
            data={[
              { value: '', label: t('import.automatic') },
              ...(['ymd', 'dmy', 'mdy'] as const).map((value) => ({ value, label: t(`import.dates.${value}`) })),
            ]}
            value={options.dateOrder ?? ''}
            onChange={(next) => setOption({ dateOrder: (next || undefined) as ImportOptions['dateOrder'] })}
          />
        </Group>
      </Stack>
      <div className={style.foot}>
        <Button variant="default" onClick={onBack}>
          {t('import.back')}
        </Button>
        <Button
          loading={busy}
          disabled={needsKey && !key}
          onClick={() => void onNext({ mode, key: needsKey ? key : null, duplicates, options })}
        >
          {t('import.next')}
        </Button>
      </div>
    </>
  );
}

/** What usually tells records apart. */
function guessKey(mapped: readonly string[]): string | null {
  return (
    ['externalId', 'id', 'emails', 'email', 'taxNumber', 'name'].find((name) => mapped.includes(name)) ??
    mapped[0] ??
    null
  );
}
