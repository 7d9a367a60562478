import { ActionIcon, Button, TextInput } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import IconChevronUp from '@tabler/icons-react/dist/esm/icons/IconChevronUp.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordTitle } from '#kernel/fields/web/environment.tsx';
import { Sortable } from '../admin/sortable.tsx';
import { useDefinition } from '../api/definitions.ts';
import { fieldNow } from '../field-rules.ts';
import { LabelledField } from '../ui/labelled-field.tsx';
import { askedOfStep, type StepDraft, stepOf } from './playbook-draft.ts';
import style from './playbooks.module.css';

type Refusal = (index: number, field: string) => string | undefined;

/** The tasks in their order, moved by hand or with the arrow keys; each opens to say when and whose it is. */
export function Steps({
  steps,
  most,
  refusalOf,
  onChange,
}: {
  steps: readonly StepDraft[];
  most: number;
  refusalOf: Refusal;
  onChange(steps: readonly StepDraft[]): void;
}) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<string | null>(null);
  const set = (index: number, values: StepDraft['values']) =>
    onChange(steps.with(index, { ...steps[index]!, values: { ...steps[index]!.values, ...values } }));
  const add = () => {
    const step = stepOf({
      ...{ subject: '', days: steps.length === 0 ? 0 : 1, after: steps.length === 0 ? 'start' : 'previous' },
      ...{ who: 'owner', person: null, team: null, priority: 'normal', checklist: null, description: null },
    });
    onChange([...steps, step]);
    setOpened(step.key);
  };
  return (
    <>
      {steps.length === 0 ? <p className={style.quiet}>{t('playbooks.noSteps')}</p> : null}
      <Sortable
        items={steps}
        keyOf={({ key }) => key}
        nameOf={({ values }) => String(values.subject || t('playbooks.newStep'))}
        onChange={onChange}
      >
        {(step, index, handle) => (
          <StepCard
            step={step}
            index={index}
            handle={handle}
            isOpen={opened === step.key}
            refusalOf={(field) => refusalOf(index, field)}
            onToggle={() => setOpened(opened === step.key ? null : step.key)}
            onChange={(values) => set(index, values)}
            onRemove={() => onChange(steps.toSpliced(index, 1))}
          />
        )}
      </Sortable>
      <Button
        variant="default"
        mt="xs"
        leftSection={<IconPlus size={14} aria-hidden />}
        disabled={steps.length >= most}
        onClick={add}
      >
        {t('playbooks.addStep')}
      </Button>
    </>
  );
}

function StepCard({
  step,
  index,
  handle,
  isOpen,
  refusalOf,
  onToggle,
  onChange,
  onRemove,
}: {
  step: StepDraft;
  index: number;
  handle: ReactNode;
  isOpen: boolean;
  refusalOf(field: string): string | undefined;
  onToggle(): void;
  onChange(values: StepDraft['values']): void;
  onRemove(): void;
}) {
  const { t } = useTranslation();
  const definition = useDefinition('playbookStep');
  const id = useId();
  const { values } = step;
  const subject = definition.fields.find(({ name }) => name === 'subject');
  const name = String(values.subject || t('playbooks.newStep'));
  const fields = askedOfStep.flatMap((one) => {
    const field = definition.fields.find((other) => other.name === one);
    // Before the first there is none whose end could be waited for.
    if (!field || (one === 'after' && index === 0)) return [];
    return fieldNow(field, values) ?? [];
  });
  const isRefused = [...fields.map((field) => field.name), 'subject'].some(refusalOf);
  const Chevron = isOpen ? IconChevronUp : IconChevronDown;
  return (
    <div className={style.step} data-open={isOpen} data-refused={isRefused}>
      <div className={style.stepHead}>
        {handle}
        <span className={style.number} aria-hidden>
          {index + 1}
        </span>
        <TextInput
          className={style.subject}
          aria-label={t('playbooks.subjectOf', { number: index + 1 })}
          placeholder={subject?.label}
          required
          maxLength={250}
          // A new one is named first.
          autoFocus={isOpen && values.subject === ''}
          value={String(values.subject ?? '')}
          error={refusalOf('subject')}
          onChange={(event) => onChange({ subject: event.currentTarget.value })}
        />
        <ActionIcon
          aria-label={t(isOpen ? 'playbooks.closeStep' : 'playbooks.openStep', { name })}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={onToggle}
        >
          <Chevron size={16} />
        </ActionIcon>
        <ActionIcon aria-label={t('playbooks.removeStep', { name })} onClick={onRemove}>
          <IconTrash size={15} />
        </ActionIcon>
      </div>
      {isOpen ? (
        <div className={style.stepFields} id={id}>
          {fields.map((field) => (
            <div key={field.name} data-full={['checklist', 'description'].includes(field.name) || undefined}>
              <LabelledField
                field={field}
                value={values[field.name]}
                error={refusalOf(field.name)}
                onChange={(value) => onChange({ [field.name]: value })}
              />
            </div>
          ))}
        </div>
      ) : (
        <p className={style.sum}>
          <When values={values} index={index} />
          {' · '}
          <Whose values={values} />
        </p>
      )}
    </div>
  );
}

function When({ values, index }: { values: StepDraft['values']; index: number }) {
  const { t } = useTranslation();
  const count = Number(values.days ?? 0);
  const from = values.after === 'previous' && index > 0 ? 'previous' : 'start';
  return <>{count === 0 ? t(`playbooks.atOnce.${from}`) : t(`playbooks.later.${from}`, { count })}</>;
}

function Whose({ values }: { values: StepDraft['values'] }) {
  const definition = useDefinition('playbookStep');
  const who = String(values.who);
  const person = useRecordTitle('user', who === 'person' ? (values.person as string | null) : null);
  const team = useRecordTitle('team', who === 'team' ? (values.team as string | null) : null);
  const options = definition.fields.find(({ name }) => name === 'who')?.options?.options as
    | { value: string; label: string }[]
    | undefined;
  const label = options?.find(({ value }) => value === who)?.label ?? who;
  return <bdi>{person ?? (team ? `${label}: ${team}` : label)}</bdi>;
}
