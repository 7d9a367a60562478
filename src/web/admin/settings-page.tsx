import { CloseButton, TextInput } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { sessionQuery } from '../api/queries.ts';
import { NotFound } from '../shell/not-found.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { EmptyState } from '../ui/state.tsx';
import style from './admin.module.css';
import { PlaceLink } from './place-link.tsx';
import { groups, type Place, places } from './places.tsx';

/** All settings: a list beside, one screen in the middle; `/settings/objects/visit` leads straight there. */
export function SettingsPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { pathname } = useLocation();
  const [name = '', ...rest] = pathname
    .replace(/^\/settings\/?/, '')
    .split('/')
    .filter(Boolean)
    .map(decodeURIComponent);
  if (!session?.user.administrator) {
    return (
      <EmptyState icon={<IconLock size={22} />} title={t('admin.denied')} text={t('admin.deniedText')}>
        <Link to="/">{t('notFound.home')}</Link>
      </EmptyState>
    );
  }
  const place = places.find((one) => one.name === name);
  return (
    <div className={style.page} data-open={place ? 'place' : 'list'}>
      <title>{`${place ? t(`admin.place.${place.name}.title`) : t('admin.title')} · Tendero`}</title>
      <SettingsList current={place} />
      <div className={style.place} key={name}>
        {place ? (
          <div className={style.sheet}>
            <Link to="/settings" className={style.back}>
              <IconChevronLeft size={14} aria-hidden />
              {t('admin.title')}
            </Link>
            <Suspense fallback={<SkeletonLines lines={6} />}>
              <place.Screen rest={rest} />
            </Suspense>
          </div>
        ) : name === '' ? (
          <div className={style.sheet}>
            <Overview />
          </div>
        ) : (
          <NotFound />
        )}
      </div>
    </div>
  );
}

function SettingsList({ current }: { current: Place | undefined }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const [words, setWords] = useState('');
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string) => {
    const folded = text.toLocaleLowerCase();
    return wanted.every((word) => folded.includes(word));
  };
  const found =
    wanted.length === 0
      ? []
      : definitions.list.flatMap((object) => [
          ...(fits(`${object.label.many} ${object.label.one}`)
            ? [
                {
                  to: `objects/${object.name}`,
                  label: object.label.many,
                  detail: t('admin.place.objects.title'),
                },
              ]
            : []),
          ...object.fields
            .filter((field) => fits(`${field.label} ${object.label.many}`))
            .map((field) => ({
              to: `objects/${object.name}/fields/${field.name}`,
              label: field.label,
              detail: object.label.many,
            })),
        ]);
  return (
    <nav className={style.list} aria-label={t('admin.title')}>
      <h1 className={style.listTitle}>{t('admin.title')}</h1>
      <TextInput
        size="xs"
        className={style.search}
        aria-label={t('admin.search')}
        placeholder={t('admin.search')}
        leftSection={<IconSearch size={14} />}
        rightSection={
          words ? <CloseButton size="xs" aria-label={t('common.clear')} onClick={() => setWords('')} /> : null
        }
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {groups.map((group) => {
        const shown = places.filter(
          (place) =>
            place.group === group &&
            fits(`${t(`admin.place.${place.name}.title`)} ${t(`admin.place.${place.name}.text`)}`),
        );
        if (shown.length === 0) return null;
        return (
          <div key={group} className={style.group}>
            <div className={style.groupTitle}>{t(`admin.group.${group}`)}</div>
            {shown.map(({ name, icon: PlaceIcon }) => (
              <PlaceLink
                key={name}
                to={`${name}`}
                className={style.item}
                aria-current={current?.name === name ? 'page' : undefined}
              >
                <PlaceIcon size={16} stroke={1.7} aria-hidden />
                {t(`admin.place.${name}.title`)}
              </PlaceLink>
            ))}
          </div>
        );
      })}
      {found.length > 0 ? (
        <div className={style.group}>
          <div className={style.groupTitle}>{t('admin.found')}</div>
          {found.slice(0, 20).map(({ to, label, detail }) => (
            <PlaceLink key={to} to={to} className={style.item}>
              <span className={style.itemText}>{label}</span>
              <span className={style.itemDetail}>{detail}</span>
            </PlaceLink>
          ))}
        </div>
      ) : null}
    </nav>
  );
}

function Overview() {
  const { t } = useTranslation();
  return (
    <>
      <h2 className={style.title}>{t('admin.welcome')}</h2>
      <p className={style.text}>{t('admin.welcomeText')}</p>
      <div className={style.tiles}>
        {places.map(({ name, icon: PlaceIcon }) => (
          <PlaceLink key={name} to={`${name}`} className={style.tile}>
            <PlaceIcon size={18} stroke={1.6} aria-hidden />
            <span>
              <strong>{t(`admin.place.${name}.title`)}</strong>
              <span className={style.tileText}>{t(`admin.place.${name}.text`)}</span>
            </span>
          </PlaceLink>
        ))}
      </div>
    </>
  );
}
