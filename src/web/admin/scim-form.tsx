import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScimSettings } from '#server/answers.ts';
import { CopyField } from '../ui/copy-field.tsx';
import { showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import {
  BackToProviders,
  type FormOf,
  GroupsSection,
  of,
  RemoveProvider,
  RolesSelect,
  saveProvider,
} from './identity-parts.tsx';
import { DataTable, Heading, Refusal, Section, useAct } from './parts.tsx';
import { PlaceLink, useGoTo } from './place-link.tsx';

/** A directory that says who works here: where it sends that, and what its groups stand for. */
export function ScimForm({ provider, all }: FormOf<'scim'>) {
  const { t } = useTranslation();
  const goTo = useGoTo();
  const [settings, setSettings] = useState<ScimSettings>(provider?.settings ?? { roles: [], groups: [] });
  const [active, setActive] = useState(provider?.active ?? true);
  const { busy, problem, error, act } = useAct();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act(async () => {
          await saveProvider('scim', { active, settings });
          showToast(t('admin.saved'));
        });
      }}
    >
      <BackToProviders />
      <Heading title={t('admin.identity.kind.scim')} text={t('admin.identity.scim.text')}>
        {provider ? <RemoveProvider kind="scim" onRemoved={() => void goTo('single-sign-on')} /> : null}
      </Heading>
      <Section
        title={t('admin.identity.scim.connection')}
        action={
          <Switch
            label={t('admin.identity.active')}
            checked={active}
            onChange={(event) => setActive(event.currentTarget.checked)}
          />
        }
      >
        <div className={style.form}>
          <CopyField label={t('admin.identity.scim.address')} value={all.scimUrl} />
          <RolesSelect
            label={t('admin.identity.newcomers')}
            description={t('admin.identity.newcomersHelp')}
            error={of(error, 'settings.roles')}
            value={settings.roles}
            onChange={(roles) => setSettings({ ...settings, roles })}
          />
        </div>
        <p className={style.sectionText} style={{ marginTop: 12 }}>
          {t('admin.identity.scim.keyText')}{' '}
          <PlaceLink to="keys" className={style.link}>
            {t('admin.identity.scim.keyLink')}
          </PlaceLink>
        </p>
      </Section>
      <GroupsSection
        value={settings.groups}
        text={t('admin.identity.scim.groupsText')}
        names={all.scimGroups.map(({ name }) => name)}
        onChange={(groups) => setSettings({ ...settings, groups })}
      />
      <div className={style.formEnd} style={{ marginBottom: 16 }}>
        <Refusal>{problem}</Refusal>
        <Button type="submit" loading={busy}>
          {t('common.save')}
        </Button>
      </div>
      {all.scimGroups.length > 0 ? (
        <Section title={t('admin.identity.scim.sent')}>
          <DataTable
            label={t('admin.identity.scim.sent')}
            columns={[t('admin.identity.group'), t('admin.identity.scim.members')]}
            empty=""
            rows={all.scimGroups.map(({ name, members }) => ({ key: name, cells: [name, String(members)] }))}
          />
        </Section>
      ) : null}
    </form>
  );
}
