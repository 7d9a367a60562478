import { Button, Drawer, Group, Stack, Switch, TextInput } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, patch, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { isProblem } from '../api/problem.ts';
import { definitionsQuery, queryClient } from '../api/queries.ts';
import type { FieldShape } from '../api/types.ts';
import { fieldParts } from '../fields.ts';
import { showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import {
  type FieldSettings,
  type FieldSource,
  type Impact,
  nameFrom,
  type ObjectSource,
  refreshDefinitions,
  type Words,
  wordIn,
} from './api.ts';
import { ConditionEditor, judgedFields } from './condition-editor.tsx';
import { fieldKinds, kindGroups, kindOf } from './field-types.ts';
import { returnsOf } from './formula-editor.tsx';
import type { Moves } from './options-editor.tsx';
import { NameInput, Refusal, useAct, WordsInput } from './parts.tsx';
import { fieldOf, removeDefinition } from './removal.tsx';
import { TypeSettings } from './type-settings.tsx';

/** Makes a field or changes one: beside the list, so that it stays in view. */
export function FieldDrawer({
  source,
  field,
  onClose,
}: {
  source: ObjectSource;
  field: FieldSource | undefined;
  onClose(): void;
}) {
  const { t, i18n } = useTranslation();
  const [type, setType] = useState(field?.type);
  const title = field ? wordIn(field.label, i18n.language) || field.name : t('admin.fields.add');
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={520}
      styles={{ title: { fontWeight: 600 } }}
      title={title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {type === undefined ? (
        <TypeChooser onChoose={setType} />
      ) : (
        <FieldForm
          key={type}
          source={source}
          field={field}
          type={type}
          onBack={field ? undefined : () => setType(undefined)}
          onClose={onClose}
        />
      )}
    </Drawer>
  );
}

function TypeChooser({ onChoose }: { onChoose(type: string): void }) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const wanted = words.trim().toLocaleLowerCase();
  return (
    <Stack gap="sm">
      <TextInput
        data-autofocus
        aria-label={t('admin.fields.findType')}
        placeholder={t('admin.fields.findType')}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {kindGroups.map((group) => {
        const kinds = fieldKinds.filter(
          (kind) =>
            kind.group === group &&
            `${t(`admin.type.${kind.name}.name`)} ${t(`admin.type.${kind.name}.text`)}`
              .toLocaleLowerCase()
              .includes(wanted),
        );
        if (kinds.length === 0) return null;
        return (
          <section key={group} aria-label={t(`admin.typeGroup.${group}`)}>
            <div className={style.groupTitle}>{t(`admin.typeGroup.${group}`)}</div>
            <div className={style.typeGrid}>
              {kinds.map(({ name, icon: TypeIcon }) => (
                <button key={name} type="button" className={style.typeChoice} onClick={() => onChoose(name)}>
                  <TypeIcon size={17} stroke={1.7} aria-hidden />
                  <span>
                    <strong>{t(`admin.type.${name}.name`)}</strong>
                    <span className={style.tileText}>{t(`admin.type.${name}.text`)}</span>
                  </span>
                </button>
              ))}
            </div>
          </section>
        );
      })}
    </Stack>
  );
}

