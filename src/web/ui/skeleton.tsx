import { Skeleton } from '@mantine/core';
import style from './ui.module.css';

/** Lines of the lengths that words usually have, where a text will stand. */
export function SkeletonLines({ lines = 3 }: { lines?: number }) {
  return (
    <div className={style.skeletonLines} aria-hidden>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={index} height={11} width={`${[92, 78, 86, 64][index % 4]}%`} />
      ))}
    </div>
  );
}

/** Rows of a list that is on its way, as high as rows are. */
export function SkeletonRows({ rows = 8 }: { rows?: number }) {
  return (
    <div aria-hidden>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={index} className={style.skeletonRow}>
          <Skeleton height={16} width={16} radius="sm" />
          <Skeleton height={11} width={`${[34, 26, 40, 30][index % 4]}%`} />
          <Skeleton height={11} width={`${[14, 18, 10, 16][index % 4]}%`} />
          <Skeleton height={11} width="10%" />
        </div>
      ))}
    </div>
  );
}

/** A card on its way: a title and some lines. */
export function SkeletonCard({ lines = 3 }: { lines?: number }) {
  return (
    <div className={style.card} aria-hidden>
      <Skeleton height={13} width="38%" mb={14} />
      <SkeletonLines lines={lines} />
    </div>
  );
}
