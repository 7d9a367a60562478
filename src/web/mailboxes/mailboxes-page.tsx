import { useTranslation } from 'react-i18next';
import style from './mailboxes.module.css';
import { MailboxesScreen } from './mailboxes-screen.tsx';

/** One's own mailboxes, and those one works together with others. */
export function MailboxesPage() {
  const { t } = useTranslation();
  return (
    <div className={style.page}>
      <div className={style.sheet}>
        <h1 className="visually-hidden">{t('mailboxes.title')}</h1>
        <MailboxesScreen />
      </div>
    </div>
  );
}
