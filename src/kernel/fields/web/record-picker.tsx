import { CloseButton, Combobox, Loader, Pill, PillsInput, useCombobox } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Filter } from '../../query/filter.ts';
import { useFieldEnvironment, useRecordTitle } from './environment.tsx';
import style from './field.module.css';
import type { RecordLink } from './field-web.ts';

interface PickerProps {
  object: string;
  value: readonly string[];
  /** Records that came along with the record, for their titles. */
  known?: readonly unknown[];
  many?: boolean;
  onChange(ids: string[]): void;
  onDone?(ids: string[]): void;
  id: string;
  'aria-label'?: string;
  autoFocus?: boolean;
  invalid?: boolean;
  placeholder?: string;
  /** Words that stand for a value of their own, e.g. `me`. */
  extra?: readonly { value: string; label: string }[];
  creatable?: boolean;
  /** Which of them are offered; none of these is made here. */
  only?: Filter;
}

/** Finds records while typing, offers to create what is not there; one or several. */
export function RecordPicker(props: PickerProps) {
  const { t } = useTranslation();
  const environment = useFieldEnvironment();
  const { object, value, many = false, onChange, onDone } = props;
  const only = JSON.stringify(props.only);
  const [words, setWords] = useState('');
  const [found, setFound] = useState<RecordLink[] | null>(null);
  const titles = useRef(new Map<string, string>());
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const opened = combobox.dropdownOpened;

  useEffect(() => {
    if (!opened) return;
    const controller = new AbortController();
    const timer = setTimeout(
      () => {
        environment
          .searchRecords(object, words.trim(), controller.signal, only === undefined ? undefined : JSON.parse(only))
          .then((links) => {
            for (const link of links) titles.current.set(link.id, link.title);
            setFound(links);
            // Enter takes the best match as soon as there is one.
            if (words) setTimeout(() => combobox.selectFirstOption(), 0);
          })
          .catch(() => !controller.signal.aborted && setFound([]));
      },
      words ? 140 : 0,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [opened, words, object, only, environment, combobox.selectFirstOption]);

  const choose = (id: string) => {
    const next = many ? (value.includes(id) ? value.filter((other) => other !== id) : [...value, id]) : [id];
    setWords('');
    onChange(next);
    if (!many) {
      combobox.closeDropdown();
      onDone?.(next);
    }
  };
  const create = async () => {
    combobox.closeDropdown();
    const link = await environment.createRecord(object, words.trim());
    if (!link) return;
    titles.current.set(link.id, link.title);
    choose(link.id);
  };

  const offered = (found ?? []).filter((link) => !many || !value.includes(link.id));
  const extra = (props.extra ?? []).filter(({ label }) => label.toLowerCase().includes(words.trim().toLowerCase()));
  const mayCreate = props.creatable !== false && !props.only && environment.canCreate(object);
  return (
    <Combobox
      store={combobox}
      shadow="md"
      onOptionSubmit={(chosen) => (chosen === '$create' ? void create() : choose(chosen))}
    >
      <Combobox.DropdownTarget>
        <PillsInput
          size="sm"
          error={props.invalid}
          onClick={() => combobox.openDropdown()}
          rightSection={
            value.length > 0 && !many ? (
              <CloseButton
                size="xs"
                aria-label={t('common.clear')}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => {
                  onChange([]);
                  onDone?.([]);
                }}
              />
            ) : undefined
          }
        >
          <Pill.Group>
            {value.map((id) => (
              <Picked
                key={id}
                object={object}
                id={id}
                known={props.known}
                title={props.extra?.find((one) => one.value === id)?.label ?? titles.current.get(id)}
                onRemove={many ? () => onChange(value.filter((other) => other !== id)) : undefined}
              />
            ))}
            <Combobox.EventsTarget>
              <PillsInput.Field
                id={props.id}
                aria-label={props['aria-label']}
                // The box around it takes the id in a form: the label would name that one.
                aria-labelledby={props['aria-label'] ? undefined : `${props.id}-label`}
                autoFocus={props.autoFocus}
                value={words}
                placeholder={value.length === 0 ? (props.placeholder ?? t('field.search')) : undefined}
                onFocus={() => combobox.openDropdown()}
                onBlur={() => combobox.closeDropdown()}
                onChange={(event) => {
                  setWords(event.currentTarget.value);
                  combobox.openDropdown();
                  combobox.updateSelectedOptionIndex();
                }}
                onKeyDown={(event) => {
                  if (event.key === 'Escape' && opened) event.stopPropagation();
                  if (event.key === 'Enter' && opened) event.stopPropagation();
                  if (event.key === 'Backspace' && words === '' && value.length > 0) onChange(value.slice(0, -1));
                }}
              />
            </Combobox.EventsTarget>
          </Pill.Group>
        </PillsInput>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown>
        <Combobox.Options
          mah={280}
          style={{ overflowY: 'auto' }}
          aria-label={props['aria-label'] ?? environment.objectLabel(object)}
        >
          {found === null ? (
            <Combobox.Empty>
              <Loader />
            </Combobox.Empty>
          ) : null}
          {extra.map((one) => (
            <Combobox.Option key={one.value} value={one.value}>
              {one.label}
            </Combobox.Option>
          ))}
          {offered.map((link) => (
            <Combobox.Option key={link.id} value={link.id} active={value.includes(link.id)}>
              <span className={style.option}>
                <span className={style.truncate}>{link.title}</span>
                {link.detail ? <span className={style.optionDetail}>{link.detail}</span> : null}
              </span>
            </Combobox.Option>
          ))}
          {found !== null && offered.length === 0 && extra.length === 0 ? (
            <Combobox.Empty>{t('field.nothingFound')}</Combobox.Empty>
          ) : null}
          {mayCreate ? (
            <Combobox.Option value="$create">
              {words.trim()
                ? t('field.createNamed', { name: words.trim() })
                : t('field.createNew', { object: environment.objectLabel(object).toLocaleLowerCase() })}
            </Combobox.Option>
          ) : null}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function Picked({
  object,
  id,
  known,
  title,
  onRemove,
}: {
  object: string;
  id: string;
  known?: readonly unknown[];
  title?: string;
  onRemove?: () => void;
}) {
  const asked = useRecordTitle(
    object,
    title ? null : id,
    known?.find((one) => (one as { id?: string } | null)?.id === id),
  );
  return (
    <Pill withRemoveButton={onRemove !== undefined} onRemove={onRemove}>
      {title ?? asked ?? '…'}
    </Pill>
  );
}
