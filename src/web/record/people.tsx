import { Avatar, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRecordTitle } from '#kernel/fields/web/environment.tsx';
import type { Definition } from '../api/types.ts';
import { type Present, usePeopleAt } from './presence.ts';
import style from './record.module.css';

/** Faces of those who have the same record open. */
export function People({ definition, id }: { definition: Definition; id: string }) {
  const { t } = useTranslation();
  const people = usePeopleAt(definition.name, id);
  if (people.length === 0) return null;
  return (
    <ul className={style.people} aria-label={t('presence.here')}>
      {people.slice(0, 4).map((one) => (
        <Person key={one.user} person={one} definition={definition} />
      ))}
      {people.length > 4 ? <li className={style.quiet}>+{people.length - 4}</li> : null}
    </ul>
  );
}

function Person({ person, definition }: { person: Present; definition: Definition }) {
  const { t } = useTranslation();
  const name = useRecordTitle('user', person.user) ?? '…';
  const field = definition.fields.find((one) => one.name === person.field);
  const says = field ? t('presence.edits', { name, field: field.label }) : t('presence.looks', { name });
  return (
    <li>
      <Tooltip label={says}>
        <span role="img" aria-label={says}>
          <Avatar size={24} radius="xl" name={name} color="initials" aria-hidden data-editing={Boolean(field)} />
        </span>
      </Tooltip>
    </li>
  );
}

/** Beside a field that somebody else is editing right now. */
export function EditedBy({ definition, id, field }: { definition: Definition; id: string; field: string }) {
  const { t } = useTranslation();
  const editor = usePeopleAt(definition.name, id).find((one) => one.field === field);
  const name = useRecordTitle('user', editor?.user ?? null);
  if (!editor) return null;
  return (
    <span className={style.editedBy} role="status">
      {t('presence.editsThis', { name: name ?? '…' })}
    </span>
  );
}
