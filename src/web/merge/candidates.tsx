import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import type { Definition, DuplicateCandidate } from '../api/types.ts';
import { isEmpty } from '../fields.ts';
import style from './merge.module.css';

const ASK_AFTER_MS = 350;
/** More than these say that the words are too common. */
const MOST = 3;

/**
 * A warning while somebody types: what may exist already. Nothing is shown, and nothing asked, before there is a word to
 * compare.
 * @param onOpen what to do with the one that exists: open it instead
 */
export function DuplicateWarning({
  definition,
  values,
  onOpen,
}: {
  definition: Definition;
  values: Readonly<Record<string, unknown>>;
  onOpen(id: string): void;
}) {
  const { t } = useTranslation();
  const typed = useMemo(
    () =>
      Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value !== 'boolean' && !isEmpty(value))),
    [values],
  );
  const [asked] = useDebouncedValue(typed, ASK_AFTER_MS);
  const candidates = useCandidates(definition, asked, hasWords(asked)).slice(0, MOST);
  return (
    <div aria-live="polite">
      {candidates.length > 0 ? (
        <div className={style.warning}>
          <strong>{t('create.maybeExists', { count: candidates.length })}</strong>
          {candidates.map((candidate) => (
            <Candidate key={candidate.id} candidate={candidate} onOpen={onOpen} />
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** One that may be the same, and why. */
export function Candidate({
  candidate,
  onOpen,
  children,
}: {
  candidate: DuplicateCandidate;
  onOpen(id: string): void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <div className={style.candidate}>
      <button type="button" onClick={() => onOpen(candidate.id)}>
        <bdi>{candidate.title}</bdi>
        <span className={style.reasons}>
          {[t(`merge.certainty.${candidate.certainty}`), ...candidate.reasons].join(' · ')}
        </span>
      </button>
      {children}
    </div>
  );
}

function useCandidates(
  definition: Definition,
  values: Readonly<Record<string, unknown>>,
  isWanted: boolean,
): readonly DuplicateCandidate[] {
  const { data } = useQuery({
    queryKey: ['duplicates', definition.name, values],
    enabled: isWanted,
    staleTime: 10_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      post<{ candidates: DuplicateCandidate[] }>(`/records/${definition.name}/duplicates`, values, { signal }),
  });
  return isWanted ? (data?.candidates ?? []) : [];
}

function hasWords(values: Readonly<Record<string, unknown>>): boolean {
  return Object.values(values).some(
    (value) =>
      (typeof value === 'string' && value.length > 2 && !/^[0-9a-f-]{36}$/.test(value)) || Array.isArray(value),
  );
}
