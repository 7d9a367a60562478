import { ActionIcon, Button, Popover, Select, TextInput } from '@mantine/core';
import IconAdjustments from '@tabler/icons-react/dist/esm/icons/IconAdjustments.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldShape } from '../api/types.ts';
import { languages } from '../i18n/i18n.ts';
import style from './admin.module.css';
import { nameFrom, type OptionSource, type Words, wordIn } from './api.ts';
import { ConditionEditor } from './condition-editor.tsx';
import { withWord } from './parts.tsx';
import { Sortable } from './sortable.tsx';

const tones = ['gray', 'red', 'orange', 'yellow', 'lime', 'green', 'teal', 'cyan', 'blue', 'indigo', 'violet', 'pink'];

/** Where the records go whose option is taken away: option → another one, or null to leave them as they are. */
export type Moves = Readonly<Record<string, string | null>>;

/** A list of values: names in three languages, colours, order, and when each can be chosen. */
export function OptionsEditor({
  options,
  shipped = {},
  fixed,
  counts,
  moves,
  fields,
  onChange,
  onMoves,
}: {
  options: readonly OptionSource[];
  /** Names from the catalogues. */
  shipped?: Readonly<Record<string, Words>>;
  /** Values that belong to the program: they stay. */
  fixed: ReadonlySet<string>;
  /** How many records hold each value. */
  counts: Readonly<Record<string, number>>;
  moves: Moves;
  fields: readonly FieldShape[];
  onChange(options: OptionSource[]): void;
  onMoves(moves: Moves): void;
}) {
  const { t, i18n } = useTranslation();
  const [added, setAdded] = useState('');
  const nameOf = (option: OptionSource) =>
    wordIn(option.label ?? {}, i18n.language) || wordIn(shipped[option.value] ?? {}, i18n.language) || option.value;
  const set = (index: number, option: OptionSource) => onChange(options.with(index, option));
  const add = () => {
    const label = added.trim();
    if (!label) return;
    const base = nameFrom(label) || 'option';
    let value = base;
    for (let number = 2; options.some((option) => option.value === value) || value in moves; number++)
      value = `${base}${number}`;
    onChange([
      ...options,
      { value, label: { [i18n.language]: label }, color: tones[(options.length * 5 + 8) % tones.length] },
    ]);
    setAdded('');
  };
  const remove = (option: OptionSource) => {
    onChange(options.filter((one) => one !== option));
    if ((counts[option.value] ?? 0) > 0) onMoves({ ...moves, [option.value]: null });
  };
  return (
    <fieldset className={style.words}>
      <legend>{t('admin.options.title')}</legend>
      <Sortable items={options} keyOf={(option) => option.value} nameOf={nameOf} onChange={onChange}>
        {(option, index, handle) => (
          <OptionRow
            option={option}
            name={nameOf(option)}
            shipped={shipped[option.value] ?? {}}
            count={counts[option.value] ?? 0}
            fields={fields}
            handle={handle}
            removable={!fixed.has(option.value)}
            onChange={(next) => set(index, next)}
            onRemove={() => remove(option)}
          />
        )}
      </Sortable>
      <TextInput
        size="xs"
        aria-label={t('admin.options.add')}
        placeholder={t('admin.options.add')}
        value={added}
        maxLength={100}
        onChange={(event) => setAdded(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add();
        }}
        onPaste={(event) => {
          // A column from a spreadsheet: a value on each line.
          const lines = event.clipboardData
            .getData('text')
            .split(/\r?\n/)
            .map((line) => line.trim())
            .filter(Boolean);
          if (lines.length < 2) return;
          event.preventDefault();
          const known = new Set(options.map(({ value }) => value));
          const fresh = lines.flatMap((line, index) => {
            const value = nameFrom(line) || `option${index}`;
            if (known.has(value)) return [];
            known.add(value);
            return [{ value, label: { [i18n.language]: line.slice(0, 100) }, color: tones[index % tones.length] }];
          });
          onChange([...options, ...fresh]);
        }}
        rightSection={
          <ActionIcon aria-label={t('admin.options.add')} onClick={add} disabled={!added.trim()}>
            <IconPlus size={14} />
          </ActionIcon>
        }
      />
      {Object.entries(moves).map(([value, to]) => (
        <Select
          key={value}
          size="xs"
          label={t('admin.options.moveTo', {
            count: counts[value] ?? 0,
            option: wordIn(shipped[value] ?? {}, i18n.language) || value,
          })}
          placeholder={t('admin.options.leave')}
          clearable
          data={options.map((option) => ({ value: option.value, label: nameOf(option) }))}
          value={to}
          onChange={(next) => onMoves({ ...moves, [value]: next })}
        />
      ))}
    </fieldset>
  );
}

