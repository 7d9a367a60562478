import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import type { FilledMailText, MailContent, MailVariable } from '#server/answers.ts';
import { get, post } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import { queryClient, readPage, sessionQuery } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { removeRecord, undoChange } from '../api/writes.ts';
import { showProblem, showUndo } from '../ui/toast.tsx';

/** Texts by language, as the editor changes them. */
export type Texts = Readonly<Record<string, { subject?: string; html: string }>>;
export type Sharing = 'private' | 'team' | 'everyone';
/** What somebody keeps for themself or shares. */
export type SharedObject = 'mailTemplate' | 'macro';

export function useShared(object: SharedObject) {
  return useQuery({
    queryKey: ['records', object, 'list', 'shared'],
    queryFn: async ({ signal }) =>
      (await readPage(object, { sort: ['name'], limit: 500, expand: ['owner'] }, signal)).items as RecordShape[],
    staleTime: 0,
  });
}

export function useOneShared(object: SharedObject, id: string) {
  return useQuery({
    queryKey: ['records', object, 'record', id, 'edit'],
    queryFn: ({ signal }) => get<RecordShape>(`/records/${object}/${id}`, { expand: 'owner' }, signal),
    staleTime: 0,
    enabled: id !== 'new',
  });
}

export function refreshShared(object: SharedObject): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['records', object] });
}

/** Only its owner changes what is shared, and whoever looks after the company's settings. */
export function useMayChange(record: RecordShape | undefined): boolean {
  const { userId } = useFieldEnvironment();
  const session = useQuery(sessionQuery);
  return !record || record.owner === userId || session.data?.user.administrator === true;
}

/** To the trash, with the way back. @returns whether it went */
export function useRemove(object: SharedObject): (id: string, message: string) => Promise<boolean> {
  const definition = useDefinition(object);
  return async (id, message) => {
    try {
      const changeSet = await removeRecord(definition, id);
      await refreshShared(object);
      showUndo(message, () => undoChange(definition, changeSet).then(() => refreshShared(object)));
      return true;
    } catch (error) {
      showProblem(error);
      return false;
    }
  };
}

export async function readVariables(): Promise<readonly MailVariable[]> {
  const { items } = await queryClient.fetchQuery({
    queryKey: ['mail-templates', 'variables'],
    queryFn: ({ signal }) => get<{ items: MailVariable[] }>('/mail-templates/variables', undefined, signal),
    staleTime: 5 * 60_000,
  });
  return items;
}

/** What becomes of a text as it is just being written. */
export function useFilled(texts: Texts, language: string, to: MailContent['to'][number] | null) {
  return useQuery({
    queryKey: ['mail-templates', 'fill', texts, language, to],
    queryFn: ({ signal }) => post<FilledMailText>('/mail-templates/fill', { texts, language, to }, { signal }),
    enabled: texts[language] !== undefined,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    retry: false,
  });
}
