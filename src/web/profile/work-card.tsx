import IconBriefcase from '@tabler/icons-react/dist/esm/icons/IconBriefcase.mjs';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { patch } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient, recordQuery, sessionQuery } from '../api/queries.ts';
import type { Definition, Session } from '../api/types.ts';
import { Card } from '../ui/card.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import { showToast } from '../ui/toast.tsx';
import { WorkForm } from './work-form.tsx';

/** When one works, and what one can do: calls and appointments go by it. */
export function WorkCard({ userId }: { userId: string }) {
  const definition = useDefinitions().get('user');
  return definition ? <Work definition={definition} userId={userId} /> : null;
}

function Work({ definition, userId }: { definition: Definition; userId: string }) {
  const { t } = useTranslation();
  const query = useQuery(recordQuery(definition, userId));
  const save = async (changes: Record<string, unknown>) => {
    queryClient.setQueryData(sessionQuery.queryKey, await patch<Session>('/session', changes));
    await queryClient.invalidateQueries({ queryKey: ['records', 'user'] });
    showToast(t('toast.saved'));
  };
  return (
    <Card title={t('profile.work')} icon={<IconBriefcase size={16} stroke={1.7} aria-hidden />}>
      {query.isPending ? <SkeletonLines lines={3} /> : null}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data ? <WorkForm definition={definition} user={query.data} onSave={save} /> : null}
    </Card>
  );
}
