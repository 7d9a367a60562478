import { useCallback, useEffect, useRef, useState } from 'react';
import type { MailContent } from '#server/answers.ts';
import { keepMail } from './mail-queries.ts';
import { isWorthKeeping } from './mail-start.ts';

/** What was kept already, or what the start says, and the newest that the server has of it. */
export interface Begun {
  id: string;
  content: MailContent;
  revision: number | null;
}

const SAVE_MS = 900;

/** Keeps what is written, a moment after each change, and what was not kept yet when it is closed. */
export function useKept(begun: Begun, content: MailContent, first: MailContent) {
  const [state, setState] = useState<'new' | 'kept' | 'failed'>(begun.revision === null ? 'new' : 'kept');
  const revision = useRef(begun.revision);
  const saved = useRef(begun.revision === null ? first : content);
  const newest = useRef(content);
  newest.current = content;
  const isOver = useRef(false);
  const running = useRef<Promise<void>>(Promise.resolve());

  const save = useCallback(
    (mustExist: boolean): Promise<void> => {
      const next = running.current
        .catch(() => {})
        .then(async () => {
          const wanted = newest.current;
          if (isOver.current || (wanted === saved.current && (revision.current !== null || !mustExist))) return;
          if (!mustExist && revision.current === null && !isWorthKeeping(wanted, first)) return;
          try {
            const kept = await keepMail(begun.id, wanted, revision.current);
            revision.current = kept.revision;
            saved.current = wanted;
            setState('kept');
          } catch (error) {
            setState('failed');
            throw error;
          }
        });
      next.catch(() => {});
      running.current = next;
      return next;
    },
    [begun.id, first],
  );
  useEffect(() => {
    if (content === saved.current) return;
    const timer = setTimeout(() => void save(false).catch(() => {}), SAVE_MS);
    return () => clearTimeout(timer);
  }, [content, save]);
  useEffect(() => {
    const leave = () => void save(false).catch(() => {});
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [save]);
  return {
    id: begun.id,
    state,
    save: () => save(true),
    isOnServer: () => revision.current !== null,
    forget: () => {
      isOver.current = true;
    },
  };
}
