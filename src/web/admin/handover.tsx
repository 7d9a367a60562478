import { Button, Group, Menu, Modal, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import i18next from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { openAbsence } from '../absence/open-absence.tsx';
import { post } from '../api/client.ts';
import { definitionsOf, isInMenu, useDefinitions } from '../api/definitions.ts';
import { definitionsQuery, queryClient, readPage } from '../api/queries.ts';
import type { Undone } from '../api/types.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showAction, showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import own from './handover.module.css';
import { JobLine, type JobShape } from './job-line.tsx';
import { Pending, Refusal, useAct } from './parts.tsx';

interface Person {
  id: string;
  name: string;
}

/** What is done for somebody who goes away, for some days or for good. */
export function AwayItems({ person }: { person: Person & { active: boolean } }) {
  const { t } = useTranslation();
  const absence = useDefinitions().get('absence');
  return (
    <>
      {absence && person.active ? (
        <Menu.Item onClick={() => openAbsence(absence, { of: person })}>{t('absence.add')}</Menu.Item>
      ) : null}
      <Menu.Item onClick={() => openHandover(person)}>{t('admin.handover.open')}</Menu.Item>
    </>
  );
}

/** Whoever can no longer sign in still owns what they owned: says so, with the way to give it away. */
export async function offerHandover(person: Person): Promise<void> {
  const owned = await ownedBy(person.id).catch(() => []);
  const count = owned.reduce((sum, one) => sum + one.count, 0);
  if (count > 0)
    showAction(
      i18next.t('admin.handover.stillOwns', { name: person.name, count }),
      i18next.t('admin.handover.open'),
      () => openHandover(person),
    );
}

function openHandover(person: Person): void {
  void openDialog<true>((done) => <HandoverDialog person={person} onDone={() => done(true)} />);
}

/** How much of each kind somebody owns; of the kinds that people work with. */
async function ownedBy(user: string): Promise<{ name: string; label: string; count: number }[]> {
  const definitions = definitionsOf(await queryClient.ensureQueryData(definitionsQuery)).list.filter(isInMenu);
  const counts = await Promise.all(
    definitions.map(async ({ name, label }) => {
      const page = await readPage(name, { filter: { owner: { is: user } }, fields: ['id'], limit: 1, count: 'exact' });
      return { name, label: label.many, count: page.total?.value ?? 0 };
    }),
  );
  return counts.filter(({ count }) => count > 0);
}

interface Queued {
  job: { id: string };
  changeSet: string;
}

/** All that is somebody's goes to somebody else: who, how much, how it goes, and back again. */
function HandoverDialog({ person, onDone }: { person: Person; onDone(): void }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const members = useQuery({
    queryKey: ['records', 'user', 'list', 'handover'],
    staleTime: 0,
    queryFn: async () =>
      (await readPage('user', { filter: { active: true }, fields: ['name'], sort: ['name'], limit: 500 })).items,
  });
  const owned = useQuery({
    queryKey: ['admin', 'owned', person.id],
    staleTime: 0,
    queryFn: () => ownedBy(person.id),
  });
  const [to, setTo] = useState<string | null>(null);
  const [queued, setQueued] = useState<Queued | null>(null);
  const [ended, setEnded] = useState<JobShape | null>(null);
  const { busy, problem, act } = useAct();
  const choices = (members.data ?? [])
    .filter(({ id }) => id !== person.id)
    .map(({ id, name }) => ({ value: id, label: String(name) }));
  const nameOf = (id: string | null) => choices.find(({ value }) => value === id)?.label ?? '';
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['records'] });
  const undo = () =>
    act(async () => {
      await post<Undone>(`/changes/${queued!.changeSet}/undo`);
      await refresh();
      showToast(t('admin.handover.undone', { name: person.name }));
      onDone();
    });
  const result = ended?.state === 'done' ? (ended.result as { changed: number; refused: number }) : null;
  return (
    <Modal
      opened
      onClose={onDone}
      title={t('admin.handover.title', { name: person.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act(async () => setQueued(await post<Queued>(`/users/${person.id}/handover`, { to })));
        }}
      >
        <Stack gap="sm">
          {queued ? (
            <JobLine
              id={queued.job.id}
              label={t('admin.handover.to', { name: nameOf(to) })}
              onDone={(job) => {
                setEnded(job);
                void refresh();
              }}
            />
          ) : owned.data ? (
            <>
              <Select
                data-autofocus
                required
                searchable
                label={t('admin.handover.who')}
                data={choices}
                value={to}
                onChange={setTo}
              />
              <p className={style.text}>
                {t(owned.data.length > 0 ? 'admin.handover.text' : 'admin.handover.nothing', { name: person.name })}
              </p>
              {owned.data.length > 0 ? (
                <ul className={own.counts} aria-label={t('admin.handover.open')}>
                  {owned.data.map(({ name, label, count }) => (
                    <li key={name}>
                      {label} <b>{formatNumber(count, language)}</b>
                    </li>
                  ))}
                </ul>
              ) : null}
            </>
          ) : (
            <Pending query={owned} />
          )}
          {result ? (
            <p className={style.text} role="status">
              {t('admin.handover.done', { count: result.changed, name: nameOf(to) })}{' '}
              {result.refused > 0 ? t('admin.handover.refused', { count: result.refused }) : null}
            </p>
          ) : null}
          <Refusal>{problem ?? (ended && !result ? (ended.message ?? t('problem.unexpected')) : null)}</Refusal>
        </Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          {queued ? (
            <>
              {result ? (
                <Button variant="default" loading={busy} onClick={() => void undo()}>
                  {t('toast.undo')}
                </Button>
              ) : null}
              <Button onClick={onDone}>{t('common.close')}</Button>
            </>
          ) : (
            <>
              <Button variant="default" onClick={onDone}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={busy} disabled={!to || !owned.data}>
                {t('admin.handover.give')}
              </Button>
            </>
          )}
        </Group>
      </form>
    </Modal>
  );
}
