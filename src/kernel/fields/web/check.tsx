import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import { useTranslation } from 'react-i18next';
import style from './field.module.css';

export function Check({ value }: { value: boolean }) {
  const { t } = useTranslation();
  return value ? (
    <span className={style.person}>
      <IconCheck size={15} color="var(--accent-text)" aria-hidden />
      {t('common.yes')}
    </span>
  ) : (
    <span className={style.quiet}>{t('common.no')}</span>
  );
}
