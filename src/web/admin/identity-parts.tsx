import { Button, CloseButton, MultiSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { IdentityProviders, OpenIdSettings, ScimSettings } from '#server/answers.ts';
import { del, post, request } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshList } from './api.ts';
import { confirm, Section } from './parts.tsx';
import { PlaceLink } from './place-link.tsx';

/** Of an input that takes both columns of a form. */
export const wide = { 'data-full': true };

export const PROVIDERS = '/identity-providers';
export type Kind = 'openid' | 'ldap' | 'scim';
type Admission = Pick<OpenIdSettings, 'domains' | 'createsPeople' | 'isOnlyWay' | 'roles' | 'groups'>;

/** What a form of these screens is told: nothing yet of a provider, or what it is. */
export interface FormOf<Name extends Exclude<Kind, 'openid'>> {
  provider: IdentityProviders[Name];
  all: IdentityProviders;
}

/** What newcomers need before the first provider is set up. */
export const nobodyYet: Admission = { domains: [], createsPeople: true, isOnlyWay: false, roles: [], groups: [] };

/** @param path `ldap`, `openid/<id>` */
export async function saveProvider(path: string, body: object): Promise<void> {
  await request('PUT', `${PROVIDERS}/${path}`, { body });
  await refreshList(PROVIDERS);
}

/** The way back to the overview, and what it is that was opened. */
export function BackToProviders() {
  const { t } = useTranslation();
  return (
    <PlaceLink to="single-sign-on" className={style.crumb}>
      <IconChevronLeft size={14} aria-hidden />
      {t('admin.place.single-sign-on.title')}
    </PlaceLink>
  );
}

/** Asks before what somebody set up is forgotten. */
export function RemoveProvider({ kind, path = kind, onRemoved }: { kind: Kind; path?: string; onRemoved(): void }) {
  const { t } = useTranslation();
  const remove = async () => {
    const sure = await confirm({
      title: t('admin.identity.removeTitle'),
      text: t(`admin.identity.removeText.${kind}`),
      action: t('common.remove'),
      danger: true,
    });
    if (!sure) return;
    try {
      await del(`${PROVIDERS}/${path}`);
      await refreshList(PROVIDERS);
      showToast(t('admin.identity.removed'));
      onRemoved();
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <Button variant="subtle" color="red" onClick={() => void remove()}>
      {t('common.remove')}
    </Button>
  );
}

/** Who comes in, and whether in another way too. */
export function AdmissionSection({
  value,
  error,
  domainsHelp,
  onChange,
}: {
  value: Admission;
  error: unknown;
  domainsHelp?: string;
  onChange(changes: Partial<Admission>): void;
}) {
  const { t } = useTranslation();
  return (
    <Section title={t('admin.identity.people')}>
      <div className={style.form}>
        <TagsInput
          label={t('admin.identity.domains')}
          description={domainsHelp ?? t('admin.identity.domainsHelp')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder={value.domains.length === 0 ? 'example.com' : undefined}
          clearButtonProps={{ 'aria-label': t('common.clear') }}
          value={value.domains}
          error={of(error, 'settings.domains')}
          onChange={(domains) => onChange({ domains })}
        />
        <RolesSelect
          label={t('admin.identity.newcomers')}
          description={t('admin.identity.newcomersHelp')}
          error={of(error, 'settings.roles')}
          value={value.roles}
          onChange={(roles) => onChange({ roles })}
        />
        <Switch
          wrapperProps={wide}
          label={t('admin.identity.createsPeople')}
          description={t('admin.identity.createsPeopleHelp')}
          checked={value.createsPeople}
          onChange={(event) => onChange({ createsPeople: event.currentTarget.checked })}
        />
        <Switch
          wrapperProps={wide}
          label={t('admin.identity.isOnlyWay')}
          description={t('admin.identity.isOnlyWayHelp')}
          checked={value.isOnlyWay}
          onChange={(event) => onChange({ isOnlyWay: event.currentTarget.checked })}
        />
      </div>
    </Section>
  );
}

/** What groups of the directory stand for here, a line each. */
export function GroupsSection({
  value,
  text,
  names = [],
  children,
  onChange,
}: {
  value: ScimSettings['groups'];
  text?: string;
  /** Groups that are known. */
  names?: readonly string[];
  children?: ReactNode;
  onChange(groups: ScimSettings['groups']): void;
}) {
  const { t } = useTranslation();
  const set = (index: number, changes: Partial<ScimSettings['groups'][number]>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...changes } : one)));
  return (
    <Section title={t('admin.identity.groups')} text={text ?? t('admin.identity.groupsText')}>
      {children}
      {value.map((mapping, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines stay in their order
        <div className={style.mapping} key={index}>
          <TextInput
            required
            label={t('admin.identity.group')}
            list="known-groups"
            maxLength={500}
            value={mapping.group}
            onChange={(event) => set(index, { group: event.currentTarget.value })}
          />
          <RolesSelect
            label={t('admin.identity.roles')}
            value={mapping.roles}
            onChange={(roles) => set(index, { roles })}
          />
          <TeamsSelect value={mapping.teams} onChange={(teams) => set(index, { teams })} />
          <CloseButton
            className={style.mappingEnd}
            aria-label={t('admin.identity.removeGroup', { group: mapping.group })}
            onClick={() => onChange(value.filter((_one, at) => at !== index))}
          />
        </div>
      ))}
      <datalist id="known-groups">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <div className={style.mappingAdd}>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={13} />}
          onClick={() => onChange([...value, { group: '', roles: [], teams: [] }])}
        >
          {t('admin.identity.addGroup')}
        </Button>
      </div>
    </Section>
  );
}

