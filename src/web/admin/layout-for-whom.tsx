import { MultiSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LayoutDefinition } from '#kernel/object/layout.ts';
import type { RecordShape } from '../api/types.ts';
import { ConditionEditor, type judgedFields } from './condition-editor.tsx';
import { useRoles, useTeams } from './people-queries.ts';

/** For whom and for which records a layout, a tab or a panel is there. What is left out is for all. */
export interface Audience {
  roles?: readonly string[] | undefined;
  teams?: readonly string[] | undefined;
  when?: LayoutDefinition['when'];
}

/** Roles every company has, whatever others it made. */
const standing = ['administrator', 'member'];

/** The roles, the teams and the condition for which a layout, a tab or a panel is there. */
export function ForWhom({
  audience,
  judged,
  onChange,
}: {
  audience: Audience;
  judged: ReturnType<typeof judgedFields>;
  onChange(audience: Audience): void;
}) {
  const { t } = useTranslation();
  const { roles, teams, when } = audience;
  const namesOf = (records: readonly RecordShape[] = []) => records.map(({ name }) => String(name));
  const knownRoles = [...standing, ...namesOf(useRoles().data)];
  const knownTeams = namesOf(useTeams().data);
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 8 }}>
      <Names
        label={t('admin.layout.roles')}
        known={knownRoles}
        value={roles}
        onChange={(next) => onChange({ roles: next })}
      />
      {knownTeams.length > 0 || teams ? (
        <Names
          label={t('admin.layout.teams')}
          known={knownTeams}
          value={teams}
          onChange={(next) => onChange({ teams: next })}
        />
      ) : null}
      <ConditionEditor
        label={t('admin.layout.when')}
        none={t('admin.fields.always')}
        fields={judged}
        value={when as Parameters<typeof ConditionEditor>[0]['value']}
        onChange={(next) => onChange({ when: next as LayoutDefinition['when'] })}
      />
    </div>
  );
}

/** What a configuration brought stays chosen, also where nothing is called so yet. */
function Names({
  label,
  known,
  value = [],
  onChange,
}: {
  label: string;
  known: readonly string[];
  value: readonly string[] | undefined;
  onChange(value: readonly string[] | undefined): void;
}) {
  const { t } = useTranslation();
  return (
    <MultiSelect
      label={label}
      searchable
      placeholder={value.length > 0 ? undefined : t('admin.layout.everybody')}
      data={[...new Set([...known, ...value])]}
      value={[...value]}
      onChange={(next) => onChange(next.length > 0 ? next : undefined)}
    />
  );
}
