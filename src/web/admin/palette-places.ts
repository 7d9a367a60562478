import i18next from 'i18next';
import { places } from './places.tsx';

/** The screens of the settings, for the command palette. */
export function palettePlaces(): { name: string; label: string }[] {
  return places.map(({ name }) => ({ name, label: i18next.t(`admin.place.${name}.title`) }));
}