export function RolesSelect({
  label,
  description,
  error,
  value,
  onChange,
}: {
  label: string;
  description?: string;
  error?: string;
  value: string[];
  onChange(roles: string[]): void;
}) {
  const { t } = useTranslation();
  const roles = useNames('role');
  return (
    <MultiSelect
      label={label}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      searchable
      placeholder={value.length === 0 ? t('admin.identity.noRoles') : undefined}
      nothingFoundMessage={t('admin.identity.noneThere')}
      data={roles}
      error={error}
      value={value.filter((id) => roles.some((role) => role.value === id))}
      onChange={onChange}
    />
  );
}

function TeamsSelect({ value, onChange }: { value: string[]; onChange(teams: string[]): void }) {
  const { t } = useTranslation();
  const teams = useNames('team');
  return (
    <MultiSelect
      label={t('admin.identity.teams')}
      searchable
      nothingFoundMessage={t('admin.identity.noneThere')}
      data={teams}
      value={value.filter((id) => teams.some((team) => team.value === id))}
      onChange={onChange}
    />
  );
}

/** All of them: a company has some dozens. */
function useNames(object: 'role' | 'team') {
  const { data } = useQuery({
    queryKey: ['admin', 'names', object],
    queryFn: () =>
      post<{ items: { id: string; name: string }[] }>(`/records/${object}/query`, {
        fields: ['name'],
        sort: ['name'],
        limit: 200,
      }),
  });
  return (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
}

/** How it went, a line for each thing that was tried. */
export function Tried({ lines }: { lines: readonly { ok: boolean; text: string; detail?: string }[] }) {
  return (
    <div role="status">
      <ul className={style.tried}>
        {lines.map(({ ok, text, detail }) => (
          <li key={text} data-ok={ok}>
            {ok ? <IconCheck size={15} aria-hidden /> : <IconAlertTriangle size={15} aria-hidden />}
            <span>
              {text}
              {detail ? <span className={style.quiet}> {detail}</span> : null}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Why a provider or a directory let nobody in, in words; what is not foreseen is told as it is. */
export function useReason(): (reason: string | null) => string {
  const { t } = useTranslation();
  const words: Readonly<Record<string, string>> = {
    'address-refused': t('admin.identity.reason.address'),
    'endpoints-missing': t('admin.identity.reason.endpoints'),
    'keys-missing': t('admin.identity.reason.endpoints'),
    'provider: ECONNREFUSED': t('admin.identity.reason.silent'),
    'provider: ENOTFOUND': t('admin.identity.reason.unknownHost'),
    'provider: TimeoutError': t('admin.identity.reason.silent'),
    'directory: ECONNREFUSED': t('admin.identity.reason.silent'),
    'directory: ETIMEDOUT': t('admin.identity.reason.silent'),
    'directory: ENOTFOUND': t('admin.identity.reason.unknownHost'),
    'directory: account-refused': t('admin.identity.reason.account'),
    'directory: no-password': t('admin.identity.reason.account'),
    'directory: base-missing': t('admin.identity.reason.base'),
    'person-unknown': t('admin.identity.reason.person'),
    'login-ambiguous': t('admin.identity.reason.ambiguous'),
  };
  return (reason) => words[reason ?? ''] ?? t('admin.identity.reason.other', { reason: reason ?? '' });
}

export function of(error: unknown, field: string): string | undefined {
  return isProblem(error) ? error.of(field) : undefined;
}
