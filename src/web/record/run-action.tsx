import i18next from 'i18next';
import { lazy } from 'react';
import { refreshObject } from '../api/cache.ts';
import { post } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import type { ActionShape, Definition, RecordShape } from '../api/types.ts';
import { undoChange } from '../api/writes.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';

const ActionForm = lazy(() => import('./action-form.tsx').then((loaded) => ({ default: loaded.ActionForm })));

/** Runs a verb on a record; one that wants input gets a form made from its schema. */
export async function runAction(definition: Definition, record: RecordShape, action: ActionShape): Promise<void> {
  let changeSet: unknown;
  const send = async (input: Record<string, unknown>) => {
    const path = `/records/${definition.name}/${record.id}/actions/${action.name}`;
    changeSet = (await post<{ changeSet?: unknown } | undefined>(path, input))?.changeSet;
  };
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
    const told = i18next.t('record.actionDone', { action: action.label });
    const refresh = () => {
      refreshObject(definition.name, ['list', 'count', 'aggregate', 'record', 'history']);
      void queryClient.invalidateQueries({ queryKey: ['records', definition.name] });
    };
    if (typeof changeSet === 'string') {
      const id = changeSet;
      showUndo(told, async () => {
        await undoChange(definition, id);
        refresh();
      });
    } else showToast(told);
    refresh();
  } catch (error) {
    showProblem(error);
  }
}
