import { Button, Textarea, TextInput } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Ground } from '#server/answers.ts';
import { get, patch } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import type { RecordShape } from '../api/types.ts';
import { showUndo } from '../ui/toast.tsx';
import style from './admin.module.css';
import { Heading, Pending, Refusal, Section, useAct } from './parts.tsx';
import { idsIn, useMembers } from './people-queries.ts';
import { PlaceLink } from './place-link.tsx';
import { type FieldLimits, type Grants, isSame } from './role-draft.ts';
import { RoleMatrix } from './role-matrix.tsx';
import { useUnsaved } from './use-unsaved.ts';

/** One role: what it is called, what it allows on which records, and who has it. */
export function RoleEditor({ role, onSaved }: { role: RecordShape; onSaved(): unknown }) {
  const { t } = useTranslation();
  const ground = useQuery({
    queryKey: ['admin', 'ground'],
    queryFn: ({ signal }) => get<Ground>('/access/ground', undefined, signal),
  });
  const before = {
    name: String(role.name),
    description: String(role.description ?? ''),
    grants: role.grants as Grants,
    fields: (role.fields ?? {}) as FieldLimits,
  };
  const [draft, setDraft] = useState(before);
  const { busy, problem, error, act } = useAct();
  const isChanged = !isSame(draft, before);
  useUnsaved(isChanged);
  const write = ({ name, description, grants, fields }: typeof before) =>
    patch(`/records/role/${role.id}`, {
      name,
      description: description || null,
      grants,
      fields: Object.keys(fields).length > 0 ? fields : null,
    });
  const save = () =>
    act(async () => {
      await write(draft);
      await onSaved();
      showUndo(t('admin.roles.saved', { name: draft.name }), async () => {
        await write(before);
        await onSaved();
      });
    });
  return (
    <div data-wide>
      <PlaceLink to="roles" className={style.crumb}>
        <IconChevronLeft size={14} aria-hidden />
        {t('admin.place.roles.title')}
      </PlaceLink>
      <Heading title={draft.name || t('admin.roles.newName')} text={t('admin.roles.editText')}>
        <Button variant="default" disabled={!isChanged} onClick={() => setDraft(before)}>
          {t('admin.roles.discard')}
        </Button>
        <Button loading={busy} disabled={!isChanged || !draft.name.trim()} onClick={() => void save()}>
          {t('common.save')}
        </Button>
      </Heading>
      <Refusal>{problem}</Refusal>
      <Section title={t('admin.roles.about')}>
        <div className={style.form}>
          <TextInput
            label={t('admin.roles.name')}
            required
            maxLength={80}
            value={draft.name}
            error={isProblem(error) ? error.of('name') : undefined}
            onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
          />
          <Textarea
            label={t('admin.roles.description')}
            autosize
            minRows={1}
            maxRows={4}
            maxLength={2_000}
            value={draft.description}
            onChange={(event) => setDraft({ ...draft, description: event.currentTarget.value })}
          />
        </div>
        <Having id={role.id} />
      </Section>
      {ground.data ? (
        <RoleMatrix
          grants={draft.grants}
          fields={draft.fields}
          ground={ground.data}
          onChange={(changes) => setDraft({ ...draft, ...changes })}
        />
      ) : (
        <Pending query={ground} />
      )}
    </div>
  );
}

/** Who has the role. */
function Having({ id }: { id: string }) {
  const { t } = useTranslation();
  const members = useMembers();
  const having = members.data?.filter((user) => idsIn(user.roles).includes(id));
  if (!having) return null;
  return (
    <p className={style.sectionText} style={{ marginTop: 12 }}>
      {having.length === 0 ? t('admin.roles.nobody') : `${t('admin.roles.whoHas')} `}
      {having.map((user, index) => (
        <span key={user.id}>
          {index > 0 ? ', ' : ''}
          <PlaceLink to={`users/${user.id}`} className={style.link}>
            {String(user.name)}
          </PlaceLink>
        </span>
      ))}
    </p>
  );
}
