import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import IconAdjustments from '@tabler/icons-react/dist/esm/icons/IconAdjustmentsHorizontal.mjs';
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs';
import IconHome from '@tabler/icons-react/dist/esm/icons/IconHome.mjs';
import IconLanguage from '@tabler/icons-react/dist/esm/icons/IconLanguage.mjs';
import IconLayoutSidebar from '@tabler/icons-react/dist/esm/icons/IconLayoutSidebar.mjs';
import IconPalette from '@tabler/icons-react/dist/esm/icons/IconPalette.mjs';
import IconUser from '@tabler/icons-react/dist/esm/icons/IconUser.mjs';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { initialsOf } from '#kernel/fields/web/chip.tsx';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatDateTime, formatMoney, formatNumber } from '#kernel/fields/web/format.ts';
import { AbsenceCard } from '../absence/absence-card.tsx';
import { sessionQuery, setupQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import { openArrangeHome } from '../home/open-arrange-home.tsx';
import { languages } from '../i18n/i18n.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { type Density, type Theme, useOwnSettings } from '../shell/use-own-settings.ts';
import { Card } from '../ui/card.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import { SheetPage } from '../ui/sheet-page.tsx';
import { problemText, showProblem, showToast } from '../ui/toast.tsx';
import { CalendarCard } from './calendar-card.tsx';
import { CalendarsCard } from './calendars-card.tsx';
import { ContactsCard } from './contacts-card.tsx';
import { MailCard } from './mail-card.tsx';
import { PasswordCard } from './password-card.tsx';
import style from './profile.module.css';
import { SecurityCard } from './security-card.tsx';
import { SessionsCard } from './sessions-card.tsx';
import { WorkCard } from './work-card.tsx';

const NotificationPreferences = lazy(() =>
  import('../shell/notification-preferences.tsx').then((loaded) => ({ default: loaded.NotificationPreferences })),
);
const Arrange = lazy(() => import('../shell/arrange.tsx').then((loaded) => ({ default: loaded.Arrange })));

/** What is a person's own: how they are named, what they read and how it looks, how they sign in. */
export function ProfilePage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  if (!session) return null;
  return (
    <SheetPage width={720}>
      <title>{`${t('profile.title')} · Tendero`}</title>
      <header className={style.head}>
        <span className={style.face} aria-hidden>
          {initialsOf(session.user.name)}
        </span>
        <div>
          <h1>{session.user.name}</h1>
          <p className={style.quiet}>
            {session.user.email} · {t(session.user.administrator ? 'profile.administrator' : 'profile.member')} ·{' '}
            {session.workspace.name}
          </p>
        </div>
      </header>
      <NameCard key={session.user.name} session={session} />
      <WorkCard userId={session.user.id} />
      <AbsenceCard />
      <MailCard />
      <CalendarCard />
      <CalendarsCard />
      <ContactsCard email={session.user.email} />
      <ReadingCard session={session} />
      <LooksCard />
      <SecurityCard />
      <PasswordCard email={session.user.email} own={[session.user.name, session.user.email, session.workspace.name]} />
      <SessionsCard />
      <OwnCard session={session} />
    </SheetPage>
  );
}

