import { Button } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import adminStyle from '../admin/admin.module.css';
import { Heading, Refusal, Section, useAct } from '../admin/parts.tsx';
import { filterFieldsOf } from '../admin/scope-editor.tsx';
import { useUnsaved } from '../admin/use-unsaved.ts';
import { request } from '../api/client.ts';
import { useDefinition, useDefinitions } from '../api/definitions.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient, readPage, readRecord } from '../api/queries.ts';
import type { Filter, RecordShape } from '../api/types.ts';
import { undoChange } from '../api/writes.ts';
import { fieldNow } from '../field-rules.ts';
import { FilterGroupEditor } from '../list/filter-editor.tsx';
import { readFilter, writeFilter } from '../list/filter-model.ts';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { LabelledField } from '../ui/labelled-field.tsx';
import { ErrorState } from '../ui/state.tsx';
import { showUndo } from '../ui/toast.tsx';
import { DaysAhead } from './days-ahead.tsx';
import { asked, draftOf, isSame, type PlaybookDraft, written } from './playbook-draft.ts';
import style from './playbooks.module.css';
import { Steps } from './steps.tsx';

const MOST_STEPS = 100;

/** All of a playbook on one page: what starts it, its tasks in their order, and when they would be due. */
export function BuilderPage() {
  const { id } = useParams({ from: '/app/playbooks/$id' });
  const definition = useDefinition('playbook');
  const query = useQuery({
    queryKey: ['records', 'playbook', 'builder', id],
    staleTime: 0,
    queryFn: async ({ signal }) => {
      const [playbook, steps] = await Promise.all([
        readRecord(definition, id, signal),
        readPage('playbookStep', { filter: { playbook: { is: id } }, sort: ['position', 'id'], limit: MOST_STEPS }),
      ]);
      return { playbook, steps: steps.items };
    },
  });
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <ScreenSkeleton />;
  const { playbook, steps } = query.data;
  const state = [playbook, ...steps].map((one) => `${one.id} ${one.version}`).join();
  return <Builder key={state} playbook={playbook} steps={steps} />;
}

function Builder({ playbook, steps }: { playbook: RecordShape; steps: readonly RecordShape[] }) {
  const { t } = useTranslation();
  const definition = useDefinition('playbook');
  const stepDefinition = useDefinition('playbookStep');
  const [before] = useState(() => draftOf(playbook, steps));
  const [draft, setDraft] = useState(before);
  const { busy, problem, error, act } = useAct();
  const isChanged = !isSame(draft, before);
  useUnsaved(isChanged && !busy);
  const set = (values: PlaybookDraft['values']) => setDraft({ ...draft, values: { ...draft.values, ...values } });
  const refusalOf = (field: string) => (isProblem(error) ? error.of(field) : undefined);
  const isNamed = [draft.values.name, ...draft.steps.map((step) => step.values.subject)].every((text) =>
    String(text ?? '').trim(),
  );
  const refresh = () =>
    Promise.all(
      ['playbook', 'playbookStep'].map((object) => queryClient.invalidateQueries({ queryKey: ['records', object] })),
    );
  const save = () =>
    act(async () => {
      const { changeSet } = await request<{ changeSet: string }>('PUT', `/playbooks/${playbook.id}`, {
        body: { ...written(draft, definition.fields, stepDefinition.fields), version: playbook.version },
      });
      await refresh();
      showUndo(t('playbooks.saved', { name: draft.values.name }), async () => {
        await undoChange(definition, changeSet);
        await refresh();
      });
    });
  const fields = asked.flatMap((name) => {
    const field = definition.fields.find((one) => one.name === name);
    return (field && fieldNow(field, draft.values)) ?? [];
  });
  const hasOwnRefusals = isProblem(error) && error.errors.some(({ field }) => refusalOf(field));
  return (
    <div className={style.page}>
      <title>{`${playbook.name} · Tendero`}</title>
      <Link to="/o/$object/$id" params={{ object: 'playbook', id: playbook.id }} className={adminStyle.crumb}>
        <IconChevronLeft size={14} aria-hidden />
        {definition.label.one}
      </Link>
      <Heading title={String(draft.values.name || definition.label.one)} text={t('playbooks.text')}>
        <Button variant="default" disabled={!isChanged} onClick={() => setDraft(before)}>
          {t('playbooks.discard')}
        </Button>
        <Button loading={busy} disabled={!isChanged || !isNamed} onClick={() => void save()}>
          {t('common.save')}
        </Button>
      </Heading>
      <Refusal>{hasOwnRefusals ? t('playbooks.refused') : problem}</Refusal>
      <div className={style.sides}>
        <div>
          <Section title={t('playbooks.about')}>
            <div className={adminStyle.form}>
              {fields.map((field) => (
                <div key={field.name} data-full={field.name === 'description' || undefined}>
                  <LabelledField
                    field={field}
                    value={draft.values[field.name]}
                    error={refusalOf(field.name)}
                    onChange={(value) => set({ [field.name]: value })}
                  />
                </div>
              ))}
            </div>
            {draft.values.starts === 'byHand' ? null : (
              <OnlyFor
                about={String(draft.values.about)}
                filter={draft.values.filter as Filter | null}
                refusal={refusalOf('filter')}
                onChange={(filter) => set({ filter })}
              />
            )}
          </Section>
          <Section title={stepDefinition.label.many} text={t('playbooks.stepsText')}>
            <Steps
              steps={draft.steps}
              most={MOST_STEPS}
              refusalOf={(index, field) => refusalOf(`steps.${index}.${field}`)}
              onChange={(next) => setDraft({ ...draft, steps: next })}
            />
          </Section>
        </div>
        <DaysAhead steps={draft.steps} />
      </div>
    </div>
  );
}

/** For which records it starts by itself. */
function OnlyFor({
  about,
  filter,
  refusal,
  onChange,
}: {
  about: string;
  filter: Filter | null;
  refusal: string | undefined;
  onChange(filter: Filter | null): void;
}) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const definition = definitions.get(about);
  // What is half written is no filter yet, and stays in the editor.
  const [group, setGroup] = useState(() => readFilter(filter ?? undefined));
  const fields = definition ? filterFieldsOf(definition, definitions) : [];
  const byPath = new Map(fields.map((field) => [field.name, field]));
  return (
    <fieldset className={style.only}>
      <legend>{t('playbooks.only', { objects: definition?.label.many ?? about })}</legend>
      <FilterGroupEditor
        group={group}
        fields={{ list: fields, of: (path) => byPath.get(path) }}
        onChange={(next) => {
          setGroup(next);
          const wanted = writeFilter(next);
          onChange(Object.keys(wanted).length > 0 ? wanted : null);
        }}
      />
      <Refusal>{refusal ?? null}</Refusal>
    </fieldset>
  );
}
