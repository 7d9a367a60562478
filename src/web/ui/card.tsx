import type { ReactNode } from 'react';
import style from './ui.module.css';

/** A titled surface, with what one may do in its corner. */
export function Card({
  title,
  icon,
  count,
  action,
  children,
}: {
  title: string;
  icon?: ReactNode;
  count?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={style.card} aria-label={title}>
      <header className={style.cardHead}>
        {icon}
        <h2>{title}</h2>
        {count === undefined ? null : <span className={style.cardCount}>{count}</span>}
        <span className={style.cardAction}>{action}</span>
      </header>
      {children}
    </section>
  );
}
