import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { configureClient } from './api/client.ts';
import { definitionsQuery, queryClient, sessionQuery, setupQuery } from './api/queries.ts';
import { homePagesQuery } from './home/cards.ts';
import { setLanguage } from './i18n/i18n.ts';
import { withWords } from './i18n/room-words.ts';
import { readInboxSearch } from './inbox/folders.ts';
import { savedViewsQuery } from './list/saved-views-query.ts';
import { readSearch } from './list/search.ts';
import { loadPreferences, readPreference } from './preferences.ts';
import { NotFound } from './shell/not-found.tsx';
import { ScreenSkeleton } from './shell/route-boundary.tsx';
import { Shell } from './shell/shell.tsx';
import { ErrorState } from './ui/state.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async () => {
    const { needed } = await queryClient.ensureQueryData(setupQuery);
    if (!needed) throw redirect({ to: '/sign-in' });
  },
  component: lazyRouteComponent(() => withWords('setup', import('./setup/setup-page.tsx')), 'SetupPage'),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string; refused?: 'openid' } => ({
    refused: search.refused === 'openid' ? 'openid' : undefined,
    // Only a path of this app: an address from elsewhere must not decide where a sign-in leads.
    next: typeof search.next === 'string' && /^\/(?!\/)/.test(search.next) ? search.next : undefined,
  }),
  component: lazyRouteComponent(() => withWords('setup', import('./setup/sign-in-page.tsx')), 'SignInPage'),
});

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session) {
      const { needed } = await queryClient.ensureQueryData(setupQuery);
      throw needed
        ? redirect({ to: '/setup' })
        : redirect({ to: '/sign-in', search: { next: location.href === '/' ? undefined : location.href } });
    }
    configureClient({ csrf: session.csrf });
    await Promise.all([
      setLanguage(session.user.language || session.workspace.language),
      queryClient.ensureQueryData(definitionsQuery),
      loadPreferences(session.user.id),
    ]);
    return { session };
  },
  component: Shell,
});

/** The page a person wants to see first. */
const start = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: readPreference('home', '') || '/home', replace: true });
  },
});

const home = createRoute({
  getParentRoute: () => app,
  path: '/home',
  // Asked while the code of the page is on its way; the page does not wait for it.
  loader: () => void queryClient.prefetchInfiniteQuery(homePagesQuery),
  component: lazyRouteComponent(() => withWords('home', import('./home/home-page.tsx')), 'HomePage'),
});

const inbox = createRoute({
  getParentRoute: () => app,
  path: '/inbox',
  validateSearch: readInboxSearch,
  component: lazyRouteComponent(() => withWords(['inbox', 'record'], import('./inbox/inbox-page.tsx')), 'InboxPage'),
});

const search = createRoute({
  getParentRoute: () => app,
  path: '/search',
  validateSearch: (search: Record<string, unknown>): { q?: string; object?: string } => ({
    q: text(search.q)?.slice(0, 200),
    object: text(search.object),
  }),
  component: lazyRouteComponent(() => withWords('search', import('./search/search-page.tsx')), 'SearchPage'),
});

const list = createRoute({
  getParentRoute: () => app,
  path: '/o/$object',
  validateSearch: readSearch,
  // Which view opens depends on them; they come with the code of the screen.
  loader: ({ params, context }) =>
    queryClient.ensureInfiniteQueryData(savedViewsQuery(params.object, context.session.user.id)).catch(() => {}),
  component: lazyRouteComponent(() => withWords('list', import('./list/list-page.tsx')), 'ListPage'),
});

const trash = createRoute({
  getParentRoute: () => app,
  path: '/o/$object/trash',
  component: lazyRouteComponent(() => import('./trash/trash-page.tsx'), 'TrashPage'),
});

const record = createRoute({
  getParentRoute: () => app,
  path: '/o/$object/$id',
  component: lazyRouteComponent(() => withWords('record', import('./record/record-page.tsx')), 'RecordPage'),
});

const brief = createRoute({
  getParentRoute: () => app,
  path: '/o/$object/$id/brief',
  component: lazyRouteComponent(() => withWords('brief', import('./brief/brief-page.tsx')), 'BriefPage'),
});

const absenceReport = createRoute({
  getParentRoute: () => app,
  path: '/absences/$id/report',
  component: lazyRouteComponent(() => withWords('absence', import('./absence/report-page.tsx')), 'ReportPage'),
});

const playbook = createRoute({
  getParentRoute: () => app,
  path: '/playbooks/$id',
  component: lazyRouteComponent(
    () => withWords(['playbooks', 'admin', 'list'], import('./playbooks/builder-page.tsx')),
    'BuilderPage',
  ),
});

const holdings = createRoute({
  getParentRoute: () => app,
  path: '/privacy/$object/$id',
  component: lazyRouteComponent(() => withWords('admin', import('./privacy/holdings-page.tsx')), 'HoldingsPage'),
});

const merge = createRoute({
  getParentRoute: () => app,
  path: '/o/$object/merge',
  validateSearch: (search: Record<string, unknown>): { ids: string } => ({ ids: String(search.ids ?? '') }),
  component: lazyRouteComponent(() => withWords('merge', import('./merge/merge-page.tsx')), 'MergePage'),
});

