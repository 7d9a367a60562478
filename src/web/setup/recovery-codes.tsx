import { Button, CopyButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import style from './gate.module.css';

/** Ten codes for the day the phone is lost, shown once. */
export function RecoveryCodeList({ codes, onKept }: { codes: readonly string[]; onKept(): void }) {
  const { t } = useTranslation();
  const text = `${codes.join('\n')}\n`;
  return (
    <div className={style.form}>
      <p className={style.plain}>{t('secondFactor.codesText')}</p>
      <ul className={style.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={style.row}>
        <CopyButton value={text} timeout={2000}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {t(copied ? 'secondFactor.copied' : 'secondFactor.copy')}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="tendero-recovery-codes.txt"
        >
          {t('secondFactor.download')}
        </Button>
      </div>
      <Button size="md" onClick={onKept}>
        {t('secondFactor.kept')}
      </Button>
    </div>
  );
}
