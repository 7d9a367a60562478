import { Button, Popover, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordPicker } from '#kernel/fields/web/record-picker.tsx';
import { get, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { readPage } from '../api/queries.ts';
import style from './admin.module.css';

interface Completion {
  kind: 'field' | 'function';
  name: string;
  type?: string;
  signatures?: string[];
}

interface Checked {
  ok: boolean;
  type: string | null;
  error: { message: string; position: number; length: number } | null;
  sample: string | null;
}

/** Types a formula may return for what it computes, the plainest first. */
export const returnsOf: Readonly<Record<string, readonly string[]>> = {
  number: ['decimal', 'integer', 'percent'],
  money: ['money'],
  text: ['text'],
  boolean: ['boolean'],
  date: ['date'],
  datetime: ['datetime'],
  duration: ['duration'],
};

/** A formula as it is written: what could come next, where it is wrong, and what it makes of a real record. */
export function FormulaEditor({
  object,
  value,
  returns,
  onChange,
  onType,
}: {
  object: string;
  value: string;
  returns: string | undefined;
  onChange(formula: string): void;
  /** Told what the formula computes. */
  onType(type: string): void;
}) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const id = useId();
  const input = useRef<HTMLTextAreaElement>(null);
  const [offers, setOffers] = useState<{ from: number; to: number; items: Completion[] } | null>(null);
  const [active, setActive] = useState(0);
  const [record, setRecord] = useState<string | null>(null);
  const [asked] = useDebouncedValue(value, 250);
  const asking = useRef(0);

  // The newest record stands in until somebody chooses another one.
  const newest = useQuery({
    queryKey: ['admin', 'newest', object],
    queryFn: async () =>
      (await readPage(object, { fields: ['id'], sort: ['-createdAt'], limit: 1 })).items[0]?.id ?? null,
  });
  const sampleId = record ?? newest.data ?? undefined;
  const { data: checked } = useQuery({
    queryKey: ['admin', 'formula', object, asked, returns, sampleId],
    enabled: asked.trim() !== '',
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const result = await post<Checked>('/formulas/check', { object, formula: asked, returns, record: sampleId });
      if (result.type) onType(result.type);
      return result;
    },
  });
  const isCurrent = asked === value && value.trim() !== '';
  const error = isCurrent ? checked?.error : null;

  const offer = async (formula: string, offset: number) => {
    const number = ++asking.current;
    const found = await post<NonNullable<typeof offers>>('/formulas/complete', { object, formula, offset }).catch(
      () => null,
    );
    if (number !== asking.current) return;
    setActive(0);
    setOffers(found && found.items.length > 0 && formula.length > 0 ? found : null);
  };
  const take = (item: Completion) => {
    if (!offers) return;
    const text = item.kind === 'function' ? `${item.name}(` : item.name;
    const next = value.slice(0, offers.from) + text + value.slice(offers.to);
    const cursor = offers.from + text.length;
    onChange(next);
    setOffers(null);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(cursor, cursor);
    });
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      void offer(value, event.currentTarget.selectionStart);
      return;
    }
    if (!offers) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setActive((active + by + offers.items.length) % offers.items.length);
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      event.preventDefault();
      take(offers.items[active]!);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      setOffers(null);
    }
  };
  const labelOf = (item: Completion) =>
    item.kind === 'function'
      ? (item.signatures?.[0] ?? '')
      : (definitions.get(object)?.fields.find((field) => field.name === item.name)?.label ?? item.type ?? '');
  return (
    <div>
      <div style={{ display: 'flex', justifyContent: 'space-between', alignItems: 'end' }}>
        <label htmlFor={id} className="mantine-InputWrapper-label">
          {t('admin.formula.label')} <span aria-hidden>*</span>
        </label>
        <FunctionHelp onTake={(example) => onChange(value ? `${value} ${example}` : example)} />
      </div>
      <div className={style.formula}>
        <textarea
          id={id}
          ref={input}
          className={style.formulaInput}
          spellCheck={false}
          autoCapitalize="off"
          maxLength={4000}
          role="combobox"
          aria-expanded={offers !== null}
          aria-controls={`${id}-offers`}
          aria-autocomplete="list"
          aria-activedescendant={offers ? `${id}-${active}` : undefined}
          aria-invalid={Boolean(error)}
          aria-describedby={`${id}-state`}
          placeholder={t('admin.formula.placeholder')}
          value={value}
          onChange={(event) => {
            onChange(event.currentTarget.value);
            void offer(event.currentTarget.value, event.currentTarget.selectionStart);
          }}
          onKeyDown={onKey}
          onBlur={() => setTimeout(() => setOffers(null), 150)}
        />
        {offers ? (
          <div
            className={style.suggestions}
            id={`${id}-offers`}
            role="listbox"
            aria-label={t('admin.formula.suggestions')}
          >
            {offers.items.map((item, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by the text field
              <div
                key={`${item.kind}${item.name}`}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === active}
                className={style.suggestion}
                ref={(element) => {
                  if (index === active) element?.scrollIntoView({ block: 'nearest' });
                }}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(item)}
              >
                <code>{item.kind === 'function' ? `${item.name}()` : item.name}</code>
                <span>{labelOf(item)}</span>
              </div>
            ))}
          </div>
        ) : null}
      </div>
      <div id={`${id}-state`} role="status">
        {error ? (
          <div className={style.formulaWhere}>
            {error.message}
            <code>
              {value.slice(0, error.position)}
              <mark>{value.slice(error.position, error.position + Math.max(1, error.length)) || '␣'}</mark>
              {value.slice(error.position + Math.max(1, error.length))}
            </code>
          </div>
        ) : isCurrent && checked?.ok ? (
          <div className={style.sample}>
            <span>{t('admin.formula.gives', { type: t(`admin.formula.type.${checked.type}`) })}</span>
            {checked.sample !== null ? (
              <>
                <span>·</span>
                <span>{t('admin.formula.sample')}</span>
                <output>{checked.sample === '' ? t('admin.formula.nothing') : checked.sample}</output>
              </>
            ) : null}
          </div>
        ) : null}
      </div>
      {sampleId ? (
        <div style={{ marginTop: 6, maxWidth: 320 }}>
          <RecordPicker
            id={`${id}-record`}
            aria-label={t('admin.formula.record')}
            placeholder={t('admin.formula.record')}
            object={object}
            creatable={false}
            value={[sampleId]}
            onChange={([next]) => setRecord(next ?? null)}
          />
        </div>
      ) : null}
    </div>
  );
}

interface FormulaFunction {
  name: string;
  signatures: string[];
  example: string;
  description: string;
}

function FunctionHelp({ onTake }: { onTake(example: string): void }) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const { data } = useQuery({
    queryKey: ['admin', 'functions'],
    queryFn: () => get<{ items: FormulaFunction[] }>('/formulas/functions'),
  });
  const shown = (data?.items ?? []).filter(({ name, description }) =>
    `${name} ${description}`.toLocaleLowerCase().includes(words.toLocaleLowerCase()),
  );
  return (
    <Popover width={400} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="subtle" color="gray" size="compact-sm">
          {t('admin.formula.functions')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <TextInput
          size="xs"
          aria-label={t('admin.formula.find')}
          placeholder={t('admin.formula.find')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <div style={{ maxHeight: 280, overflowY: 'auto', marginTop: 6 }}>
          {shown.map(({ name, signatures, example, description }) => (
            <button
              key={name}
              type="button"
              className={style.typeChoice}
              style={{ width: '100%', marginBottom: 4 }}
              onClick={() => onTake(example)}
            >
              <span>
                <code className={style.mono}>{signatures[0]}</code>
                <br />
                <span className={style.quiet}>{description}</span>
              </span>
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
