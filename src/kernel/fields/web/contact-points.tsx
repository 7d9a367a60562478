import { ActionIcon, Button, NativeSelect } from '@mantine/core';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useTranslation } from 'react-i18next';
import style from './field.module.css';
import type { DisplayProps, EditorProps } from './field-web.ts';
import { TextLine } from './text-line.tsx';

/** One address or number among several; the first one is the primary one. */
export interface ContactPoint {
  value: string;
  label?: string | null;
}

export type ContactValue = string | readonly ContactPoint[];

export function pointsOf(value: ContactValue): readonly ContactPoint[] {
  return typeof value === 'string' ? [{ value }] : value;
}

const asIs = (value: string) => value;

/** What one is for, as address books and other programs call it. */
const labels = {
  email: ['work', 'home', 'other'],
  tel: ['work', 'mobile', 'home', 'fax', 'other'],
} as const;

/** A label in the reader's language; one that somebody made up stays as it is. */
function useLabelText(): (label: string) => string {
  const { t } = useTranslation();
  return (label) => {
    const plain = label.toLowerCase();
    const known = labels.tel.find((one) => one === (plain === 'cell' ? 'mobile' : plain));
    return known ? t(`field.contactLabel.${known}`) : label;
  };
}

/** All of them, each with its label, as links. */
export function ContactPointsDisplay({
  value,
  hrefOf,
  textOf = asIs,
}: DisplayProps<ContactValue> & { hrefOf(value: string): string; textOf?: (value: string) => string }) {
  const labelText = useLabelText();
  return (
    <span className={style.stack}>
      {pointsOf(value).map((point) => (
        <span key={point.value} className={style.truncate}>
          <a className={style.link} href={hrefOf(point.value)}>
            {textOf(point.value)}
          </a>
          {point.label ? <span className={style.quiet}> · {labelText(point.label)}</span> : null}
        </span>
      ))}
    </span>
  );
}

/** The primary one, and how many more there are. */
export function ContactPointsCell({
  value,
  textOf = asIs,
}: DisplayProps<ContactValue> & { textOf?: (value: string) => string }) {
  const [first, ...more] = pointsOf(value);
  return (
    <span>
      {first ? textOf(first.value) : null}
      {more.length > 0 ? <span className={style.quiet}> +{more.length}</span> : null}
    </span>
  );
}

/** Editor of e-mail addresses and phone numbers: one line, or a list where the field holds many. */
export function ContactPointsEditor({
  type,
  textOf = asIs,
  ...props
}: EditorProps<ContactValue, { many?: boolean }> & {
  type: 'email' | 'tel';
  /** A stored value as it stands in the line. */
  textOf?: (value: string) => string;
}) {
  const { t } = useTranslation();
  const labelText = useLabelText();
  const { value, onChange, field, id, autoFocus, invalid, placeholder } = props;
  const label = props['aria-label'];
  const inputMode = type;
  if (!field.options?.many) {
    const single = value === null ? null : (pointsOf(value)[0]?.value ?? null);
    return (
      <TextLine
        {...{ id, autoFocus, invalid, placeholder, inputMode }}
        aria-label={label}
        type={type}
        value={single === null ? null : textOf(single)}
        onChange={onChange}
      />
    );
  }
  const points = value === null || value.length === 0 ? [{ value: '' }] : pointsOf(value);
  // A line being typed may be empty; it is left out of what is saved by the `null` of an all-empty list.
  const set = (next: readonly ContactPoint[]) =>
    onChange(next.length === 0 || next.every((one) => !one.value) ? null : next);
  const change = (index: number, changed: Partial<ContactPoint>) =>
    set(points.map((one, at) => (at === index ? { ...one, ...changed } : one)));
  return (
    <div className={style.stack}>
      {points.map((point, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity of their own while they are typed
        <div className={style.contactPoint} key={index}>
          <TextLine
            id={index === 0 ? id : `${id}-${index}`}
            aria-label={label ?? `${field.label} ${index + 1}`}
            autoFocus={autoFocus && index === 0}
            type={type}
            inputMode={inputMode}
            invalid={invalid}
            placeholder={placeholder}
            value={textOf(point.value)}
            onChange={(text) => change(index, { value: text ?? '' })}
          />
          {point.value ? (
            <NativeSelect
              className={style.contactLabel}
              aria-label={t('field.contactLabel.of', { name: textOf(point.value) })}
              value={point.label ?? ''}
              data={[
                { value: '', label: '–' },
                ...[...new Set([...labels[type], ...(point.label ? [point.label] : [])])].map((one) => ({
                  value: one,
                  label: labelText(one),
                })),
              ]}
              onChange={(event) => change(index, { label: event.currentTarget.value || null })}
            />
          ) : null}
          {index > 0 && point.value ? (
            <ActionIcon
              aria-label={t('field.makeFirst', { name: textOf(point.value) })}
              title={t('field.makeFirst', { name: textOf(point.value) })}
              onClick={() => set([point, ...points.filter((_, at) => at !== index)])}
            >
              <IconArrowUp size={14} />
            </ActionIcon>
          ) : null}
          {points.length > 1 ? (
            <ActionIcon aria-label={t('common.remove')} onClick={() => set(points.filter((_, at) => at !== index))}>
              <IconX size={14} />
            </ActionIcon>
          ) : null}
        </div>
      ))}
      {points.at(-1)?.value ? (
        <Button
          variant="subtle"
          color="gray"
          justify="start"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          onClick={() => onChange([...points, { value: '' }])}
        >
          {t('field.addAnother')}
        </Button>
      ) : null}
    </div>
  );
}
