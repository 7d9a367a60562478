import i18next from 'i18next';
import { useEffect, useState } from 'react';

const catalogues: Record<string, () => Promise<{ default: object }>> = {
  en: () => import('./i18n/en.json'),
  es: () => import('./i18n/es.json'),
  lt: () => import('./i18n/lt.json'),
};

/** The words of the settings come with the settings: few people see them, and nobody before the first screen. */
export async function loadAdminWords(language = i18next.language): Promise<void> {
  if (i18next.getResource(language, 'translation', 'admin')) return;
  const catalogue = (await catalogues[language]!()).default;
  i18next.addResourceBundle(language, 'translation', catalogue, true, true);
}

/** True when they are there, also after the reader changed the language. */
export function useAdminWords(): boolean {
  const [ready, setReady] = useState(() => i18next.getResource(i18next.language, 'translation', 'admin') !== undefined);
  useEffect(() => {
    const load = (language: string) => {
      setReady(i18next.getResource(language, 'translation', 'admin') !== undefined);
      void loadAdminWords(language).then(() => setReady(true));
    };
    load(i18next.language);
    i18next.on('languageChanged', load);
    return () => i18next.off('languageChanged', load);
  }, []);
  return ready;
}
