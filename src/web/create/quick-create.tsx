import { Alert, Button, Group, Modal, Select, Textarea } from '@mantine/core';
import IconArrowRight from '@tabler/icons-react/dist/esm/icons/IconArrowRight.mjs';
import IconClipboardText from '@tabler/icons-react/dist/esm/icons/IconClipboardText.mjs';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { newKey } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { createRecord, removeRecord } from '../api/writes.ts';
import { formNow } from '../field-rules.ts';
import { computed, isEmpty, titleOf } from '../fields.ts';
import { saveSeries } from '../meetings/series.tsx';
import { DuplicateWarning } from '../merge/candidates.tsx';
import { LabelledField } from '../ui/labelled-field.tsx';
import { ariaKeys, showKeys, useKeysOf } from '../ui/shortcuts.ts';
import { problemText, showToast, showUndo } from '../ui/toast.tsx';
import style from './create.module.css';
import { companyIn, fillIn } from './fill-in.ts';

import { looksLikeSignature } from './read-signature.ts';

export interface QuickCreateRequest {
  /** The form asks which object when left out. */
  object?: string;
  values?: Record<string, unknown>;
  /** All fields instead of the few. */
  full?: boolean;
}

/** The shortest form of any object; looks for duplicates while one types. Ctrl+Enter saves. */
export function QuickCreate({
  request,
  onClose,
}: {
  request: QuickCreateRequest;
  onClose(record: RecordShape | null): void;
}) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const creatable = definitions.list.filter((one) => one.can.create && !one.detailOf && one.name !== 'user');
  // What is on the screen is what somebody thinks of.
  const onScreen = useRouterState({ select: ({ location }) => /^\/o\/([^/]+)/.exec(location.pathname)?.[1] });
  const first = creatable.find((one) => one.name === onScreen) ?? creatable[0];
  const [object, setObject] = useState(request.object ?? first?.name ?? '');
  const definition = definitions.get(object);
  if (!definition) return null;
  return (
    <Modal
      opened
      size={request.full ? 'xl' : 520}
      onClose={() => onClose(null)}
      title={t('palette.create', { object: definition.label.one.toLocaleLowerCase() })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {request.object ? null : (
        <Select
          mb="sm"
          aria-label={t('create.what')}
          allowDeselect={false}
          data={creatable.map((one) => ({ value: one.name, label: one.label.one }))}
          value={object}
          onChange={(next) => next && setObject(next)}
        />
      )}
      <Form key={object} definition={definition} request={request} onClose={onClose} />
    </Modal>
  );
}

/** A meeting that repeats was made with those that follow. */
function takeBack(definition: Definition, record: RecordShape): Promise<string> {
  return record.series ? saveSeries(definition, record, 'all', null) : removeRecord(definition, record.id);
}

