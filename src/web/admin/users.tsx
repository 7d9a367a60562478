import { Button, Group, Menu, Modal, MultiSelect, Select, Stack, Switch, TextInput } from '@mantine/core';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatAgo } from '#kernel/fields/web/format.ts';
import { patch, post } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import { languages } from '../i18n/i18n.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshList, useAdminList } from './api.ts';
import { AwayItems, offerHandover } from './handover.tsx';
import { confirm, DataTable, Heading, Mark, Refusal, Section, ShownOnce, useAct } from './parts.tsx';
import { choicesOf, idsIn, useMembers, useRoles, useTeams } from './people-queries.ts';
import { PlaceLink } from './place-link.tsx';

interface Person {
  id: string;
  name: string;
  email: string;
  administrator: boolean;
  active: boolean;
  hasPassword: boolean;
  hasSecondFactor: boolean;
  lastSeenAt: string | null;
}

interface Invitation {
  name: string;
  email: string;
  language: string;
  administrator: boolean;
  roles: string[];
  teams: string[];
  manager?: string | undefined;
}

interface Link {
  path: string | null;
  mailedTo: string | null;
  expiresAt: string;
}

/** Who works here, and who of them may change the settings. */
export function UsersScreen() {
  const { t, i18n } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const people = useAdminList<{ items: Person[] }>('/users');
  const { data } = people;
  const roles = useRoles();
  const members = useMembers();
  const nameOf = new Map(choicesOf(roles.data).map(({ value, label }) => [value, label]));
  const rolesOf = new Map(
    members.data?.flatMap((user) => {
      const names = idsIn(user.roles).flatMap((id) => nameOf.get(id) ?? []);
      return names.length > 0 ? [[user.id, names.join(', ')] as const] : [];
    }),
  );
  const refresh = () => refreshList('/users');
  const change = async (person: Person, changes: Partial<Person>, message: string) => {
    try {
      await patch(`/users/${person.id}`, changes);
      await refresh();
      const before = Object.fromEntries(Object.keys(changes).map((name) => [name, person[name as keyof Person]]));
      showUndo(message, () => patch(`/users/${person.id}`, before).then(refresh));
      if (changes.active === false) void offerHandover(person);
    } catch (error) {
      showProblem(error);
    }
  };
  const invite = () =>
    void openDialog<boolean>((done) => <InviteDialog onDone={() => void refresh().then(() => done(true))} />);
  const newLink = async (person: Person) => {
    const sure = await confirm({
      title: t('admin.users.linkTitle'),
      text: t('admin.users.linkText', { name: person.name }),
      action: t('admin.users.newLink'),
    });
    if (!sure) return;
    try {
      const link = await post<Link>(`/users/${person.id}/password-link`);
      giveLink(person.name, link);
    } catch (error) {
      showProblem(error);
    }
  };
  const giveLink = (name: string, link: Link) => {
    if (link.mailedTo) showToast(t('admin.users.mailed', { address: link.mailedTo }));
    else void openDialog((done) => <LinkDialog name={name} link={link} onDone={() => done(true)} />);
  };
  const resetFactor = async (person: Person) => {
    const sure = await confirm({
      title: t('admin.users.resetFactor'),
      text: t('admin.users.resetFactorText', { name: person.name }),
      action: t('admin.users.resetFactor'),
      danger: true,
    });
    if (!sure) return;
    try {
      await post(`/users/${person.id}/factors/reset`);
      await refresh();
      showToast(t('admin.users.factorReset', { name: person.name }));
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <>
      <Heading title={t('admin.place.users.title')} text={t('admin.place.users.text')}>
        <Button leftSection={<IconPlus size={14} />} onClick={invite}>
          {t('admin.users.invite')}
        </Button>
      </Heading>
      <Section title={t('admin.users.people')}>
        <DataTable
          label={t('admin.place.users.title')}
          columns={[t('admin.users.name'), t('admin.users.role'), t('admin.users.state'), t('admin.users.seen'), '']}
          empty={t('admin.nothing')}
          query={people}
          rows={data?.items.map((person) => ({
            key: person.id,
            muted: !person.active,
            cells: [
              <span key="name">
                <PlaceLink to={`users/${person.id}`} className={style.link}>
                  {person.name}
                </PlaceLink>
                {person.id === session?.user.id ? <span className={style.quiet}> · {t('admin.users.you')}</span> : null}
                <br />
                <span className={style.quiet}>
                  {person.email}
                  {person.hasSecondFactor ? ` · ${t('admin.users.secondFactor')}` : ''}
                </span>
              </span>,
              person.administrator ? (
                <Mark key="mark" tone="accent">
                  {t('admin.users.administrator')}
                </Mark>
              ) : (
                (rolesOf.get(person.id) ?? t('admin.users.member'))
              ),
              !person.active ? (
                <Mark key="mark" tone="quiet">
                  {t('admin.users.inactive')}
                </Mark>
              ) : person.hasPassword ? (
                <Mark key="mark" tone="good">
                  {t('admin.users.active')}
                </Mark>
              ) : (
                <Mark key="mark" tone="warning">
                  {t('admin.users.invited')}
                </Mark>
              ),
              person.lastSeenAt ? formatAgo(person.lastSeenAt, i18n.language) : '—',
              <div className={style.rowActions} key="actions">
                <Menu>
                  <Menu.Target>
                    <Button
                      variant="subtle"
                      color="gray"
                      size="compact-sm"
                      aria-label={t('admin.moreFor', { name: person.name })}
                    >
                      <IconDots size={16} />
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item onClick={() => void newLink(person)}>{t('admin.users.newLink')}</Menu.Item>
                    {person.hasSecondFactor ? (
                      <Menu.Item onClick={() => void resetFactor(person)}>{t('admin.users.resetFactor')}</Menu.Item>
                    ) : null}
                    <AwayItems person={person} />
                    <Menu.Item
                      onClick={() =>
                        void change(
                          person,
                          { administrator: !person.administrator },
                          t(person.administrator ? 'admin.users.isMember' : 'admin.users.isAdministrator', {
                            name: person.name,
                          }),
                        )
                      }
                    >
                      {t(person.administrator ? 'admin.users.makeMember' : 'admin.users.makeAdministrator')}
                    </Menu.Item>
                    <Menu.Item
                      color={person.active ? 'red' : undefined}
                      onClick={() =>
                        void change(
                          person,
                          { active: !person.active },
                          t(person.active ? 'admin.users.isInactive' : 'admin.users.isActive', { name: person.name }),
                        )
                      }
                    >
                      {t(person.active ? 'admin.users.deactivate' : 'admin.users.activate')}
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </div>,
            ],
          }))}
        />
      </Section>
    </>
  );
}

function InviteDialog({ onDone }: { onDone(): void }) {
  const { t, i18n } = useTranslation();
  const [values, setValues] = useState<Invitation>({
    name: '',
    email: '',
    language: i18n.language,
    administrator: false,
    roles: [],
    teams: [],
  });
  const roles = useRoles();
  const teams = useTeams();
  const members = useMembers();
  const [link, setLink] = useState<Link | null>(null);
  const { busy, problem, error, act } = useAct();
  const of = (field: string) => (isProblem(error) ? error.of(field) : undefined);
  if (link) return <LinkDialog name={values.name} link={link} onDone={onDone} />;
  return (
    <Modal
      opened
      onClose={onDone}
      title={t('admin.users.invite')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act(async () => {
            const made = await post<Link>('/users', values);
            if (!made.mailedTo) return setLink(made);
            showToast(t('admin.users.mailed', { address: made.mailedTo }));
            onDone();
          });
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={t('admin.users.name')}
            maxLength={200}
            value={values.name}
            error={of('name')}
            onChange={(event) => setValues({ ...values, name: event.currentTarget.value })}
          />
          <TextInput
            required
            type="email"
            label={t('setup.email')}
            maxLength={254}
            value={values.email}
            error={of('email')}
            onChange={(event) => setValues({ ...values, email: event.currentTarget.value })}
          />
          <Select
            label={t('user.language')}
            allowDeselect={false}
            data={languages.map(({ value, label }) => ({ value, label }))}
            value={values.language}
            onChange={(language) => language && setValues({ ...values, language })}
          />
          <MultiSelect
            label={t('admin.person.roles')}
            description={values.roles.length === 0 ? t('admin.person.noRole') : undefined}
            data={choicesOf(roles.data)}
            value={values.roles}
            disabled={values.administrator}
            onChange={(next) => setValues({ ...values, roles: next })}
          />
          <MultiSelect
            label={t('admin.person.teams')}
            data={choicesOf(teams.data)}
            value={values.teams}
            onChange={(next) => setValues({ ...values, teams: next })}
          />
          <Select
            label={t('admin.person.manager')}
            searchable
            clearable
            data={choicesOf(members.data?.filter(({ active }) => active))}
            value={values.manager ?? null}
            onChange={(next) => setValues({ ...values, manager: next ?? undefined })}
          />
          <Switch
            label={t('admin.users.administrator')}
            description={t('admin.users.administratorHelp')}
            checked={values.administrator}
            onChange={(event) => setValues({ ...values, administrator: event.currentTarget.checked })}
          />
          <Refusal>{problem}</Refusal>
        </Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('admin.users.makeLink')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function LinkDialog({ name, link, onDone }: { name: string; link: Link; onDone(): void }) {
  const { t, i18n } = useTranslation();
  const until = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'long' }).format(new Date(link.expiresAt));
  return (
    <Modal
      opened
      onClose={onDone}
      title={t('admin.users.linkReady')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <ShownOnce
        text={t('admin.users.linkGive', { name, until })}
        label={t('admin.users.link')}
        value={`${window.location.origin}${link.path ?? ''}`}
        onDone={onDone}
      />
    </Modal>
  );
}
