import i18next from 'i18next';
import { lazy } from 'react';
import { refreshObject } from '../api/cache.ts';
import { post } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import type { ActionShape, Definition, RecordShape } from '../api/types.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';

const ActionForm = lazy(() => import('./action-form.tsx').then((loaded) => ({ default: loaded.ActionForm })));

/** Runs a verb on a record; one that wants input gets a form made from its schema. */
export async function runAction(definition: Definition, record: RecordShape, action: ActionShape): Promise<void> {
  const send = (input: Record<string, unknown>) =>
    post(`/records/${definition.name}/${record.id}/actions/${action.name}`, input);
  const wantsInput = Object.keys(action.input?.properties ?? {}).length > 0;
  try {
    if (wantsInput) {
      const ran = await openDialog<true>((done) => (
        <ActionForm definition={definition} action={action} send={send} onClose={done} />
      ));
      if (!ran) return;
    } else {
      await send({});
    }
    showToast(i18next.t('record.actionDone', { action: action.label }));
    refreshObject(definition.name, ['list', 'count', 'aggregate', 'record', 'history']);
    void queryClient.invalidateQueries({ queryKey: ['records', definition.name] });
  } catch (error) {
    showProblem(error);
  }
}
