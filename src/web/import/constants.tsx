import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldShape } from '../api/types.ts';
import style from './import.module.css';
import { optionsOf } from './meanings.ts';

type Texts = Readonly<Record<string, string>>;

/** Values for fields that the file has no column for. */
export function Constants({
  targets,
  used,
  constants,
  fieldOf,
  example,
  onChange,
}: {
  targets: { value: string; label: string }[];
  used: ReadonlySet<string | null>;
  constants: Texts;
  fieldOf(target: string | null): FieldShape | undefined;
  example: string;
  onChange(next: Record<string, string>): void;
}) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const labelOf = (target: string) => targets.find(({ value }) => value === target)?.label ?? target;
  const remove = (target: string) => {
    const { [target]: _gone, ...others } = constants;
    onChange(others);
  };
  return (
    <section>
      <h2 className={style.subtitle}>{t('import.constants')}</h2>
      <p className={style.text}>{t('import.constantsText', { example })}</p>
      {Object.entries(constants).map(([target, text]) => {
        const options = optionsOf(fieldOf(target));
        const label = t('import.constantValue', { field: labelOf(target) });
        return (
          <div className={style.constant} key={target}>
            <span>{labelOf(target)}</span>
            {options ? (
              <Select
                aria-label={label}
                searchable
                data={options}
                value={text || null}
                onChange={(next) => onChange({ ...constants, [target]: next ?? '' })}
              />
            ) : (
              <TextInput
                aria-label={label}
                autoFocus
                maxLength={4000}
                value={text}
                onChange={(event) => onChange({ ...constants, [target]: event.currentTarget.value })}
              />
            )}
            <ActionIcon aria-label={`${t('common.remove')}: ${labelOf(target)}`} onClick={() => remove(target)}>
              <IconX size={14} />
            </ActionIcon>
          </div>
        );
      })}
      {asked ? (
        <div className={style.constant}>
          <Select
            aria-label={t('import.constantField')}
            placeholder={t('import.constantField')}
            searchable
            autoFocus
            defaultDropdownOpened
            data={targets.filter(({ value }) => !used.has(value))}
            value={null}
            onChange={(next) => {
              if (next) onChange({ ...constants, [next]: '' });
              setAsked(false);
            }}
          />
        </div>
      ) : (
        <Button
          mt="xs"
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          onClick={() => setAsked(true)}
        >
          {t('import.addConstant')}
        </Button>
      )}
    </section>
  );
}
