import { ActionIcon, Button, Group, Modal, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { del, patch, post } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import { queryClient, readPage } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { undoChange } from '../api/writes.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import style from './admin.module.css';
import { Heading, Pending, Refusal, Section, useAct } from './parts.tsx';
import { Sortable } from './sortable.tsx';

interface Stage {
  /** Absent until it is saved. */
  id?: string;
  key: string;
  name: string;
  probability: number;
  kind: 'open' | 'won' | 'lost';
}

const all = 200;

/** Ways of selling and their steps. */
export function PipelinesScreen() {
  const { t } = useTranslation();
  const pipelines = useQuery({
    queryKey: ['records', 'pipeline', 'admin'],
    staleTime: 0,
    queryFn: async () => {
      const [pipelines, stages] = await Promise.all([
        readPage('pipeline', { sort: ['position', 'name'], limit: all }),
        readPage('stage', { sort: ['position'], limit: all }),
      ]);
      return { pipelines: pipelines.items, stages: stages.items };
    },
  });
  const { data } = pipelines;
  const refresh = async () => {
    await pipelines.refetch();
    for (const object of ['pipeline', 'stage', 'opportunity'])
      void queryClient.invalidateQueries({ queryKey: ['records', object] });
  };
  const add = async () => {
    try {
      const pipeline = await post<RecordShape>('/records/pipeline', {
        name: t('admin.pipelines.newName'),
        position: (data?.pipelines.length ?? 0) + 1,
      });
      const first: [string, number, string][] = [
        [t('admin.pipelines.first'), 20, 'open'],
        [t('admin.pipelines.won'), 100, 'won'],
        [t('admin.pipelines.lost'), 0, 'lost'],
      ];
      for (const [index, [name, probability, kind]] of first.entries())
        await post('/records/stage', { name, pipeline: pipeline.id, position: index + 1, probability, kind });
      await refresh();
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <>
      <Heading title={t('admin.place.pipelines.title')} text={t('admin.place.pipelines.text')}>
        <Button leftSection={<IconPlus size={14} />} onClick={() => void add()}>
          {t('admin.pipelines.new')}
        </Button>
      </Heading>
      {data ? null : <Pending query={pipelines} />}
      {data?.pipelines.map((pipeline) => {
        const own = data.stages.filter((stage) => stage.pipeline === pipeline.id);
        return (
          <Pipeline
            key={`${pipeline.id}${pipeline.version}${own.map((stage) => `${stage.id}${stage.version}`).join()}`}
            pipeline={pipeline}
            stages={own}
            onSaved={refresh}
          />
        );
      })}
    </>
  );
}

function Pipeline({
  pipeline,
  stages,
  onSaved,
}: {
  pipeline: RecordShape;
  stages: RecordShape[];
  onSaved(): Promise<void>;
}) {
  const { t } = useTranslation();
  const opportunity = useDefinition('opportunity');
  const before = stages.map(
    (stage): Stage => ({
      id: stage.id,
      key: stage.id,
      name: String(stage.name),
      probability: Number(stage.probability),
      kind: stage.kind as Stage['kind'],
    }),
  );
  const [name, setName] = useState(String(pipeline.name));
  const [active, setActive] = useState(pipeline.active === true);
  const [list, setList] = useState(before);
  const { busy, problem, act } = useAct();
  const set = (key: string, changes: Partial<Stage>) =>
    setList(list.map((stage) => (stage.key === key ? { ...stage, ...changes } : stage)));
  const changed =
    name !== pipeline.name || active !== (pipeline.active === true) || JSON.stringify(list) !== JSON.stringify(before);

  const save = () =>
    act(async () => {
      if (name !== pipeline.name || active !== pipeline.active)
        await patch(`/records/pipeline/${pipeline.id}`, { name, active });
      for (const [index, stage] of list.entries()) {
        const was = stages.find((one) => one.id === stage.id);
        const values = { name: stage.name, probability: stage.probability, kind: stage.kind, position: index + 1 };
        if (!was) await post('/records/stage', { ...values, pipeline: pipeline.id });
        else {
          const changes = Object.fromEntries(Object.entries(values).filter(([field, value]) => was[field] !== value));
          if (Object.keys(changes).length > 0) await patch(`/records/stage/${was.id}`, changes);
        }
      }
      showToast(t('admin.saved'));
      await onSaved();
    });
  const remove = async (stage: Stage) => {
    if (!stage.id) return setList(list.filter((one) => one.key !== stage.key));
    try {
      const { total } = await readPage('opportunity', {
        filter: { stage: { is: stage.id } },
        fields: ['id'],
        limit: 1,
        count: 'exact',
      });
      const count = total?.value ?? 0;
      const others = before.filter((one) => one.id !== stage.id);
      const to = await openDialog<string>((done) => (
        <RemoveStage name={stage.name} count={count} others={others} kind={stage.kind} onDone={done} />
      ));
      if (to === null) return;
      const moved =
        count > 0
          ? await post<{ changeSet: string }>('/records/opportunity/bulk', {
              update: { filter: { stage: { is: stage.id } }, changes: { stage: to } },
            })
          : null;
      const { changeSet } = await del<{ changeSet: string }>(`/records/stage/${stage.id}`);
      await onSaved();
      showUndo(t('admin.pipelines.stageRemoved', { name: stage.name }), async () => {
        // The stage first: its opportunities come back to it.
        await undoChange(opportunity, changeSet);
        if (moved) await undoChange(opportunity, moved.changeSet);
        await onSaved();
      });
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <Section title={String(pipeline.name)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className={style.form}>
          <TextInput
            label={t('admin.pipelines.name')}
            required
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Switch
            style={{ alignSelf: 'end', marginBottom: 6 }}
            label={t('admin.pipelines.active')}
            checked={active}
            onChange={(event) => setActive(event.currentTarget.checked)}
          />
        </div>
        <div className={style.groupTitle} style={{ paddingLeft: 0, marginTop: 8 }}>
          {t('admin.pipelines.stages')}
        </div>
        <Sortable items={list} keyOf={(stage) => stage.key} nameOf={(stage) => stage.name} onChange={setList}>
          {(stage, _index, handle) => (
            <div className={style.stage}>
              {handle}
              <TextInput
                size="xs"
                required
                maxLength={80}
                aria-label={t('admin.pipelines.stageName', { name: stage.name })}
                value={stage.name}
                onChange={(event) => set(stage.key, { name: event.currentTarget.value })}
              />
              <NumberInput
                size="xs"
                min={0}
                max={100}
                suffix=" %"
                aria-label={t('admin.pipelines.probability', { name: stage.name })}
                value={stage.probability}
                onChange={(value) => set(stage.key, { probability: Number(value) || 0 })}
              />
              <Select
                size="xs"
                allowDeselect={false}
                aria-label={t('admin.pipelines.kind', { name: stage.name })}
                data={(['open', 'won', 'lost'] as const).map((value) => ({
                  value,
                  label: t(`admin.pipelines.kinds.${value}`),
                }))}
                value={stage.kind}
                onChange={(kind) =>
                  kind &&
                  set(stage.key, {
                    kind: kind as Stage['kind'],
                    ...(kind === 'open' ? {} : { probability: kind === 'won' ? 100 : 0 }),
                  })
                }
              />
              <ActionIcon
                aria-label={t('admin.pipelines.removeStage', { name: stage.name })}
                onClick={() => void remove(stage)}
              >
                <IconTrash size={15} />
              </ActionIcon>
            </div>
          )}
        </Sortable>
        <div className={style.formEnd} style={{ justifyContent: 'space-between', marginTop: 8 }}>
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconPlus size={14} />}
            onClick={() =>
              setList([
                ...list,
                { key: `new${Date.now()}`, name: t('admin.pipelines.newStage'), probability: 50, kind: 'open' },
              ])
            }
          >
            {t('admin.pipelines.addStage')}
          </Button>
          <span style={{ display: 'flex', gap: 10, alignItems: 'center' }}>
            <Refusal>{problem}</Refusal>
            <Button type="submit" loading={busy} disabled={!changed}>
              {t('common.save')}
            </Button>
          </span>
        </div>
      </form>
    </Section>
  );
}

function RemoveStage({
  name,
  count,
  kind,
  others,
  onDone,
}: {
  name: string;
  count: number;
  kind: Stage['kind'];
  others: readonly Stage[];
  onDone(to: string | null): void;
}) {
  const { t } = useTranslation();
  const [to, setTo] = useState(others.find((stage) => stage.kind === kind)?.id ?? others[0]?.id ?? null);
  return (
    <Modal
      opened
      onClose={() => onDone(null)}
      title={t('admin.pipelines.removeTitle', { name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={style.text}>{t('admin.pipelines.removeText', { count })}</p>
      {count > 0 ? (
        <Select
          mt="sm"
          label={t('admin.pipelines.moveTo')}
          allowDeselect={false}
          data={others.flatMap((stage) => (stage.id ? [{ value: stage.id, label: stage.name }] : []))}
          value={to}
          onChange={setTo}
        />
      ) : null}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={() => onDone(null)}>
          {t('common.cancel')}
        </Button>
        <Button color="red" disabled={count > 0 && !to} onClick={() => onDone(to ?? '')}>
          {count > 0 ? t('admin.pipelines.moveAndRemove', { count }) : t('common.remove')}
        </Button>
      </Group>
    </Modal>
  );
}
