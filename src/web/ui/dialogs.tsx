import { Fragment, type ReactNode, Suspense, useSyncExternalStore } from 'react';

interface Dialog {
  key: number;
  content: ReactNode;
}

let dialogs: readonly Dialog[] = [];
let lastKey = 0;
const listeners = new Set<() => void>();

/** Opens a dialog from anywhere, on top of others; resolves with what it was closed with. */
export function openDialog<T>(render: (done: (result: T | null) => void) => ReactNode): Promise<T | null> {
  return new Promise((resolve) => {
    const key = ++lastKey;
    const done = (result: T | null) => {
      set(dialogs.filter((dialog) => dialog.key !== key));
      resolve(result);
    };
    set([...dialogs, { key, content: render(done) }]);
  });
}

/** Where dialogs appear: once, inside everything they may need. */
export function Dialogs() {
  const shown = useSyncExternalStore(subscribe, () => dialogs);
  return (
    <Suspense fallback={null}>
      {shown.map((dialog) => (
        <Fragment key={dialog.key}>{dialog.content}</Fragment>
      ))}
    </Suspense>
  );
}

function set(next: readonly Dialog[]): void {
  dialogs = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
