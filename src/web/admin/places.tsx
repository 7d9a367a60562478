import type { Icon } from '@tabler/icons-react';
import IconActivityHeartbeat from '@tabler/icons-react/dist/esm/icons/IconActivityHeartbeat.mjs';
import IconBuilding from '@tabler/icons-react/dist/esm/icons/IconBuilding.mjs';
import IconCalendarTime from '@tabler/icons-react/dist/esm/icons/IconCalendarTime.mjs';
import IconCoins from '@tabler/icons-react/dist/esm/icons/IconCoins.mjs';
import IconCube from '@tabler/icons-react/dist/esm/icons/IconCube.mjs';
import IconDatabaseExport from '@tabler/icons-react/dist/esm/icons/IconDatabaseExport.mjs';
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs';
import IconFingerprint from '@tabler/icons-react/dist/esm/icons/IconFingerprint.mjs';
import IconForms from '@tabler/icons-react/dist/esm/icons/IconForms.mjs';
import IconGitCompare from '@tabler/icons-react/dist/esm/icons/IconGitCompare.mjs';
import IconHash from '@tabler/icons-react/dist/esm/icons/IconHash.mjs';
import IconInbox from '@tabler/icons-react/dist/esm/icons/IconInbox.mjs';
import IconKey from '@tabler/icons-react/dist/esm/icons/IconKey.mjs';
import IconLanguage from '@tabler/icons-react/dist/esm/icons/IconLanguage.mjs';
import IconLayoutKanban from '@tabler/icons-react/dist/esm/icons/IconLayoutKanban.mjs';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import IconLogin2 from '@tabler/icons-react/dist/esm/icons/IconLogin2.mjs';
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs';
import IconPrinter from '@tabler/icons-react/dist/esm/icons/IconPrinter.mjs';
import IconProgress from '@tabler/icons-react/dist/esm/icons/IconProgress.mjs';
import IconShield from '@tabler/icons-react/dist/esm/icons/IconShield.mjs';
import IconShieldCheck from '@tabler/icons-react/dist/esm/icons/IconShieldCheck.mjs';
import IconTemplate from '@tabler/icons-react/dist/esm/icons/IconTemplate.mjs';
import IconUsers from '@tabler/icons-react/dist/esm/icons/IconUsers.mjs';
import IconUsersGroup from '@tabler/icons-react/dist/esm/icons/IconUsersGroup.mjs';
import IconWebhook from '@tabler/icons-react/dist/esm/icons/IconWebhook.mjs';
import { type ComponentType, lazy } from 'react';
import { withWords } from '../i18n/room-words.ts';

/** One screen of the settings. `rest` is what its address says behind its name: `objects/visit` → `['visit']`. */
export interface Place {
  readonly name: PlaceName;
  readonly group: 'company' | 'data' | 'connections' | 'system';
  readonly icon: Icon;
  readonly Screen: ComponentType<{ rest: readonly string[] }>;
}

export type PlaceName =
  | 'company'
  | 'users'
  | 'roles'
  | 'teams'
  | 'single-sign-on'
  | 'security'
  | 'mail'
  | 'mailboxes'
  | 'templates'
  | 'labels'
  | 'currencies'
  | 'numbering'
  | 'objects'
  | 'pipelines'
  | 'imports'
  | 'keys'
  | 'webhooks'
  | 'forms'
  | 'booking'
  | 'fax'
  | 'jobs'
  | 'backups'
  | 'configuration'
  | 'health'
  | 'audit'
  | 'privacy';

export const groups = ['company', 'data', 'connections', 'system'] as const;

const screen = <Name extends string>(
  load: () => Promise<Record<Name, ComponentType<{ rest: readonly string[] }>>>,
  name: Name,
) => lazy(() => load().then((module) => ({ default: module[name] })));

