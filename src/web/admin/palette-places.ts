import i18next from 'i18next';
import { places } from './places.tsx';
import { loadAdminWords } from './words.ts';

/** The screens of the settings, for the command palette. */
export async function palettePlaces(): Promise<{ name: string; label: string }[]> {
  await loadAdminWords();
  return places.map(({ name }) => ({ name, label: i18next.t(`admin.place.${name}.title`) }));
}
