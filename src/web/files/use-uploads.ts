import { useCallback, useEffect, useRef, useState } from 'react';
import { newKey } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Definition } from '../api/types.ts';
import { type Upload, upload } from '../api/upload.ts';
import { createRecord } from '../api/writes.ts';

/** A file on its way to a record. */
export interface Sending {
  key: string;
  file: File;
  /** 0–1; what is left after 1 is the server's. */
  progress: number;
  error: unknown;
  state: 'waiting' | 'sending' | 'failed';
}

/** Two at once: a slow line is not divided by ten, a fast one is not idle between two. */
const AT_ONCE = 2;

/** Brings files to a record, one attachment each. Failed ones stay until they are tried again or put away. */
export function useUploads(attachment: Definition | undefined, target: { object: string; id: string }) {
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const running = useRef(new Map<string, Upload>());
  const change = useCallback(
    (key: string, next: Partial<Sending> | null) =>
      setSending((all) => all.flatMap((one) => (one.key !== key ? [one] : next ? [{ ...one, ...next }] : []))),
    [],
  );

  useEffect(() => {
    if (!attachment) return;
    const waiting = sending.filter((one) => one.state === 'waiting');
    for (const { key, file } of waiting.slice(0, AT_ONCE - running.current.size)) {
      const started = upload(file, (progress) => change(key, { progress }));
      running.current.set(key, started);
      change(key, { state: 'sending', progress: 0, error: null });
      started.done
        .then((kept) =>
          createRecord(attachment, { targetObject: target.object, targetId: target.id, file: [kept] }, key),
        )
        .then(
          () => change(key, null),
          (error: unknown) =>
            change(key, error instanceof ApiProblem && error.code === 'cancelled' ? null : { state: 'failed', error }),
        )
        .finally(() => {
          running.current.delete(key);
          setSending((all) => [...all]);
        });
    }
  }, [sending, attachment, target.object, target.id, change]);

  // Whoever closes the page while something is on its way is asked.
  const isSending = sending.some(({ state }) => state !== 'failed');
  useEffect(() => {
    if (!isSending) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isSending]);

  return {
    sending,
    add: (files: readonly File[]) =>
      setSending((all) => [
        ...all,
        ...files.map((file): Sending => ({ key: newKey(), file, progress: 0, error: null, state: 'waiting' })),
      ]),
    retry: (key: string) => change(key, { state: 'waiting', error: null }),
    cancel(key: string) {
      const on = running.current.get(key);
      if (on) on.cancel();
      else change(key, null);
    },
  };
}
