import { queryOptions, useQuery } from '@tanstack/react-query';
import type { ConsentAsked, FormTexts, Question } from '#modules/forms/design.ts';
import type { FormFields, PageStatistics } from '#server/answers.ts';
import { get, post } from '../api/client.ts';
import { queryClient, readPage } from '../api/queries.ts';

/** What the builder changes of a form. */
export interface FormDraft {
  readonly name: string;
  readonly slug: string;
  readonly state: 'draft' | 'open' | 'closed';
  readonly texts: FormTexts;
  readonly questions: readonly Question[];
  readonly consents: readonly ConsentAsked[];
  readonly doubleOptIn: boolean;
  readonly makesAccount: boolean;
  readonly makesLead: boolean;
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

/** @param at which pages there are */
export function useStatistics(at: 'web-forms' | 'booking-pages', id: string) {
  return useQuery({
    queryKey: ['forms', 'statistics', id],
    queryFn: ({ signal }) => get<PageStatistics>(`/${at}/${id}/statistics`, undefined, signal),
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

/** What forms and booking pages have in common. */
export function pageOf(row: Readonly<Record<string, unknown>>) {
  return {
    id: String(row.id),
    version: Number(row.version),
    name: String(row.name),
    slug: String(row.slug),
    state: row.state as FormDraft['state'],
    texts: (row.texts ?? {}) as FormTexts,
    questions: (row.questions ?? []) as readonly Question[],
    sites: (row.sites ?? null) as string | null,
    color: (row.color ?? null) as string | null,
  };
}

/** Of references, however they came. */
export function idsOf(value: unknown): string[] {
  return ((value ?? []) as (string | { id: string })[]).map((one) => (typeof one === 'string' ? one : one.id));
}

export function formOf(row: Record<string, unknown>): FormRecord {
  return {
    ...pageOf(row),
    consents: (row.consents ?? []) as readonly ConsentAsked[],
    doubleOptIn: row.doubleOptIn === true,
    makesAccount: row.makesAccount === true,
    makesLead: row.makesLead === true,
    makesOpportunity: row.makesOpportunity === true,
    assignees: idsOf(row.assignees),
    team: (row.team ?? null) as string | null,
    told: idsOf(row.told),
    redirect: (row.redirect ?? null) as string | null,
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

/** How a page is, in a colour. */
export const toneOf = { draft: 'quiet', open: 'good', closed: 'warning' } as const satisfies Record<
  FormDraft['state'],
  string
>;
