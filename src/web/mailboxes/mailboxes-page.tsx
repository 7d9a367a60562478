import { useTranslation } from 'react-i18next';
import { SheetPage } from '../ui/sheet-page.tsx';
import { MailboxesScreen } from './mailboxes-screen.tsx';

/** One's own mailboxes, and those one works together with others. */
export function MailboxesPage() {
  const { t } = useTranslation();
  return (
    <SheetPage width={920}>
      <h1 className="visually-hidden">{t('mailboxes.title')}</h1>
      <MailboxesScreen />
    </SheetPage>
  );
}
