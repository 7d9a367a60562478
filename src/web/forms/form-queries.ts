import { queryOptions, useQuery } from '@tanstack/react-query';
import type { FormFields, FormStatistics } from '#server/answers.ts';
import type { Words } from '../admin/api.ts';
import { get, post } from '../api/client.ts';
import { queryClient, readPage } from '../api/queries.ts';

/** `Question` of the module, as the builder changes it. */
export interface Question {
  readonly key: string;
  readonly type?: string;
  readonly label?: Words;
  readonly help?: Words;
  readonly required?: boolean;
  readonly options?: readonly { readonly value: string; readonly label: Words }[];
}

export interface ConsentAsked {
  readonly purpose: string;
  readonly channel: string;
  readonly text: Words;
  readonly required?: boolean;
}

/** What the builder changes of a form. */
export interface FormDraft {
  readonly name: string;
  readonly slug: string;
  readonly state: 'draft' | 'open' | 'closed';
  readonly texts: { readonly title?: Words; readonly intro?: Words; readonly button?: Words; readonly thanks?: Words };
  readonly questions: readonly Question[];
  readonly consents: readonly ConsentAsked[];
  readonly doubleOptIn: boolean;
  readonly makesAccount: boolean;
  readonly makesOpportunity: boolean;
  readonly assignees: readonly string[];
  readonly team: string | null;
  readonly told: readonly string[];
  readonly redirect: string | null;
  readonly sites: string | null;
  readonly color: string | null;
}

export interface FormRecord extends FormDraft {
  readonly id: string;
  readonly version: number;
}

export function useForms() {
  return useQuery(formsQuery);
}

export function useFormFields() {
  return useQuery({
    queryKey: ['forms', 'fields'],
    queryFn: ({ signal }) => get<FormFields>('/web-forms/fields', undefined, signal),
  });
}

/** The page as it would be now, in a language. */
export function usePreview(draft: FormDraft, language: string) {
  return useQuery({
    queryKey: ['forms', 'preview', draft, language],
    queryFn: ({ signal }) => post<{ document: string }>('/web-forms/preview', { form: draft, language }, { signal }),
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
}

export function useStatistics(id: string) {
  return useQuery({
    queryKey: ['forms', 'statistics', id],
    queryFn: ({ signal }) => get<FormStatistics>(`/web-forms/${id}/statistics`, undefined, signal),
    staleTime: 0,
  });
}

export function useSubmissions(id: string) {
  return useQuery({
    queryKey: ['forms', 'submissions', id],
    queryFn: ({ signal }) =>
      readPage('formSubmission', { filter: { form: id }, sort: ['-at'], limit: 100, expand: ['contact'] }, signal),
    staleTime: 0,
    // Records are made a moment after something came.
    refetchInterval: 5_000,
  });
}

export function refreshForms(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['forms'] });
}

const formsQuery = queryOptions({
  queryKey: ['forms', 'list'],
  queryFn: async ({ signal }) => {
    const { items } = await readPage('webForm', { sort: ['name'], limit: 200 }, signal);
    return items.map((row) => formOf(row as unknown as Record<string, unknown>));
  },
  staleTime: 0,
});

export function formOf(row: Record<string, unknown>): FormRecord {
  const idsOf = (value: unknown) =>
    ((value ?? []) as (string | { id: string })[]).map((one) => (typeof one === 'string' ? one : one.id));
  return {
    id: String(row.id),
    version: Number(row.version),
    name: String(row.name),
    slug: String(row.slug),
    state: row.state as FormRecord['state'],
    texts: (row.texts ?? {}) as FormRecord['texts'],
    questions: (row.questions ?? []) as readonly Question[],
    consents: (row.consents ?? []) as readonly ConsentAsked[],
    doubleOptIn: row.doubleOptIn === true,
    makesAccount: row.makesAccount === true,
    makesOpportunity: row.makesOpportunity === true,
    assignees: idsOf(row.assignees),
    team: (row.team ?? null) as string | null,
    told: idsOf(row.told),
    redirect: (row.redirect ?? null) as string | null,
    sites: (row.sites ?? null) as string | null,
    color: (row.color ?? null) as string | null,
  };
}

/** An address of a name that no other page has. */
export async function freeSlug(object: 'webForm' | 'bookingPage', name: string): Promise<string> {
  const base =
    name
      .normalize('NFD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 50)
      .replace(/-+$/, '') || 'page';
  const { items } = await readPage(object, { fields: ['slug'], limit: 200 });
  const taken = new Set(items.map((row) => (row as unknown as { slug: string }).slug));
  for (let number = 1; ; number++) {
    const slug = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(slug)) return slug;
  }
}
