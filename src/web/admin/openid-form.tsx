import { Button, PasswordInput, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IdentityProviders, OpenIdSettings, OpenIdTest } from '#server/answers.ts';
import { post } from '../api/client.ts';
import { CopyField } from '../ui/copy-field.tsx';
import { showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import {
  AdmissionSection,
  BackToProviders,
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

const fresh: OpenIdSettings = {
  ...{ issuer: 'https://', clientId: '', label: '', scope: 'openid email profile', groupsClaim: '' },
  ...nobodyYet,
};

/** Single sign-on: which provider, what it knows us as, and who comes in. */
export function OpenIdForm({
  provider,
  all,
}: {
  /** Nothing yet of another one. */
  provider: IdentityProviders['openid'][number] | null;
  all: IdentityProviders;
}) {
  const { t } = useTranslation();
  const goTo = useGoTo();
  const reasonOf = useReason();
  // What a new one is known by stays while it is typed in: the provider is told before it is saved.
  const [{ id, redirectUri }] = useState(provider ?? all.nextOpenid);
  const [settings, setSettings] = useState(provider?.settings ?? fresh);
  const [active, setActive] = useState(provider?.active ?? true);
  const [secret, setSecret] = useState('');
  const [found, setFound] = useState<OpenIdTest | null>(null);
  const { busy, problem, error, act } = useAct();
  const trying = useAct();
  const set = (changes: Partial<OpenIdSettings>) => setSettings({ ...settings, ...changes });
  const given = secret === '' ? {} : { secret };
  const text = (name: 'issuer' | 'clientId' | 'label' | 'scope' | 'groupsClaim') => ({
    label: t(`admin.identity.openid.${name}`),
    description: t(`admin.identity.openid.${name}Help`),
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
    value: settings[name],
    error: of(error, `settings.${name}`) ?? of(trying.error, `settings.${name}`),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act(async () => {
          await saveProvider(`openid/${id}`, { active, settings, ...given });
          setSecret('');
          showToast(t('admin.saved'));
          if (!provider) await goTo(`single-sign-on/openid/${id}`);
        });
      }}
    >
      <BackToProviders />
      <Heading
        title={provider?.settings.label ?? t('admin.identity.kind.openid')}
        text={t('admin.identity.openid.text')}
      >
        {provider ? (
          <RemoveProvider kind="openid" path={`openid/${id}`} onRemoved={() => void goTo('single-sign-on')} />
        ) : null}
      </Heading>
      <Section
        title={t('admin.identity.openid.provider')}
        action={
          <Switch
            label={t('admin.identity.active')}
            checked={active}
            onChange={(event) => setActive(event.currentTarget.checked)}
          />
        }
      >
        <div className={style.form}>
          <div data-full>
            <CopyField label={t('admin.identity.openid.redirect')} value={redirectUri} />
          </div>
          <TextInput required type="url" maxLength={500} wrapperProps={wide} {...text('issuer')} />
          <TextInput required maxLength={500} {...text('clientId')} />
          <PasswordInput
            label={t('admin.identity.openid.secret')}
            description={t('admin.identity.secretHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            placeholder={provider?.hasSecret ? t('admin.identity.unchanged') : undefined}
            autoComplete="off"
            maxLength={1000}
            visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <TextInput required maxLength={60} {...text('label')} />
          <TextInput required maxLength={500} {...text('scope')} />
          <div className={style.formEnd}>
            <Refusal>{trying.problem}</Refusal>
            <Button
              variant="default"
              loading={trying.busy}
              onClick={() =>
                void trying.act(async () => {
                  setFound(null);
                  setFound(await post<OpenIdTest>(`${PROVIDERS}/openid/test`, { id, settings, ...given }));
                })
              }
            >
              {t('admin.identity.test')}
            </Button>
          </div>
          {found ? (
            <div data-full>
              <Tried
                lines={[
                  found.ok
                    ? { ok: true, text: t('admin.identity.openid.found', { issuer: found.issuer ?? '' }) }
                    : { ok: false, text: reasonOf(found.reason) },
                ]}
              />
            </div>
          ) : null}
        </div>
      </Section>
      <AdmissionSection
        value={settings}
        error={error}
        domainsHelp={t('admin.identity.openid.domainsHelp')}
        onChange={set}
      />
      <GroupsSection value={settings.groups} onChange={(groups) => set({ groups })}>
        <div className={style.form}>
          <TextInput maxLength={100} placeholder="groups" {...text('groupsClaim')} />
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
