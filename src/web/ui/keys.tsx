import { Kbd } from '@mantine/core';
import { showKeys, useKeysOf } from './shortcuts.ts';
import style from './ui.module.css';

/** The keys of a shortcut, as the person has set them. */
export function Keys({ keys }: { keys: string }) {
  const own = useKeysOf(keys);
  return (
    <span className={style.kbd} aria-hidden>
      {showKeys(own).map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </span>
  );
}
