import { useTranslation } from 'react-i18next';
import { SheetPage } from '../ui/sheet-page.tsx';
import { TemplatesScreen } from './templates-screen.tsx';

/** One's own texts and macros, and those that others share. */
export function TemplatesPage() {
  const { t } = useTranslation();
  return (
    <SheetPage width={920}>
      <h1 className="visually-hidden">{t('templates.title')}</h1>
      <TemplatesScreen />
    </SheetPage>
  );
}
