import IconAt from '@tabler/icons-react/dist/esm/icons/IconAt.mjs';
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs';
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs';
import IconInbox from '@tabler/icons-react/dist/esm/icons/IconInbox.mjs';
import IconUserOff from '@tabler/icons-react/dist/esm/icons/IconUserOff.mjs';
import IconUserQuestion from '@tabler/icons-react/dist/esm/icons/IconUserQuestion.mjs';
import IconUserShare from '@tabler/icons-react/dist/esm/icons/IconUserShare.mjs';
import IconUsersGroup from '@tabler/icons-react/dist/esm/icons/IconUsersGroup.mjs';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { standingThrough } from '../absence/chain.ts';
import { awayTodayQuery, nearAbsencesQuery, readAbsence } from '../absence/near-absences.ts';
import { get } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { countQuery } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import style from './folders.module.css';
import { folderFilter, type InboxSearch, waitingAddresses } from './folders.ts';

export interface Folder {
  key: string;
  label: string;
  search: Pick<InboxSearch, 'in' | 'of' | 'state'>;
  icon: ReactNode;
  /** How many stand in it is told. */
  counts: boolean;
}

export interface FolderGroup {
  title: string | null;
  folders: Folder[];
}

/** The folders of the person: their own, those of their teams, and of those they stand in for today. */
export function useFolders(): FolderGroup[] {
  const { t } = useTranslation();
  const { userId, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const { data: me } = useQuery({
    queryKey: ['records', 'user', 'teams', userId],
    enabled: userId !== null,
    queryFn: ({ signal }) => get<RecordShape>(`/records/user/${userId}`, { fields: 'teams', expand: 'teams' }, signal),
  });
  const knowsAbsences = definitions.get('absence') !== undefined;
  const near = useInfiniteQuery({ ...nearAbsencesQuery, enabled: knowsAbsences }).data?.pages[0]?.items ?? [];
  const away = useInfiniteQuery({ ...awayTodayQuery, enabled: knowsAbsences }).data?.pages[0]?.items ?? [];
  const absences = away.map((record) => readAbsence(record, timeZone));
  const direct = near
    .map((record) => readAbsence(record, timeZone))
    .filter(({ user, delegate, when }) => delegate === userId && user !== userId && when === 'now');
  const standing = [...direct, ...(userId ? standingThrough(userId, absences) : [])].filter(
    ({ scope }) => scope.length === 0 || scope.includes('mailbox'),
  );
  const teams = (me?.expanded?.teams ?? []) as unknown as { id: string; title: string }[];
  const icon = { size: 16, stroke: 1.7, 'aria-hidden': true } as const;
  const folder = (key: string, label: string, search: Folder['search'], shape: ReactNode, counts = true): Folder => ({
    ...{ key, label, search, counts },
    icon: shape,
  });
  const groups: FolderGroup[] = [
    {
      title: null,
      folders: [
        folder('mine', t('inbox.mine'), {}, <IconInbox {...icon} />),
        folder('mentions', t('inbox.mentions'), { in: 'mentions' }, <IconAt {...icon} />),
        folder(
          'unassigned',
          t('inbox.unassigned'),
          // Whoever is in teams takes what is theirs to take; what belongs to no team stands apart.
          { in: teams.length > 0 ? 'ours' : 'unassigned' },
          <IconUserOff {...icon} />,
        ),
        ...(teams.length > 0
          ? [folder('teamless', t('inbox.teamless'), { in: 'teamless' }, <IconUserOff {...icon} />)]
          : []),
        ...(definitions.get('knownAddress')
          ? [folder('unknown', t('inbox.unknown'), { in: 'unknown' }, <IconUserQuestion {...icon} />)]
          : []),
        folder('snoozed', t('inbox.snoozed'), { state: 'snoozed' }, <IconClock {...icon} />, false),
        folder('done', t('inbox.done'), { state: 'done' }, <IconCircleCheck {...icon} />, false),
      ],
    },
  ];
  if (teams.length > 0)
    groups.push({
      title: t(teams.length === 1 ? 'inbox.myTeam' : 'inbox.myTeams'),
      folders: teams.map(({ id, title }) =>
        folder(`team ${id}`, title, { in: 'team', of: id }, <IconUsersGroup {...icon} />),
      ),
    });
  if (standing.length > 0)
    groups.push({
      title: t('inbox.insteadOf'),
      folders: standing.map(({ user, userName }) =>
        folder(`for ${user}`, userName, { in: 'for', of: user }, <IconUserShare {...icon} />),
      ),
    });
  return groups;
}

/** The folder that is open: a team's snoozed ones are the team's, one's own have folders of their own. */
export function isOpenFolder({ search }: Folder, open: InboxSearch): boolean {
  const isSame = search.in === open.in && search.of === open.of;
  return isSame && (open.in !== undefined || search.state === open.state);
}

export function FolderPane({ groups, open }: { groups: readonly FolderGroup[]; open: InboxSearch }) {
  const { t } = useTranslation();
  return (
    <nav className={style.folders} aria-label={t('inbox.folders')}>
      {groups.map(({ title, folders }) => (
        <section key={title ?? ''} aria-label={title ?? t('inbox.title')}>
          {title ? <h2>{title}</h2> : null}
          {folders.map((folder) => (
            <Link
              key={folder.key}
              to="/inbox"
              search={folder.search}
              activeOptions={{ exact: true }}
              className={style.folder}
              data-open={isOpenFolder(folder, open)}
              aria-current={isOpenFolder(folder, open) ? 'page' : undefined}
            >
              {folder.icon}
              <bdi>{folder.label}</bdi>
              {folder.counts ? <Count search={folder.search} /> : null}
            </Link>
          ))}
        </section>
      ))}
    </nav>
  );
}

/** Counted up to a thousand: nobody reads the rest, and a million would be counted to the end. */
export function Count({ search }: { search: Folder['search'] }) {
  const { i18n } = useTranslation();
  const isUnknown = search.in === 'unknown';
  const { data } = useQuery(
    countQuery(isUnknown ? 'knownAddress' : 'conversation', {
      filter: isUnknown ? waitingAddresses : folderFilter(search),
    }),
  );
  if (!data || data.value === 0) return null;
  return (
    <span className={style.count}>
      {formatNumber(data.value, i18n.language)}
      {data.kind === 'atLeast' ? '+' : ''}
    </span>
  );
}
