import { ActionIcon, Button, Menu, Select, Switch, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OwnType, Question } from '#modules/forms/design.ts';
import adminStyle from '../admin/admin.module.css';
import { nameFrom, wordIn } from '../admin/api.ts';
import { WordsInput } from '../admin/parts.tsx';
import { Sortable } from '../admin/sortable.tsx';
import { useDefinitions } from '../api/definitions.ts';
import { useFormFields } from './form-queries.ts';
import style from './forms.module.css';

const ownTypes = [
  'text',
  'longText',
  'email',
  'phone',
  'url',
  'integer',
  'date',
  'boolean',
  'select',
  'multiSelect',
  'file',
] as const satisfies readonly OwnType[];

/** What is asked, in its order. */
export function Questions({
  questions,
  onChange,
}: {
  questions: readonly Question[];
  onChange(questions: Question[]): void;
}) {
  const { t, i18n } = useTranslation();
  const definitions = useDefinitions();
  const fields = useFormFields();
  const [opened, setOpened] = useState<string | null>(null);
  const asked = new Set(questions.map(({ key }) => key));
  const fieldOf = (key: string) => fields.data?.items.find((one) => one.key === key);
  const nameOf = ({ key, label }: Question) =>
    wordIn(label ?? {}, i18n.language) || fieldOf(key)?.label || key.split('.')[1]!;
  const add = (question: Question) => {
    onChange([...questions, question]);
    setOpened(question.key);
  };
  const addOwn = (type: OwnType) => {
    const taken = (key: string) => questions.some((one) => one.key === key);
    let number = 1;
    while (taken(`own.${type}${number}`)) number++;
    add({ key: `own.${type}${number}`, type, label: { [i18n.language]: t(`forms.types.${type}`) } });
  };
  return (
    <>
      <Sortable items={questions} keyOf={({ key }) => key} nameOf={nameOf} onChange={onChange}>
        {(question, index, handle) => (
          <QuestionCard
            question={question}
            name={nameOf(question)}
            kind={question.type ?? fieldOf(question.key)?.type ?? 'text'}
            of={
              question.key.startsWith('own.')
                ? t('forms.own')
                : (definitions.get(question.key.split('.')[0]!)?.label.one ?? '')
            }
            isOpen={opened === question.key}
            handle={handle}
            onToggle={() => setOpened(opened === question.key ? null : question.key)}
            onChange={(next) => onChange(questions.map((one, at) => (at === index ? next : one)))}
            onRemove={() => onChange(questions.filter((_one, at) => at !== index))}
          />
        )}
      </Sortable>
      <div className={style.add}>
        <Select
          searchable
          aria-label={t('forms.addField')}
          placeholder={t('forms.addField')}
          leftSection={<IconPlus size={14} aria-hidden />}
          value={null}
          data={Array.from(
            Map.groupBy(fields.data?.items ?? [], ({ object }) => object),
            ([object, of]) => ({
              group: definitions.get(object)?.label.one ?? object,
              items: of.filter(({ key }) => !asked.has(key)).map(({ key, label }) => ({ value: key, label })),
            }),
          )}
          onChange={(key) => key && add({ key })}
        />
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="default" leftSection={<IconPlus size={14} aria-hidden />}>
              {t('forms.addOwn')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {ownTypes.map((type) => (
              <Menu.Item key={type} onClick={() => addOwn(type)}>
                {t(`forms.types.${type}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
    </>
  );
}

function QuestionCard({
  question,
  name,
  kind,
  of,
  isOpen,
  handle,
  onToggle,
  onChange,
  onRemove,
}: {
  question: Question;
  name: string;
  kind: string;
  of: string;
  isOpen: boolean;
  handle: React.ReactNode;
  onToggle(): void;
  onChange(question: Question): void;
  onRemove(): void;
}) {
  const { t, i18n } = useTranslation();
  const [option, setOption] = useState('');
  const isOwn = question.key.startsWith('own.');
  const options = question.options ?? [];
  const addOption = () => {
    const label = option.trim();
    if (!label) return;
    const base = (nameFrom(label) || 'option').slice(0, 50);
    let value = base;
    for (let number = 2; options.some((one) => one.value === value); number++) value = `${base}${number}`;
    onChange({ ...question, options: [...options, { value, label: { [i18n.language]: label } }] });
    setOption('');
  };
  return (
    <div className={style.question} data-open={isOpen}>
      <div className={style.questionHead}>
        {handle}
        <button type="button" className={style.questionName} aria-expanded={isOpen} onClick={onToggle}>
          <strong>
            {name}
            {question.required ? <span aria-hidden> *</span> : null}
          </strong>
          <span className={style.quiet}>{`${of} · ${t(`forms.types.${kind}`, { defaultValue: kind })}`}</span>
        </button>
        <Switch
          size="xs"
          label={t('forms.required')}
          checked={question.required === true}
          onChange={(event) => {
            const { required: _old, ...rest } = question;
            onChange(event.currentTarget.checked ? { ...rest, required: true } : rest);
          }}
        />
        <ActionIcon variant="subtle" color="gray" aria-label={t('forms.remove', { name })} onClick={onRemove}>
          <IconTrash size={15} />
        </ActionIcon>
      </div>
      {isOpen ? (
        <div className={style.questionBody}>
          <WordsInput
            label={t(isOwn ? 'forms.label' : 'forms.otherLabel')}
            value={question.label ?? {}}
            onChange={(label) => onChange({ ...question, label })}
          />
          <WordsInput
            label={t('forms.help')}
            value={question.help ?? {}}
            onChange={(help) => onChange({ ...question, help })}
          />
          {isOwn && (kind === 'select' || kind === 'multiSelect') ? (
            <fieldset className={adminStyle.words}>
              <legend>{t('forms.options')}</legend>
              {options.map((one, index) => (
                <div key={one.value} className={style.option}>
                  <WordsInput
                    label={wordIn(one.label, i18n.language) || one.value}
                    value={one.label}
                    onChange={(label) => onChange({ ...question, options: options.with(index, { ...one, label }) })}
                  />
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t('forms.remove', { name: wordIn(one.label, i18n.language) || one.value })}
                    onClick={() => onChange({ ...question, options: options.toSpliced(index, 1) })}
                  >
                    <IconTrash size={15} />
                  </ActionIcon>
                </div>
              ))}
              <TextInput
                size="xs"
                aria-label={t('forms.addOption')}
                placeholder={t('forms.addOption')}
                value={option}
                maxLength={100}
                onChange={(event) => setOption(event.currentTarget.value)}
                onBlur={addOption}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter') return;
                  event.preventDefault();
                  addOption();
                }}
              />
            </fieldset>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
