import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { choicesOf, useTeams } from '../admin/people-queries.ts';
import style from './templates.module.css';
import type { Sharing } from './text-queries.ts';

/** For whom something is. */
export function SharingFields({
  sharing,
  team,
  disabled,
  onChange,
}: {
  sharing: Sharing;
  team: string | null;
  disabled: boolean;
  onChange(changes: { sharing?: Sharing; team?: string | null }): void;
}) {
  const { t } = useTranslation();
  const teams = useTeams();
  return (
    <div className={style.pair}>
      <Select
        label={t('templates.sharing')}
        allowDeselect={false}
        disabled={disabled}
        value={sharing}
        onChange={(value) => onChange({ sharing: value as Sharing, ...(value === 'team' ? {} : { team: null }) })}
        data={(['private', 'team', 'everyone'] as const).map((value) => ({
          value,
          label: t(`templates.sharings.${value}`),
        }))}
      />
      {sharing === 'team' ? (
        <Select
          label={t('templates.team')}
          required
          searchable
          disabled={disabled}
          value={team}
          onChange={(value) => onChange({ team: value })}
          data={choicesOf(teams.data)}
        />
      ) : null}
    </div>
  );
}
