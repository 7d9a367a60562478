import type { Icon } from '@tabler/icons-react';
import IconPoint from '@tabler/icons-react/dist/esm/icons/IconPoint.mjs';
import { useSyncExternalStore } from 'react';
import style from './ui.module.css';

/** An object's icon by its kebab-case name. The map is a chunk of its own: its 90 icons are not needed for the first paint. */
export function ObjectIcon({ name, size = 16 }: { name: string; size?: number }) {
  const loaded = useSyncExternalStore(subscribe, () => icons);
  const Found = loaded?.[name] ?? (loaded ? loaded.box : undefined) ?? IconPoint;
  return <Found size={size} stroke={1.7} aria-hidden />;
}

/** The same on a soft tile, beside the name of a record. */
export function ObjectTile({ name }: { name: string }) {
  return (
    <span className={style.tile}>
      <ObjectIcon name={name} />
    </span>
  );
}

let icons: Record<string, Icon | undefined> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!icons) {
    void import('./object-icons.ts').then((module) => {
      icons = module.objectIcons;
      for (const one of listeners) one();
    });
  }
  return () => listeners.delete(listener);
}