function OptionRow({
  option,
  name,
  shipped,
  count,
  fields,
  handle,
  removable,
  onChange,
  onRemove,
}: {
  option: OptionSource;
  name: string;
  shipped: Words;
  count: number;
  fields: readonly FieldShape[];
  handle: React.ReactNode;
  removable: boolean;
  onChange(option: OptionSource): void;
  onRemove(): void;
}) {
  const { t, i18n } = useTranslation();
  const [more, setMore] = useState(option.when !== undefined);
  const others = languages.filter(({ value }) => value !== i18n.language);
  const label = option.label ?? {};
  const write = (language: string, text: string) => onChange({ ...option, label: withWord(label, language, text) });
  return (
    <div className={style.option}>
      {handle}
      <Popover position="bottom-start" trapFocus>
        <Popover.Target>
          <button
            type="button"
            className={style.swatch}
            data-tone={option.color ?? 'gray'}
            aria-label={t('admin.options.color', { name })}
          />
        </Popover.Target>
        <Popover.Dropdown p={6}>
          <div className={style.swatches}>
            {tones.map((tone) => (
              <button
                key={tone}
                type="button"
                className={style.swatch}
                data-tone={tone}
                aria-label={t(`admin.tone.${tone}`)}
                aria-pressed={tone === option.color}
                onClick={() => onChange({ ...option, color: tone })}
              />
            ))}
          </div>
        </Popover.Dropdown>
      </Popover>
      <TextInput
        size="xs"
        aria-label={t('admin.options.name', { name })}
        placeholder={shipped[i18n.language] ?? option.value}
        maxLength={100}
        value={label[i18n.language] ?? ''}
        onChange={(event) => write(i18n.language, event.currentTarget.value)}
        rightSectionWidth={count > 0 ? 54 : undefined}
        rightSection={count > 0 ? <span className={style.quiet}>{count}</span> : undefined}
      />
      <span>
        <ActionIcon
          aria-label={t('admin.options.more', { name })}
          aria-expanded={more}
          variant={more ? 'light' : 'subtle'}
          onClick={() => setMore(!more)}
        >
          <IconAdjustments size={14} />
        </ActionIcon>
        <ActionIcon aria-label={t('admin.options.remove', { name })} disabled={!removable} onClick={onRemove}>
          <IconTrash size={14} />
        </ActionIcon>
      </span>
      {more ? (
        <div className={style.optionMore}>
          {others.map((language) => (
            <TextInput
              key={language.value}
              size="xs"
              aria-label={`${name} · ${language.label}`}
              leftSection={<span className={style.language}>{language.value.toUpperCase()}</span>}
              placeholder={shipped[language.value]}
              maxLength={100}
              value={label[language.value] ?? ''}
              onChange={(event) => write(language.value, event.currentTarget.value)}
            />
          ))}
          {fields.length > 0 ? (
            <ConditionEditor
              label={t('admin.options.when')}
              none={t('admin.options.always')}
              fields={fields}
              value={option.when}
              onChange={(when) => {
                const { when: _old, ...rest } = option;
                onChange(when ? { ...rest, when } : rest);
              }}
            />
          ) : null}
          <span className={style.quiet}>
            {t('admin.options.value')} <code className={style.mono}>{option.value}</code>
          </span>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            style={{ justifySelf: 'start' }}
            onClick={() => setMore(false)}
          >
            {t('common.close')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
