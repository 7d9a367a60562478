import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { languages } from '../i18n/i18n.ts';
import { CopyField } from '../ui/copy-field.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import { problemText } from '../ui/toast.tsx';
import style from './admin.module.css';
import type { Words } from './api.ts';

/** What a screen of the settings is called, what it is for, and what one may do first. */
export function Heading({ title, text, children }: { title: ReactNode; text?: ReactNode; children?: ReactNode }) {
  return (
    <header className={style.heading}>
      <div>
        <h2 className={style.title}>{title}</h2>
        {text ? <p className={style.text}>{text}</p> : null}
      </div>
      {children ? <div className={style.headingActions}>{children}</div> : null}
    </header>
  );
}

export function Section({
  title,
  text,
  action,
  children,
}: {
  title: string;
  text?: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={style.section} aria-label={title}>
      <header className={style.sectionHead}>
        <h3 className={style.sectionTitle}>{title}</h3>
        <span className={style.sectionAction}>{action}</span>
      </header>
      {text ? <p className={style.sectionText}>{text}</p> : null}
      {children}
    </section>
  );
}

/** What a screen is made of, asked of the server. */
interface Query {
  readonly error: unknown;
  refetch(): unknown;
}

/** Where an answer is on its way, or why it does not come: neither is nothing. */
export function Pending({ query }: { query: Query }) {
  return query.error ? (
    <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  ) : (
    <SkeletonLines lines={4} />
  );
}

/** Rows with headings; on a phone each row is a card whose cells name their column. */
export function DataTable({
  label,
  columns,
  rows,
  query,
  empty,
}: {
  label: string;
  columns: readonly string[];
  /** Undefined until `query` has an answer. */
  rows: readonly { key: string; cells: readonly ReactNode[]; muted?: boolean }[] | undefined;
  query?: Query;
  empty: ReactNode;
}) {
  if (!rows) return query ? <Pending query={query} /> : null;
  if (rows.length === 0) return <p className={style.empty}>{empty}</p>;
  return (
    <div className={style.tableBox}>
      <table className={style.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns stay where they are
              <th key={index} scope="col">
                {column || <span className="visually-hidden">{label}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells, muted }) => (
            <tr key={key} data-muted={muted}>
              {cells.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells stand under their columns
                <td key={index} data-column={columns[index]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** How something is, in a word with a colour. */
export function Mark({
  tone,
  children,
}: {
  tone: 'good' | 'danger' | 'warning' | 'quiet' | 'accent';
  children: ReactNode;
}) {
  return (
    <span className={style.mark} data-mark={tone}>
      {children}
    </span>
  );
}

/** A text in the three languages; the first that is filled stands in for those that are not. */
export function WordsInput({
  label,
  value,
  placeholders = {},
  required,
  multiline,
  error,
  autoFocus,
  onChange,
}: {
  label: string;
  value: Words;
  placeholders?: Words;
  required?: boolean;
  multiline?: boolean;
  error?: string;
  autoFocus?: boolean;
  onChange(value: Words): void;
}) {
  const { i18n } = useTranslation();
  const Input = multiline ? Textarea : TextInput;
  // The reader's own language first: it is what they know to write.
  const ordered = languages.toSorted((a, b) => Number(b.value === i18n.language) - Number(a.value === i18n.language));
  return (
    <fieldset className={style.words}>
      <legend>
        {label}
        {required ? <span aria-hidden> *</span> : null}
      </legend>
      {ordered.map((language, index) => (
        <Input
          key={language.value}
          aria-label={`${label} · ${language.label}`}
          leftSection={<span className={style.language}>{language.value.toUpperCase()}</span>}
          leftSectionWidth={40}
          leftSectionPointerEvents="none"
          required={required && index === 0}
          data-autofocus={autoFocus && index === 0 ? true : undefined}
          maxLength={multiline ? 500 : 100}
          placeholder={placeholders[language.value]}
          error={index === ordered.length - 1 ? error : Boolean(error)}
          value={value[language.value] ?? ''}
          onChange={(event) => onChange(withWord(value, language.value, event.currentTarget.value))}
        />
      ))}
    </fieldset>
  );
}

/** The name that programs use, which stays as it is once it is made. */
export function NameInput({
  value,
  error,
  onChange,
}: {
  value: string;
  error: string | undefined;
  onChange(value: string): void;
}) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('admin.name')}
      description={t('admin.nameHelp')}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      required
      maxLength={40}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function withWord(words: Words, language: string, text: string): Words {
  const { [language]: _old, ...rest } = words;
  return text.trim() ? { ...rest, [language]: text } : rest;
}

/** A key, a secret, a link: shown now and never again, to be carried elsewhere. */
export function ShownOnce({
  text,
  label,
  value,
  onDone,
}: {
  text: string;
  label: string;
  value: string;
  onDone(): void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <p className={style.text}>{text}</p>
      <div style={{ marginTop: 12 }}>
        <CopyField label={label} value={value} />
      </div>
      <Group justify="flex-end" mt="md">
        <Button autoFocus data-autofocus onClick={onDone}>
          {t('admin.done')}
        </Button>
      </Group>
    </>
  );
}

/** Asks before something that others feel. @returns whether to do it */
export async function confirm(options: {
  title: string;
  text: ReactNode;
  action: string;
  danger?: boolean;
  forbidden?: boolean;
}): Promise<boolean> {
  const answer = await openDialog<boolean>((done) => <Confirm {...options} onDone={done} />);
  return answer === true;
}

function Confirm({
  title,
  text,
  action,
  danger,
  forbidden,
  onDone,
}: Parameters<typeof confirm>[0] & { onDone(yes: boolean | null): void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={() => onDone(null)}
      title={title}
      size={440}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <div className={style.confirmText}>{text}</div>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" data-autofocus onClick={() => onDone(null)}>
          {forbidden ? t('common.close') : t('common.cancel')}
        </Button>
        {forbidden ? null : (
          <Button color={danger ? 'red' : undefined} onClick={() => onDone(true)}>
            {action}
          </Button>
        )}
      </Group>
    </Modal>
  );
}

/** Runs what a button does: while it runs the button waits, and what goes wrong is said beside it. */
export function useAct(): {
  busy: boolean;
  problem: string | null;
  error: unknown;
  act(work: () => Promise<unknown>): Promise<boolean>;
} {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (thrown) {
      setError(thrown);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem: error ? problemText(error) : null, error, act };
}

export function Refusal({ children }: { children: ReactNode }) {
  return children ? (
    <p className={style.refusal} role="alert">
      {children}
    </p>
  ) : null;
}
