import { Button, MultiSelect, Select } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { EffectiveAccess } from '#server/answers.ts';
import { get, patch, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient, sessionQuery } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { WorkForm } from '../profile/work-form.tsx';
import { showProblem, showUndo } from '../ui/toast.tsx';
import style from './access.module.css';
import admin from './admin.module.css';
import { Explain } from './explain.tsx';
import { Heading, Mark, Pending, Section } from './parts.tsx';
import { choicesOf, idsIn, useMembers, useRoles, useTeams } from './people-queries.ts';
import { PlaceLink } from './place-link.tsx';
import { shownOperations } from './role-draft.ts';

/** One person: what they may do, why, and what they would see. */
export function PersonScreen({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const access = useQuery({
    queryKey: ['admin', 'access', id],
    staleTime: 0,
    queryFn: ({ signal }) => get<EffectiveAccess>(`/access/people/${id}`, undefined, signal),
  });
  const { data } = access;
  const look = async () => {
    try {
      await post('/session/view-as', { user: id });
      // Everything on the screen is the administrator's own: begin anew.
      window.location.assign('/');
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <div data-wide>
      <PlaceLink to="users" className={admin.crumb}>
        <IconChevronLeft size={14} aria-hidden />
        {t('admin.place.users.title')}
      </PlaceLink>
      {data ? (
        <>
          <Heading
            title={
              <>
                {data.name}
                {data.active ? null : <Mark tone="quiet">{t('admin.users.inactive')}</Mark>}
              </>
            }
            text={t('admin.person.text')}
          >
            {data.active && !data.administrator && data.id !== session?.user.id ? (
              <Button variant="default" leftSection={<IconEye size={15} />} onClick={() => void look()}>
                {t('admin.person.viewAs')}
              </Button>
            ) : null}
          </Heading>
          <Standing id={id} isAdministrator={data.administrator} onChange={() => access.refetch()} />
          <Section title={t('admin.explain.title')} text={t('admin.explain.text')}>
            <Explain user={id} name={data.name} />
          </Section>
          {data.active ? <Effective access={data} /> : null}
        </>
      ) : (
        <Pending query={access} />
      )}
    </div>
  );
}

/** Roles, teams and whom they report to, where each choice holds at once and can be taken back; their work. */
function Standing({ id, isAdministrator, onChange }: { id: string; isAdministrator: boolean; onChange(): unknown }) {
  const { t } = useTranslation();
  const roles = useRoles();
  const teams = useTeams();
  const members = useMembers();
  const definition = useDefinitions().get('user');
  const user = members.data?.find((one) => one.id === id);
  if (!user || !roles.data || !teams.data) return <Pending query={members} />;
  const write = async (changes: Partial<RecordShape>) => {
    await patch(`/records/user/${id}`, changes);
    await queryClient.invalidateQueries({ queryKey: ['records', 'user'] });
    await Promise.all([onChange(), queryClient.invalidateQueries({ queryKey: ['admin', 'explanation'] })]);
  };
  const change = async (changes: Partial<RecordShape>) => {
    const before = Object.fromEntries(Object.keys(changes).map((name) => [name, user[name] ?? null]));
    await write(changes);
    showUndo(t('admin.person.saved', { name: user.name }), () => write(before));
  };
  const choose = (changes: Partial<RecordShape>) => void change(changes).catch(showProblem);
  const mine = idsIn(user.roles);
  return (
    <>
      <Section
        title={t('admin.person.standing')}
        text={t(
          isAdministrator
            ? 'admin.person.isAdministrator'
            : mine.length === 0
              ? 'admin.person.noRole'
              : 'admin.person.standingText',
        )}
      >
        <div className={admin.form}>
          <MultiSelect
            data-full
            label={t('admin.person.roles')}
            searchable
            data={choicesOf(roles.data)}
            value={mine}
            onChange={(next) => choose({ roles: next })}
          />
          <MultiSelect
            label={t('admin.person.teams')}
            searchable
            data={choicesOf(teams.data)}
            value={idsIn(user.teams)}
            onChange={(next) => choose({ teams: next })}
          />
          <Select
            label={t('admin.person.manager')}
            searchable
            clearable
            data={choicesOf(members.data?.filter((one) => one.active && one.id !== id))}
            value={(user.manager as string | null) ?? null}
            onChange={(next) => choose({ manager: next })}
          />
        </div>
      </Section>
      {definition ? (
        <Section title={t('admin.person.work')} text={t('admin.person.workText')}>
          <WorkForm key={user.id} definition={definition} user={user} onSave={change} />
        </Section>
      ) : null}
    </>
  );
}

/** All roles added up: what holds, and which of them says so. */
function Effective({ access }: { access: EffectiveAccess }) {
  const { t } = useTranslation();
  // Where there is only one role, it is the one that says so.
  const isOne = access.roles.length === 1;
  const labels = new Map(access.operations.map(({ name, label }) => [name as string, label]));
  const isGround = ({ rights }: EffectiveAccess['objects'][number]) =>
    Object.values(rights)
      .flat()
      .every((source) => source.isGround);
  const rows = access.objects.filter((object) => access.administrator || !isGround(object));
  const limited = access.objects.filter(({ fields }) => fields.length > 0);
  return (
    <>
      <Section
        title={t('admin.person.effective')}
        text={`${access.roles.join(', ')}. ${t('admin.person.effectiveText')}`}
      >
        <div className={style.matrixBox}>
          <table className={style.matrix} aria-label={t('admin.person.effective')}>
            <thead>
              <tr>
                <th scope="col">{t('admin.roles.object')}</th>
                {shownOperations.map((operation) => (
                  <th key={operation} scope="col">
                    {labels.get(operation)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((object) => (
                <tr key={object.name}>
                  <th scope="row">{object.label}</th>
                  {shownOperations.map((operation) => (
                    <td key={operation} data-column={labels.get(operation)}>
                      <span className={style.given} data-none={object.rights[operation]?.length === 0 || undefined}>
                        {object.rights[operation]?.length ? null : '—'}
                        {object.rights[operation]?.map(({ source, rule, isGround }) => (
                          <span key={source + rule}>
                            {rule}
                            {isOne && !isGround ? null : <span className={style.source}>{source}</span>}
                          </span>
                        ))}
                      </span>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      {limited.length > 0 ? (
        <Section title={t('admin.person.fields')} text={t('admin.person.fieldsText')}>
          <ul className={style.ground}>
            {limited.map((object) => (
              <li key={object.name}>
                <strong>{object.label}</strong>
                <span>
                  {object.fields
                    .map(
                      ({ label, access: width, sources }) =>
                        `${label}: ${t(`admin.roles.width.${width}`).toLocaleLowerCase()} (${sources.join(', ')})`,
                    )
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </>
  );
}
