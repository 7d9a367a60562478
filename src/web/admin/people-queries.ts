import { useQuery } from '@tanstack/react-query';
import { readPage } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';

const all = 500;

export function useRoles() {
  return useConfigured('role');
}

export function useTeams() {
  return useConfigured('team');
}

function useConfigured(object: 'role' | 'team') {
  return useQuery({
    queryKey: ['records', object, 'admin'],
    staleTime: 0,
    queryFn: async () => (await readPage(object, { sort: ['name'], limit: all })).items as RecordShape[],
  });
}

/** Whoever works here, with what decides about their rights. */
export function useMembers() {
  return useQuery({
    queryKey: ['records', 'user', 'admin'],
    staleTime: 0,
    queryFn: async () => {
      const fields = ['name', 'active', 'roles', 'teams', 'manager', 'title', 'workingHours', 'languages', 'skills'];
      return (await readPage('user', { fields, sort: ['name'], limit: all })).items as RecordShape[];
    },
  });
}

export function idsIn(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}

/** As a choice offers them. */
export function choicesOf(records: readonly RecordShape[] | undefined): { value: string; label: string }[] {
  return (records ?? []).map(({ id, name }) => ({ value: id, label: String(name) }));
}
