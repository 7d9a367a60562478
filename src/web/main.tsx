import './theme/mantine.css';
import './theme/tokens.css';
import './theme/base.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, type ReactNode, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { configureClient } from './api/client.ts';
import { queryClient, sessionQuery } from './api/queries.ts';
import { setLanguage } from './i18n/i18n.ts';
import { installServiceWorker } from './offline/service-worker.ts';
import { apply } from './preferences.ts';
import { router } from './router.tsx';
import { openSignInAgain } from './setup/open-sign-in-again.tsx';
import { theme, variables } from './theme/theme.ts';
import { listenToKeys } from './ui/shortcuts.ts';

apply();
configureClient({
  onSignedOut: () => {
    if (queryClient.getQueryData(sessionQuery.queryKey) === null) return;
    queryClient.setQueryData(sessionQuery.queryKey, null);
    void router.invalidate();
  },
  // Before anybody has signed in there is nothing that could be lost.
  signInAgain: async () => (queryClient.getQueryData(sessionQuery.queryKey) ? openSignInAgain() : false),
});
listenToKeys();
installServiceWorker();
await setLanguage();
// Nothing is told before the first screen; a toast that comes earlier waits in the store. Without them the app still works.
const Toasts = lazy<() => ReactNode>(() =>
  import('./ui/toasts.tsx').then(
    (loaded) => ({ default: loaded.Toasts }),
    () => ({ default: () => null }),
  ),
);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Suspense fallback={null}>
          <Toasts />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