function FieldForm({
  source,
  field,
  type,
  onBack,
  onClose,
}: {
  source: ObjectSource;
  field: FieldSource | undefined;
  type: string;
  onBack: (() => void) | undefined;
  onClose(): void;
}) {
  const { t, i18n } = useTranslation();
  const kind = kindOf(type);
  const definition = useDefinitions().get(source.name);
  const [label, setLabel] = useState<Words>(field?.ownLabel ?? {});
  const [help, setHelp] = useState<Words>(field?.ownHelp ?? {});
  const [given, setGiven] = useState<string | null>(null);
  const [settings, setSettings] = useState<FieldSettings>(() => field?.settings ?? startOf(type));
  const [moves, setMoves] = useState<Moves>({});
  const { busy, problem, error, act } = useAct();
  const impact = useQuery({
    queryKey: ['admin', 'impact', source.name, field?.name],
    enabled: field !== undefined,
    queryFn: () => get<Impact>(`/objects/${source.name}/fields/${field?.name}/impact`),
  });
  const name = field?.name ?? given ?? nameFrom(wordIn(label, i18n.language));
  const of = (at: string) => (isProblem(error) ? error.of(at) : undefined);
  const set = (changes: Record<string, unknown>) =>
    setSettings(
      Object.fromEntries(
        Object.entries({ ...settings, ...changes }).filter(([, value]) => value !== undefined),
      ) as FieldSettings,
    );
  const shipped = field !== undefined && !field.custom;
  const judged = definition ? judgedFields(definition, field?.name) : [];

  const save = () =>
    act(async () => {
      const whole = { ...settings, ...(filled(label) ? { label } : {}), ...(filled(help) ? { help } : {}) };
      if (field) {
        const before = { ...field.settings, label: field.ownLabel, help: field.ownHelp };
        const changes = changesOf(before, { ...whole, label, help });
        await moveRecords(source.name, field.name, moves);
        if (Object.keys(changes).length > 0) await patch(`/objects/${source.name}/fields/${field.name}`, changes);
      } else await post(`/objects/${source.name}/fields`, { name, ...whole });
      await refreshDefinitions();
      showToast(t('admin.saved'));
      onClose();
    });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack gap="md">
        {onBack ? (
          <button
            type="button"
            className={style.crumb}
            style={{ border: 0, background: 'none', padding: 0, margin: 0 }}
            onClick={onBack}
          >
            <IconChevronLeft size={14} aria-hidden />
            {t(`admin.type.${type}.name`)}
          </button>
        ) : (
          <div className={style.quiet}>
            {t(`admin.type.${type}.name`)} · <code className={style.mono}>{name}</code>
            {impact.data && impact.data.records > 0
              ? ` · ${t('admin.fields.holds', { count: impact.data.records })}`
              : ''}
          </div>
        )}
        <WordsInput
          label={t('admin.fields.label')}
          required={!shipped}
          autoFocus={!field}
          value={label}
          placeholders={field?.label}
          error={of('label')}
          onChange={setLabel}
        />
        {field ? null : <NameInput value={name} error={of('name')} onChange={setGiven} />}
        <TypeSettings
          source={source}
          field={field}
          type={type}
          settings={settings}
          counts={impact.data?.options ?? {}}
          moves={moves}
          judged={judged}
          errorOf={of}
          onChange={set}
          onMoves={setMoves}
        />
        <WordsInput
          label={t('admin.fields.help')}
          multiline
          value={help}
          placeholders={field?.help}
          error={of('help')}
          onChange={setHelp}
        />
        {kind.computed ? null : (
          <Stack gap={8}>
            <Switch
              label={t('admin.fields.required')}
              description={of('required') ?? t('admin.fields.requiredHelp')}
              disabled={shipped && field?.settings.required === true}
              checked={settings.required === true}
              onChange={(event) =>
                set({
                  required: event.currentTarget.checked || undefined,
                  ...(event.currentTarget.checked ? { showWhen: undefined, requireWhen: undefined } : {}),
                })
              }
            />
            {kind.unique ? (
              <Switch
                label={t('admin.fields.unique')}
                description={of('unique') ?? t('admin.fields.uniqueHelp')}
                checked={settings.unique === true}
                onChange={(event) => set({ unique: event.currentTarget.checked || undefined })}
              />
            ) : null}
          </Stack>
        )}
        <Stack gap={8}>
          {kind.indexable ? (
            <Switch
              label={t('admin.fields.index')}
              description={of('index') ?? t('admin.fields.indexHelp')}
              checked={settings.index === true}
              onChange={(event) => set({ index: event.currentTarget.checked || undefined })}
            />
          ) : null}
          {kind.searchable ? (
            <Switch
              label={t('admin.fields.search')}
              checked={Boolean(settings.search)}
              onChange={(event) => set({ search: event.currentTarget.checked || undefined })}
            />
          ) : null}
        </Stack>
        {kind.initial ? <DefaultValue type={type} settings={settings} error={of('default')} onChange={set} /> : null}
        {kind.computed || settings.required || judged.length === 0 ? null : (
          <>
            <ConditionEditor
              label={t('admin.fields.showWhen')}
              none={t('admin.fields.always')}
              fields={judged}
              value={settings.showWhen}
              onChange={(showWhen) => set({ showWhen })}
            />
            <ConditionEditor
              label={t('admin.fields.requireWhen')}
              none={t('admin.fields.never')}
              fields={judged}
              value={settings.requireWhen}
              onChange={(requireWhen) => set({ requireWhen })}
            />
          </>
        )}
        <Refusal>{problem}</Refusal>
      </Stack>
      <Group justify="space-between" mt="lg" gap="xs">
        <span>
          {field?.custom ? (
            <Button
              variant="subtle"
              color="red"
              onClick={() =>
                void removeDefinition(
                  fieldOf(source, field, wordIn(field.label, i18n.language) || field.name),
                  t,
                  onClose,
                )
              }
            >
              {t('common.remove')}
            </Button>
          ) : null}
        </span>
        <Group gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={!name || (!shipped && !filled(label))}>
            {field ? t('common.save') : t('admin.fields.add')}
          </Button>
        </Group>
      </Group>
    </form>
  );
}

