import { useEffect, useRef, useState } from 'react';
import type { MailContent, MailNote } from '#server/answers.ts';
import { checkMail } from './mail-queries.ts';
import { emptyMail } from './mail-start.ts';

const CHECK_MS = 400;

/** What the server says of whom it would go to. */
export function useNotes(content: MailContent): readonly MailNote[] {
  const [notes, setNotes] = useState<readonly MailNote[]>([]);
  const { to, cc, bcc, replyTo, purpose } = content;
  const asked = JSON.stringify([to, cc, bcc, replyTo, purpose]);
  const newest = useRef(content);
  newest.current = content;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only whom it goes to is asked about
  useEffect(() => {
    const { to, cc, bcc } = newest.current;
    if (to.length + cc.length + bcc.length === 0) {
      setNotes([]);
      return;
    }
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const asking = { ...emptyMail, to, cc, bcc, replyTo, ...(purpose ? { purpose } : {}) };
      checkMail(asking, controller.signal)
        .then(({ items }) => setNotes(items))
        .catch(() => {});
    }, CHECK_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [asked]);
  return notes;
}
