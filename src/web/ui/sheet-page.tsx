import type { CSSProperties, ReactNode } from 'react';
import style from './ui.module.css';

/** A page that is read from top to bottom: one column in the middle, no wider than its lines are long. */
export function SheetPage({ width, children }: { /** Pixels. */ width: number; children: ReactNode }) {
  return (
    <div className={style.sheetPage}>
      <div style={{ '--sheet-width': `${width}px` } as CSSProperties}>{children}</div>
    </div>
  );
}
