import { ActionIcon, Button, Menu, NumberInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import IconBraces from '@tabler/icons-react/dist/esm/icons/IconBraces.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Heading, Pending, Refusal, useAct } from '../admin/parts.tsx';
import { choicesOf, useMembers, useTeams } from '../admin/people-queries.ts';
import { Sortable } from '../admin/sortable.tsx';
import { patch, post } from '../api/client.ts';
import type { RecordShape } from '../api/types.ts';
import { SheetPage } from '../ui/sheet-page.tsx';
import { showToast } from '../ui/toast.tsx';
import { askVariable } from './ask-variable.tsx';
import { SharingFields } from './sharing-fields.tsx';
import style from './templates.module.css';
import { refreshShared, type Sharing, useMayChange, useOneShared, useRemove } from './text-queries.ts';

/** `MacroStep` of the module, as the editor changes it. */
type Step =
  | { do: 'assign'; owner: string | null }
  | { do: 'team'; team: string | null }
  | { do: 'status'; status: 'open' | 'done' }
  | { do: 'snooze'; days: number }
  | { do: 'tag' | 'untag'; tags: string[] }
  | { do: 'insert' | 'note'; text: string };

/** A step keeps its place in the list while others are moved. */
type Placed = { key: number; step: Step };

const kinds = ['assign', 'team', 'status', 'snooze', 'tag', 'untag', 'insert', 'note'] as const;

/** What each kind begins with. */
function begun(kind: Step['do']): Step {
  if (kind === 'assign') return { do: kind, owner: 'me' };
  if (kind === 'team') return { do: kind, team: null };
  if (kind === 'status') return { do: kind, status: 'done' };
  if (kind === 'snooze') return { do: kind, days: 1 };
  if (kind === 'tag' || kind === 'untag') return { do: kind, tags: [] };
  return { do: kind, text: '' };
}

/** Makes a macro: what it does, one after the other. */
export function MacroPage() {
  const { id } = useParams({ from: '/app/macros/$id' });
  const macro = useOneShared('macro', id);
  const isNew = id === 'new';
  return (
    <SheetPage width={920}>
      {isNew || macro.data ? (
        <MacroEditor key={`${id} ${macro.data?.version}`} record={isNew ? undefined : macro.data} />
      ) : (
        <Pending query={macro} />
      )}
    </SheetPage>
  );
}

function MacroEditor({ record }: { record: RecordShape | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayChange = useMayChange(record);
  const remove = useRemove('macro');
  const { busy, problem, act } = useAct();
  const lastKey = useRef(0);
  const placed = (step: Step): Placed => ({ key: ++lastKey.current, step });
  const [saved] = useState(() => ({
    name: String(record?.name ?? ''),
    sharing: (record?.sharing ?? 'private') as Sharing,
    team: (record?.team ?? null) as string | null,
    steps: ((record?.steps ?? []) as Step[]).map(placed),
  }));
  const [draft, setDraft] = useState(saved);
  const set = (changes: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...changes }));
  const change = (key: number, step: Step) =>
    set({ steps: draft.steps.map((one) => (one.key === key ? { key, step } : one)) });
  const isWhole = draft.name.trim() !== '' && draft.steps.length > 0 && draft.steps.every(({ step }) => isFilled(step));
  const save = () =>
    act(async () => {
      const body = { ...draft, steps: draft.steps.map(({ step }) => step) };
      const kept = record
        ? await patch<RecordShape>(`/records/macro/${record.id}`, { ...body, version: record.version })
        : await post<RecordShape>('/records/macro', body);
      await refreshShared('macro');
      showToast(t('toast.saved'));
      if (!record) await navigate({ to: '/macros/$id', params: { id: kept.id } });
    });
  return (
    <>
      <title>{`${draft.name || t('templates.newMacro')} · Tendero`}</title>
      <Link to="/templates" hash="macros" className={style.back}>
        ← {t('templates.parts.macros')}
      </Link>
      <h1 className="visually-hidden">{t('templates.title')}</h1>
      <Heading title={draft.name || t('templates.newMacro')} text={t('templates.macroText')}>
        {record && mayChange ? (
          <Button
            variant="default"
            onClick={async () => {
              if (await remove(record.id, t('templates.removed', { name: draft.name })))
                void navigate({ to: '/templates', hash: 'macros' });
            }}
          >
            {t('templates.remove')}
          </Button>
        ) : null}
        {mayChange ? (
          <Button disabled={!isWhole || draft === saved} loading={busy} onClick={() => void save()}>
            {t('common.save')}
          </Button>
        ) : null}
      </Heading>
      {mayChange ? null : <p className={style.quiet}>{t('templates.others')}</p>}
      <Refusal>{problem}</Refusal>
      <fieldset className={style.plain} disabled={!mayChange}>
        <div className={style.pair}>
          <TextInput
            label={t('templates.name')}
            required
            maxLength={80}
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <SharingFields sharing={draft.sharing} team={draft.team} disabled={!mayChange} onChange={set} />
        </div>
        <Sortable
          items={draft.steps}
          keyOf={({ key }) => String(key)}
          nameOf={({ step }) => t(`templates.steps.${step.do}`)}
          onChange={(steps) => set({ steps })}
        >
          {({ key, step }, _index, handle) => (
            <div className={style.step}>
              {handle}
              <StepFields step={step} onChange={(next) => change(key, next)} />
              <ActionIcon
                aria-label={t('templates.removeStep', { name: t(`templates.steps.${step.do}`) })}
                onClick={() => set({ steps: draft.steps.filter((one) => one.key !== key) })}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </div>
          )}
        </Sortable>
        {draft.steps.length === 0 ? <p className={style.quiet}>{t('templates.noStep')}</p> : null}
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="default" leftSection={<IconPlus size={15} aria-hidden />} className={style.attach}>
              {t('templates.addStep')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {kinds.map((kind) => (
              <Menu.Item key={kind} onClick={() => set({ steps: [...draft.steps, placed(begun(kind))] })}>
                {t(`templates.steps.${kind}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </fieldset>
    </>
  );
}

function StepFields({ step, onChange }: { step: Step; onChange(step: Step): void }) {
  const { t } = useTranslation();
  const label = t(`templates.steps.${step.do}`);
  const nobody = { value: '', label: t('templates.nobody') };
  switch (step.do) {
    case 'assign':
      return (
        <People
          label={label}
          value={step.owner ?? ''}
          first={[{ value: 'me', label: t('templates.me') }, nobody]}
          onChange={(owner) => onChange({ do: 'assign', owner: owner || null })}
        />
      );
    case 'team':
      return (
        <TeamField
          label={label}
          value={step.team ?? ''}
          first={[nobody]}
          onChange={(team) => onChange({ do: 'team', team: team || null })}
        />
      );
    case 'status':
      return (
        <Choice
          label={label}
          value={step.status}
          data={(['open', 'done'] as const).map((value) => ({ value, label: t(`templates.statuses.${value}`) }))}
          onChange={(status) => onChange({ do: 'status', status: status as 'open' | 'done' })}
        />
      );
    case 'snooze':
      return (
        <Field label={label}>
          <NumberInput
            aria-label={label}
            min={1}
            max={365}
            allowDecimal={false}
            suffix={` ${t('templates.days', { count: step.days })}`}
            value={step.days}
            onChange={(days) => onChange({ do: 'snooze', days: Number(days) || 0 })}
          />
        </Field>
      );
    case 'tag':
    case 'untag':
      return (
        <Field label={label}>
          <TagsInput
            aria-label={label}
            maxTags={20}
            value={step.tags}
            onChange={(tags) => onChange({ do: step.do, tags })}
          />
        </Field>
      );
    default:
      return <Words step={step} label={label} onChange={onChange} />;
  }
}

function Words({
  step,
  label,
  onChange,
}: {
  step: Extract<Step, { text: string }>;
  label: string;
  onChange(step: Step): void;
}) {
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const add = async () => {
    const variable = await askVariable();
    if (!variable) return;
    const at = field.current?.selectionStart ?? step.text.length;
    onChange({ do: step.do, text: step.text.slice(0, at) + variable + step.text.slice(at) });
  };
  return (
    <Field label={label}>
      <Textarea
        ref={field}
        aria-label={label}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={20_000}
        value={step.text}
        onChange={(event) => onChange({ do: step.do, text: event.currentTarget.value })}
        rightSection={
          step.do === 'insert' ? (
            <button
              type="button"
              className={style.inField}
              aria-label={t('templates.variable')}
              title={t('templates.variable')}
              onClick={() => void add()}
            >
              <IconBraces size={15} aria-hidden />
            </button>
          ) : null
        }
      />
    </Field>
  );
}

type Options = readonly { value: string; label: string }[];

type ChoiceOf = { label: string; value: string; first: Options; onChange(id: string): void };

function People({ first, ...props }: ChoiceOf) {
  const members = useMembers();
  const active = members.data?.filter((one) => one.active !== false);
  return <Choice {...props} data={[...first, ...choicesOf(active)]} />;
}

function TeamField({ first, ...props }: ChoiceOf) {
  const teams = useTeams();
  return <Choice {...props} data={[...first, ...choicesOf(teams.data)]} />;
}

function Choice({
  label,
  value,
  data,
  onChange,
}: {
  label: string;
  value: string;
  data: Options;
  onChange(value: string): void;
}) {
  return (
    <Field label={label}>
      <Select
        aria-label={label}
        searchable={data.length > 8}
        allowDeselect={false}
        value={value}
        data={[...data]}
        onChange={(next) => next !== null && onChange(next)}
      />
    </Field>
  );
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={style.stepField}>
      <span aria-hidden>{label}</span>
      {children}
    </div>
  );
}

function isFilled(step: Step): boolean {
  if (step.do === 'snooze') return step.days >= 1 && step.days <= 365;
  if (step.do === 'tag' || step.do === 'untag') return step.tags.length > 0;
  if (step.do === 'insert' || step.do === 'note') return step.text.trim() !== '';
  return true;
}
