import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInstance } from 'i18next';

export const languages = ['en', 'es', 'lt'] as const;
export type Language = (typeof languages)[number];

export type Catalogue = { readonly [key: string]: string | Catalogue };

/** The words of a key, with `{{name}}` filled in and the plural form of `count`; the key itself when nobody wrote any. */
export type Translate = (key: string, params?: Readonly<Record<string, unknown>>) => string;

/**
 * Words for people in their language, in English where that language lacks them.
 * @param language any language tag, e.g. `lt-LT`
 * @example translator('lt')('count.records', { count: 3 }) // 3 įrašai
 */
export function translator(language: string): Translate {
  return translators[languageOf(language)];
}

/** The language that is spoken here and nearest to what was asked for; English when none is. */
export function languageOf(tag: string): Language {
  const primary = tag.slice(0, 2).toLowerCase();
  return /^\w\w(?!\w)/.test(tag) ? (languages.find((language) => language === primary) ?? 'en') : 'en';
}

/** Has the language words of its own for a key, in any plural form? */
export function isTranslated(language: Language, key: string): boolean {
  return texts[language].has(key) || texts[language].has(`${key}_other`);
}

/** All keys of a language. */
export function translatedKeys(language: Language): ReadonlySet<string> {
  return texts[language];
}

/** Adds a module's words. Nested and flat keys (`a.b`) are the same. */
export function addCatalogue(catalogues: Readonly<Record<Language, Catalogue>>): void {
  for (const language of languages) {
    const flat = flatten(catalogues[language]);
    for (const key of Object.keys(flat)) texts[language].add(key);
    engine.addResources(language, namespace, flat);
  }
}

/** `{ a: { b: 'x' } }` → `{ 'a.b': 'x' }` */
export function flatten(catalogue: Catalogue, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(catalogue).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value]] : Object.entries(flatten(value, `${prefix}${key}.`)),
    ),
  );
}

const namespace = 'translation';
const texts: Record<Language, Set<string>> = { en: new Set(), es: new Set(), lt: new Set() };

const engine = createInstance();
engine.init({
  initAsync: false,
  lng: 'en',
  fallbackLng: 'en',
  supportedLngs: [...languages],
  resources: {},
  // Keys have dots (`problem.record.stale.title`) and are looked up as they are.
  keySeparator: false,
  nsSeparator: false,
  // Plain text goes out; whoever writes HTML escapes it there.
  interpolation: { escapeValue: false },
});

const translators = Object.fromEntries(
  languages.map((language) => {
    const fixed = engine.getFixedT(language);
    return [language, (key, params) => fixed(key, { ...params })];
  }),
) as Record<Language, Translate>;

addKernelCatalogues();

/** Each room of the kernel keeps its words in its own `i18n` folder. */
function addKernelCatalogues(): void {
  const kernel = new URL('../', import.meta.url);
  for (const room of readdirSync(kernel)) {
    const folder = new URL(room === 'i18n' ? 'i18n/' : `${room}/i18n/`, kernel);
    if (!existsSync(new URL('en.json', folder))) continue;
    const read = (language: Language): Catalogue =>
      JSON.parse(readFileSync(new URL(`${language}.json`, folder), 'utf8'));
    addCatalogue({ en: read('en'), es: read('es'), lt: read('lt') });
  }
}
