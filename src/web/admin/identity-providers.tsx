import { useTranslation } from 'react-i18next';
import type { IdentityProviders } from '#server/answers.ts';
import style from './admin.module.css';
import { useAdminList } from './api.ts';
import { type Kind, PROVIDERS } from './identity-parts.tsx';
import { LdapForm } from './ldap-form.tsx';
import { OpenIdForm } from './openid-form.tsx';
import { Heading, Mark, Pending } from './parts.tsx';
import { PlaceLink } from './place-link.tsx';
import { ScimForm } from './scim-form.tsx';

const kinds: readonly Kind[] = ['openid', 'ldap', 'scim'];

/** Where people sign in beside here: three ways, each with a form of its own. */
export function IdentityProvidersScreen({ rest: [kind] }: { rest: readonly string[] }) {
  const { t } = useTranslation();
  const providers = useAdminList<IdentityProviders>(PROVIDERS);
  const { data } = providers;
  if (!data) return <Pending query={providers} />;
  if (kind === 'openid') return <OpenIdForm provider={data.openid} all={data} />;
  if (kind === 'ldap') return <LdapForm provider={data.ldap} all={data} />;
  if (kind === 'scim') return <ScimForm provider={data.scim} all={data} />;
  return (
    <>
      <Heading title={t('admin.place.single-sign-on.title')} text={t('admin.identity.text')} />
      <div className={style.providers}>
        {kinds.map((name) => (
          <PlaceLink key={name} to={`single-sign-on/${name}`} className={style.provider}>
            <span>
              <strong>{t(`admin.identity.kind.${name}`)}</strong>
              <span className={style.tileText}>{t(`admin.identity.kindText.${name}`)}</span>
            </span>
            <State provider={data[name]} />
          </PlaceLink>
        ))}
      </div>
    </>
  );
}

function State({ provider }: { provider: IdentityProviders[Kind] }) {
  const { t } = useTranslation();
  if (!provider) return <Mark tone="quiet">{t('admin.identity.notSetUp')}</Mark>;
  return provider.active ? (
    <Mark tone="good">{t('admin.identity.on')}</Mark>
  ) : (
    <Mark tone="warning">{t('admin.identity.off')}</Mark>
  );
}
