import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { configureClient } from '../api/client.ts';
import { loadRoomWords } from './room-words.ts';

export const languages = [
  { value: 'en', label: 'English' },
  { value: 'es', label: 'Español' },
  { value: 'lt', label: 'Lietuvių' },
] as const;

const catalogues: Record<string, () => Promise<{ default: object }>> = {
  en: () => import('./en.json'),
  es: () => import('./es.json'),
  lt: () => import('./lt.json'),
};

/** Only the reader's language is fetched. Without a session it is the one last used, then the browser's. */
export async function setLanguage(wanted?: string): Promise<void> {
  const guess =
    wanted ??
    localStorage.getItem('tendero.language') ??
    navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in catalogues);
  const language = guess && guess in catalogues ? guess : 'en';
  // Each navigation comes by here, and a change makes every component that shows words render again.
  if (i18next.language === language) return;
  const [{ default: catalogue }] = await Promise.all([catalogues[language]!(), loadRoomWords(language)]);
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      resources: { [language]: { translation: catalogue } },
      fallbackLng: false,
      interpolation: { escapeValue: false },
      react: { useSuspense: false },
    });
  } else {
    i18next.addResourceBundle(language, 'translation', catalogue, true, true);
    await i18next.changeLanguage(language);
  }
  document.documentElement.lang = language;
  localStorage.setItem('tendero.language', language);
  configureClient({ language });
}
