import { useTranslation } from 'react-i18next';
import type { IdentityProviders } from '#server/answers.ts';
import style from './admin.module.css';
import { useAdminList } from './api.ts';
import { PROVIDERS } from './identity-parts.tsx';
import { LdapForm } from './ldap-form.tsx';
import { OpenIdForm } from './openid-form.tsx';
import { Heading, Mark, Pending } from './parts.tsx';
import { PlaceLink } from './place-link.tsx';
import { ScimForm } from './scim-form.tsx';

const single = ['ldap', 'scim'] as const;

/** Where people sign in beside here: OpenID Connect providers, a directory, provisioning, each with a form of its own. */
export function IdentityProvidersScreen({ rest: [kind, id] }: { rest: readonly string[] }) {
  const { t } = useTranslation();
  const providers = useAdminList<IdentityProviders>(PROVIDERS);
  const { data } = providers;
  if (!data) return <Pending query={providers} />;
  if (kind === 'openid') {
    const provider = data.openid.find((one) => one.id === id) ?? null;
    return <OpenIdForm key={provider?.id} provider={provider} all={data} />;
  }
  if (kind === 'ldap') return <LdapForm provider={data.ldap} all={data} />;
  if (kind === 'scim') return <ScimForm provider={data.scim} all={data} />;
  return (
    <>
      <Heading title={t('admin.place.single-sign-on.title')} text={t('admin.identity.text')} />
      <div className={style.providers}>
        {data.openid.map((provider) => (
          <PlaceLink key={provider.id} to={`single-sign-on/openid/${provider.id}`} className={style.provider}>
            <span>
              <strong>{provider.settings.label}</strong>
              <span className={style.tileText}>{provider.settings.issuer}</span>
            </span>
            <State provider={provider} />
          </PlaceLink>
        ))}
        <PlaceLink to="single-sign-on/openid" className={style.provider}>
          <span>
            <strong>
              {t(data.openid.length === 0 ? 'admin.identity.kind.openid' : 'admin.identity.openid.another')}
            </strong>
            <span className={style.tileText}>{t('admin.identity.kindText.openid')}</span>
          </span>
          {data.openid.length === 0 ? <State provider={null} /> : null}
        </PlaceLink>
        {single.map((name) => (
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

function State({ provider }: { provider: { active: boolean } | null }) {
  const { t } = useTranslation();
  if (!provider) return <Mark tone="quiet">{t('admin.identity.notSetUp')}</Mark>;
  return provider.active ? (
    <Mark tone="good">{t('admin.identity.on')}</Mark>
  ) : (
    <Mark tone="warning">{t('admin.identity.off')}</Mark>
  );
}
