import { Button, Menu } from '@mantine/core';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { del, post } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { showProblem, showUndo } from '../ui/toast.tsx';
import style from './admin.module.css';
import { DataTable, Heading, Pending, Section } from './parts.tsx';
import { idsIn, useMembers, useRoles } from './people-queries.ts';
import { PlaceLink } from './place-link.tsx';
import { RoleEditor } from './role-editor.tsx';

/** What people may see and do, by role. */
export function RolesScreen({ rest: [id] }: { rest: readonly string[] }) {
  return id ? <RoleScreen key={id} id={id} /> : <RoleList />;
}

function RoleList() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const roles = useRoles();
  const members = useMembers();
  const add = async (values: Record<string, unknown>) => {
    try {
      const taken = new Set(roles.data?.map(({ name }) => name));
      const base = String(values.name);
      const name = Array.from({ length: 99 }, (_, index) => (index === 0 ? base : `${base} ${index + 1}`)).find(
        (one) => !taken.has(one),
      );
      const role = await post<RecordShape>('/records/role', { ...values, name });
      void navigate({ to: '/settings/$', params: { _splat: `roles/${role.id}` } });
    } catch (error) {
      showProblem(error);
    }
  };
  const remove = async (role: RecordShape) => {
    try {
      await del(`/records/role/${role.id}`);
      await roles.refetch();
      showUndo(t('admin.roles.removed', { name: role.name }), async () => {
        await post(`/records/role/${role.id}/restore`);
        await queryClient.invalidateQueries({ queryKey: ['records', 'role'] });
      });
    } catch (error) {
      showProblem(error);
    }
  };
  const having = (id: string) => members.data?.filter((user) => idsIn(user.roles).includes(id)).length ?? 0;
  return (
    <>
      <Heading title={t('admin.place.roles.title')} text={t('admin.place.roles.text')}>
        <Button
          leftSection={<IconPlus size={14} />}
          onClick={() => void add({ name: t('admin.roles.newName'), grants: {} })}
        >
          {t('admin.roles.new')}
        </Button>
      </Heading>
      <Section title={t('admin.roles.list')} text={t('admin.roles.listText')}>
        <DataTable
          label={t('admin.place.roles.title')}
          columns={[t('admin.roles.name'), t('admin.roles.who'), '']}
          empty={t('admin.roles.none')}
          query={roles}
          rows={roles.data?.map((role) => ({
            key: role.id,
            cells: [
              <span key="name">
                <PlaceLink to={`roles/${role.id}`} className={style.link}>
                  {String(role.name)}
                </PlaceLink>
                {role.description ? <div className={style.quiet}>{String(role.description)}</div> : null}
              </span>,
              t('admin.roles.people', { count: having(role.id) }),
              <div className={style.rowActions} key="actions">
                <Menu>
                  <Menu.Target>
                    <Button
                      variant="subtle"
                      color="gray"
                      size="compact-sm"
                      aria-label={t('admin.moreFor', { name: role.name })}
                    >
                      <IconDots size={16} />
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item
                      onClick={() =>
                        void add({
                          name: t('admin.roles.copyName', { name: role.name }).slice(0, 76),
                          description: role.description,
                          grants: role.grants,
                          fields: role.fields,
                        })
                      }
                    >
                      {t('admin.roles.copy')}
                    </Menu.Item>
                    <Menu.Item color="red" onClick={() => void remove(role)}>
                      {t('common.delete')}
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

function RoleScreen({ id }: { id: string }) {
  const { t } = useTranslation();
  const roles = useRoles();
  const role = roles.data?.find((one) => one.id === id);
  if (!roles.data) return <Pending query={roles} />;
  if (!role) return <p className={style.empty}>{t('admin.roles.gone')}</p>;
  return <RoleEditor key={role.version} role={role} onSaved={() => roles.refetch()} />;
}
