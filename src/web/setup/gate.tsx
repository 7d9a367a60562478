import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { setupQuery } from '../api/queries.ts';
import style from './gate.module.css';

/** The calm page in front of the app: one card, the name, nothing else. Behind it is one company: theirs, else ours. */
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
  const { data: setup } = useQuery(setupQuery);
  const company = setup?.company;
  return (
    <main className={style.gate}>
      <div className={style.card} data-wide={wide}>
        <div className={style.brand}>
          <img src={company?.logo ?? '/tendero.svg'} alt="" width={30} height={30} />
          {company?.name ?? 'Tendero'}
        </div>
        <h1 className={style.title}>{title}</h1>
        {text ? <p className={style.text}>{text}</p> : null}
        {children}
      </div>
    </main>
  );
}
