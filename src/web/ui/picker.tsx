import { Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import style from './picker.module.css';
import { SkeletonLines } from './skeleton.tsx';
import { problemText } from './toast.tsx';

export interface Choice {
  key: string;
  label: string;
  detail?: string;
  icon?: ReactNode;
}

/** One of a few or of very many: typed for, chosen with the arrows or a click. */
export function Picker({
  title,
  placeholder,
  name,
  load,
  empty,
  foot,
  onClose,
}: {
  title: string;
  placeholder: string;
  /** Under which what was found is kept. */
  name: string;
  load(words: string, signal: AbortSignal): Promise<readonly Choice[]>;
  empty: string;
  /** Below the choices: what else decides. */
  foot?: ReactNode;
  onClose(key: string | null): void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const { data, error, isPending } = useQuery({
    queryKey: ['picker', name, words],
    staleTime: 10_000,
    queryFn: ({ signal }) => load(words.trim(), signal),
    placeholderData: (before) => before,
  });
  const choices = data ?? [];
  const active = Math.min(at, choices.length - 1);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <Modal
      opened
      onClose={() => onClose(null)}
      title={title}
      size={440}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <TextInput
        data-autofocus
        role="combobox"
        aria-label={placeholder}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={choices[active] ? `${id}-${active}` : undefined}
        placeholder={placeholder}
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step) {
            event.preventDefault();
            setAt(Math.max(0, Math.min(choices.length - 1, active + step)));
          } else if (event.key === 'Enter' && choices[active]) {
            event.preventDefault();
            onClose(choices[active].key);
          }
        }}
      />
      {isPending && !error ? (
        <div className={style.note}>
          <SkeletonLines lines={3} />
        </div>
      ) : null}
      {error ? (
        <p role="alert" className={style.note}>
          {problemText(error)}
        </p>
      ) : null}
      {data && choices.length === 0 ? <p className={style.note}>{empty}</p> : null}
      <div ref={list} id={id} role="listbox" aria-label={title} className={style.choices}>
        {choices.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={choice.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            onMouseMove={() => setAt(index)}
            onClick={() => onClose(choice.key)}
          >
            {choice.icon}
            <bdi>{choice.label}</bdi>
            {choice.detail ? <span>{choice.detail}</span> : null}
          </div>
        ))}
      </div>
      {foot ? <div className={style.foot}>{foot}</div> : null}
    </Modal>
  );
}