const duplicates = createRoute({
  getParentRoute: () => app,
  path: '/duplicates',
  validateSearch: (search: Record<string, unknown>): { object?: string; state?: 'open' | 'dismissed' | 'merged' } => ({
    object: typeof search.object === 'string' ? search.object : undefined,
    state: (['open', 'dismissed', 'merged'] as const).find((state) => state === search.state),
  }),
  component: lazyRouteComponent(() => withWords('merge', import('./merge/duplicates-page.tsx')), 'DuplicatesPage'),
});

const imports = createRoute({
  getParentRoute: () => app,
  path: '/import',
  validateSearch: (search: Record<string, unknown>): { object?: string } => ({ object: text(search.object) }),
  component: lazyRouteComponent(() => withWords('import', import('./import/imports-page.tsx')), 'ImportsPage'),
});

const importRun = createRoute({
  getParentRoute: () => app,
  path: '/import/$id',
  component: lazyRouteComponent(() => withWords('import', import('./import/import-page.tsx')), 'ImportPage'),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyRouteComponent(() => withWords('admin', import('./admin/settings-page.tsx')), 'SettingsPage'),
});

const setting = createRoute({
  getParentRoute: () => app,
  path: '/settings/$',
  component: lazyRouteComponent(() => withWords('admin', import('./admin/settings-page.tsx')), 'SettingsPage'),
});

const password = createRoute({
  getParentRoute: () => root,
  path: '/password/$token',
  component: lazyRouteComponent(() => withWords('setup', import('./setup/password-page.tsx')), 'PasswordPage'),
});

const forgotten = createRoute({
  getParentRoute: () => root,
  path: '/forgotten',
  component: lazyRouteComponent(() => withWords('setup', import('./setup/forgotten-page.tsx')), 'ForgottenPage'),
});

const profile = createRoute({
  getParentRoute: () => app,
  path: '/profile',
  component: lazyRouteComponent(
    () => withWords(['profile', 'absence', 'setup', 'admin'], import('./profile/profile-page.tsx')),
    'ProfilePage',
  ),
});

const mailboxes = createRoute({
  getParentRoute: () => app,
  path: '/mailboxes',
  component: lazyRouteComponent(
    () => withWords(['mailboxes', 'admin'], import('./mailboxes/mailboxes-page.tsx')),
    'MailboxesPage',
  ),
});

const mailbox = createRoute({
  getParentRoute: () => app,
  path: '/mailboxes/$id',
  component: lazyRouteComponent(
    () => withWords(['mailboxes', 'admin'], import('./mailboxes/mailbox-page.tsx')),
    'MailboxPage',
  ),
});

const templates = createRoute({
  getParentRoute: () => app,
  path: '/templates',
  component: lazyRouteComponent(
    () => withWords(['templates', 'admin'], import('./templates/templates-page.tsx')),
    'TemplatesPage',
  ),
});

const template = createRoute({
  getParentRoute: () => app,
  path: '/templates/$id',
  component: lazyRouteComponent(
    () => withWords(['templates', 'admin', 'compose'], import('./templates/template-page.tsx')),
    'TemplatePage',
  ),
});

const macro = createRoute({
  getParentRoute: () => app,
  path: '/macros/$id',
  component: lazyRouteComponent(
    () => withWords(['templates', 'admin'], import('./templates/macro-page.tsx')),
    'MacroPage',
  ),
});

const teamCalendar = createRoute({
  getParentRoute: () => app,
  path: '/team-calendar',
  component: lazyRouteComponent(() => withWords(['list', 'calendar'], import('./calendar/team-page.tsx')), 'TeamPage'),
});

const visits = createRoute({
  getParentRoute: () => app,
  path: '/visits',
  validateSearch: (search: Record<string, unknown>): { day?: string; stop?: string } => ({
    day: /^\d{4}-\d\d-\d\d$/.test(String(search.day)) ? String(search.day) : undefined,
    stop: text(search.stop),
  }),
  component: lazyRouteComponent(() => withWords('visits', import('./visits/visits-page.tsx')), 'VisitsPage'),
});

const design = createRoute({
  getParentRoute: () => app,
  path: '/design',
  component: lazyRouteComponent(() => withWords('design', import('./design/design-page.tsx')), 'DesignPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    setup,
    signIn,
    password,
    forgotten,
    app.addChildren([
      start,
      home,
      inbox,
      profile,
      search,
      list,
      trash,
      merge,
      holdings,
      duplicates,
      record,
      brief,
      absenceReport,
      playbook,
      imports,
      importRun,
      settings,
      setting,
      mailboxes,
      mailbox,
      templates,
      template,
      macro,
      teamCalendar,
      visits,
      design,
    ]),
  ]),
  // A screen that waits longer than one notices shows that it comes, and the menu around it; never nothing at all.
  defaultPendingComponent: ScreenSkeleton,
  defaultPendingMs: 300,
  defaultPendingMinMs: 0,
  defaultPreload: 'intent',
  defaultPreloadDelay: 60,
  scrollRestoration: true,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
  defaultNotFoundComponent: NotFound,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}
