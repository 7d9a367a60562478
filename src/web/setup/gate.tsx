import type { ReactNode } from 'react';
import style from './gate.module.css';

/** The calm page in front of the app: one card, the name, nothing else. */
export function Gate({
  title,
  text,
  children,
  wide = false,
}: {
  title: string;
  text?: string;
  children: ReactNode;
  wide?: boolean;
}) {
  return (
    <main className={style.gate}>
      <div className={style.card} data-wide={wide}>
        <div className={style.brand}>
          <img src="/tendero.svg" alt="" width={30} height={30} />
          Tendero
        </div>
        <h1 className={style.title}>{title}</h1>
        {text ? <p className={style.text}>{text}</p> : null}
        {children}
      </div>
    </main>
  );
}
