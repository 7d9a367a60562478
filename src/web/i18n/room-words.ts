import i18next from 'i18next';

/** Rooms whose words lie in their own folder: `src/web/<room>/i18n/{en,es,lt}.json`. */
export type Room =
  | 'absence'
  | 'admin'
  | 'brief'
  | 'calendar'
  | 'compose'
  | 'create'
  | 'design'
  | 'fax'
  | 'forms'
  | 'home'
  | 'import'
  | 'inbox'
  | 'list'
  | 'mailboxes'
  | 'meetings'
  | 'merge'
  | 'playbooks'
  | 'profile'
  | 'record'
  | 'search'
  | 'setup'
  | 'templates'
  | 'visits';

const catalogues = import.meta.glob<{ default: object }>('../*/i18n/*.json');
const entered = new Set<Room>();
const loaded = new Set<string>();
/** The language whose words are on their way, while another is still shown. */
let coming: string | undefined;

/**
 * The code of a lazily loaded room together with its words: `lazy(() => withWords('merge', import('./unmerge.tsx')))`. Nobody
 * waits before the first screen for words of rooms where they may never go.
 */
export async function withWords<Code>(room: Room | readonly Room[], code: Promise<Code>): Promise<Code> {
  const rooms = typeof room === 'string' ? [room] : room;
  for (const one of rooms) entered.add(one);
  const spoken = new Set([i18next.language, coming ?? i18next.language]);
  const [arrived] = await Promise.all([code, ...[...spoken].map((language) => loadWords(language, rooms))]);
  return arrived;
}

/**
 * Before the reader's language changes: the words of all rooms that have been entered, else they would show their keys.
 * Those that are entered meanwhile bring theirs in both languages.
 */
export function loadRoomWords(language: string): Promise<void> {
  coming = language;
  return loadWords(language, [...entered]);
}

async function loadWords(language: string, rooms: readonly Room[]): Promise<void> {
  await Promise.all(
    rooms.map(async (room) => {
      const path = `../${room}/i18n/${language}.json`;
      if (loaded.has(path)) return;
      const catalogue = (await catalogues[path]!()).default;
      i18next.addResourceBundle(language, 'translation', catalogue, true, true);
      loaded.add(path);
    }),
  );
}
