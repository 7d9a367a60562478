import { useRouter } from '@tanstack/react-router';
import { type MouseEvent, useMemo } from 'react';
import { recordOf } from '../peek/open-peek.ts';

/**
 * Lets plain anchors inside an element lead through the router, heard at that element. A router's own link in every row
 * made mounting a row twice as slow: each watches the address for itself.
 */
export function useRecordLinks(): {
  onClick(event: MouseEvent): void;
  onPointerOver(event: { target: unknown }): void;
} {
  const router = useRouter();
  return useMemo(() => {
    let isLoaded = false;
    return {
      onClick(event) {
        const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
        const record = isPlain && !event.defaultPrevented ? recordOf(event.target as Element) : null;
        if (!record) return;
        event.preventDefault();
        void router.navigate({ to: '/o/$object/$id', params: record });
      },
      // The page of a record is the same code for all of them.
      onPointerOver(event) {
        const record = isLoaded ? null : recordOf(event.target as Element);
        if (!record) return;
        isLoaded = true;
        void router.preloadRoute({ to: '/o/$object/$id', params: record });
      },
    };
  }, [router]);
}

export function recordHref(object: string, id: string): string {
  return `/o/${object}/${id}`;
}
