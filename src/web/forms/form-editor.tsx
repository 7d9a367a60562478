import {
  ActionIcon,
  Button,
  ColorInput,
  Menu,
  MultiSelect,
  SegmentedControl,
  Select,
  Switch,
  Tabs,
  Textarea,
  TextInput,
} from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import adminStyle from '../admin/admin.module.css';
import { nameFrom, wordIn } from '../admin/api.ts';
import { Heading, Mark, Refusal, useAct, WordsInput } from '../admin/parts.tsx';
import { choicesOf, useMembers, useTeams } from '../admin/people-queries.ts';
import { PlaceLink } from '../admin/place-link.tsx';
import { Sortable } from '../admin/sortable.tsx';
import { patch } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { languages } from '../i18n/i18n.ts';
import { CopyField } from '../ui/copy-field.tsx';
import { Answers } from './answers.tsx';
import {
  type ConsentAsked,
  type FormDraft,
  type FormRecord,
  type Question,
  refreshForms,
  useFormFields,
  usePreview,
} from './form-queries.ts';
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
] as const;

/** Makes a form: what it asks and in which words on one side, the page as visitors see it on the other. */
export function FormEditor({ form }: { form: FormRecord }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<FormDraft>(() => {
    const { id: _id, version: _version, ...rest } = form;
    return rest;
  });
  const { busy, problem, act } = useAct();
  const { id: _id, version: _version, ...saved } = form;
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  const set = (changes: Partial<FormDraft>) => setDraft((before) => ({ ...before, ...changes }));
  const save = (state = draft.state) =>
    act(async () => {
      await patch(`/records/webForm/${form.id}`, { ...draft, state, version: form.version });
      await refreshForms();
    });
  return (
    <div data-wide className={style.editor}>
      <PlaceLink to="forms" className={adminStyle.crumb}>
        ← {t('admin.place.forms.title')}
      </PlaceLink>
      <Heading
        title={
          <>
            {form.name}{' '}
            <Mark tone={form.state === 'open' ? 'good' : form.state === 'closed' ? 'warning' : 'quiet'}>
              {t(`forms.states.${form.state}`)}
            </Mark>
          </>
        }
      >
        {form.state === 'open' ? (
          <Button variant="default" component="a" href={`/f/${form.slug}`} target="_blank" rel="noreferrer">
            {t('forms.open')}
          </Button>
        ) : null}
        {form.state === 'open' ? (
          <Button variant="default" onClick={() => void save('closed')}>
            {t('forms.close')}
          </Button>
        ) : (
          <Button variant={isChanged ? 'default' : 'filled'} onClick={() => void save('open')}>
            {t('forms.publish')}
          </Button>
        )}
        <Button disabled={!isChanged} loading={busy} onClick={() => void save()}>
          {t('common.save')}
        </Button>
      </Heading>
      <Refusal>{problem}</Refusal>
      <div className={style.sides}>
        <Tabs defaultValue="questions" keepMounted={false}>
          <Tabs.List className={style.tabs}>
            {(['questions', 'texts', 'consents', 'then', 'share', 'answers'] as const).map((tab) => (
              <Tabs.Tab key={tab} value={tab}>
                {t(`forms.tabs.${tab}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="questions" className={style.panel}>
            <Questions questions={draft.questions} onChange={(questions) => set({ questions })} />
          </Tabs.Panel>
          <Tabs.Panel value="texts" className={style.panel}>
            <Texts draft={draft} set={set} />
          </Tabs.Panel>
          <Tabs.Panel value="consents" className={style.panel}>
            <Consents draft={draft} set={set} />
          </Tabs.Panel>
          <Tabs.Panel value="then" className={style.panel}>
            <Then draft={draft} set={set} />
          </Tabs.Panel>
          <Tabs.Panel value="share" className={style.panel}>
            <Share draft={draft} set={set} />
          </Tabs.Panel>
          <Tabs.Panel value="answers" className={style.panel}>
            <Answers id={form.id} />
          </Tabs.Panel>
        </Tabs>
        <Preview draft={draft} />
      </div>
    </div>
  );
}

type Part = { draft: FormDraft; set(changes: Partial<FormDraft>): void };

function Preview({ draft }: { draft: FormDraft }) {
  const { t, i18n } = useTranslation();
  const [language, setLanguage] = useState(i18n.language);
  const [width, setWidth] = useState<'wide' | 'phone'>('wide');
  const preview = usePreview(useDeferredValue(draft), language);
  return (
    <section className={style.preview} aria-label={t('forms.preview')}>
      <div className={style.previewHead}>
        <SegmentedControl
          size="xs"
          aria-label={t('forms.language')}
          data={languages.map(({ value }) => ({ value, label: value.toUpperCase() }))}
          value={language}
          onChange={setLanguage}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('forms.width')}
          data={[
            { value: 'wide', label: t('forms.wide') },
            { value: 'phone', label: t('forms.phone') },
          ]}
          value={width}
          onChange={(value) => setWidth(value as typeof width)}
        />
      </div>
      <iframe
        className={style.frame}
        data-width={width}
        title={t('forms.preview')}
        // Nothing runs and nothing is sent in it.
        sandbox=""
        srcDoc={preview.data?.document ?? ''}
      />
    </section>
  );
}

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
  const addOwn = (type: string) => {
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
          data={(['contact', 'account', 'opportunity'] as const).map((object) => ({
            group: definitions.get(object)?.label.one ?? object,
            items: (fields.data?.items ?? [])
              .filter((one) => one.object === object && !asked.has(one.key))
              .map(({ key, label }) => ({ value: key, label })),
          }))}
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

function Texts({ draft, set }: Part) {
  const { t } = useTranslation();
  const { texts } = draft;
  return (
    <div className={style.stack}>
      <TextInput
        label={t('forms.name')}
        required
        maxLength={120}
        value={draft.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <WordsInput
        label={t('forms.title')}
        required
        value={texts.title ?? {}}
        onChange={(title) => set({ texts: { ...texts, title } })}
      />
      <p className={style.hint}>{t('forms.titleHelp')}</p>
      <WordsInput
        label={t('forms.intro')}
        multiline
        value={texts.intro ?? {}}
        onChange={(intro) => set({ texts: { ...texts, intro } })}
      />
      <WordsInput
        label={t('forms.button')}
        value={texts.button ?? {}}
        onChange={(button) => set({ texts: { ...texts, button } })}
      />
      <ColorInput
        label={t('forms.color')}
        description={t('forms.colorHelp')}
        format="hex"
        value={draft.color ?? ''}
        onChange={(color) => set({ color: color || null })}
      />
    </div>
  );
}

function Consents({ draft, set }: Part) {
  const { t } = useTranslation();
  const definition = useDefinitions().get('consent');
  const choices = (name: string) => {
    const field = definition?.fields.find((one) => one.name === name);
    return ((field?.options as { options?: { value: string; label: string }[] } | undefined)?.options ?? []).map(
      ({ value, label }) => ({ value, label }),
    );
  };
  const { consents } = draft;
  const change = (index: number, changes: Partial<ConsentAsked>) =>
    set({ consents: consents.map((one, at) => (at === index ? { ...one, ...changes } : one)) });
  return (
    <div className={style.stack}>
      <p className={style.hint}>{t('forms.consentsText')}</p>
      {consents.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a consent is known by its place only
        <fieldset key={index} className={style.consent}>
          <legend className="visually-hidden">{t('forms.consentNumber', { number: index + 1 })}</legend>
          <div className={style.pair}>
            <Select
              label={t('forms.purpose')}
              allowDeselect={false}
              data={choices('purpose')}
              value={one.purpose}
              onChange={(purpose) => purpose && change(index, { purpose })}
            />
            <Select
              label={t('forms.channel')}
              allowDeselect={false}
              data={choices('channel')}
              value={one.channel}
              onChange={(channel) => channel && change(index, { channel })}
            />
          </div>
          <WordsInput
            label={t('forms.consentWords')}
            multiline
            required
            value={one.text}
            onChange={(text) => change(index, { text })}
          />
          <div className={style.pairEnd}>
            <Switch
              label={t('forms.required')}
              checked={one.required === true}
              onChange={(event) => change(index, { required: event.currentTarget.checked })}
            />
            <Button
              variant="subtle"
              color="red"
              size="compact-sm"
              onClick={() => set({ consents: consents.filter((_one, at) => at !== index) })}
            >
              {t('common.remove')}
            </Button>
          </div>
        </fieldset>
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden />}
        style={{ justifySelf: 'start' }}
        onClick={() =>
          set({
            consents: [
              ...consents,
              { purpose: choices('purpose')[0]?.value ?? '', channel: choices('channel')[0]?.value ?? '', text: {} },
            ],
          })
        }
      >
        {t('forms.addConsent')}
      </Button>
      <Switch
        label={t('forms.doubleOptIn')}
        description={t('forms.doubleOptInText')}
        checked={draft.doubleOptIn}
        onChange={(event) => set({ doubleOptIn: event.currentTarget.checked })}
      />
    </div>
  );
}

function Then({ draft, set }: Part) {
  const { t } = useTranslation();
  const members = useMembers();
  const teams = useTeams();
  const people = choicesOf((members.data ?? []).filter(({ active }) => active));
  return (
    <div className={style.stack}>
      <Switch
        label={t('forms.makesAccount')}
        description={t('forms.makesAccountText')}
        checked={draft.makesAccount}
        onChange={(event) => set({ makesAccount: event.currentTarget.checked })}
      />
      <Switch
        label={t('forms.makesOpportunity')}
        checked={draft.makesOpportunity}
        onChange={(event) => set({ makesOpportunity: event.currentTarget.checked })}
      />
      <MultiSelect
        label={t('forms.assignees')}
        description={t('forms.assigneesText')}
        searchable
        data={people}
        value={[...draft.assignees]}
        onChange={(assignees) => set({ assignees })}
      />
      <Select
        label={t('forms.team')}
        clearable
        data={choicesOf(teams.data ?? [])}
        value={draft.team}
        onChange={(team) => set({ team })}
      />
      <MultiSelect
        label={t('forms.told')}
        description={t('forms.toldText')}
        searchable
        data={people}
        value={[...draft.told]}
        onChange={(told) => set({ told })}
      />
      <WordsInput
        label={t('forms.thanks')}
        multiline
        value={draft.texts.thanks ?? {}}
        onChange={(thanks) => set({ texts: { ...draft.texts, thanks } })}
      />
      <TextInput
        label={t('forms.redirect')}
        description={t('forms.redirectText')}
        type="url"
        placeholder="https://"
        value={draft.redirect ?? ''}
        onChange={(event) => set({ redirect: event.currentTarget.value || null })}
      />
    </div>
  );
}

function Share({ draft, set }: Part) {
  const { t } = useTranslation();
  const { origin } = window.location;
  const attribute = draft.name.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const snippet = `<script src="${origin}/f/embed.js" data-page="/f/${draft.slug}" data-title="${attribute}" async></script>`;
  return (
    <div className={style.stack}>
      <TextInput
        label={t('forms.address')}
        leftSection={<span className={adminStyle.quiet}>/f/</span>}
        leftSectionWidth={36}
        maxLength={60}
        value={draft.slug}
        onChange={(event) => set({ slug: event.currentTarget.value })}
      />
      <CopyField label={t('forms.link')} value={`${origin}/f/${draft.slug}`} />
      <Textarea
        label={t('forms.sites')}
        description={t('forms.sitesText')}
        autosize
        minRows={2}
        placeholder="https://www.example.com"
        value={draft.sites ?? ''}
        onChange={(event) => set({ sites: event.currentTarget.value || null })}
      />
      <CopyField label={t('forms.snippet')} value={snippet} />
      <p className={style.hint}>{t('forms.snippetText')}</p>
    </div>
  );
}
