import { useTranslation } from 'react-i18next';
import { languages, setLanguage } from '../i18n/i18n.ts';
import style from './gate.module.css';

export function LanguageLinks({ onChange }: { onChange?(language: string): void }) {
  const { i18n } = useTranslation();
  return (
    <div className={style.languages}>
      {languages.map(({ value, label }) => (
        <button
          type="button"
          key={value}
          lang={value}
          aria-pressed={i18n.language === value}
          onClick={() => {
            onChange?.(value);
            void setLanguage(value);
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
