import IconCalendarEvent from '@tabler/icons-react/dist/esm/icons/IconCalendarEvent.mjs';
import IconCheckbox from '@tabler/icons-react/dist/esm/icons/IconCheckbox.mjs';
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs';
import IconMailbox from '@tabler/icons-react/dist/esm/icons/IconMailbox.mjs';
import IconMapPin from '@tabler/icons-react/dist/esm/icons/IconMapPin.mjs';
import IconMessage from '@tabler/icons-react/dist/esm/icons/IconMessage.mjs';
import IconNote from '@tabler/icons-react/dist/esm/icons/IconNote.mjs';
import IconPhone from '@tabler/icons-react/dist/esm/icons/IconPhone.mjs';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { FaxButton } from '../fax/fax-button.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { writable } from './composer.tsx';
import type { Written } from './page-context.ts';
import { useRecordContext } from './page-context.ts';
import style from './record.module.css';

const icons = {
  note: IconNote,
  phone: IconPhone,
  meeting: IconCalendarEvent,
  visit: IconMapPin,
  email: IconMail,
  letter: IconMailbox,
  task: IconCheckbox,
  comment: IconMessage,
} as const;
const keys: Record<Written, string> = {
  ...{ note: 'n', phone: 'l', meeting: 'g', visit: 'v', email: 'w', letter: 'r', task: 't', comment: 'm' },
};

/** What one does most on a record, one click or key away. */
export function QuickActions() {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const { definition, record, compose } = useRecordContext();
  const kinds = record.deletedAt ? [] : writable(definitions, definition);
  useShortcuts(
    kinds.map((kind) => ({ keys: keys[kind], label: t(`activity.write.${kind}`), run: () => compose(kind) })),
  );
  if (kinds.length === 0) return null;
  return (
    <div className={style.quickActions} role="toolbar" aria-label={t('record.quickActions')}>
      {kinds.map((kind) => {
        const Icon = icons[kind];
        return (
          <button
            key={kind}
            type="button"
            title={t(`activity.write.${kind}`)}
            aria-keyshortcuts={keys[kind].toUpperCase()}
            onClick={() => compose(kind)}
          >
            <span>
              <Icon size={15} stroke={1.7} aria-hidden />
            </span>
            {t(`activity.kinds.${kind}`)}
          </button>
        );
      })}
      <FaxButton />
    </div>
  );
}