function DefaultValue({
  type,
  settings,
  error,
  onChange,
}: {
  type: string;
  settings: FieldSettings;
  error: string | undefined;
  onChange(changes: Record<string, unknown>): void;
}) {
  const { t, i18n } = useTranslation();
  const { Editor } = fieldParts(type);
  const shape: FieldShape = {
    name: 'default',
    type,
    label: t('admin.fields.default'),
    options: {
      ...settings,
      ...(settings.options
        ? {
            options: settings.options.map(({ value, label, color }) => ({
              value,
              color,
              label: wordIn(label ?? {}, i18n.language) || value,
            })),
          }
        : {}),
    },
  };
  const isMoment = type === 'date' || type === 'datetime';
  const word = type === 'date' ? 'today' : 'now';
  return (
    <div>
      <div className="mantine-InputWrapper-label">{t('admin.fields.default')}</div>
      {isMoment ? (
        <Switch
          mb={6}
          label={t(`admin.fields.${word}`)}
          checked={settings.default === word}
          onChange={(event) => onChange({ default: event.currentTarget.checked ? word : undefined })}
        />
      ) : null}
      {isMoment && settings.default === word ? null : (
        <Editor
          id="field-default"
          aria-label={t('admin.fields.default')}
          field={shape}
          value={settings.default ?? null}
          onChange={(value) => onChange({ default: value ?? undefined })}
        />
      )}
      <Refusal>{error}</Refusal>
    </div>
  );
}

function startOf(type: string): FieldSettings {
  if (type === 'select' || type === 'multiSelect') return { type, options: [] };
  if (type === 'formula') return { type, formula: '', returns: returnsOf.number![0] };
  if (type === 'rollup') return { type, measure: 'count', returns: 'integer' };
  if (type === 'autoNumber') return { type, digits: 5, search: true };
  return { type };
}

function filled(words: Words): boolean {
  return Object.values(words).some((word) => word?.trim());
}

/** A merge-patch: what differs, null for what was taken away. */
function changesOf(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const plain = (value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? null : (value ?? null);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const [was, is] = [plain(before[name]), plain(after[name])];
      return JSON.stringify(was) === JSON.stringify(is) ? [] : [[name, is]];
    }),
  );
}

/** Records that hold an option that goes take the one chosen for them, before it is gone. */
async function moveRecords(object: string, field: string, moves: Moves): Promise<void> {
  for (const [from, to] of Object.entries(moves)) {
    if (to === null) continue;
    await post(`/records/${object}/bulk`, { update: { filter: { [field]: { is: from } }, changes: { [field]: to } } });
  }
  if (Object.keys(moves).length > 0) await queryClient.invalidateQueries({ queryKey: ['records', object] });
  void queryClient.invalidateQueries({ queryKey: definitionsQuery.queryKey, refetchType: 'none' });
}
