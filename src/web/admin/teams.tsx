import { Button, Group, Menu, Modal, MultiSelect, Stack, Textarea, TextInput } from '@mantine/core';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { del, patch, post } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showUndo } from '../ui/toast.tsx';
import tree from './access.module.css';
import style from './admin.module.css';
import { DataTable, Heading, Refusal, Section, useAct } from './parts.tsx';
import { choicesOf, idsIn, useMembers, useTeams } from './people-queries.ts';
import { PlaceLink } from './place-link.tsx';

const refresh = () =>
  Promise.all(['team', 'user'].map((object) => queryClient.invalidateQueries({ queryKey: ['records', object] })));

/** Who works with whom, and who reports to whom: what `team` and `tree` mean in a role. */
export function TeamsScreen() {
  const { t } = useTranslation();
  const teams = useTeams();
  const members = useMembers();
  const people = members.data?.filter(({ active }) => active) ?? [];
  const open = (team?: RecordShape) =>
    void openDialog<boolean>((done) => <TeamDialog team={team} people={people} onDone={() => done(true)} />);
  const remove = async (team: RecordShape) => {
    try {
      await del(`/records/team/${team.id}`);
      await refresh();
      showUndo(t('admin.teams.removed', { name: team.name }), async () => {
        await post(`/records/team/${team.id}/restore`);
        await refresh();
      });
    } catch (error) {
      showProblem(error);
    }
  };
  const membersOf = (id: string) => people.filter((user) => idsIn(user.teams).includes(id));
  return (
    <>
      <Heading title={t('admin.place.teams.title')} text={t('admin.place.teams.text')}>
        <Button leftSection={<IconPlus size={14} />} onClick={() => open()}>
          {t('admin.teams.new')}
        </Button>
      </Heading>
      <Section title={t('admin.teams.list')} text={t('admin.teams.listText')}>
        <DataTable
          label={t('admin.place.teams.title')}
          columns={[t('admin.roles.name'), t('admin.teams.members'), '']}
          empty={t('admin.teams.none')}
          query={teams}
          rows={teams.data?.map((team) => ({
            key: team.id,
            cells: [
              <button type="button" key="name" className={style.link} onClick={() => open(team)}>
                {String(team.name)}
              </button>,
              membersOf(team.id)
                .map(({ name }) => String(name))
                .join(', ') || '—',
              <div className={style.rowActions} key="actions">
                <Menu>
                  <Menu.Target>
                    <Button
                      variant="subtle"
                      color="gray"
                      size="compact-sm"
                      aria-label={t('admin.moreFor', { name: team.name })}
                    >
                      <IconDots size={16} />
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item onClick={() => open(team)}>{t('admin.change')}</Menu.Item>
                    <Menu.Item color="red" onClick={() => void remove(team)}>
                      {t('common.delete')}
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </div>,
            ],
          }))}
        />
      </Section>
      <Section title={t('admin.teams.tree')} text={t('admin.teams.treeText')}>
        <ReportingTree people={people} />
      </Section>
    </>
  );
}

function TeamDialog({
  team,
  people,
  onDone,
}: {
  team: RecordShape | undefined;
  people: readonly RecordShape[];
  onDone(): void;
}) {
  const { t } = useTranslation();
  const [name, setName] = useState(String(team?.name ?? ''));
  const [description, setDescription] = useState(String(team?.description ?? ''));
  const before = people.filter((user) => team && idsIn(user.teams).includes(team.id)).map(({ id }) => id);
  const [members, setMembers] = useState(before);
  const { busy, problem, error, act } = useAct();
  const save = async () => {
    const values = { name, description: description || null };
    const { id } = team
      ? await patch<RecordShape>(`/records/team/${team.id}`, values)
      : await post<RecordShape>('/records/team', values);
    for (const user of people) {
      const isMember = members.includes(user.id);
      if (isMember === before.includes(user.id)) continue;
      const rest = idsIn(user.teams).filter((one) => one !== id);
      await patch(`/records/user/${user.id}`, { teams: isMember ? [...rest, id] : rest });
    }
    await refresh();
    onDone();
  };
  return (
    <Modal
      opened
      onClose={onDone}
      title={team ? String(team.name) : t('admin.teams.new')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act(save);
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={t('admin.roles.name')}
            maxLength={80}
            value={name}
            error={isProblem(error) ? error.of('name') : undefined}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Textarea
            label={t('admin.roles.description')}
            autosize
            maxRows={4}
            maxLength={2_000}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          <MultiSelect
            label={t('admin.teams.members')}
            searchable
            data={choicesOf(people)}
            value={members}
            onChange={setMembers}
          />
          <Refusal>{problem}</Refusal>
        </Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('common.save')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

/** Everybody under whom they report to; those at the top report to nobody who works here. */
function ReportingTree({ people }: { people: readonly RecordShape[] }) {
  const { t } = useTranslation();
  const here = new Set(people.map(({ id }) => id));
  const below = Map.groupBy(people, ({ manager }) => (here.has(manager as string) ? (manager as string) : ''));
  const branch = (of: string) => {
    const list = below.get(of) ?? [];
    if (list.length === 0) return null;
    return (
      <ul className={tree.tree}>
        {list.map((user) => (
          <li key={user.id}>
            <PlaceLink to={`users/${user.id}`} className={style.link}>
              {String(user.name)}
            </PlaceLink>
            {user.title ? <span className={style.quiet}> · {String(user.title)}</span> : null}
            {branch(user.id)}
          </li>
        ))}
      </ul>
    );
  };
  return branch('') ?? <p className={style.empty}>{t('admin.nothing')}</p>;
}