export const places: readonly Place[] = [
  {
    name: 'company',
    group: 'company',
    icon: IconBuilding,
    Screen: screen(() => import('./company.tsx'), 'CompanyScreen'),
  },
  { name: 'users', group: 'company', icon: IconUsers, Screen: screen(() => import('./people.tsx'), 'PeopleScreen') },
  {
    name: 'roles',
    group: 'company',
    icon: IconShield,
    Screen: screen(() => withWords('list', import('./roles.tsx')), 'RolesScreen'),
  },
  { name: 'teams', group: 'company', icon: IconUsersGroup, Screen: screen(() => import('./teams.tsx'), 'TeamsScreen') },
  {
    name: 'single-sign-on',
    group: 'company',
    icon: IconLogin2,
    Screen: screen(() => import('./identity-providers.tsx'), 'IdentityProvidersScreen'),
  },
  {
    name: 'security',
    group: 'company',
    icon: IconLock,
    Screen: screen(() => import('./security.tsx'), 'SecurityScreen'),
  },
  { name: 'mail', group: 'company', icon: IconMail, Screen: screen(() => import('./mail.tsx'), 'MailScreen') },
  {
    name: 'mailboxes',
    group: 'company',
    icon: IconInbox,
    Screen: screen(() => withWords('mailboxes', import('../mailboxes/mailboxes-screen.tsx')), 'MailboxesScreen'),
  },
  {
    name: 'templates',
    group: 'company',
    icon: IconTemplate,
    Screen: screen(() => withWords('templates', import('../templates/templates-screen.tsx')), 'TemplatesScreen'),
  },
  {
    name: 'currencies',
    group: 'company',
    icon: IconCoins,
    Screen: screen(() => import('./currencies.tsx'), 'CurrenciesScreen'),
  },
  {
    name: 'numbering',
    group: 'company',
    icon: IconHash,
    Screen: screen(() => import('./numbering.tsx'), 'NumberingScreen'),
  },
  {
    name: 'objects',
    group: 'data',
    icon: IconCube,
    Screen: screen(() => withWords('list', import('./objects.tsx')), 'ObjectsScreen'),
  },
  {
    name: 'pipelines',
    group: 'data',
    icon: IconLayoutKanban,
    Screen: screen(() => import('./pipelines.tsx'), 'PipelinesScreen'),
  },
  { name: 'labels', group: 'data', icon: IconLanguage, Screen: screen(() => import('./labels.tsx'), 'LabelsScreen') },
  {
    name: 'imports',
    group: 'data',
    icon: IconFileImport,
    Screen: screen(() => withWords('import', import('./imports.tsx')), 'ImportsScreen'),
  },
  {
    name: 'privacy',
    group: 'data',
    icon: IconFingerprint,
    Screen: screen(() => import('./privacy.tsx'), 'PrivacyScreen'),
  },
  {
    name: 'forms',
    group: 'connections',
    icon: IconForms,
    Screen: screen(() => withWords('forms', import('../forms/forms-screen.tsx')), 'FormsScreen'),
  },
  {
    name: 'booking',
    group: 'connections',
    icon: IconCalendarTime,
    Screen: screen(() => withWords('forms', import('../forms/booking-screen.tsx')), 'BookingScreen'),
  },
  {
    name: 'fax',
    group: 'connections',
    icon: IconPrinter,
    Screen: screen(() => withWords(['fax', 'record'], import('../fax/gateways-screen.tsx')), 'GatewaysScreen'),
  },
  { name: 'keys', group: 'connections', icon: IconKey, Screen: screen(() => import('./keys.tsx'), 'KeysScreen') },
  {
    name: 'webhooks',
    group: 'connections',
    icon: IconWebhook,
    Screen: screen(() => import('./webhooks.tsx'), 'WebhooksScreen'),
  },
  {
    name: 'audit',
    group: 'system',
    icon: IconShieldCheck,
    Screen: screen(() => import('./audit.tsx'), 'AuditScreen'),
  },
  {
    name: 'configuration',
    group: 'system',
    icon: IconGitCompare,
    Screen: screen(() => import('./configuration.tsx'), 'ConfigurationScreen'),
  },
  { name: 'jobs', group: 'system', icon: IconProgress, Screen: screen(() => import('./jobs.tsx'), 'JobsScreen') },
  {
    name: 'backups',
    group: 'system',
    icon: IconDatabaseExport,
    Screen: screen(() => import('./backups.tsx'), 'BackupsScreen'),
  },
  {
    name: 'health',
    group: 'system',
    icon: IconActivityHeartbeat,
    Screen: screen(() => import('./health.tsx'), 'HealthScreen'),
  },
];