function NameCard({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { save } = useOwnSettings();
  const [name, setName] = useState(session.user.name);
  const [problem, setProblem] = useState<unknown>(null);
  const submit = () =>
    save({ name }).then(
      () => showToast(t('toast.saved')),
      (error: unknown) => setProblem(error),
    );
  return (
    <Card title={t('profile.you')} icon={<IconUser size={16} stroke={1.7} aria-hidden />}>
      <form
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextInput
          label={t('profile.name')}
          autoComplete="name"
          required
          withAsterisk={false}
          maxLength={200}
          value={name}
          error={problem ? problemText(problem) : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t('signIn.email')}
          description={t('profile.emailHelp')}
          inputWrapperOrder={['label', 'input', 'description']}
          variant="filled"
          value={session.user.email}
          readOnly
        />
        <div className={`${style.wide} ${style.end}`}>
          <Button type="submit" disabled={name.trim() === '' || name.trim() === session.user.name}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** Where a language is written in more than one way. */
const localesOf: Readonly<Record<string, readonly string[]>> = {
  en: ['en-GB', 'en-IE', 'en-US', 'en-AU', 'en-IN', 'en-ZA'],
  es: ['es-ES', 'es-MX', 'es-AR', 'es-CO', 'es-CL', 'es-PE'],
};

function sampleOf(locale: string, moment: string): string {
  const day = new Intl.DateTimeFormat(locale).format(new Date(moment));
  return `${day} · ${new Intl.NumberFormat(locale).format(1234567.8)}`;
}

/** Dates, numbers and money are written as the language and the place have it: shown at once. */
function ReadingCard({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { save, setLanguage } = useOwnSettings();
  const { data: setup } = useQuery(setupQuery);
  const { language, timeZone, currency } = useFieldEnvironment();
  const [now] = useState(() => new Date().toISOString());
  const zones = setup?.timeZones ?? [];
  const { locale } = usePreferences();
  const offered = localesOf[language] ?? [];
  const regions = new Intl.DisplayNames(language, { type: 'region' });
  return (
    <Card title={t('profile.reading')} icon={<IconLanguage size={16} stroke={1.7} aria-hidden />}>
      <div className={style.form}>
        <Select
          label={t('user.language')}
          allowDeselect={false}
          data={[...languages]}
          value={session.user.language}
          onChange={(next) => next && void setLanguage(next)}
        />
        <Select
          label={t('setup.timeZone')}
          searchable
          selectFirstOptionOnChange
          allowDeselect={false}
          limit={200}
          data={zones.includes(timeZone) ? zones : [timeZone, ...zones]}
          value={timeZone}
          onChange={(next) => next && void save({ timeZone: next }).catch(showProblem)}
        />
        {offered.length > 0 ? (
          <Select
            className={style.wide}
            label={t('profile.formats')}
            allowDeselect={false}
            data={[
              { value: '', label: t('profile.usualFormats') },
              ...offered.map((value) => ({
                value,
                label: `${regions.of(value.slice(3)) ?? value} · ${sampleOf(value, now)}`,
              })),
            ]}
            value={offered.includes(locale) ? locale : ''}
            onChange={(next) => setPreferences({ locale: next ?? '' })}
          />
        ) : null}
        <p className={`${style.wide} ${style.samples}`}>
          <span>{formatDate(now.slice(0, 10), language)}</span>
          <span>{formatDateTime(now, language, timeZone)}</span>
          <span>{formatNumber(1234567.8, language)}</span>
          <span>{formatMoney({ amount: 1234.5, currency }, language)}</span>
        </p>
      </div>
    </Card>
  );
}

function LooksCard() {
  const { t } = useTranslation();
  const { theme, setTheme, setDensity } = useOwnSettings();
  const { density } = usePreferences();
  return (
    <Card title={t('profile.looks')} icon={<IconPalette size={16} stroke={1.7} aria-hidden />}>
      <div className={style.form}>
        <Choice label={t('user.theme')}>
          <SegmentedControl
            aria-label={t('user.theme')}
            value={theme}
            onChange={(next) => setTheme(next as Theme)}
            data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: t(`user.themes.${value}`) }))}
          />
        </Choice>
        <Choice label={t('user.density')}>
          <SegmentedControl
            aria-label={t('user.density')}
            value={density}
            onChange={(next) => setDensity(next as Density)}
            data={(['comfortable', 'compact'] as const).map((value) => ({
              value,
              label: t(`user.densities.${value}`),
            }))}
          />
        </Choice>
      </div>
    </Card>
  );
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={style.choice}>
      <span aria-hidden>{label}</span>
      {children}
    </div>
  );
}

/** What is arranged where it is used. */
function OwnCard({ session }: { session: Session }) {
  const { t } = useTranslation();
  return (
    <Card title={t('profile.more')} icon={<IconAdjustments size={16} stroke={1.7} aria-hidden />}>
      <div className={style.links}>
        <Button
          variant="default"
          leftSection={<IconBell size={15} />}
          onClick={() => void openDialog<void>((done) => <NotificationPreferences onClose={() => done(null)} />)}
        >
          {t('palette.notifications')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconLayoutSidebar size={15} />}
          onClick={() => void openDialog<void>((done) => <Arrange onClose={() => done(null)} />)}
        >
          {t('shell.arrange')}
        </Button>
        <Button variant="default" leftSection={<IconHome size={15} />} onClick={() => openArrangeHome(session)}>
          {t('profile.home')}
        </Button>
      </div>
    </Card>
  );
}
