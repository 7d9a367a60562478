import { Button, PasswordInput, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DirectoryTest, LdapSettings } from '#server/answers.ts';
import { post } from '../api/client.ts';
import { showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import {
  AdmissionSection,
  BackToProviders,
  type FormOf,
  GroupsSection,
  nobodyYet,
  of,
  PROVIDERS,
  RemoveProvider,
  saveProvider,
  Tried,
  useReason,
  wide,
} from './identity-parts.tsx';
import { Heading, Refusal, Section, useAct } from './parts.tsx';
import { useGoTo } from './place-link.tsx';

const fresh: LdapSettings = {
  ...{ url: 'ldaps://', certificate: '', baseDn: '', bindDn: '' },
  userFilter: '(&(objectClass=inetOrgPerson)(|(uid={login})(mail={login})))',
  ...{ nameAttribute: 'cn', emailAttribute: 'mail', idAttribute: 'entryUUID' },
  ...{ groupAttribute: 'memberOf', groupBaseDn: '', groupFilter: '' },
  ...nobodyYet,
};

type TextSetting = Exclude<keyof LdapSettings, 'domains' | 'createsPeople' | 'isOnlyWay' | 'roles' | 'groups'>;

/** The company's directory: where it is, how people are found in it, and who comes in. */
export function LdapForm({ provider }: FormOf<'ldap'>) {
  const { t } = useTranslation();
  const goTo = useGoTo();
  const reasonOf = useReason();
  const [settings, setSettings] = useState(provider?.settings ?? fresh);
  const [active, setActive] = useState(provider?.active ?? true);
  const [secret, setSecret] = useState('');
  const [login, setLogin] = useState('');
  const [found, setFound] = useState<DirectoryTest | null>(null);
  const { busy, problem, error, act } = useAct();
  const trying = useAct();
  const set = (changes: Partial<LdapSettings>) => setSettings({ ...settings, ...changes });
  const given = secret === '' ? {} : { secret };
  const text = (name: TextSetting, hasHelp = false) => ({
    label: t(`admin.identity.ldap.${name}`),
    description: hasHelp ? t(`admin.identity.ldap.${name}Help`) : undefined,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
    value: settings[name],
    error: of(error, `settings.${name}`) ?? of(trying.error, `settings.${name}`),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  const lines = found
    ? [
        ...found.steps.map((step) => ({ ok: true, text: t(`admin.identity.ldap.step.${step}`) })),
        ...(found.ok ? [] : [{ ok: false, text: reasonOf(found.reason) }]),
        ...(found.person
          ? [
              {
                ok: true,
                text: [found.person.name, found.person.email].filter(Boolean).join(' · '),
                detail: found.person.groups.join(', '),
              },
            ]
          : []),
      ]
    : [];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act(async () => {
          await saveProvider('ldap', { active, settings, ...given });
          setSecret('');
          showToast(t('admin.saved'));
        });
      }}
    >
      <BackToProviders />
      <Heading title={t('admin.identity.kind.ldap')} text={t('admin.identity.ldap.text')}>
        {provider ? <RemoveProvider kind="ldap" onRemoved={() => void goTo('single-sign-on')} /> : null}
      </Heading>
      <Section
        title={t('admin.identity.ldap.server')}
        action={
          <Switch
            label={t('admin.identity.active')}
            checked={active}
            onChange={(event) => setActive(event.currentTarget.checked)}
          />
        }
      >
        <div className={style.form}>
          <TextInput required maxLength={500} {...text('url', true)} />
          <TextInput required maxLength={500} placeholder="dc=example,dc=com" {...text('baseDn')} />
          <TextInput maxLength={500} {...text('bindDn', true)} />
          <PasswordInput
            label={t('admin.identity.ldap.password')}
            description={t('admin.identity.secretHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            placeholder={provider?.hasSecret ? t('admin.identity.unchanged') : undefined}
            autoComplete="off"
            maxLength={1000}
            visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <Textarea
            wrapperProps={wide}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={20000}
            placeholder="-----BEGIN CERTIFICATE-----"
            styles={{ input: { fontFamily: 'var(--font-mono)', fontSize: 'var(--size-12)' } }}
            {...text('certificate', true)}
          />
        </div>
      </Section>
      <Section title={t('admin.identity.ldap.entries')}>
        <div className={style.form}>
          <TextInput wrapperProps={wide} required maxLength={1000} {...text('userFilter', true)} />
          <TextInput required maxLength={100} {...text('nameAttribute')} />
          <TextInput required maxLength={100} {...text('emailAttribute')} />
          <TextInput maxLength={100} {...text('idAttribute', true)} />
        </div>
      </Section>
      <Section title={t('admin.identity.ldap.trial')} text={t('admin.identity.ldap.trialText')}>
        <div className={style.trial}>
          <TextInput
            label={t('admin.identity.ldap.login')}
            maxLength={254}
            value={login}
            onChange={(event) => setLogin(event.currentTarget.value)}
          />
          <Button
            variant="default"
            loading={trying.busy}
            onClick={() =>
              void trying.act(async () => {
                setFound(null);
                const somebody = login.trim() ? { login: login.trim() } : {};
                setFound(await post<DirectoryTest>(`${PROVIDERS}/ldap/test`, { settings, ...given, ...somebody }));
              })
            }
          >
            {t('admin.identity.test')}
          </Button>
        </div>
        <Refusal>{trying.problem}</Refusal>
        {found ? <Tried lines={lines} /> : null}
      </Section>
      <AdmissionSection value={settings} error={error} onChange={set} />
      <GroupsSection value={settings.groups} names={found?.person?.groups ?? []} onChange={(groups) => set({ groups })}>
        <div className={style.form}>
          <TextInput maxLength={100} {...text('groupAttribute', true)} />
          <TextInput maxLength={500} {...text('groupBaseDn', true)} />
          {settings.groupBaseDn ? (
            <TextInput
              wrapperProps={wide}
              required
              maxLength={1000}
              placeholder="(member={dn})"
              {...text('groupFilter', true)}
            />
          ) : null}
        </div>
      </GroupsSection>
      <div className={style.formEnd}>
        <Refusal>{problem}</Refusal>
        <Button type="submit" loading={busy}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
