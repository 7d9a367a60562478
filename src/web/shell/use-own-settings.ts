import { useMantineColorScheme } from '@mantine/core';
import { patch } from '../api/client.ts';
import { definitionsQuery, queryClient, sessionQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import { setLanguage } from '../i18n/i18n.ts';
import { setPreferences } from '../preferences.ts';
import { showProblem } from '../ui/toast.tsx';

export type Theme = 'auto' | 'light' | 'dark';
export type Density = 'comfortable' | 'compact';

/** What a person sets for themself: here at once, and on the server for their other devices. */
export function useOwnSettings() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  /** @throws ApiProblem */
  const save = async (changes: Record<string, string>) => {
    const next = await patch<Session>('/session', changes);
    queryClient.setQueryData(sessionQuery.queryKey, next);
  };
  return {
    theme: colorScheme,
    save,
    setTheme(theme: Theme) {
      setColorScheme(theme);
      save({ theme: theme === 'auto' ? 'system' : theme }).catch(showProblem);
    },
    setDensity(density: Density) {
      setPreferences({ density });
      save({ density }).catch(showProblem);
    },
    async setLanguage(language: string) {
      await save({ language }).catch(showProblem);
      await setLanguage(language);
      // Labels of objects and fields come from the server in the reader's language.
      await queryClient.refetchQueries({ queryKey: definitionsQuery.queryKey });
    },
  };
}