function Form({
  definition,
  request,
  onClose,
}: {
  definition: Definition;
  request: QuickCreateRequest;
  onClose(record: RecordShape | null): void;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [values, setValues] = useState<Record<string, unknown>>(() => ({
    ...defaultsOf(definition),
    ...request.values,
  }));
  const [full, setFull] = useState(request.full ?? false);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [pasting, setPasting] = useState(false);
  /** Fields that a paste filled in: shown, also when the short form has no place for them. */
  const [pasted, setPasted] = useState<readonly string[]>([]);
  const form = useRef<HTMLFormElement>(null);
  const environment = useFieldEnvironment();
  const saveNewKeys = useKeysOf('mod+alt+enter');
  // The same key for every try of this form: a lost answer does not make a second record.
  const key = useRef(newKey());
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list must not change under the fingers: values only matter when the form opens
  const fields = useMemo(() => {
    const writable = definition.fields.filter((field) => !field.readOnly && !computed.has(field.type));
    if (full) return writable;
    const short = definition.quickCreate.flatMap((name) => writable.find((field) => field.name === name) ?? []);
    const needed = writable.filter(
      (field) =>
        field.required && !short.includes(field) && isEmpty(values[field.name]) && defaultOf(field) === undefined,
    );
    const given = writable.filter(
      (field) =>
        (field.name in (request.values ?? {}) || pasted.includes(field.name)) &&
        !short.includes(field) &&
        !needed.includes(field),
    );
    return [...short, ...given, ...needed];
  }, [definition, full, pasted]);
  const paste = async (text: string) => {
    const filled = fillIn(definition, text);
    const company = companyIn(text);
    const account = definition.fields.find((field) => field.name === 'account' && field.type === 'reference');
    if (company && account && isEmpty(values.account)) {
      const found = await environment.searchRecords('account', company).catch(() => []);
      const same = found.filter(({ title }) => title.toLocaleLowerCase() === company.toLocaleLowerCase());
      if (same.length === 1) filled.account = same[0]!.id;
    }
    const names = Object.keys(filled);
    if (names.length === 0) return showToast(t('create.pastedNothing'));
    const before = values;
    setValues((old) => ({ ...old, ...filled }));
    setPasted((old) => [...old, ...names]);
    setPasting(false);
    // The button that was pressed is gone: the keys go on in the form.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('input')?.focus());
    const labels = definition.fields.filter(({ name }) => names.includes(name)).map(({ label }) => label);
    showUndo(t('create.pasted', { fields: labels.join(', ') }), async () => setValues(before));
  };
  const isPerson = definition.fields.some((field) => ['email', 'phone'].includes(field.type) && !field.readOnly);
  const known = problem instanceof ApiProblem ? problem : null;
  const hasOwnMessage = fields.some((field) => known?.of(field.name));

  const save = async (again: boolean) => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const record = await createRecord(
        definition,
        Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value))),
        key.current,
      );
      const title = titleOf(definition, record, t('list.untitled'));
      if (record.id) showUndo(t('create.created', { title }), () => takeBack(definition, record));
      else showToast(t('offline.queued'));
      if (!again) return onClose(record);
      key.current = newKey();
      setValues({ ...defaultsOf(definition), ...request.values });
    } catch (error) {
      setProblem(error);
      // What was refused was not saved: the next try is another request.
      if (error instanceof ApiProblem && error.status > 0) key.current = newKey();
    }
    setBusy(false);
  };
  return (
    <form
      ref={form}
      onPaste={(event) => {
        const target = event.target as HTMLElement;
        const text = event.clipboardData.getData('text/plain');
        // Several lines cannot be meant for a field of one.
        if (!isPerson || !target.matches('input') || !looksLikeSignature(text)) return;
        event.preventDefault();
        void paste(text);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void save(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        void save(event.altKey);
      }}
    >
      {isPerson && pasting ? <PasteBox onPaste={(text) => void paste(text)} onClose={() => setPasting(false)} /> : null}
      <div className={style.fields} data-full={full}>
        {formNow(fields, definition.fields, values).map((field, index) => (
          <LabelledField
            key={field.name}
            field={field}
            autoFocus={index === 0}
            value={values[field.name]}
            error={known?.of(field.name)}
            onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
          />
        ))}
      </div>
      <DuplicateWarning
        definition={definition}
        values={values}
        onOpen={(id) => {
          onClose(null);
          void navigate({ to: '/o/$object/$id', params: { object: definition.name, id } });
        }}
      />
      {problem && !hasOwnMessage ? (
        <Alert color="red" mt="sm" role="alert">
          {problemText(problem)}
        </Alert>
      ) : null}
      <Group justify="space-between" mt="md" gap="xs">
        <Group gap={4} ml={-14}>
          {full ? null : (
            <Button
              variant="subtle"
              color="gray"
              rightSection={<IconArrowRight size={14} />}
              onClick={() => setFull(true)}
            >
              {t('create.full')}
            </Button>
          )}
          {isPerson && !pasting ? (
            <Button
              variant="subtle"
              color="gray"
              leftSection={<IconClipboardText size={14} />}
              onClick={() => setPasting(true)}
            >
              {t('create.paste')}
            </Button>
          ) : null}
        </Group>
        <Group gap="xs" ml="auto">
          <Button
            variant="default"
            disabled={busy}
            title={showKeys(saveNewKeys).join('+')}
            aria-keyshortcuts={ariaKeys(saveNewKeys)}
            onClick={() => void save(true)}
          >
            {t('create.saveNew')}
          </Button>
          <Button type="submit" loading={busy} title="Ctrl+Enter" aria-keyshortcuts="Control+Enter">
            {t('common.save')}
          </Button>
        </Group>
      </Group>
    </form>
  );
}

/** A text to be taken apart into fields. */
function PasteBox({ onPaste, onClose }: { onPaste(text: string): void; onClose(): void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  return (
    <div className={style.paste}>
      <Textarea
        label={t('create.pasteHere')}
        description={t('create.pasteText')}
        autoFocus
        minRows={4}
        maxRows={10}
        maxLength={10_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group gap="xs" mt="xs" justify="end">
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button variant="default" disabled={text.trim() === ''} onClick={() => onPaste(text)}>
          {t('create.pasteUse')}
        </Button>
      </Group>
    </div>
  );
}

function defaultOf(field: Definition['fields'][number]): unknown {
  return field.options?.default;
}

/** Values the form can show; `me` and `today` are left to the server. */
function defaultsOf(definition: Definition): Record<string, unknown> {
  return Object.fromEntries(
    definition.fields.flatMap((field) => {
      const value = defaultOf(field);
      // What only the program sets, it sets.
      return field.readOnly || value === undefined || value === null || ['me', 'today', 'now'].includes(String(value))
        ? []
        : [[field.name, value]];
    }),
  );
}
