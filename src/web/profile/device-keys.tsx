import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import type { ApiKey } from '#server/answers.ts';
import { del, get, post } from '../api/client.ts';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import { showProblem } from '../ui/toast.tsx';
import style from './profile.module.css';

type Kind = ApiKey['scope']['kind'];
type KeyOf<Of extends Kind> = ApiKey & { scope: ApiKey['scope'] & { kind: Of } };

/** The keys of one kind that somebody's own devices have. */
export function useDeviceKeys<Of extends Kind>(kind: Of) {
  const keys = useQuery({ queryKey: ['keys'], queryFn: ({ signal }) => get<{ items: ApiKey[] }>('/keys', {}, signal) });
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await keys.refetch();
    } catch (error) {
      showProblem(error);
    }
  };
  return {
    keys,
    items: (keys.data?.items ?? []).filter((key): key is KeyOf<Of> => key.scope.kind === kind),
    /** @param onMade gets the key, which is shown once */
    make: (name: string, scope: KeyOf<Of>['scope'], onMade: (key: string) => void) =>
      act(async () => onMade((await post<{ key: string }>('/keys', { name, scope })).key)),
    end: (id: string, onEnded: () => void) =>
      act(async () => {
        await del(`/keys/${id}`);
        onEnded();
      }),
  };
}

/** The devices, each with what it may and when it was here last. */
export function DeviceKeys<Of extends Kind>({
  of: { keys, items },
  icon,
  titleOf,
  usedOf,
  end,
  endNameOf,
  onEnd,
}: {
  of: Pick<ReturnType<typeof useDeviceKeys<Of>>, 'keys' | 'items'>;
  icon: ReactNode;
  /** @param day on which it was made, in words */
  titleOf(key: KeyOf<Of>, day: string): string;
  usedOf(key: KeyOf<Of>): string;
  /** What the button says that takes a key away, and its whole name. */
  end: string;
  endNameOf(key: KeyOf<Of>, day: string): string;
  onEnd(id: string): void;
}) {
  const { language } = useFieldEnvironment();
  return (
    <>
      {keys.isPending ? <SkeletonLines lines={1} /> : null}
      {keys.isError ? <ErrorState error={keys.error} onRetry={() => void keys.refetch()} /> : null}
      <ul className={style.sessions}>
        {items.map((key) => {
          const day = formatDate(key.createdAt.slice(0, 10), language);
          return (
            <li key={key.id}>
              {icon}
              <div className={style.device}>
                <strong>{titleOf(key, day)}</strong>
                <span>{usedOf(key)}</span>
              </div>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={`${end}: ${endNameOf(key, day)}`}
                onClick={() => onEnd(key.id)}
              >
                {end}
              </Button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
