import { Combobox, Pill, PillsInput, useCombobox } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MailNote } from '#server/answers.ts';
import style from './compose.module.css';
import { findPeople, type Reachable } from './mail-queries.ts';

interface Person {
  name: string;
  address: string;
}

/** Whom a mail goes to: contacts found by their name, and any address. */
export function Recipients({
  label,
  value,
  notes,
  onChange,
  autoFocus = false,
  children,
}: {
  label: string;
  value: readonly Person[];
  notes: readonly MailNote[];
  onChange(people: Person[]): void;
  autoFocus?: boolean;
  children?: React.ReactNode;
}) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const [found, setFound] = useState<Reachable[]>([]);
  const field = useRef<HTMLInputElement>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const wanted = words.trim();
  useEffect(() => {
    if (wanted.length < 2) {
      setFound([]);
      return;
    }
    const controller = new AbortController();
    const timer = setTimeout(() => {
      findPeople(wanted, controller.signal)
        .then((people) => {
          setFound(people);
          if (people.length > 0) setTimeout(() => combobox.selectFirstOption(), 0);
        })
        .catch(() => setFound([]));
    }, 140);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [wanted, combobox.selectFirstOption]);
  useEffect(() => {
    if (autoFocus) field.current?.focus();
  }, [autoFocus]);

  const add = (people: readonly Person[]) => {
    const known = new Set(value.map(({ address }) => address.toLowerCase()));
    const fresh = people.filter(({ address }) => !known.has(address.toLowerCase()));
    if (fresh.length > 0) onChange([...value, ...fresh]);
    setWords('');
    setFound([]);
    combobox.closeDropdown();
  };
  /** What was typed or pasted, as far as it holds addresses. */
  const take = (): boolean => {
    const people = peopleIn(words);
    if (people.length > 0) add(people);
    return people.length > 0;
  };
  const offered = found.filter(({ address }) => !value.some((one) => one.address === address));
  return (
    <Combobox
      store={combobox}
      shadow="md"
      onOptionSubmit={(address) => {
        const person = offered.find((one) => one.address === address);
        if (person) add([{ name: person.name, address: person.address }]);
      }}
    >
      <Combobox.DropdownTarget>
        <PillsInput size="sm" variant="unstyled" className={style.people} onClick={() => field.current?.focus()}>
          <Pill.Group>
            <span className={style.label} aria-hidden>
              {label}
            </span>
            {value.map((one) => {
              const about = notes.filter(({ address }) => address === one.address.toLowerCase());
              return (
                <Pill
                  key={one.address}
                  withRemoveButton
                  title={[one.address, ...about.map(({ text }) => text)].join('\n')}
                  data-tone={about.some(({ stops }) => stops) ? 'danger' : about.length > 0 ? 'warning' : undefined}
                  className={style.pill}
                  removeButtonProps={{
                    tabIndex: 0,
                    'aria-label': t('compose.remove', { name: one.name || one.address }),
                    'aria-hidden': false,
                  }}
                  onRemove={() => onChange(value.filter((other) => other !== one))}
                >
                  <bdi>{one.name || one.address}</bdi>
                </Pill>
              );
            })}
            <Combobox.EventsTarget>
              <PillsInput.Field
                ref={field}
                aria-label={label}
                value={words}
                inputMode="email"
                autoComplete="off"
                onChange={(event) => {
                  setWords(event.currentTarget.value);
                  combobox.openDropdown();
                  if (/[,;]\s*$/.test(event.currentTarget.value)) setTimeout(take, 0);
                }}
                onPaste={(event) => {
                  const people = peopleIn(event.clipboardData.getData('text'));
                  if (people.length === 0) return;
                  event.preventDefault();
                  add(people);
                }}
                onBlur={() => {
                  take();
                  combobox.closeDropdown();
                }}
                onKeyDown={(event) => {
                  if (event.key === 'Backspace' && words === '' && value.length > 0) onChange(value.slice(0, -1));
                  const isChosen = combobox.dropdownOpened && offered.length > 0;
                  if ((event.key === ',' || event.key === ';' || (event.key === 'Enter' && !isChosen)) && take())
                    event.preventDefault();
                  if (event.key === 'Escape' && isChosen) event.stopPropagation();
                }}
              />
            </Combobox.EventsTarget>
            {children}
          </Pill.Group>
        </PillsInput>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown hidden={offered.length === 0}>
        <Combobox.Options>
          {offered.map((one) => (
            <Combobox.Option key={`${one.contact} ${one.address}`} value={one.address}>
              <span className={style.found}>
                <bdi>{one.name}</bdi> <small>{[one.address, one.detail].filter(Boolean).join(' · ')}</small>
              </span>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

/** `Ona <ona@example.com>, jonas@example.com`, as other programs copy them. */
export function peopleIn(text: string): Person[] {
  return text.split(/[,;\n]+/).flatMap((part) => {
    const [, name = '', address] = /^\s*(?:"?([^"<]*?)"?\s*<)?([^\s<>@]+@[^\s<>@]+)>?\s*$/.exec(part) ?? [];
    return address ? [{ name: name.trim(), address }] : [];
  });
}
