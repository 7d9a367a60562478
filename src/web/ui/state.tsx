import { Button } from '@mantine/core';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from './toast.tsx';
import style from './ui.module.css';

/** Why there is nothing here, and what to do next. */
export function EmptyState({
  icon,
  title,
  text,
  children,
}: {
  icon: ReactNode;
  title: string;
  text?: string;
  children?: ReactNode;
}) {
  return (
    <div className={style.state} role="status">
      <span className={style.stateIcon}>{icon}</span>
      <div className={style.stateTitle}>{title}</div>
      {text ? <p className={style.stateText}>{text}</p> : null}
      {children ? <div className={style.stateActions}>{children}</div> : null}
    </div>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={style.state} role="alert">
      <span className={style.stateIcon}>
        <IconAlertTriangle size={22} />
      </span>
      <div className={style.stateTitle}>{t('problem.title')}</div>
      <p className={style.stateText}>{problemText(error)}</p>
      {onRetry ? (
        <div className={style.stateActions}>
          <Button variant="default" onClick={onRetry}>
            {t('problem.retry')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
