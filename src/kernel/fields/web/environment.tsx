import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Filter } from '../../query/filter.ts';
import type { FileLink, RecordLink } from './field-web.ts';

/** What fields need from the app around them: whose language and money, and ways to other records and files. */
export interface FieldEnvironment {
  language: string;
  timeZone: string;
  currency: string;
  country: string;
  userId: string | null;
  /** Singular name of an object in the reader's language. */
  objectLabel(object: string): string;
  canCreate(object: string): boolean;
  /** The last day of somebody who is away today. */
  awayUntil(user: string): string | null;
  /** Best matches; the latest ones for an empty word. @param only a filter as in lists */
  searchRecords(object: string, words: string, signal?: AbortSignal, only?: Filter): Promise<RecordLink[]>;
  /** From the cache where possible; null when it is gone or may not be seen. */
  recordTitle(object: string, id: string): Promise<RecordLink | null>;
  /** Opens the short form; null when the person changed their mind. */
  createRecord(object: string, typed: string): Promise<RecordLink | null>;
  Link(props: { object: string; id: string; children: ReactNode; className?: string }): ReactNode;
  uploadFile(file: File): Promise<FileLink>;
  fileHref(id: string, inline?: boolean): string;
}

const Context = createContext<FieldEnvironment | null>(null);

export const FieldEnvironmentProvider = Context.Provider;

export function useFieldEnvironment(): FieldEnvironment {
  const environment = useContext(Context);
  if (!environment) throw new Error('Fields are shown inside a FieldEnvironmentProvider');
  return environment;
}

/** The title behind an id: `known` when the record brought it along, else asked for. */
export function useRecordTitle(object: string, id: string | null, known?: unknown): string | null {
  const { recordTitle } = useFieldEnvironment();
  const given = titleOf(known, id);
  const [asked, setAsked] = useState<{ id: string; title: string } | null>(null);
  useEffect(() => {
    if (!id || given !== null) return;
    let gone = false;
    void recordTitle(object, id).then((link) => !gone && setAsked({ id, title: link?.title ?? '—' }));
    return () => {
      gone = true;
    };
  }, [object, id, given, recordTitle]);
  return given ?? (asked?.id === id ? asked!.title : null);
}

function titleOf(known: unknown, id: string | null): string | null {
  const link = known as { id?: string; title?: string | null } | null | undefined;
  return link?.id && link.id === id ? (link.title ?? '—') : null;
}
