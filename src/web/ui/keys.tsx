import { Kbd } from '@mantine/core';
import { showKeys } from './shortcuts.ts';
import style from './ui.module.css';

export function Keys({ keys }: { keys: string }) {
  return (
    <span className={style.kbd} aria-hidden>
      {showKeys(keys).map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </span>
  );
}
